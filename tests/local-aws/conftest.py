"""One real server for the whole run. Tests keep apart by using accounts of their own."""

import itertools
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

SERVE = Path(__file__).with_name("serve.py")
REGION = "us-east-1"
_accounts = itertools.count(100_000_000_001)


class Server:
    """A running `serve.py`."""

    def __init__(self, state_dir: Path, *arguments: str):
        self.state_dir = state_dir
        self.process = subprocess.Popen(
            [sys.executable, "-B", str(SERVE), "--state-dir", str(state_dir), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.ready = json.loads(line)
        self.endpoint = self.ready["endpoint"]

    def stop(self) -> int:
        """Ask it to end, and wait."""
        self.process.terminate()
        return self.process.wait(15)

    def control(self, method: str, path: str, body: object = None) -> object:
        """Use the control surface."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_zeroetl/{path}", data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)


class Account:
    """One AWS account on the server."""

    def __init__(self, server: Server, number: str, **credentials: str):
        self.server = server
        self.id = number
        self._credentials = credentials or {
            "aws_access_key_id": number,
            "aws_secret_access_key": "local",
        }
        self._clients: dict[str, object] = {}

    def __getattr__(self, service: str):
        name = {"awslambda": "lambda"}.get(service, service)
        if name not in self._clients:
            self._clients[name] = boto3.client(
                name,
                endpoint_url=self.server.endpoint,
                region_name=REGION,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
                **self._credentials,
            )
        return self._clients[name]

    def deploy(self, stack: str, template: dict, **parameters: str) -> dict:
        """Create or update a stack and wait for the end; returns its description."""
        request = {
            "StackName": stack,
            "TemplateBody": json.dumps(template),
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        }
        try:
            self.cloudformation.describe_stacks(StackName=stack)
        except self.cloudformation.exceptions.ClientError:
            self.cloudformation.create_stack(**request)
        else:
            self.cloudformation.update_stack(**request)
        return self.wait(stack)

    def delete(self, stack: str) -> dict:
        """Delete a stack and wait for the end."""
        stack_id = self.describe(stack)["StackId"]
        self.cloudformation.delete_stack(StackName=stack)
        return self.wait(stack_id)

    def wait(self, stack: str) -> dict:
        """Wait until nothing is in progress."""
        for _ in range(1000):
            found = self.describe(stack)
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                return found
            time.sleep(0.02)
        raise AssertionError(f"stack {stack} does not come to rest")

    def describe(self, stack: str) -> dict:
        """The stack as it is."""
        return self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]

    def events(self, stack: str) -> list[tuple[str, str, str]]:
        """Logical id, status and reason of every event, oldest first."""
        rows = self.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return [
            (row["LogicalResourceId"], row["ResourceStatus"], row.get("ResourceStatusReason", ""))
            for row in reversed(rows)
        ]

    def failure(self, stack: str) -> str:
        """The reason of the first resource that failed."""
        return next(
            reason for _, status, reason in self.events(stack) if status.endswith("_FAILED")
        )


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that all tests share."""
    running = Server(tmp_path_factory.mktemp("local-aws") / "state")
    # Long enough to be seen, short enough for a hundred tests.
    quick = {"integration_create_seconds": 0.03, "integration_delete_seconds": 0.03}
    running.control("PUT", "settings", quick)
    yield running
    assert running.stop() == 0


@pytest.fixture
def accounts(server):
    """Makes accounts that no other test uses."""
    return lambda: Account(server, str(next(_accounts)))


@pytest.fixture
def source(accounts):
    """The account that owns the table."""
    return accounts()


@pytest.fixture
def target(accounts):
    """The account that owns the database."""
    return accounts()
