"""Who sent the running request, and what that caller may do under `--auth`.

The access key is remembered per request. CloudFormation's background work inherits it, so a
resource handler acts with the rights of whoever started the stack operation.
"""

import contextvars

from ministack import app as ministack_app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id

from local_aws.glue.errors import GlueError, access_denied
from local_aws.iam import evaluate

_access_key: contextvars.ContextVar[str] = contextvars.ContextVar("access_key", default="")


def pin(headers: dict[str, str]) -> str:
    """Remember the key of a request that comes in."""
    key = extract_access_key_id(headers, {}) or ""
    _access_key.set(key)
    return key


def principal() -> evaluate.Principal:
    """The caller; without `--auth`, or for the root user, the account as a whole."""
    arn = iam_evaluator.caller_arn() if ministack_app.AUTH else ""
    if not arn or arn.endswith(":root"):
        return evaluate.Principal.account(get_account_id())
    return evaluate.Principal("principal", arn)


def require(action: str, resources: list[str], context: dict[str, str] | None = None) -> None:
    """Raise unless the caller's own policies allow the action on each of the resources."""
    denial = denied(action, resources, context)
    if denial:
        raise denial


def denied(
    action: str, resources: list[str], context: dict[str, str] | None = None
) -> GlueError | None:
    """Why the caller's own policies do not allow it; None when they do, or without `--auth`."""
    if not ministack_app.AUTH:
        return None
    for resource in resources:
        result = iam_evaluator.enforce(
            _access_key.get(),
            action,
            "glue",
            get_region(),
            resource_arn=resource,
            service_context=context,
        )
        if result is not None:
            why = f"because no identity-based policy allows the {action} action"
            if getattr(result, "decision", "") == "Deny":
                why = "with an explicit deny in an identity-based policy"
            return access_denied(
                f"User: {iam_evaluator.caller_arn()} is not authorized to perform: {action} on "
                f"resource: {resource} {why}"
            )
    return None
