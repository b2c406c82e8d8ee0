"""Deleting a stack keeps what a resource that failed to delete still depends on.

ministack goes on deleting, so the function behind a custom resource would be gone before the
deletion can be tried again. CloudFormation never deletes a resource before its dependents.
"""

import contextvars

from ministack.services import cloudformation as engine
from ministack.services.cloudformation import handlers, stacks

# What the running deletion has to leave alone, taken out of the stack meanwhile.
_kept: contextvars.ContextVar[dict | None] = contextvars.ContextVar("kept", default=None)


def install() -> None:
    """Wrap the deletion of a stack, and of each resource in it."""
    their_stack = stacks._delete_stack_async
    their_resource = stacks._delete_resource

    async def delete_stack(stack_name, stack_id, retain_resources=(), force=False):
        kept = {}
        token = _kept.set(None if force else kept)
        try:
            await their_stack(stack_name, stack_id, retain_resources, force=force)
        finally:
            _kept.reset(token)
            stack = engine._stacks.get(stack_name)
            if stack and kept:
                stack["_resources"] = {**kept, **stack["_resources"]}

    def delete_resource(resource_type, physical_id, props, stack_name=None, logical_id=None):
        try:
            their_resource(resource_type, physical_id, props, stack_name, logical_id)
        except Exception:
            _keep_dependencies(stack_name, logical_id)
            raise

    stacks._delete_stack_async = handlers._delete_stack_async = delete_stack
    stacks._delete_resource = delete_resource


def _keep_dependencies(stack_name: str | None, logical_id: str | None) -> None:
    kept = _kept.get()
    stack = engine._stacks.get(stack_name)
    if kept is None or stack is None:
        return
    resources = stack["_resources"]
    definitions = (stack.get("_template") or {}).get("Resources", {})
    for name in stacks._with_dependencies([logical_id], definitions, set(resources)):
        if name != logical_id and name in resources:
            kept[name] = resources.pop(name)
