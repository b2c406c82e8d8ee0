"""The end of the server, at once: whatever hangs, waits or holds the event loop.

ministack lets a request end that runs a function, however often it is cancelled, and Python waits
for its threads; both took minutes. So a thread of its own ends the process: a moment for answers
that are on their way, then the functions, then everything.
"""

import contextlib
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_ANSWERS_SECONDS = 1.5
_FUNCTIONS_SECONDS = 2.0


class Ending:
    """Ends the process once, with what it started."""

    def __init__(self, temporary: Path):
        self._temporary = temporary
        self._begun = threading.Event()
        self._answered = threading.Event()
        self._stop: Callable[[], None] = lambda: None

    def on_signals(self, stop: Callable[[], None]) -> None:
        """Begin on SIGTERM and SIGINT. `stop` asks the event loop to close the server."""
        self._stop = stop
        for number in (signal.SIGTERM, signal.SIGINT):
            # Not the loop's own handler: that one waits for the loop.
            signal.signal(number, lambda *_: self.begin())

    def begin(self) -> None:
        """End soon; a second call changes nothing."""
        if not self._begun.is_set():
            self._begun.set()
            threading.Thread(target=self._run, daemon=True, name="ending").start()

    def answered(self) -> None:
        """The server is closed; nothing is to be waited for."""
        self._answered.set()

    def finish(self, code: int) -> None:
        """End the functions and the process now."""
        end_functions()
        shutil.rmtree(self._temporary, ignore_errors=True)
        logging.shutdown()
        os._exit(code)

    def _run(self) -> None:
        logging.getLogger("local_aws").info("told to end")
        with contextlib.suppress(RuntimeError):
            self._stop()
        self._answered.wait(_ANSWERS_SECONDS)
        self.finish(0)


def end_functions() -> None:
    """End the function processes that ministack keeps, asked first, then killed."""
    runtime = sys.modules.get("ministack.core.lambda_runtime")
    if runtime is not None and _children():
        ending = threading.Thread(target=runtime.reset, daemon=True)
        ending.start()
        ending.join(_FUNCTIONS_SECONDS)
    for _ in range(50):
        left = _children()
        if not left:
            return
        for child in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


def _children() -> list[int]:
    """The processes that this one started and that still run, with what they started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The name in brackets may hold spaces; state and parent follow it.
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found = {os.getpid()}
    grown = True
    while grown:
        below = {child for child, parent in parents.items() if parent in found} - found
        found |= below
        grown = bool(below)
    return sorted(found - {os.getpid()})
