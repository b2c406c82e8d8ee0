"""The calls that handlers make here, against what the CloudFormation registry publishes."""

import fnmatch
import json
import pathlib

import cfnlint
import pytest
from local_aws.cloudformation import handler_calls

SCHEMAS = pathlib.Path(cfnlint.__file__).parent / "data/schemas"
# https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_RegisterResource.html
UNPUBLISHED = {"AWS::LakeFormation::Resource"}
# Calls of read handlers that no template here gives a reason for.
NOT_MADE = {
    "cloudwatch:PutMetricData": "the handler's own metrics",
    "glue:GetConnection": "a federated database",
    "glue:GetTable": "a grant on a table",
    "kms:Decrypt": "environment variables under a customer key",
}
TYPES = sorted(set(handler_calls.HANDLERS) - UNPUBLISHED)


def published(resource_type: str, operation: str) -> list[str]:
    """The actions that the registry lists for a handler."""
    known = json.loads((SCHEMAS / "providers/us-east-1.json").read_text(encoding="utf-8"))
    path = SCHEMAS / "resources" / f"{known[resource_type]}.json"
    handlers = json.loads(path.read_text(encoding="utf-8"))["handlers"]
    return handlers.get(operation, {}).get("permissions", [])


def made(resource_type: str, operation: str) -> set[str]:
    """The actions that a handler calls here."""
    return {call.action for call in handler_calls.of(resource_type, operation)}


@pytest.mark.parametrize("resource_type", TYPES)
def test_every_call_is_one_that_the_registry_lists(resource_type):
    for operation in ("create", "read", "update", "delete"):
        listed = published(resource_type, operation)
        for action in made(resource_type, operation):
            assert any(fnmatch.fnmatchcase(action, item) for item in listed), (operation, action)


@pytest.mark.parametrize("resource_type", TYPES)
def test_reading_back_makes_every_call_that_the_registry_lists(resource_type):
    calls = made(resource_type, "read")
    for item in published(resource_type, "read"):
        if item not in NOT_MADE:
            assert any(fnmatch.fnmatchcase(action, item) for action in calls), item


def test_a_custom_resource_is_an_invocation_of_its_function():
    for operation in ("create", "update", "delete"):
        assert made("Custom::GlueResourcePolicy", operation) == {"lambda:InvokeFunction"}
