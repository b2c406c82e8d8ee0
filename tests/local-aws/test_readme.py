"""The commands that the README shows work with the pinned AWS CLI."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
COMMANDS = [line for line in README.splitlines() if re.match(r"(AWS_\w+=\S+ )?aws ", line)]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(server, target, command):
    target.logs.create_log_group(logGroupName="/aws/lambda/provider")
    target.glue.put_resource_policy(
        PolicyInJson='{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", '
        f'"Principal": {{"AWS": "arn:aws:iam::{target.id}:root"}}, "Action": "glue:GetTable", '
        f'"Resource": "arn:aws:glue:us-east-1:{target.id}:catalog"}}]}}'
    )
    words = shlex.split(command.replace("<function>", "provider"))
    given = [word for word in words if re.fullmatch(r"AWS_\w+=\S+", word)]
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ACCESS_KEY_ID": target.id,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    ended = subprocess.run(
        words[len(given):], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
