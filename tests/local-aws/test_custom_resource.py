"""CloudFormation's side of the custom-resource protocol, seen by a function on this machine."""

import json
import time

import functions
import pytest


@pytest.fixture
def account(accounts, server):
    """An account with the test function behind `arn`."""
    server.control("PUT", "settings", {"function_retry_seconds": [0.05, 0.05]})
    account = accounts()
    account.arn = account.awslambda.create_function(
        FunctionName="provider",
        Runtime="provided.al2023",
        Handler="bootstrap",
        Role=f"arn:aws:iam::{account.id}:role/provider",
        Code={"ZipFile": functions.package("custom-resource")},
        Timeout=30,
    )["FunctionArn"]
    yield account
    server.control("PUT", "settings", {"function_retry_seconds": [60, 120]})


def template(account, **properties) -> dict:
    """One custom resource, its id and what it received as outputs."""
    return {
        "Resources": {
            "Thing": {
                "Type": "Custom::Thing",
                "Properties": {"ServiceToken": account.arn, "ServiceTimeout": 20, **properties},
            }
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "Thing"}},
            "Received": {"Value": {"Fn::GetAtt": ["Thing", "Received"]}},
        },
    }


def with_failing_sibling(account, **properties) -> dict:
    """The same, followed by a custom resource that fails."""
    made = template(account, **properties)
    made["Resources"]["Late"] = {
        "Type": "Custom::Late",
        "DependsOn": "Thing",
        "Properties": {"ServiceToken": account.arn, "Identity": "late", "Fail": True},
    }
    return made


def outputs(stack: dict) -> dict:
    """Outputs by name."""
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def requests(account, count: int) -> list[tuple]:
    """What the function was asked: type, given id, identity wanted, identity before.

    Logs arrive after the reply, so this waits for `count` of them.
    """
    for _ in range(1500):
        found = logged(account)
        if len(found) >= count:
            return found
        time.sleep(0.01)
    return found


def messages(account) -> list[dict]:
    """What the log holds now; there is none before the function's first line."""
    try:
        return account.logs.filter_log_events(logGroupName="/aws/lambda/provider")["events"]
    except account.logs.exceptions.ResourceNotFoundException:
        return []


def logged(account) -> list[tuple]:
    """The requests that the log holds now, as they were made; lines of two may change places."""
    lines = [event["message"].partition(" ") for event in messages(account)]
    events = [json.loads(text) for kind, _, text in lines if kind == "EVENT"]
    found = []
    for request in sorted(events, key=lambda event: event["At"]):
        old = request["OldResourceProperties"] or {}
        found.append(
            (
                request["RequestType"],
                request["PhysicalResourceId"],
                request["ResourceProperties"].get("Identity"),
                old.get("Identity"),
            )
        )
    return found


def test_scalars_arrive_as_strings(account):
    stack = account.deploy(
        "s", template(account, Count=10, Half=1.5, Yes=True, Deep={"List": [1, {"No": False}]})
    )
    received = json.loads(outputs(stack)["Received"])
    assert received["Count"] == "10"
    assert received["Half"] == "1.5"
    assert received["Yes"] == "true"
    assert received["Deep"] == {"List": ["1", {"No": "false"}]}
    assert received["ServiceTimeout"] == "20"


def test_function_runs_with_the_credentials_of_its_account(account):
    stack = account.deploy("s", template(account))
    assert outputs(stack)["Id"] == f"one-{account.id}"


def test_update_carries_old_properties_and_keeps_the_id(account):
    account.deploy("s", template(account, Identity="one", Note="a"))
    stack = account.deploy("s", template(account, Identity="one", Note="b"))
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    one = f"one-{account.id}"
    assert requests(account, 2) == [("Create", None, "one", None), ("Update", one, "one", "one")]


def test_changed_id_deletes_the_old_one_after_the_update(account):
    account.deploy("s", template(account, Identity="one"))
    account.deploy("s", template(account, Identity="two"))
    one = f"one-{account.id}"
    found = requests(account, 3)
    assert found[1:] == [("Update", one, "two", "one"), ("Delete", one, "one", None)]


