"""Faults on any operation of any service, on CloudFormation's own calls, and holds."""

import json
import threading
import time
import urllib.error

import botocore.exceptions
import drift
import pytest
import zero_etl
from conftest import Account
from test_auth import guarded, user
from test_catalog_policy import refused
from test_update_cleanup import held

from local_aws import operations

__all__ = ["guarded"]


@pytest.fixture(autouse=True)
def quiet(server):
    """Leave nothing behind."""
    yield
    server.control("DELETE", "faults")


CALLS = {
    "cloudformation": ("describe_stacks", "DescribeStacks", {}),
    "dynamodb": ("list_tables", "ListTables", {}),
    "glue": ("get_databases", "GetDatabases", {}),
    "iam": ("get_role", "GetRole", {"RoleName": "r"}),
    "kms": ("list_keys", "ListKeys", {}),
    "awslambda": ("get_function", "GetFunction", {"FunctionName": "f"}),
    "logs": ("describe_log_groups", "DescribeLogGroups", {}),
    "s3": ("list_objects_v2", "ListObjectsV2", {"Bucket": "b"}),
    "sts": ("get_caller_identity", "GetCallerIdentity", {}),
}


@pytest.mark.parametrize("service", CALLS)
def test_an_operation_of_any_service_can_fail(server, source, service):
    method, operation, arguments = CALLS[service]
    fault = {"operation": operation, "code": "Injected", "account": source.id}
    server.control("POST", "faults", fault)
    code, message = refused(getattr(getattr(source, service), method), **arguments)
    assert (code, message) == ("Injected", "injected")
    assert server.control("GET", "faults") == []


REST = [
    ("s3", "PUT", "/b", "", "CreateBucket"),
    ("s3", "PUT", "/b/k/deep", "", "PutObject"),
    ("s3", "PUT", "/b", "policy", "PutBucketPolicy"),
    ("s3", "GET", "/b", "policy", "GetBucketPolicy"),
    ("s3", "GET", "/b/k", "", "GetObject"),
    ("s3", "HEAD", "/b/k", "", "HeadObject"),
    ("s3", "HEAD", "/b", "", "HeadBucket"),
    ("s3", "GET", "/b", "list-type=2", "ListObjectsV2"),
    ("s3", "GET", "/b", "location=", "GetBucketLocation"),
    ("s3", "GET", "/", "", "ListBuckets"),
    ("s3", "DELETE", "/b/k", "", "DeleteObject"),
    ("lambda", "GET", "/2015-03-31/functions/f", "", "GetFunction"),
    ("lambda", "POST", "/2015-03-31/functions/f/invocations", "", "Invoke"),
    ("lambda", "DELETE", "/2015-03-31/functions/f", "", "DeleteFunction"),
]


@pytest.mark.parametrize(("service", "method", "path", "query", "name"), REST,
                         ids=[row[-1] for row in REST])
def test_a_rest_request_is_named(service, method, path, query, name):
    headers = {"authorization": f"AWS4-HMAC-SHA256 Credential=1/2/us-east-1/{service}/aws4_request,"}
    assert operations.of(method, path, query, headers).name == name


def test_a_name_that_no_operation_has_is_refused(server):


    with pytest.raises(urllib.error.HTTPError) as error:
        server.control("POST", "faults", {"operation": "GetDatabasez"})
    assert "no operation 'GetDatabasez'" in json.load(error.value)["error"]


def test_the_first_calls_can_be_let_through(server, source):
    fault = {"operation": "GetDatabases", "code": "Injected", "skip": 2, "account": source.id}
    server.control("POST", "faults", fault)
    for _ in range(2):
        source.glue.get_databases()
    assert refused(source.glue.get_databases)[0] == "Injected"
    source.glue.get_databases()


def test_a_fault_can_mean_whatever_comes_next(server, source):
    server.control("POST", "faults", {"operation": "*", "code": "Injected", "account": source.id})
    assert refused(source.sts.get_caller_identity)[0] == "Injected"
    source.sts.get_caller_identity()


@pytest.mark.parametrize("after", [False, True])
def test_a_connection_can_be_cut(server, source, after):
    fault = {"operation": "CreateDatabase", "cut": True, "after": after, "account": source.id}
    server.control("POST", "faults", fault)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        source.glue.create_database(DatabaseInput={"Name": "made"})
    assert bool(source.glue.get_databases()["DatabaseList"]) is after


def test_what_was_called_is_listed(server, source):
    server.control("DELETE", "calls")
    source.glue.get_databases()
    source.deploy("source", zero_etl.source_stack(source.id))
    calls = [call for call in server.control("GET", "calls") if call["account"] == source.id]
    found = [(call["by"], call["service"], call["operation"]) for call in calls]
    assert found[0] == ("api", "glue", "GetDatabases")
    assert ("api", "cloudformation", "CreateStack") in found
    assert ("handler", "dynamodb", "CreateTable") in found


