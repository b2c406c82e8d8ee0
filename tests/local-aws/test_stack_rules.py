"""What CloudFormation refuses: capabilities, statuses, second operations, names that are taken."""

import json

import functions
import pytest
import zero_etl
from test_catalog_policy import refused
from test_custom_resource import account, template
from test_imports import TEMPLATE, adopt

__all__ = ["account"]


def group(name: str = "kept", **more: object) -> dict:
    """A template with one log group."""
    properties = {"LogGroupName": name, **more}
    return {"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}}


def role(**properties: object) -> dict:
    """A template with one role."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "glue.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    properties = {"AssumeRolePolicyDocument": trust, **properties}
    return {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def propose(account, stack: str, made: dict, name: str, kind: str = "CREATE", **more) -> dict:
    """A change set."""
    return account.cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateBody=json.dumps(made),
        **more,
    )


def failed_stack(account, stack: str) -> dict:
    """A stack whose creation failed and was rolled back; it holds nothing."""
    made = group("taken")
    account.logs.create_log_group(logGroupName="taken")
    ended = account.deploy(stack, made)
    assert ended["StackStatus"] == "ROLLBACK_COMPLETE"
    return made


@pytest.mark.parametrize(
    ("made", "given", "missing"),
    [
        (role(), [], "CAPABILITY_IAM"),
        (role(RoleName="mine"), ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
        (role(), ["CAPABILITY_NAMED_IAM"], None),
    ],
    ids=["role", "named role", "the wider one"],
)
@pytest.mark.parametrize("call", ["create_stack", "create_change_set"])
def test_capabilities_are_demanded(source, call, made, given, missing):
    request = {"StackName": "s", "TemplateBody": json.dumps(made), "Capabilities": given}
    if call == "create_change_set":
        request |= {"ChangeSetName": "c", "ChangeSetType": "CREATE"}
    if missing is None:
        getattr(source.cloudformation, call)(**request)
        return
    code, message = refused(getattr(source.cloudformation, call), **request)
    assert code == "InsufficientCapabilitiesException"
    assert message == f"Requires capabilities : [{missing}]"


def test_a_changed_service_token_is_refused_and_rolled_back(account):
    account.deploy("s", template(account))
    other = account.awslambda.create_function(
        FunctionName="other",
        Runtime="provided.al2023",
        Handler="bootstrap",
        Role=f"arn:aws:iam::{account.id}:role/provider",
        Code={"ZipFile": functions.package("custom-resource")},
    )["FunctionArn"]
    made = template(account)
    made["Resources"]["Thing"]["Properties"]["ServiceToken"] = other
    ended = account.deploy("s", made)
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Modifying service token is not allowed" in account.failure("s")


@pytest.mark.parametrize("call", ["update", "update change set", "create", "create change set"])
def test_a_stack_that_was_rolled_back_can_only_be_deleted(source, call):
    made = failed_stack(source, "s")
    body = json.dumps(made)
    if call == "update":
        found = refused(source.cloudformation.update_stack, StackName="s", TemplateBody=body)
        expected = ("ValidationError", "is in ROLLBACK_COMPLETE state and can not be updated")
    elif call == "update change set":
        found = refused(lambda: propose(source, "s", made, "c", "UPDATE"))
        expected = ("ValidationError", "is in ROLLBACK_COMPLETE state and can not be updated")
    elif call == "create":
        found = refused(source.cloudformation.create_stack, StackName="s", TemplateBody=body)
        expected = ("AlreadyExistsException", "Stack [s] already exists")
    else:
        found = refused(lambda: propose(source, "s", made, "c"))
        expected = ("AlreadyExistsException", "already exists and cannot be created again")
    assert found[0] == expected[0] and expected[1] in found[1]
    assert source.delete("s")["StackStatus"] == "DELETE_COMPLETE"


def stuck(source) -> dict:
    """A stack that could not be deleted."""
    made = {
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
            **group("mine")["Resources"],
        }
    }
    source.deploy("s", made)
    rows = source.cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]
    ids = {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows}
    source.s3.put_object(Bucket=ids["Bucket"], Key="k", Body=b"")
    assert source.delete("s")["StackStatus"] == "DELETE_FAILED"
    return made


def test_a_stack_that_could_not_be_deleted_cannot_be_updated(source):
    made = stuck(source)
    for call in (
        lambda: propose(source, "s", made, "c", "UPDATE"),
        lambda: source.cloudformation.update_stack(StackName="s", TemplateBody=json.dumps(made)),
    ):
        code, message = refused(call)
        assert code == "ValidationError"
        assert "is in DELETE_FAILED state and can not be updated" in message


def test_what_cannot_be_deleted_is_retained_by_name(source):
    stuck(source)
    stack_id = source.describe("s")["StackId"]
    source.cloudformation.delete_stack(StackName="s", RetainResources=["Bucket"])
    assert source.wait(stack_id)["StackStatus"] == "DELETE_COMPLETE"
    assert ("Bucket", "DELETE_SKIPPED") in [row[:2] for row in source.events(stack_id)]


def test_resources_are_retained_only_after_a_failed_deletion(source):
    source.deploy("s", group("mine"))
    code, message = refused(
        source.cloudformation.delete_stack, StackName="s", RetainResources=["Logs"]
    )
    assert code == "ValidationError" and "DELETE_FAILED" in message


def test_two_change_sets_of_a_shell_belong_to_one_stack(source):
    first = propose(source, "s", group("one"), "first")
    second = propose(source, "s", group("two"), "second")
    assert first["StackId"] == second["StackId"]
    listed = source.cloudformation.list_change_sets(StackName="s")["Summaries"]
    assert {row["ChangeSetName"] for row in listed} == {"first", "second"}
    source.cloudformation.execute_change_set(ChangeSetName=first["Id"])
    assert source.wait("s")["StackStatus"] == "CREATE_COMPLETE"
    code, _ = refused(source.cloudformation.execute_change_set, ChangeSetName=second["Id"])
    assert code == "ChangeSetNotFound"


def test_a_refused_second_change_set_leaves_the_shell(source):
    first = propose(source, "s", group("one"), "first")
    code, _ = refused(lambda: propose(source, "s", role(), "second"))
    assert code == "InsufficientCapabilitiesException"
    assert source.describe("s")["StackId"] == first["StackId"]
    source.cloudformation.execute_change_set(ChangeSetName=first["Id"])
    assert source.wait("s")["StackStatus"] == "CREATE_COMPLETE"


def test_deleting_a_shell_takes_the_change_sets_of_others(source):
    theirs = propose(source, "s", group("one"), "theirs")
    source.delete("s")
    code, _ = refused(source.cloudformation.execute_change_set, ChangeSetName=theirs["Id"])
    assert code == "ChangeSetNotFound"


def test_of_two_available_change_sets_the_second_finds_the_stack_at_work(source, server):
    source.deploy("s", group("one"))
    first = propose(source, "s", group("one", RetentionInDays=1), "first", "UPDATE")
    server.control("POST", "faults", {
        "operation": "PutRetentionPolicy", "by": "handler", "hold": "busy", "account": source.id,
    })
    source.cloudformation.execute_change_set(ChangeSetName=first["Id"])
    body = json.dumps(group("one", RetentionInDays=3))
    code, message = refused(source.cloudformation.update_stack, StackName="s", TemplateBody=body)
    assert code == "ValidationError" and "is in UPDATE_IN_PROGRESS state" in message
    code, message = refused(source.cloudformation.delete_stack, StackName="s")
    assert code == "ValidationError" and "while in status UPDATE_IN_PROGRESS" in message
    server.control("POST", "holds/busy")
    assert source.wait("s")["StackStatus"] == "UPDATE_COMPLETE"


@pytest.mark.parametrize("kind", ["function", "role", "log group"])
def test_what_exists_is_not_taken_over(source, kind):
    trust = role()["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]
    if kind == "log group":
        source.logs.create_log_group(logGroupName="kept")
        made = group()
    elif kind == "role":
        source.iam.create_role(RoleName="kept", AssumeRolePolicyDocument=json.dumps(trust))
        made = role(RoleName="kept")
    else:
        function = {"Runtime": "provided.al2023", "Handler": "bootstrap"}
        arn = f"arn:aws:iam::{source.id}:role/r"
        package = functions.package("pid")
        source.awslambda.create_function(
            FunctionName="kept", Role=arn, Code={"ZipFile": package}, **function
        )
        source.s3.create_bucket(Bucket=f"code-{source.id}")
        source.s3.put_object(Bucket=f"code-{source.id}", Key="zip", Body=package)
        code = {"S3Bucket": f"code-{source.id}", "S3Key": "zip"}
        properties = {"FunctionName": "kept", "Role": arn, "Code": code, **function}
        made = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    source.cloudformation.create_stack(
        StackName="s", TemplateBody=json.dumps(made), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert source.wait("s")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "HandlerErrorCode: AlreadyExists" in source.failure("s")


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"])
def test_a_table_of_another_stack_cannot_be_imported(source, kind):
    table = {"Resources": {"Table": TEMPLATE["Resources"]["Table"]}}
    theirs = json.loads(json.dumps(table))
    theirs["Resources"]["Table"]["Type"] = kind
    if kind == "AWS::DynamoDB::Table":
        del theirs["Resources"]["Table"]["Properties"]["Replicas"]
    stack = source.deploy("theirs", theirs)
    made = propose(source, "mine", table, "adopt", ImportExistingResources=True)
    described = source.cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert described["Status"] == "FAILED"
    assert described["StatusReason"] == f"Kept already exists in stack {stack['StackId']}"


def test_retain_except_on_create_is_honoured_by_a_failed_creation(source):
    for policy, kept in (("Retain", True), ("RetainExceptOnCreate", False)):
        made = {"Resources": {**TEMPLATE["Resources"], **group("taken")["Resources"]}}
        made = json.loads(json.dumps(made))
        for name in ("Table", "Database"):
            made["Resources"][name]["DeletionPolicy"] = policy
        made["Resources"]["Logs"]["DependsOn"] = ["Table", "Database"]
        if not kept:
            source.dynamodb.delete_table(TableName="Kept")
            source.glue.delete_database(Name="kept")
        else:
            source.logs.create_log_group(logGroupName="taken")
        assert source.deploy("s", made)["StackStatus"] == "ROLLBACK_COMPLETE"
        assert (source.dynamodb.list_tables()["TableNames"] == ["Kept"]) is kept
        assert bool(source.glue.get_databases()["DatabaseList"]) is kept
        source.delete("s")


def test_retained_on_deletion_with_either_policy(source):
    made = json.loads(json.dumps(TEMPLATE))
    made["Resources"]["Table"]["DeletionPolicy"] = "RetainExceptOnCreate"
    source.deploy("s", made)
    source.delete("s")
    assert source.dynamodb.list_tables()["TableNames"] == ["Kept"]
    assert adopt(source, "again", made) == {"Table": "Import", "Database": "Import"}


@pytest.mark.parametrize(
    ("change", "replacement"),
    [
        (lambda table: table.update(BillingMode="PROVISIONED"), "False"),
        (lambda table: table["Replicas"][0].update(DeletionProtectionEnabled=True), "False"),
        (lambda table: table.update(TableName="Other"), "True"),
        (lambda table: table.update(KeySchema=[{"AttributeName": "A", "KeyType": "HASH"}]),
         "Conditional"),
    ],
    ids=["billing", "replica", "name", "keys"],
)
def test_a_change_set_says_what_replaces(source, change, replacement):
    made = zero_etl.source_stack(source.id)
    source.deploy("s", made)
    change(made["Resources"]["Table"]["Properties"])
    proposed = propose(source, "s", made, "c", "UPDATE")
    described = source.cloudformation.describe_change_set(ChangeSetName=proposed["Id"])
    assert [row["ResourceChange"]["Replacement"] for row in described["Changes"]] == [replacement]


def test_a_named_table_cannot_have_other_keys(source):
    made = zero_etl.source_stack(source.id)
    source.deploy("s", made)
    properties = made["Resources"]["Table"]["Properties"]
    properties["KeySchema"][0]["AttributeName"] = "SK"
    properties["AttributeDefinitions"][0]["AttributeName"] = "SK"
    assert source.deploy("s", made)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "a custom-named resource requires replacing" in source.failure("s")
