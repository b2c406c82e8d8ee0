"""Start, serve, stop: one process, loopback only, nothing left behind outside the state folder."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from local_aws import environment, loopback
from local_aws.ending import Ending

_LOG_FORMAT = "%(asctime)s %(levelname)s [%(name)s] %(message)s"
_PARENT_CHECK_SECONDS = 0.5


class StartError(Exception):
    """Why the server did not come up."""


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    state_dir: Path
    port: int = 0
    auth: bool = False
    ready_file: Path | None = None
    outlive_parent: bool = False


def serve(options: Options) -> int:
    """Run until told to stop. Returns the exit code."""
    parent = os.getppid()
    options.state_dir.mkdir(parents=True, exist_ok=True)
    log_path = options.state_dir / "server.log"
    announce = _claim_stdout(log_path)
    listener = _listen(options.port)
    port = listener.getsockname()[1]
    environment.apply(options.state_dir, port, options.auth)
    logging.basicConfig(filename=log_path, level=logging.INFO, format=_LOG_FORMAT)

    # Only now: ministack reads its settings while it is imported.
    from local_aws import extension

    app = extension.install()
    ending = Ending(options.state_dir / "tmp")
    asyncio.run(_run(options, app, listener, port, parent, announce, ending))
    return 0


def _claim_stdout(log_path: Path):
    """Keep stdout for the ready line alone; whatever else prints goes to the log."""
    announce = os.fdopen(os.dup(1), "w", encoding="utf-8")
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.close(log)
    return announce


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise StartError(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from error
    listener.listen(128)
    return listener


async def _run(options, app, listener, port, parent, announce, ending) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    ending.on_signals(lambda: loop.call_soon_threadsafe(stop.set))

    config = Config()
    # The descriptor, not the port: nobody can take it in between.
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    server = asyncio.create_task(hypercorn_serve(app, config, shutdown_trigger=stop.wait))
    if not options.outlive_parent:
        threading.Thread(target=_watch_parent, args=(parent, ending), daemon=True).start()
    try:
        await _ready(port, server)
        loopback.verify()
    except StartError:
        stop.set()
        with contextlib.suppress(Exception):
            await server
        raise
    line = json.dumps({"endpoint": f"http://127.0.0.1:{port}", "pid": os.getpid()})
    if options.ready_file:
        part = options.ready_file.with_name(options.ready_file.name + ".part")
        part.write_text(line + "\n", encoding="utf-8")
        part.replace(options.ready_file)
    with contextlib.suppress(BrokenPipeError):
        announce.write(line + "\n")
        announce.close()
    with contextlib.suppress(asyncio.CancelledError):
        await server
    ending.answered()
    # Here, not after asyncio.run: that waits for the threads of requests that hang.
    ending.finish(0)


async def _ready(port: int, server: asyncio.Task) -> None:
    """Wait for the first answer."""
    for _ in range(600):
        if server.done():
            raise StartError(f"the server ended: {server.exception()!r}")
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /_ministack/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            status = await asyncio.wait_for(reader.readline(), 5)
            writer.close()
            if b" 200" in status:
                return
        except (OSError, asyncio.TimeoutError):
            pass
        await asyncio.sleep(0.05)
    raise StartError("no answer after 30 s; see server.log in the state folder")


def _watch_parent(parent: int, ending: Ending) -> None:
    """End with the process that started this one.

    PR_SET_PDEATHSIG would fire when the parent's *thread* ends, and a test harness starts servers
    from threads that end early.
    """
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    logging.getLogger("local_aws").info("parent %s is gone, stopping", parent)
    ending.begin()
