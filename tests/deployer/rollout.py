"""A stack's whole life: create, update, look and delete, as `aws cloudformation deploy` drives it and
as Service Catalog does."""

import json
import time

from botocore.exceptions import ClientError
from stage import Account, Deployment


class Failed(Exception):
    """Where the life ended early, and why."""


TAGS = [{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "1"}]
NEXT_TAGS = [{"Key": "team", "Value": "b"}]


def live(deployer: Account, deployment: Deployment) -> None:
    """By change sets. Raises `Failed` at the first thing that does not work."""
    stack = deployment.stack
    change(deployer, stack, "CREATE", deployment.template, deployment.parameters, TAGS)
    _call(deployer, "get_template_summary", StackName=stack)
    changed = deployment.next_parameters
    change(deployer, stack, "UPDATE", deployment.next_template, changed, NEXT_TAGS)
    _call(deployer, "describe_stack_events", StackName=stack)
    _delete(deployer, stack)


def launch(role: Account, deployment: Deployment) -> None:
    """By the calls that a launch role has to be allowed. Raises `Failed` as `live` does.
    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html"""
    stack = deployment.stack
    body = json.dumps(deployment.template)
    _call(role, "validate_template", TemplateBody=body)
    _call(role, "get_template_summary", TemplateBody=body)
    request = _request(stack, deployment.template, deployment.parameters, TAGS)
    _call(role, "create_stack", **request)
    _settle(role, stack, "CREATE_COMPLETE")
    free = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    policy = json.dumps({"Statement": [free]})
    _call(role, "set_stack_policy", StackName=stack, StackPolicyBody=policy)
    changed = deployment.next_parameters
    request = _request(stack, deployment.next_template, changed, NEXT_TAGS)
    _call(role, "update_stack", **request)
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


def change(deployer, stack, kind, template, parameters, tags) -> None:
    """One change set, made and carried out."""
    name = f"c{kind.lower()}"
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
    _settle(deployer, stack, f"{kind}_COMPLETE")


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
    return next((reason for _, status, reason in rows if status.endswith("_FAILED")), str(rows))


def _call(deployer: Account, operation: str, **request):
    try:
        return getattr(deployer.cloudformation, operation)(**request)
    except ClientError as error:
        raise Failed(f"{operation}: {error.response['Error']['Message']}") from error
