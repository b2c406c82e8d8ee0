"""Decide what one policy document says about one request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an
explicit Deny wins, then an Allow, then nothing. `explain` says what came closest, so that an
error can name the condition or element that is missing.
"""

import enum
import fnmatch
import functools
import re
from dataclasses import dataclass, field

from local_aws.iam import conditions


# For a trust policy, whose statements have no Resource.
ANY_RESOURCE = ""


class Decision(enum.Enum):
    """The three outcomes."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    DENIED = "explicitly denied"


@dataclass(frozen=True)
class Principal:
    """Who asks: an account as a whole, an ARN of one of its principals, or a service."""

    kind: str
    value: str

    @classmethod
    def account(cls, account: str) -> "Principal":
        """Anybody in the account."""
        return cls("account", account)

    @classmethod
    def service(cls, name: str) -> "Principal":
        """An AWS service, e.g. `glue.amazonaws.com`."""
        return cls("service", name)

    def __str__(self) -> str:
        return f"account {self.value}" if self.kind == "account" else self.value


@dataclass(frozen=True)
class Request:
    """One action on one resource. `principal` is None for a policy attached to the caller."""

    action: str
    resource: str
    principal: Principal | None = None
    context: dict[str, str] = field(default_factory=dict)


def as_list(value: object) -> list:
    """IAM takes one element or a list of them nearly everywhere."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def decide(document: dict, request: Request) -> Decision:
    """What the document says."""
    return decide_all([document], request)


def decide_all(documents: list[dict], request: Request) -> Decision:
    """What several documents of the same side say together."""
    decision = Decision.NOT_ALLOWED
    for document in documents:
        for statement in as_list(document.get("Statement")):
            if _mismatch(statement, request) is None:
                if statement.get("Effect") == "Deny":
                    return Decision.DENIED
                if statement.get("Effect") == "Allow":
                    decision = Decision.ALLOWED
    return decision


def decide_sides(sides: list[list[dict]], request: Request) -> Decision:
    """What a principal's policies and its boundary say together: each side has to allow."""
    decisions = [decide_all(documents, request) for documents in sides]
    if Decision.DENIED in decisions:
        return Decision.DENIED
    return Decision.NOT_ALLOWED if Decision.NOT_ALLOWED in decisions else Decision.ALLOWED


def explain_sides(sides: list[list[dict]], request: Request) -> str:
    """Why not all sides allow the request."""
    for documents, where in zip(sides, ("", "permissions boundary: "), strict=False):
        if decide_all(documents, request) is not Decision.ALLOWED:
            return where + explain(documents, request)
    return ""


def explain(documents: list[dict], request: Request) -> str:
    """Why the documents do not allow the request: the nearest miss, in words."""
    best, best_rank = "no statement names this action", -1
    for document in documents:
        for index, statement in enumerate(as_list(document.get("Statement"))):
            name = f"statement '{statement.get('Sid', index)}'"
            mismatch = _mismatch(statement, request)
            if statement.get("Effect") == "Deny":
                if mismatch is None:
                    return f"{name} denies it"
                continue
            if mismatch is not None and mismatch[0] > best_rank:
                best_rank, best = mismatch[0], f"{name}: {mismatch[1]}"
    return best if best_rank > 0 else "no statement names this action"


def _mismatch(statement: dict, request: Request) -> tuple[int, str] | None:
    """None when the statement applies, else how far it got and what stopped it."""
    if not _element(statement, "Action", functools.partial(_same_action, request.action)):
        return 0, f"its actions do not include {request.action}"
    if request.principal is not None and not _principal(statement, request.principal):
        return 1, f"its principal is not {request.principal}"
    same_resource = functools.partial(_same_resource, request)
    if request.resource != ANY_RESOURCE and not _element(statement, "Resource", same_resource):
        return 2, f"its resources do not include {request.resource}"
    failed = conditions.first_failed(statement.get("Condition", {}), request.context)
    return (3, failed) if failed else None


def _element(statement: dict, name: str, matches) -> bool:
    if name in statement:
        return any(matches(pattern) for pattern in as_list(statement[name]))
    negated = f"Not{name}"
    if negated in statement:
        return not any(matches(pattern) for pattern in as_list(statement[negated]))
    return False


def _same_action(action: str, pattern: object) -> bool:
    return isinstance(pattern, str) and wildcard(pattern.lower(), action.lower())


def _same_resource(request: Request, pattern: object) -> bool:
    if not isinstance(pattern, str):
        return False
    return wildcard(conditions.substitute(pattern, request.context), request.resource)


def _principal(statement: dict, principal: Principal) -> bool:
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], principal)
    return _names(statement.get("Principal"), principal)


def _names(element: object, principal: Principal) -> bool:
    if element == "*":
        return True
    if not isinstance(element, dict):
        return False
    aws = as_list(element.get("AWS"))
    if "*" in aws:
        return True
    if principal.kind == "service":
        return principal.value in as_list(element.get("Service"))
    if principal.kind == "account":
        account = principal.value
        return any(
            value == account or re.fullmatch(rf"arn:[^:]+:iam::{account}:root", str(value))
            for value in aws
        )
    account = principal.value.split(":")[4]
    names = (principal.value, role_of(principal.value))
    return any(name in aws for name in names) or _names(element, Principal.account(account))


def role_of(arn: str) -> str:
    """The role behind a session; any other ARN as it is."""
    match = re.fullmatch(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/.+", arn)
    return f"arn:{match[1]}:iam::{match[2]}:role/{match[3]}" if match else arn


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern:
    # fnmatch knows character classes, IAM does not.
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


def wildcard(pattern: str, value: str) -> bool:
    """IAM's `*` and `?`."""
    return _compiled(pattern).match(value) is not None
