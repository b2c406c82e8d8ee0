"""ListStackResources and its relatives while an operation runs.

ministack lists a resource when it is done. CloudFormation lists it from its first event on, with
the status of its last one; the physical id is there as soon as one is known.
"""

from ministack.core.responses import now_iso
from ministack.services.cloudformation import handlers, helpers, stacks

_STACK = "AWS::CloudFormation::Stack"
_READERS = ("ListStackResources", "DescribeStackResources", "DescribeStackResource")
# Stack id -> logical id -> what its last event of the running operation said.
_running: dict[str, dict[str, dict]] = {}


def install() -> None:
    """Follow the events, and show them in the answers."""
    their_event = stacks._add_event

    def add_event(
        stack_id, stack_name, logical_id, resource_type, status, reason="", physical_id="", **more
    ):
        their_event(
            stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, **more
        )
        if resource_type == _STACK and logical_id == stack_name:
            if not status.endswith("_IN_PROGRESS"):
                _running.pop(stack_id, None)
            return
        _running.setdefault(stack_id, {})[logical_id] = {
            "LogicalResourceId": logical_id,
            "ResourceType": resource_type,
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
            "PhysicalResourceId": physical_id,
            "Timestamp": now_iso(),
        }

    stacks._add_event = add_event
    for action in _READERS:
        _show(action)


def _show(action: str) -> None:
    theirs = handlers._ACTION_HANDLERS[action]

    def shown(params):
        stack = handlers._resolve_stack(helpers._p(params, "StackName"))
        events = _running.get(stack["StackId"]) if stack else None
        if not events:
            return theirs(params)
        kept = stack["_resources"]
        stack["_resources"] = _merged(kept, events)
        try:
            return theirs(params)
        finally:
            stack["_resources"] = kept

    handlers._ACTION_HANDLERS[action] = shown


def _merged(resources: dict, events: dict[str, dict]) -> dict:
    merged = dict(resources)
    for logical_id, event in events.items():
        known = resources.get(logical_id, {})
        if event["ResourceStatus"] == "DELETE_COMPLETE" and not known:
            continue
        physical_id = event["PhysicalResourceId"] or known.get("PhysicalResourceId", "")
        merged[logical_id] = {**known, **event, "PhysicalResourceId": physical_id}
    return merged

