"""What every resource handler here shares: registration, property checks, AWS's error texts."""

import uuid

from ministack.core.responses import get_account_id
from ministack.services.cloudformation import provisioners, stacks

from local_aws import faults
from local_aws.glue import api
from local_aws.glue.errors import GlueError

_ERROR_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ConflictException": "AlreadyExists",
    "EntityNotFoundException": "NotFound",
    "IntegrationConflictOperationFault": "ResourceConflict",
    "IntegrationNotFoundFault": "NotFound",
    "ThrottlingException": "Throttling",
}
_waiting: set[str] = set()


class HandlerFailed(Exception):
    """A resource operation that failed, worded as the stack event shows it."""

    def __init__(self, message: str, code: str):
        super().__init__(
            f'Resource handler returned message: "{message}" '
            f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})"
        )


def register(resource_type: str, handlers: dict, create_only: tuple[str, ...], waits: bool) -> None:
    """Add a type to the engine. A type that waits runs beside the server's event loop."""
    provisioners._RESOURCE_HANDLERS[resource_type] = handlers
    provisioners._REPLACING_PROPERTIES[resource_type] = create_only
    if waits:
        _waiting.add(resource_type)


def install() -> None:
    """Keep waiting handlers off the event loop."""
    theirs = stacks._runs_on_worker_thread

    def waits(resource_type):
        # A fault may delay or hold any call.
        return resource_type in _waiting or bool(faults.present()) or theirs(resource_type)

    stacks._runs_on_worker_thread = waits


def check_properties(name: str, props: dict, required: tuple, optional: tuple) -> None:
    """Unknown and missing properties, as the registry's schema check words them."""
    problems = [f"#: required key [{key}] not found" for key in required if key not in props]
    known = (*required, *optional)
    problems += [f"#: extraneous key [{key}] is not permitted" for key in props if key not in known]
    if problems:
        raise ValueError(
            f"Properties validation failed for resource {name} with message:\n"
            + "\n".join(problems)
        )


def glue(operation: str, request: dict) -> dict:
    """Call Glue for a handler."""
    try:
        return call_glue(operation, request)
    except GlueError as error:
        raise failed(error) from error


def call_glue(operation: str, request: dict) -> dict:
    """Call Glue for a handler that looks at the error itself."""
    call = faults.Call("glue", operation, get_account_id(), faults.HANDLER)
    fault = faults.take(call)
    if fault and not fault.after:
        _obey(fault)
    result = api.call(operation, request)
    if fault and fault.after:
        _obey(fault)
    return result


def _obey(fault: faults.Fault) -> None:
    faults.wait(fault)
    if fault.fails:
        raise GlueError(fault.code or "ServiceUnavailable", fault.message, fault.status)


def failed(error: GlueError) -> HandlerFailed:
    """A Glue error as a handler reports it."""
    text = (
        f"{error.message} (Service: Glue, Status Code: {error.status}, "
        f"Request ID: {uuid.uuid4()})"
    )
    return HandlerFailed(text, _ERROR_CODES.get(error.code, "InvalidRequest"))


def api_tags(props: dict) -> list[dict]:
    """Template tags in the spelling of the Glue API."""
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in props.get("Tags") or []]