def test_rollback_after_replacement_deletes_the_new_one(account):
    account.deploy("s", template(account, Identity="one"))
    stack = account.deploy("s", with_failing_sibling(account, Identity="two"))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert outputs(stack)["Id"] == f"one-{account.id}"
    late, two = f"late-{account.id}", f"two-{account.id}"
    assert requests(account, 5)[2:] == [
        ("Create", None, "late", None),
        ("Delete", late, "late", None),
        ("Delete", two, "two", None),
    ]


def test_rollback_of_an_update_swaps_old_and_new(account):
    account.deploy("s", template(account, Note="a"))
    stack = account.deploy("s", template(account, Note="b", Fail=True))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    one = f"one-{account.id}"
    assert [request[:2] for request in requests(account, 3)] == [
        ("Create", None),
        ("Update", one),
        ("Update", one),
    ]


def test_failed_create_is_deleted_with_the_id_of_the_failed_reply(account):
    stack = account.deploy("s", template(account, Fail=True))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    one = f"one-{account.id}"
    assert requests(account, 2) == [("Create", None, None, None), ("Delete", one, None, None)]
    reason = account.failure("s")
    assert "Received response status [FAILED] from custom resource" in reason
    assert "Message returned: as the template wished (RequestId: " in reason


def test_failed_create_without_rollback_is_deleted_with_the_stack(account):
    account.cloudformation.create_stack(
        StackName="s", TemplateBody=json.dumps(template(account, Fail=True)), DisableRollback=True
    )
    assert account.wait("s")["StackStatus"] == "CREATE_FAILED"
    assert account.delete("s")["StackStatus"] == "DELETE_COMPLETE"
    assert requests(account, 2)[-1] == ("Delete", f"one-{account.id}", None, None)


def test_unchanged_resource_is_not_asked_and_not_reported(account):
    account.deploy("s", template(account))
    changed = template(account)
    changed["Resources"]["Other"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    account.deploy("s", changed)
    assert len(requests(account, 1)) == 1
    update = [event[:2] for event in account.events("s")][4:]
    assert update == [
        ("s", "UPDATE_IN_PROGRESS"),
        ("Other", "CREATE_IN_PROGRESS"),
        ("Other", "CREATE_COMPLETE"),
        ("s", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("s", "UPDATE_COMPLETE"),
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"Pad": "x" * 4096}, "Response object is too long."),
        ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
        ({"PhysicalResourceId": None}, "Invalid PhysicalResourceId"),
        ({"PhysicalResourceId": "x" * 1025}, "longer than 1 KB"),
        ({"Status": "FAILED"}, "doesn't contain Reason key"),
        ({"Status": None}, "doesn't contain Status key"),
        ({"Status": "DONE"}, "Invalid Status 'DONE'"),
        ({"RequestId": "another"}, "Invalid RequestId: 'another'"),
        ({"LogicalResourceId": "Other"}, "Invalid LogicalResourceId: 'Other'"),
        ({"Data": {"Nested": {"a": "b"}}}, "Response Data is not a flat map"),
    ],
)
def test_reply_that_breaks_the_protocol_fails_the_resource(account, reply, reason):
    stack = account.deploy("s", template(account, Reply=json.dumps(reply)))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert reason in account.failure("s")


