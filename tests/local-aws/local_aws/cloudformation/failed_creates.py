"""Clean up after a Create that failed halfway.

CloudFormation deletes a resource whose Create failed, with the physical id from the failed reply
or one that it makes up. ministack forgets such a resource; here it joins the rollback.
"""

from ministack.core.responses import now_iso
from ministack.services import cloudformation as engine
from ministack.services.cloudformation import handlers, stacks


def remember(
    stack_name: str, logical_id: str, resource_type: str, physical_id: str, props: dict
) -> None:
    """Record it in the stack, so that a rollback or a stack deletion reaches it."""
    stack = engine._stacks.get(stack_name)
    if stack is None:
        return
    stack.setdefault("_resources", {})[logical_id] = {
        "PhysicalResourceId": physical_id,
        "ResourceType": resource_type,
        "ResourceStatus": "CREATE_FAILED",
        "LogicalResourceId": logical_id,
        "Properties": props,
        "Attributes": {},
        "Timestamp": now_iso(),
    }


def install() -> None:
    """Let ministack's rollback see the remembered resource."""
    theirs = stacks._roll_back_operation

    async def roll_back(stack_name, stack_id, stack, operation, *args, **kwargs):
        failed = operation.get("failed_logical_id")
        record = stack.get("_resources", {}).get(failed)
        if (
            record
            and record["ResourceStatus"] == "CREATE_FAILED"
            and failed not in operation["created"]
        ):
            operation = {**operation, "created": [*operation["created"], failed]}
        if not operation.get("is_update") and failed and not args and not kwargs:
            kwargs["reason_override"] = (
                f"The following resource(s) failed to create: [{failed}]. "
                "Rollback requested by user."
            )
        return await theirs(stack_name, stack_id, stack, operation, *args, **kwargs)

    stacks._roll_back_operation = roll_back
    handlers._roll_back_operation = roll_back
