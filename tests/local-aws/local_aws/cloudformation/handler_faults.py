"""Faults on the calls that CloudFormation's handlers make, resource by resource.

The calls are those of `handler_calls`. An error fails the resource as the handler's own error does;
with `after`, the work is done and its answer lost. CloudFormation's own retries are not modelled.
"""

import uuid

from ministack.core.responses import get_account_id
from ministack.services.cloudformation import stacks

from local_aws import faults
from local_aws.cloudformation import deployer_rights, failed_creates, handler, handler_calls


def install() -> None:
    """Look for a fault before and after what ministack does."""
    their_provision = stacks._provision_resource
    their_update = stacks._update_resource
    their_delete = stacks._delete_resource

    def provision(resource_type, logical_id, props, stack_name):
        subject = deployer_rights.subject(stack_name, logical_id, None, props)
        lost = _before(resource_type, subject, "create", "read")
        made = their_provision(resource_type, logical_id, props, stack_name)
        if lost:
            failed_creates.remember(stack_name, logical_id, resource_type, made[0], props)
            _after(lost)
        return made

    def update(
        resource_type, physical_id, old, new, stack_name, logical_id=None, old_attrs=None
    ):
        lost = None
        if old != new:
            subject = deployer_rights.subject(stack_name, logical_id, physical_id, new)
            lost = _before(resource_type, subject, "update", "read")
        made = their_update(
            resource_type, physical_id, old, new, stack_name, logical_id, old_attrs
        )
        _after(lost)
        return made

    def delete(resource_type, physical_id, props, stack_name=None, logical_id=None):
        subject = deployer_rights.subject(stack_name or "", logical_id or "", physical_id, props)
        lost = _before(resource_type, subject, "delete")
        their_delete(resource_type, physical_id, props, stack_name, logical_id)
        _after(lost)

    stacks._provision_resource = provision
    stacks._update_resource = update
    stacks._delete_resource = delete


def on_read(resource_type: str, subject: handler_calls.Subject) -> None:
    """A read that drift detection makes. It cannot wait: the request is answered on the loop."""
    for call in handler_calls.of(resource_type, "read"):
        if handler_calls.is_made(call, subject, False, False):
            fault = _take(call.action)
            if fault and fault.fails:
                raise _error(fault, call.action)


Lost = tuple[faults.Fault, str]


def _before(resource_type: str, subject, *operations: str) -> Lost | None:
    lost = None
    for operation in operations:
        for call in handler_calls.of(resource_type, operation):
            if not handler_calls.is_made(call, subject, False, False):
                continue
            fault = _take(call.action)
            if fault and fault.after:
                lost = (fault, call.action)
            elif fault:
                faults.wait(fault)
                if fault.fails:
                    raise _error(fault, call.action)
    return lost


def _after(lost: Lost | None) -> None:
    if lost:
        faults.wait(lost[0])
        if lost[0].fails:
            raise _error(*lost)


def _take(action: str) -> faults.Fault | None:
    service, _, operation = action.partition(":")
    return faults.take(faults.Call(service, operation, get_account_id(), faults.HANDLER))


def _error(fault: faults.Fault, action: str) -> handler.HandlerFailed:
    service = action.partition(":")[0].capitalize()
    code = fault.code or "ServiceUnavailable"
    text = (
        f"{fault.message} (Service: {service}, Status Code: {fault.status}, "
        f"Request ID: {uuid.uuid4()})"
    )
    if "Throttl" in code:
        return handler.HandlerFailed(text, "Throttling")
    if "AccessDenied" in code:
        return handler.HandlerFailed(text, "AccessDenied")
    return handler.HandlerFailed(text, "GeneralServiceException")
