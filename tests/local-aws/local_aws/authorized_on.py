"""The resource that a call of ministack's services is authorised on, where ministack does not know.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json

from ministack.core import iam_actions
from ministack.services import cloudformation as engine

# AWS names these by the group's streams: `log-group:NAME` alone does not match.
_ON_STREAMS = ("DescribeLogStreams", "FilterLogEvents", "GetLogEvents")


def install() -> None:
    """Answer before ministack guesses."""
    theirs = iam_actions.extract_resource_arn

    def extract(service, method, path, headers, body, query_params, region, account_id):
        known = None
        if service == "cloudformation":
            known = _stack(query_params)
        elif service in ("dynamodb", "logs"):
            operation = headers.get("x-amz-target", "").rpartition(".")[2]
            known = _of_body(service, operation, body, f"{region}:{account_id}")
        return known or theirs(
            service, method, path, headers, body, query_params, region, account_id
        )

    iam_actions.extract_resource_arn = extract


def _stack(params: dict) -> str | None:
    """The stack of a change set that is named by its ARN alone; a stack by its whole ARN."""
    name = _first(params, "StackName")
    if name:
        stack = engine._stacks.get(name)
        gone = stack is None or stack["StackStatus"] == "DELETE_COMPLETE"
        return None if gone else stack["StackId"]
    change_set = engine._change_sets.get(_first(params, "ChangeSetName"))
    return change_set["StackId"] if change_set else None


def _of_body(service: str, operation: str, body: bytes, place: str) -> str | None:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return None
    if not isinstance(request, dict):
        return None
    if service == "dynamodb":
        return request.get("ResourceArn")
    if operation not in _ON_STREAMS:
        return None
    name = request.get("logGroupName") or request.get("logGroupIdentifier", "").split(":")[-1]
    stream = request.get("logStreamName", "")
    return f"arn:aws:logs:{place}:log-group:{name}:log-stream:{stream}" if name else None


def _first(params: dict, name: str) -> str:
    value = params.get(name, "")
    return value[0] if isinstance(value, list) and value else value or ""
