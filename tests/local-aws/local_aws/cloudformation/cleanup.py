"""The cleanup phase of an update: what it replaced or removed goes after everything else is done.

From its first deletion on the stack is UPDATE_COMPLETE_CLEANUP_IN_PROGRESS; the update cannot fail
any more. A deletion that fails leaves an orphan, which the stack no longer knows.
"""

import contextvars

from ministack.services import cloudformation as engine
from ministack.services.cloudformation import changesets, handlers, stacks

PHASE = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_STACK = "AWS::CloudFormation::Stack"
# The stack that the running update may clean up: {"stack": ..., "template": ..., "begun": bool}.
_update: contextvars.ContextVar[dict | None] = contextvars.ContextVar("update", default=None)


def install() -> None:
    """Wrap the update, its rollback, and each deletion."""
    their_deploy = stacks._deploy_stack_async
    their_rollback = stacks._roll_back_operation
    their_delete = stacks._delete_resource

    async def deploy(stack_name, stack_id, template, *arguments, is_update=False, **options):
        running = {"stack": engine._stacks[stack_name], "template": template, "begun": False}
        token = _update.set(running if is_update else None)
        try:
            await their_deploy(
                stack_name, stack_id, template, *arguments, is_update=is_update, **options
            )
        finally:
            _update.reset(token)
        if running["begun"]:
            _forget_orphans(running["stack"])

    async def roll_back(*arguments, **options):
        token = _update.set(None)
        try:
            await their_rollback(*arguments, **options)
        finally:
            _update.reset(token)

    def delete(resource_type, physical_id, props, stack_name=None, logical_id=None):
        running = _update.get()
        if running is None:
            their_delete(resource_type, physical_id, props, stack_name, logical_id)
            return
        stack = running["stack"]
        if not running["begun"]:
            running["begun"] = True
            stack["StackStatus"] = PHASE
            _event(stack, stack_name, _STACK, PHASE, stack["StackId"])
        _event(stack, logical_id, resource_type, "DELETE_IN_PROGRESS", physical_id)
        their_delete(resource_type, physical_id, props, stack_name, logical_id)
        _event(stack, logical_id, resource_type, "DELETE_COMPLETE", physical_id)

    stacks._deploy_stack_async = handlers._deploy_stack_async = deploy
    changesets._deploy_stack_async = deploy
    stacks._roll_back_operation = handlers._roll_back_operation = roll_back
    stacks._delete_resource = delete


def begun(stack: dict) -> bool:
    """Whether the stack's running update cleans up already."""
    return stack.get("StackStatus") == PHASE


def _event(stack: dict, logical_id: str, kind: str, status: str, physical_id: str) -> None:
    stacks._add_event(
        stack["StackId"], stack["StackName"], logical_id, kind, status, "", physical_id
    )


def _forget_orphans(stack: dict) -> None:
    declared = (stack.get("_template") or {}).get("Resources", {})
    resources = stack["_resources"]
    for logical_id in [key for key in resources if key not in declared]:
        if resources[logical_id].get("ResourceStatus") == "DELETE_FAILED":
            del resources[logical_id]
