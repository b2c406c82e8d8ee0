"""A stack's whole life: create, update, look and delete, as `aws cloudformation deploy` drives it and
as Service Catalog does."""

import copy
import itertools
import json
import time

from botocore.exceptions import ClientError
from stage import REGION, Account, Deployment


class Failed(Exception):
    """Where the life ended early, and why."""


_changes = itertools.count(1)
TAGS = [{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "1"}]
NEXT_TAGS = [{"Key": "team", "Value": "b"}]


def live(deployer: Account, deployment: Deployment) -> None:
    """By change sets. Raises `Failed` at the first thing that does not work."""
    stack = deployment.stack
    fail_first(deployer, deployment)
    change(deployer, stack, "CREATE", deployment.template, deployment.parameters, TAGS)
    _call(deployer, "get_template_summary", StackName=stack)
    changed = deployment.next_parameters
    change(deployer, stack, "UPDATE", deployment.next_template, changed, NEXT_TAGS)
    change(deployer, stack, "UPDATE", deployment.template, deployment.parameters, NEXT_TAGS)
    _call(deployer, "describe_stack_events", StackName=stack)
    look(deployer, deployment)
    _delete(deployer, stack)


def fail_first(deployer: Account, deployment: Deployment) -> None:
    """A first deployment that fails at its end takes back what it made, data included."""
    stack, parameters = deployment.stack, deployment.parameters
    change(deployer, stack, "CREATE", _doomed(deployment), parameters, TAGS, "ROLLBACK_COMPLETE")
    _delete(deployer, stack)


def _doomed(deployment: Deployment) -> dict:
    doomed = copy.deepcopy(deployment.template)
    # Nobody may make a log group of this name.
    doomed["Resources"]["Doomed"] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": "doomed"},
        "DependsOn": [
            name for name, item in doomed["Resources"].items() if "Condition" not in item
        ],
    }
    return doomed


def look(deployer: Account, deployment: Deployment) -> None:
    """What `zeroetl` calls itself, next to what drives a stack."""
    stack = deployment.stack
    _call(deployer, "create_change_set", ChangeSetName="c", **_request(stack, deployment.template, deployment.parameters, TAGS))
    _call(deployer, "delete_change_set", StackName=stack, ChangeSetName="c")
    _call(deployer, "list_change_sets", StackName=stack)
    _call(deployer, "get_template", StackName=stack)
    resources = _call(deployer, "list_stack_resources", StackName=stack)["StackResourceSummaries"]
    _call(deployer, "describe_events", StackName=stack)
    asked = _call(deployer, "detect_stack_drift", StackName=stack)["StackDriftDetectionId"]
    for _ in range(500):
        found = _call(deployer, "describe_stack_drift_detection_status", StackDriftDetectionId=asked)
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        time.sleep(0.02)
    if found["DetectionStatus"] != "DETECTION_COMPLETE":
        raise Failed(f"drift: {found}")
    _call(deployer, "describe_stack_resource_drifts", StackName=stack)
    ids = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}
    main = {"source": "Table", "target": "ProviderRole", "integration": "Integration"}
    one = main[deployment.kind]
    _call(deployer, "detect_stack_resource_drift", StackName=stack, LogicalResourceId=one)
    if deployment.kind == "target":
        _look_at_target(deployer, deployment, ids)


def _look_at_target(deployer: Account, deployment: Deployment, ids: dict[str, str]) -> None:
    database = f"arn:aws:glue:{REGION}:{deployer.id}:database/{deployment.parameters['DatabaseName']}"
    code = deployment.parameters["ProviderCodeBucket"]
    _of(deployer.glue, "get_resource_policy")
    _of(deployer.glue, "get_integration_table_properties", ResourceArn=database, TableName="Orders")
    # Not of the lake's bucket: its policy denies what comes without TLS, as all does here.
    _of(deployer.s3, "get_bucket_location", Bucket=code)
    _of(deployer.s3, "list_objects_v2", Bucket=code)
    _of(deployer.logs, "filter_log_events", logGroupName=ids["ProviderLogGroup"])


