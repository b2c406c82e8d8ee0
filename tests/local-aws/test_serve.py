"""Start and stop: one line when ready, loopback only, nothing left behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import drift
import functions
import pytest
from conftest import SERVE, Account, Server
from local_aws import loopback
from test_update_cleanup import held


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(condition, seconds: float = 10) -> bool:
    """Poll, so that a quick machine is quick."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_ready_line_names_a_working_loopback_endpoint(tmp_path):
    server = Server(tmp_path / "state", "--ready-file", str(tmp_path / "ready.json"))
    try:
        assert server.ready == {"endpoint": server.endpoint, "pid": server.process.pid}
        assert json.loads((tmp_path / "ready.json").read_text()) == server.ready
        assert server.endpoint.startswith("http://127.0.0.1:")
        identity = Account(server, "123456789012").sts.get_caller_identity()
        assert identity["Account"] == "123456789012"
        assert listening_addresses(server.process.pid)
        assert all(loopback.is_loopback(item) for item in listening_addresses(server.process.pid))
    finally:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0
    assert server.process.stdout.read() == ""
    assert (tmp_path / "state" / "server.log").stat().st_size > 0
    assert not (tmp_path / "state" / "tmp").exists()


def listening_addresses(pid: int) -> list[str]:
    """The addresses on which a process listens, as the kernel prints them."""
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(entry)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    rows = []
    for table in ("tcp", "tcp6"):
        rows += Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    columns = [row.split() for row in rows]
    return [row[1].rsplit(":", 1)[0] for row in columns if row[3] == "0A" and row[9] in inodes]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("0100007F", True),
        ("00000000", False),
        ("0100A8C0", False),
        ("00000000000000000000000001000000", True),
        ("00000000000000000000000000000000", False),
        ("0000000000000000FFFF00000100007F", True),
        ("0000000000000000FFFF000000000000", False),
    ],
)
def test_loopback_is_told_from_the_network(address, expected):
    assert loopback.is_loopback(address) is expected


def test_port_that_is_taken_is_a_clear_error(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-B", str(SERVE), "--state-dir", str(tmp_path), "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in ended.stderr


def test_server_and_its_functions_end_with_the_parent(tmp_path):
    # A parent of its own, which starts the server and then dies without a word to it.
    ready = tmp_path / "ready.json"
    script = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-B', {str(SERVE)!r}, '--state-dir', "
        f"{str(tmp_path / 'state')!r}, '--ready-file', {str(ready)!r}], "
        "stdout=subprocess.DEVNULL)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    try:
        assert wait_until(ready.exists, 20)
        server = json.loads(ready.read_text())
        function = start_function(server["endpoint"], tmp_path)
        assert not gone(function)
    finally:
        parent.kill()
        parent.wait()
    try:
        assert wait_until(lambda: gone(server["pid"]))
        assert wait_until(lambda: gone(function))
    finally:
        if not gone(server["pid"]):
            os.kill(server["pid"], signal.SIGTERM)


def start_function(endpoint: str, folder: Path) -> int:
    """Invoke a function that answers with its process id, and stays warm."""
    account = Account(type("Endpoint", (), {"endpoint": endpoint}), "123456789012")
    account.awslambda.create_function(
        FunctionName="warm",
        Runtime="provided.al2023",
        Handler="bootstrap",
        Role="arn:aws:iam::123456789012:role/any",
        Code={"ZipFile": functions.package("pid")},
    )
    answer = account.awslambda.invoke(FunctionName="warm")
    return json.loads(answer["Payload"].read())["pid"]


def test_outlive_parent_keeps_it_running(tmp_path):
    ready = tmp_path / "ready.json"
    # The parent waits for the ready line, so that the server has seen it alive.
    script = (
        "import subprocess, sys\n"
        "server = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)\n"
        "server.stdout.readline()\n"
    )
    command = [sys.executable, "-B", str(SERVE), "--state-dir", str(tmp_path / "state")]
    command += ["--ready-file", str(ready), "--outlive-parent"]
    subprocess.run([sys.executable, "-c", script, *command], check=True)
    server = json.loads(ready.read_text())
    try:
        # Longer than it takes to notice that the parent is gone.
        assert not wait_until(lambda: gone(server["pid"]), 1.5)
        with urllib.request.urlopen(f"{server['endpoint']}/_ministack/health") as answer:
            assert answer.status == 200
    finally:
        os.kill(server["pid"], signal.SIGTERM)
    assert wait_until(lambda: gone(server["pid"]))


HANG = {
    # Nothing answers the request.
    "request": {"operation": "GetDatabases", "hold": "for-ever"},
    # CloudFormation waits for the reply of a custom resource, whose function waits as well.
    "custom resource": {"operation": "CustomResourceResponse", "hold": "for-ever"},
    # A handler of CloudFormation waits on a thread.
    "handler": {"operation": "CreateLogGroup", "by": "handler", "hold": "for-ever"},
    # A call that sleeps, whatever happens.
    "sleep": {"operation": "GetDatabases", "delay_seconds": 120},
}


@pytest.mark.parametrize("what", HANG)
def test_it_ends_at_once_on_sigterm_whatever_hangs(tmp_path, what):
    server = Server(tmp_path / "state")
    account = Account(server, "123456789012")
    function = start_function(server.endpoint, tmp_path)
    server.control("POST", "faults", HANG[what])
    if what in ("request", "sleep"):
        threading.Thread(target=ignore(account.glue.get_databases), daemon=True).start()
    else:
        template = drift.provider(f"code-{account.id}")
        account.s3.create_bucket(Bucket=f"code-{account.id}")
        account.s3.put_object(
            Bucket=f"code-{account.id}", Key="zip", Body=functions.package("custom-resource")
        )
        account.cloudformation.create_stack(
            StackName="s",
            TemplateBody=json.dumps({"Resources": template}),
            Capabilities=["CAPABILITY_IAM"],
        )
    if "hold" in HANG[what]:
        held(account, server, "for-ever")
    else:
        time.sleep(0.3)
    started = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - started < 6
    assert wait_until(lambda: gone(function))
    assert not (tmp_path / "state" / "tmp").exists()


def ignore(call):
    """The call, whatever becomes of it."""

    def ignoring():
        with contextlib.suppress(Exception):
            call()

    return ignoring
