"""Principals in resource policies: what is written, and whether it exists."""

import re

from ministack.core.responses import request_scope
from ministack.services import iam as ministack_iam

from local_aws.iam.evaluate import as_list

_ENTITY = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(?:.+/)?([^/]+)")
_ROOT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::\d{12}:root")
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:(assumed-role|federated-user)/.+")
_DEAD = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")


def listed(element: object) -> list[tuple[str, object]]:
    """Every principal of a Principal element as (kind, value)."""
    if isinstance(element, dict):
        return [(kind, value) for kind in element for value in as_list(element[kind])]
    return [("AWS" if element == "*" else "?", element)]


def problem(kind: str, value: object) -> str | None:
    """Why AWS would refuse this principal; None when it would not."""
    if not isinstance(value, str):
        return f"{value!r} is not a string"
    if kind == "Service":
        return None if _SERVICE.fullmatch(value) else f"'{value}' is not a service principal"
    if kind == "Federated":
        return None
    if kind != "AWS":
        return f"'{kind}' is not a kind of principal"
    if value == "*" or _ROOT.fullmatch(value):
        return None
    if "*" in value or "?" in value:
        return f"'{value}' has a wildcard"
    if _DEAD.fullmatch(value):
        return f"'{value}' is the id of a principal that was deleted"
    if _SESSION.fullmatch(value):
        return None
    entity = _ENTITY.fullmatch(value)
    if entity is None:
        return f"'{value}' is not an account, a role or a user"
    account, what, name = entity.groups()
    return None if _exists(account, what, name, value) else f"{what} '{value}' does not exist"


def _exists(account: str, what: str, name: str, arn: str) -> bool:
    with request_scope(account, "us-east-1"):
        if not ministack_iam._roles and not ministack_iam._users:
            # Nothing of this account lives here: nobody can say who exists in it.
            return True
        table = ministack_iam._roles if what == "role" else ministack_iam._users
        found = table.get(name)
    return found is not None and found.get("Arn") == arn
