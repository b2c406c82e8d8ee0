"""Stack events as CloudFormation writes them during an update.

ministack reports every resource as updating, changed or not, a new one as updated, and no
clean-up. AWS is silent about what stays as it is, creates what is new, and cleans up at the end.
"""

from ministack.services import cloudformation as engine
from ministack.services.cloudformation import stacks

from local_aws.cloudformation import cleanup

# (stack name, logical id) whose update turned out to change nothing.
_unchanged: set[tuple[str, str]] = set()
# (stack id, logical id) that the running update adds.
_added: set[tuple[str, str]] = set()


def install() -> None:
    """Wrap the two functions through which every update goes."""
    their_update = stacks._update_resource
    their_event = stacks._add_event

    def update_resource(
        resource_type, physical_id, old, new, stack_name, logical_id=None, old_attrs=None
    ):
        if old == new:
            _unchanged.add((stack_name, logical_id))
        return their_update(
            resource_type, physical_id, old, new, stack_name, logical_id, old_attrs
        )

    def add_event(stack_id, stack_name, logical_id, resource_type, status, *args, **kwargs):
        if resource_type == "AWS::CloudFormation::Stack" and logical_id == stack_name:
            if not status.endswith("_IN_PROGRESS"):
                _forget(stack_id)
            if status == "UPDATE_COMPLETE" and not _cleaned_up(stack_id):
                their_event(
                    stack_id, stack_name, logical_id, resource_type, cleanup.PHASE, "", stack_id
                )
        elif status == "UPDATE_COMPLETE" and (stack_name, logical_id) in _unchanged:
            _unchanged.discard((stack_name, logical_id))
            _take_back(stack_id, logical_id)
            return
        else:
            status = _creation(stack_id, stack_name, logical_id, status)
        their_event(stack_id, stack_name, logical_id, resource_type, status, *args, **kwargs)

    stacks._update_resource = update_resource
    stacks._add_event = add_event


def _creation(stack_id: str, stack_name: str, logical_id: str, status: str) -> str:
    stack = engine._stacks.get(stack_name) or {}
    if status == "UPDATE_IN_PROGRESS" and logical_id not in stack.get("_resources", {}):
        _added.add((stack_id, logical_id))
    if (stack_id, logical_id) in _added and status.startswith("UPDATE_"):
        return status.replace("UPDATE_", "CREATE_")
    return status


def _cleaned_up(stack_id: str) -> bool:
    """Whether the running update had something to delete, and said so."""
    last = next(
        (
            event["ResourceStatus"]
            for event in reversed(engine._stack_events.get(stack_id, []))
            if event["ResourceType"] == "AWS::CloudFormation::Stack"
        ),
        "",
    )
    return last == cleanup.PHASE


def _take_back(stack_id: str, logical_id: str) -> None:
    events = engine._stack_events.get(stack_id, [])
    for index in range(len(events) - 1, -1, -1):
        if events[index]["LogicalResourceId"] == logical_id:
            if events[index]["ResourceStatus"] == "UPDATE_IN_PROGRESS":
                del events[index]
            return


def _forget(stack_id: str) -> None:
    for entry in [entry for entry in _added if entry[0] == stack_id]:
        _added.discard(entry)
