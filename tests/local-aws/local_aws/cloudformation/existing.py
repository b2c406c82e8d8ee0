"""What exists already is not taken over: functions, roles and log groups of a given name.

ministack writes over them.
"""

import json

from ministack.services import cloudwatch_logs, iam, lambda_svc
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation import handler


def _function(name: str) -> str:
    return f"Function already exist: {name}"


def _role(name: str) -> str:
    return f"Role with name {name} already exists."


def _log_group(name: str) -> str:
    key = json.dumps({"/properties/LogGroupName": name}, separators=(",", ":"))
    return f"Resource of type 'AWS::Logs::LogGroup' with identifier '{key}' already exists."


_KINDS = {
    "AWS::Lambda::Function": ("FunctionName", lambda_svc._functions, _function),
    "AWS::IAM::Role": ("RoleName", iam._roles, _role),
    "AWS::Logs::LogGroup": ("LogGroupName", cloudwatch_logs._log_groups, _log_group),
}


def install() -> None:
    """Look before each creation."""
    for resource_type in _KINDS:
        _guard(resource_type)


def _guard(resource_type: str) -> None:
    name_property, store, message = _KINDS[resource_type]
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    theirs = handlers["create"]

    def create(logical_id, props, stack_name):
        name = props.get(name_property)
        if name and name in store:
            raise handler.HandlerFailed(message(name), "AlreadyExists")
        return theirs(logical_id, props, stack_name)

    handlers["create"] = create
