"""Under `--auth`, a stack may do what its deployer may do, resource by resource.

ministack makes resources without asking. Here each call that a handler makes (`handler_calls`) is
authorised with the rights of whoever started the stack operation, before anything is made, changed
or deleted; what was made or changed is read back.
"""

from ministack import app as ministack_app
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation as engine
from ministack.services.cloudformation import provisioners, stacks

from local_aws import caller
from local_aws.cloudformation import handler, handler_calls
from local_aws.cloudformation.handler_calls import TAGS, Subject
from local_aws.glue.errors import GlueError

# (account, Region, stack, logical id) -> the stack's tags when the resource was last worked on.
_tags: dict[tuple[str, str, str, str], dict[str, str]] = {}


def install() -> None:
    """Ask before ministack acts."""
    if not ministack_app.AUTH:
        return
    their_provision = stacks._provision_resource
    their_update = stacks._update_resource
    their_delete = stacks._delete_resource

    def provision(resource_type, logical_id, props, stack_name):
        asked = subject(stack_name, logical_id, None, props)
        _ask(resource_type, asked, "create", "read")
        return their_provision(resource_type, logical_id, props, stack_name)

    def update(
        resource_type, physical_id, old, new, stack_name, logical_id=None, old_attrs=None
    ):
        asked = subject(stack_name, logical_id, physical_id, new)
        if _replaces(resource_type, old, new):
            # Another one is made, and the old one is read by nobody before it goes.
            made = subject(stack_name, logical_id, None, new)
            _ask(resource_type, made, "create", "read")
        elif old != new or _taggable(resource_type) and _before(asked) != _now(asked):
            _ask(resource_type, asked, "update", "read")
        return their_update(
            resource_type, physical_id, old, new, stack_name, logical_id, old_attrs
        )

    def delete(resource_type, physical_id, props, stack_name=None, logical_id=None):
        asked = subject(stack_name or "", logical_id or "", physical_id, props)
        _ask(resource_type, asked, "delete")
        their_delete(resource_type, physical_id, props, stack_name, logical_id)

    stacks._provision_resource = provision
    stacks._update_resource = update
    stacks._delete_resource = delete


def _replaces(resource_type: str, old: dict, new: dict) -> bool:
    return provisioners._requires_replacement(resource_type, old, new)


def ask_to_read(resource_type: str, asked: Subject) -> None:
    """Raise unless the caller may make each call of the type's read handler."""
    if ministack_app.AUTH:
        _check(resource_type, asked, "read")


def subject(stack: str, logical_id: str, physical_id: str | None, props: object) -> Subject:
    """The resource that a stack of the running request's account and Region works on."""
    known = props if isinstance(props, dict) else {}
    return Subject(get_account_id(), get_region(), stack, logical_id, physical_id, known)


def _ask(resource_type: str, subject: Subject, *operations: str) -> None:
    """Raise for the first call that the deployer may not make."""
    _check(resource_type, subject, *operations)
    _tags[_key(subject)] = _now(subject)


def _check(resource_type: str, subject: Subject, *operations: str) -> None:
    before, now = _before(subject), _now(subject)
    untagged = any(key not in now for key in before)
    for operation in operations:
        for call in handler_calls.of(resource_type, operation):
            if handler_calls.is_made(call, subject, bool(now), untagged):
                try:
                    caller.require(
                        call.action, call.places(subject), call.context_of(subject)
                    )
                except GlueError as error:
                    raise handler.HandlerFailed(error.message, "AccessDenied") from error


def _taggable(resource_type: str) -> bool:
    return any(call.needs == TAGS for call in handler_calls.of(resource_type, "update"))


def _key(subject: Subject) -> tuple[str, str, str, str]:
    return subject.account, subject.region, subject.stack, subject.logical_id


def _before(subject: Subject) -> dict[str, str]:
    return _tags.get(_key(subject), {})


def _now(subject: Subject) -> dict[str, str]:
    stack = engine._stacks.get(subject.stack) or {}
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags") or []}
