"""What the drift tests share: every kind of resource in two stacks, and ways to look at them."""

import itertools
import json
import time

import functions
import zero_etl
from test_lake_formation import governed
from zero_etl import World

_numbers = itertools.count(1)
QUICK = {"drift_detection_seconds": 0.05}


def every_type(source, target) -> World:
    """Source, target and integration, deployed, with a function and Lake Formation grants."""
    world = World(source, target)
    code = f"code-{target.id}"
    target.s3.create_bucket(Bucket=code)
    target.s3.put_object(Bucket=code, Key="zip", Body=functions.package("custom-resource"))
    governed(world)
    world.target_stack["Resources"] |= provider(code)
    world.prepare()
    stack = world.integrate()
    assert stack["StackStatus"] == "CREATE_COMPLETE", source.failure("integration")
    return world


def provider(bucket: str) -> dict:
    """A function with its role, log group and settings, and a custom resource on it."""
    trust = zero_etl.allow("Trust", "sts:AssumeRole", "*")
    del trust["Resource"]
    trust["Principal"] = {"Service": "lambda.amazonaws.com"}
    log_group = {"Fn::Sub": "/aws/lambda/${AWS::StackName}-provider"}
    return {
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": log_group, "RetentionInDays": 30},
        },
        "FunctionRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "provided.al2023",
                "Handler": "bootstrap",
                "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
                "Code": {"S3Bucket": bucket, "S3Key": "zip"},
                "Timeout": 30,
                "LoggingConfig": {"LogGroup": {"Ref": "Logs"}},
            },
        },
        "Invocation": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": "$LATEST",
                "MaximumEventAgeInSeconds": 600,
                "MaximumRetryAttempts": 2,
            },
        },
        "Thing": {
            "Type": "Custom::Thing",
            "DependsOn": "Invocation",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}},
        },
    }


def detect(account, stack: str) -> dict:
    """Detect drift to its end; the status of the detection."""
    cloudformation = account.cloudformation
    detection = cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
    while True:
        found = cloudformation.describe_stack_drift_detection_status(
            StackDriftDetectionId=detection
        )
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            return found
        time.sleep(0.02)


def drifts(account, stack: str) -> dict[str, dict]:
    """Every resource that was compared, by logical id."""
    detect(account, stack)
    rows = account.cloudformation.describe_stack_resource_drifts(StackName=stack)
    return {row["LogicalResourceId"]: row for row in rows["StackResourceDrifts"]}


def statuses(account, stack: str) -> dict[str, str]:
    """The drift status of every resource that was compared."""
    found = drifts(account, stack).items()
    return {key: row["StackResourceDriftStatus"] for key, row in found}


def physical(account, stack: str, logical_id: str) -> str:
    """A resource's physical id."""
    found = account.cloudformation.describe_stack_resource(
        StackName=stack, LogicalResourceId=logical_id
    )
    return found["StackResourceDetail"]["PhysicalResourceId"]


def change_set(account, stack: str, template: dict, **more: object) -> dict:
    """A drift-aware change set, described with its values."""
    made = account.cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=f"revert-{next(_numbers)}",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM"],
        **{"DeploymentMode": "REVERT_DRIFT", **more},
    )
    return account.cloudformation.describe_change_set(
        ChangeSetName=made["Id"], IncludePropertyValues=True
    )


def changes(described: dict) -> dict[str, dict]:
    """The changes by logical id."""
    rows = [change["ResourceChange"] for change in described["Changes"]]
    return {row["LogicalResourceId"]: row for row in rows}


def execute(account, stack: str, described: dict) -> dict:
    """Execute it; the stack at the end."""
    account.cloudformation.execute_change_set(ChangeSetName=described["ChangeSetId"])
    return account.wait(stack)