def test_largest_reply_is_accepted(account):
    empty = account.deploy("s", template(account, Reply=json.dumps({"Data": {"Received": ""}})))
    # What is left of 4096 bytes beside the ids, found by asking for ever more.
    assert empty["StackStatus"] == "CREATE_COMPLETE"
    frame = {"StackId": empty["StackId"], "RequestId": "x" * 36, "LogicalResourceId": "Thing"}
    frame.update(Status="SUCCESS", PhysicalResourceId=f"one-{account.id}", Data={"Received": ""})
    room = 4096 - len(json.dumps(frame))
    fits = json.dumps({"Data": {"Received": "x" * room}})
    assert account.deploy("s", template(account, Reply=fits))["StackStatus"] == "UPDATE_COMPLETE"
    over = json.dumps({"Data": {"Received": "x" * (room + 1)}})
    stack = account.deploy("s", template(account, Reply=over))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_content_type_breaks_the_signature(account):
    stack = account.deploy("s", template(account, ContentType="application/json"))
    # The function saw the refusal and sent it again without.
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    requests(account, 1)
    refused = [event["message"] for event in messages(account) if event["message"].startswith("REFUSED")]
    assert len(refused) == 1
    assert refused[0].startswith("REFUSED 403")
    assert "SignatureDoesNotMatch" in refused[0]


def test_failed_function_is_tried_again_with_the_same_request(account):
    stack = account.deploy("s", template(account, Once=True))
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert [request[0] for request in requests(account, 2)] == ["Create", "Create"]


def test_a_function_says_how_often_it_is_tried_again(account):
    account.awslambda.put_function_event_invoke_config(
        FunctionName="provider", MaximumRetryAttempts=0
    )
    account.deploy("s", template(account, Once=True, ServiceTimeout=2))
    assert "did not receive a response" in account.failure("s")
    assert [row[0] for row in logged(account)].count("Create") == 1


def test_no_reply_within_service_timeout_fails_the_resource(account, server):
    # Every reply is refused, so CloudFormation never hears of it.
    fault = {"operation": "CustomResourceResponse", "code": "SlowDown", "status": 503, "times": 99}
    server.control("POST", "faults", fault)
    try:
        account.cloudformation.create_stack(
            StackName="s", TemplateBody=json.dumps(template(account, ServiceTimeout=1))
        )
        while not [event for event in account.events("s") if event[1] == "CREATE_FAILED"]:
            time.sleep(0.02)
    finally:
        server.control("DELETE", "faults")
    stack = account.wait("s")
    assert stack["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
    assert "CloudFormation did not receive a response" in account.failure("s")


@pytest.mark.parametrize("timeout", ["0", "3601", "soon"])
def test_service_timeout_out_of_range_is_refused(account, timeout):
    account.deploy("s", template(account, ServiceTimeout=timeout))
    assert f"ServiceTimeout is '{timeout}'; an integer from 1 to 3600" in account.failure("s")


def test_failed_delete_keeps_what_it_needs_to_be_tried_again(account):
    made = template(account)
    made["Resources"]["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    made["Resources"]["Free"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    made["Resources"]["Thing"]["Properties"].update(
        Stuck=True, ServiceToken={"Fn::GetAtt": ["Function", "Arn"]}, Handle={"Ref": "Handle"}
    )
    made["Resources"]["Function"] = function_resource(account)
    assert account.deploy("s", made)["StackStatus"] == "CREATE_COMPLETE", account.events("s")
    assert account.delete("s")["StackStatus"] == "DELETE_FAILED"
    left = account.cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    assert {row["LogicalResourceId"]: row["ResourceStatus"] for row in left} == {
        "Function": "CREATE_COMPLETE",
        "Handle": "CREATE_COMPLETE",
        "Thing": "DELETE_FAILED",
    }
    # The function lets go at the second request.
    assert account.delete("s")["StackStatus"] == "DELETE_COMPLETE"


def function_resource(account) -> dict:
    """The test function as a resource of the stack."""
    bucket = f"code-{account.id}"
    account.s3.create_bucket(Bucket=bucket)
    package = functions.package("custom-resource")
    account.s3.put_object(Bucket=bucket, Key="f.zip", Body=package)
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
            "Role": f"arn:aws:iam::{account.id}:role/provider",
            "Code": {"S3Bucket": bucket, "S3Key": "f.zip"},
        },
    }


def test_missing_attribute_rolls_the_stack_back(account):
    stack = account.deploy("s", template(account, Reply=json.dumps({"Data": {}})))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert requests(account, 2)[-1][0] == "Delete"