@pytest.mark.parametrize(
    ("operation", "code", "expected"),
    [
        ("CreateTable", "ThrottlingException", "HandlerErrorCode: Throttling"),
        ("PutResourcePolicy", "AccessDeniedException", "HandlerErrorCode: AccessDenied"),
        ("DescribeContinuousBackups", "InternalServerError", "GeneralServiceException"),
    ],
)
def test_a_call_of_a_handler_can_fail(server, source, operation, code, expected):
    fault = {"operation": operation, "by": "handler", "code": code, "account": source.id}
    server.control("POST", "faults", fault)
    stack = source.deploy("source", zero_etl.source_stack(source.id))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert expected in source.failure("source")
    assert source.dynamodb.list_tables()["TableNames"] == []


def test_a_lost_answer_to_a_handler_leaves_nothing_behind(server, source):
    fault = {"operation": "CreateTable", "by": "handler", "code": "Lost", "after": True}
    server.control("POST", "faults", {**fault, "account": source.id})
    stack = source.deploy("source", zero_etl.source_stack(source.id))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Table", "DELETE_COMPLETE") in [row[:2] for row in source.events("source")]
    assert source.dynamodb.list_tables()["TableNames"] == []


def test_a_failed_read_fails_drift_detection(server, source):


    source.deploy("source", zero_etl.source_stack(source.id))
    fault = {"operation": "DescribeTable", "by": "handler", "code": "Injected"}
    server.control("POST", "faults", {**fault, "account": source.id})
    assert drift.detect(source, "source")["DetectionStatus"] == "DETECTION_FAILED"
    assert drift.statuses(source, "source") == {"Table": "IN_SYNC"}


@pytest.mark.parametrize("after", [False, True])
def test_a_held_call_lets_others_act_until_it_is_released(server, source, after):
    second = Account(server, source.id)
    fault = {"operation": "CreateDatabase", "hold": "first", "after": after, "account": source.id}
    server.control("POST", "faults", fault)
    answers = []

    def create():
        try:
            answers.append(source.glue.create_database(DatabaseInput={"Name": "same"}))
        except source.glue.exceptions.AlreadyExistsException:
            answers.append("taken")

    thread = threading.Thread(target=create)
    thread.start()
    held(source, server, "first")
    if after:
        assert len(second.glue.get_databases()["DatabaseList"]) == 1
    else:
        second.glue.create_database(DatabaseInput={"Name": "same"})
    assert not answers
    server.control("POST", "holds/first")
    thread.join(5)
    assert (answers == ["taken"]) is not after


def test_a_hold_keeps_a_handler_and_the_server_goes_on(server, source):
    fault = {"operation": "CreateTable", "by": "handler", "hold": "table", "account": source.id}
    server.control("POST", "faults", fault)
    made = zero_etl.source_stack(source.id)
    source.cloudformation.create_stack(StackName="source", TemplateBody=json.dumps(made))
    held(source, server, "table")
    assert source.describe("source")["StackStatus"] == "CREATE_IN_PROGRESS"
    assert source.dynamodb.list_tables()["TableNames"] == []
    server.control("POST", "holds/table")
    assert source.wait("source")["StackStatus"] == "CREATE_COMPLETE"


def test_taking_the_faults_releases_what_is_held(server, source):
    fault = {"operation": "GetDatabases", "hold": "forgotten", "account": source.id}
    server.control("POST", "faults", fault)
    thread = threading.Thread(target=source.glue.get_databases)
    thread.start()
    held(source, server, "forgotten")
    server.control("DELETE", "faults")
    thread.join(5)
    assert not thread.is_alive()


def test_a_delay_does_not_stop_the_server(server, source, target):
    fault = {"operation": "GetDatabases", "delay_seconds": 1.5, "account": source.id}
    server.control("POST", "faults", fault)
    thread = threading.Thread(target=source.glue.get_databases)
    thread.start()
    started = time.monotonic()
    target.glue.get_databases()
    assert time.monotonic() - started < 1
    thread.join(5)


def test_a_fault_is_kept_to_an_account_under_enforced_iam(guarded, accounts):
    root = Account(guarded, accounts().id)
    deployer = user(root, zero_etl.allow("All", "*", "*"))
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": root.id}, "Action": "sts:*"}],
    }
    arn = root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    policy = {"Version": "2012-10-17", "Statement": [zero_etl.allow("All", "*", "*")]}
    root.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(policy))
    session = deployer.sts.assume_role(RoleArn=arn["Arn"], RoleSessionName="test")["Credentials"]
    assumed = Account(
        guarded,
        root.id,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    fault = {"operation": "GetDatabases", "code": "Injected", "account": root.id, "times": 3}
    guarded.control("POST", "faults", fault)
    for who in (root, deployer, assumed):
        assert refused(who.glue.get_databases)[0] == "Injected"
    assert guarded.control("GET", "faults") == []
