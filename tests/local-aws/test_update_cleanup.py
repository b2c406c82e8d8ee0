"""The cleanup phase of an update, what is listed meanwhile, and rollbacks that get stuck."""

import json
import time

import pytest
from test_custom_resource import account, template, with_failing_sibling

__all__ = ["account"]
PHASE = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def resources(account, stack: str) -> dict[str, tuple[str, str]]:
    """Status and physical id of each resource, as ListStackResources has them."""
    rows = account.cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    return {
        row["LogicalResourceId"]: (row["ResourceStatus"], row.get("PhysicalResourceId", ""))
        for row in rows
    }


def held(account, server, name: str) -> None:
    """Wait until a call waits at the hold."""
    for _ in range(500):
        if server.control("GET", "holds")[name]["waiting"]:
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing waits at {name}")


def hold_reply(server, name: str, skip: int = 0) -> None:
    """Hold the next reply of a custom resource."""
    server.control(
        "POST", "faults", {"operation": "CustomResourceResponse", "hold": name, "skip": skip}
    )


@pytest.fixture(autouse=True)
def released(server):
    """Let go of everything at the end."""
    yield
    server.control("DELETE", "faults")


def update(account, stack: str, made: dict) -> None:
    """Start an update."""
    account.cloudformation.update_stack(StackName=stack, TemplateBody=json.dumps(made))


def with_second(account, **properties: object) -> dict:
    """Two custom resources that know nothing of each other."""
    made = template(account)
    made["Resources"]["Second"] = {
        "Type": "Custom::Second",
        "Properties": {"ServiceToken": account.arn, "Identity": "second", **properties},
    }
    return made


def test_what_an_update_removes_goes_when_everything_else_is_done(account, server):
    account.deploy("s", with_second(account))
    hold_reply(server, "removal", skip=1)
    update(account, "s", template(account, Note="changed"))
    held(account, server, "removal")
    assert account.describe("s")["StackStatus"] == PHASE
    found = resources(account, "s")
    assert found["Thing"][0] == "UPDATE_COMPLETE"
    assert found["Second"][0] == "DELETE_IN_PROGRESS" and found["Second"][1].startswith("second")
    server.control("POST", "holds/removal")
    assert account.wait("s")["StackStatus"] == "UPDATE_COMPLETE"
    assert set(resources(account, "s")) == {"Thing"}
    steps = [row[:2] for row in account.events("s")][-5:]
    assert steps == [
        ("Thing", "UPDATE_COMPLETE"),
        ("s", PHASE),
        ("Second", "DELETE_IN_PROGRESS"),
        ("Second", "DELETE_COMPLETE"),
        ("s", "UPDATE_COMPLETE"),
    ]


def test_a_removal_that_fails_leaves_an_orphan_and_a_complete_update(account):
    account.deploy("s", with_second(account, Stuck=True))
    update(account, "s", template(account))
    assert account.wait("s")["StackStatus"] == "UPDATE_COMPLETE"
    assert ("Second", "DELETE_FAILED") in [row[:2] for row in account.events("s")]
    assert set(resources(account, "s")) == {"Thing"}


def test_a_resource_that_is_being_made_is_listed(account, server):
    hold_reply(server, "creation")
    account.cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(template(account)))
    held(account, server, "creation")
    assert resources(account, "s") == {"Thing": ("CREATE_IN_PROGRESS", "")}
    server.control("POST", "holds/creation")
    account.wait("s")
    status, physical_id = resources(account, "s")["Thing"]
    assert status == "CREATE_COMPLETE" and physical_id.startswith("one")


def test_a_resource_that_is_being_updated_is_listed_with_the_id_that_it_has(account, server):
    account.deploy("s", template(account))
    hold_reply(server, "update")
    update(account, "s", template(account, Identity="two"))
    held(account, server, "update")
    status, physical_id = resources(account, "s")["Thing"]
    assert status == "UPDATE_IN_PROGRESS" and physical_id.startswith("one")
    server.control("POST", "holds/update")
    account.wait("s")
    assert resources(account, "s")["Thing"][1].startswith("two")


def test_a_rollback_that_got_stuck_goes_on_without_what_is_skipped(account):
    account.deploy("s", template(account))
    broken = with_failing_sibling(account, Note="changed")
    # Thing's update and Late's creation are asked for, the way back of Thing fails.
    fault = {"operation": "InvokeFunction", "by": "handler", "code": "ServiceException"}
    account.server.control("POST", "faults", {**fault, "skip": 2, "account": account.id})
    account.cloudformation.update_stack(StackName="s", TemplateBody=json.dumps(broken))
    ended = account.wait("s")
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert "[Thing]" in ended["StackStatusReason"]
    account.cloudformation.continue_update_rollback(StackName="s", ResourcesToSkip=["Thing"])
    assert account.wait("s")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