def launch(role: Account, deployment: Deployment) -> None:
    """By the calls that a launch role has to be allowed. Raises `Failed` as `live` does.
    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html"""
    stack = deployment.stack
    body = json.dumps(deployment.template)
    _call(role, "validate_template", TemplateBody=body)
    _call(role, "get_template_summary", TemplateBody=body)
    _call(role, "create_stack", **_request(stack, _doomed(deployment), deployment.parameters, TAGS))
    _settle(role, stack, "ROLLBACK_COMPLETE")
    _delete(role, stack)
    first = _request(stack, deployment.template, deployment.parameters, TAGS)
    _call(role, "create_stack", **first)
    _settle(role, stack, "CREATE_COMPLETE")
    free = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    policy = json.dumps({"Statement": [free]})
    _call(role, "set_stack_policy", StackName=stack, StackPolicyBody=policy)
    changed = deployment.next_parameters
    request = _request(stack, deployment.next_template, changed, NEXT_TAGS)
    _call(role, "update_stack", **request)
    _settle(role, stack, "UPDATE_COMPLETE")
    _call(role, "update_stack", **first)
    _settle(role, stack, "UPDATE_COMPLETE")
    _call(role, "describe_stack_events", StackName=stack)
    _delete(role, stack)


def _delete(deployer: Account, stack: str) -> None:
    stack_id = _call(deployer, "describe_stacks", StackName=stack)["Stacks"][0]["StackId"]
    _call(deployer, "delete_stack", StackName=stack)
    _settle(deployer, stack_id, "DELETE_COMPLETE")


def _request(stack: str, template: dict, parameters: dict[str, str], tags: list[dict]) -> dict:
    return {
        "StackName": stack,
        "TemplateBody": json.dumps(template),
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Tags": tags,
    }


def change(deployer, stack, kind, template, parameters, tags, end=None) -> None:
    """One change set, made and carried out; `end` is how the stack ends, if not well."""
    name = f"c{next(_changes)}"
    request = _request(stack, template, parameters, tags)
    _call(deployer, "create_change_set", ChangeSetName=name, ChangeSetType=kind, **request)
    for _ in range(500):
        found = _call(deployer, "describe_change_set", StackName=stack, ChangeSetName=name)
        if found["Status"] == "CREATE_COMPLETE":
            break
        if found["Status"] == "FAILED":
            raise Failed(f"change set: {found['StatusReason']}")
        time.sleep(0.02)
    _call(deployer, "execute_change_set", StackName=stack, ChangeSetName=name)
    _settle(deployer, stack, end or f"{kind}_COMPLETE")


def _settle(deployer: Account, stack: str, wanted: str) -> None:
    for _ in range(3000):
        found = _call(deployer, "describe_stacks", StackName=stack)["Stacks"][0]["StackStatus"]
        if not found.endswith("IN_PROGRESS"):
            break
        time.sleep(0.02)
    if found != wanted:
        raise Failed(f"{found} instead of {wanted}: {_reason(deployer, stack)}")


def _reason(deployer: Account, stack: str) -> str:
    # Whoever may not look still gets an answer here: the account's root looks.
    root = Account(deployer.server, deployer.id)
    rows = root.events(stack)
    failed = [(status, reason) for _, status, reason in rows if status.endswith("_FAILED")]
    # What a rollback cannot take back says more than what it began with.
    kept = [reason for status, reason in failed if status == "DELETE_FAILED" and reason]
    return next(iter(kept or [reason for _, reason in failed]), str(rows))


def _call(deployer: Account, operation: str, **request):
    return _of(deployer.cloudformation, operation, **request)


def _of(client, operation: str, **request):
    try:
        return getattr(client, operation)(**request)
    except ClientError as error:
        raise Failed(f"{operation}: {error.response['Error']['Message']}") from error
