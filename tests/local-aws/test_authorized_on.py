"""Under `--auth`, what a deployer and its command call is authorised on the resource it concerns."""

import json

import pytest
import zero_etl
from conftest import Account
from test_auth import guarded, user
from test_catalog_policy import refused

__all__ = ["guarded"]
CHANGED = json.dumps({"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}})


@pytest.fixture(scope="module")
def root(guarded):
    """An account with two of everything: `mine` and `theirs`."""
    root = Account(guarded, "900000000001")
    for name in ("mine", "theirs"):
        stack = root.deploy(name, zero_etl.source_stack(root.id, name))
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        root.cloudformation.create_change_set(
            StackName=name, ChangeSetName="pending", TemplateBody=CHANGED
        )
        root.s3.create_bucket(Bucket=f"{name}-{root.id}")
        root.s3.put_object(Bucket=f"{name}-{root.id}", Key="k", Body=b"")
        root.logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
        root.glue.create_database(DatabaseInput={"Name": name})
    return root


@pytest.fixture(scope="module")
def narrow(root):
    """A user who may do everything, but only on `mine`."""
    place = f"us-east-1:{root.id}"
    mine = [
        f"arn:aws:cloudformation:{place}:stack/mine/*",
        f"arn:aws:dynamodb:{place}:table/mine",
        f"arn:aws:s3:::mine-{root.id}",
        f"arn:aws:s3:::mine-{root.id}/*",
        f"arn:aws:logs:{place}:log-group:/aws/lambda/mine:*",
        f"arn:aws:glue:{place}:catalog",
        f"arn:aws:glue:{place}:database/mine",
    ]
    services = ("cloudformation", "dynamodb", "s3", "logs", "glue")
    return user(root, zero_etl.allow("Mine", [f"{name}:*" for name in services], mine))


def change_set(account, name: str) -> str:
    """The ARN of the pending change set."""
    return account.cloudformation.describe_change_set(StackName=name, ChangeSetName="pending")[
        "ChangeSetId"
    ]


def backups(name: str) -> dict:
    """Recovery on."""
    enabled = {"PointInTimeRecoveryEnabled": True}
    return {"TableName": name, "PointInTimeRecoverySpecification": enabled}


CALLS = {
    "DescribeStacks": lambda a, r, n: a.cloudformation.describe_stacks(StackName=n),
    "ListStackResources": lambda a, r, n: a.cloudformation.list_stack_resources(StackName=n),
    "ListStackResources by id": lambda a, r, n: a.cloudformation.list_stack_resources(
        StackName=r.describe(n)["StackId"]
    ),
    "DetectStackResourceDrift": lambda a, r, n: a.cloudformation.detect_stack_resource_drift(
        StackName=n, LogicalResourceId="Table"
    ),
    "DescribeStackResourceDrifts": lambda a, r, n: a.cloudformation.describe_stack_resource_drifts(
        StackName=n
    ),
    "DescribeChangeSet": lambda a, r, n: a.cloudformation.describe_change_set(
        StackName=n, ChangeSetName="pending"
    ),
    "DescribeChangeSet by ARN": lambda a, r, n: a.cloudformation.describe_change_set(
        ChangeSetName=change_set(r, n)
    ),
    "GetTemplate": lambda a, r, n: a.cloudformation.get_template(StackName=n),
    "DescribeTable": lambda a, r, n: a.dynamodb.describe_table(TableName=n),
    "DescribeContinuousBackups": lambda a, r, n: a.dynamodb.describe_continuous_backups(
        TableName=n
    ),
    "UpdateContinuousBackups": lambda a, r, n: a.dynamodb.update_continuous_backups(**backups(n)),
    "GetResourcePolicy": lambda a, r, n: a.dynamodb.get_resource_policy(
        ResourceArn=zero_etl.table_arn(r.id, n)
    ),
    "GetDatabase": lambda a, r, n: a.glue.get_database(Name=n),
    "UpdateDatabase": lambda a, r, n: a.glue.update_database(Name=n, DatabaseInput={"Name": n}),
    "GetBucketLocation": lambda a, r, n: a.s3.get_bucket_location(Bucket=f"{n}-{r.id}"),
    "HeadBucket": lambda a, r, n: a.s3.head_bucket(Bucket=f"{n}-{r.id}"),
    "HeadObject": lambda a, r, n: a.s3.head_object(Bucket=f"{n}-{r.id}", Key="k"),
    "FilterLogEvents": lambda a, r, n: a.logs.filter_log_events(logGroupName=f"/aws/lambda/{n}"),
    "DescribeLogStreams": lambda a, r, n: a.logs.describe_log_streams(
        logGroupName=f"/aws/lambda/{n}"
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_authorised_on_what_it_concerns(root, narrow, name):
    call = CALLS[name]
    call(narrow, root, "mine")
    code, _ = refused(lambda: call(narrow, root, "theirs"))
    assert code in ("AccessDenied", "AccessDeniedException", "403")


@pytest.mark.parametrize("operation", ["list_stacks", "describe_stack_drift_detection_status"])
def test_what_concerns_no_stack_needs_every_resource(root, narrow, operation):
    arguments = {}
    if operation == "describe_stack_drift_detection_status":
        started = root.cloudformation.detect_stack_drift(StackName="mine")
        arguments = {"StackDriftDetectionId": started["StackDriftDetectionId"]}
    code, _ = refused(getattr(narrow.cloudformation, operation), **arguments)
    assert code == "AccessDenied"


def test_everybody_may_ask_who_they_are(narrow):
    assert narrow.sts.get_caller_identity()["Account"] == narrow.id
