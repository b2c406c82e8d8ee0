"""What Glue demands of a catalog policy before it stores one.

https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html: a
principal in every statement, principals that exist, no wildcard in a principal's ARN, Glue ARNs
of this account and Region only, and nobody may lock themselves out.
"""

import json
import re

from local_aws.glue.errors import invalid_input
from local_aws.glue.state import Region
from local_aws.iam import evaluate, principals

_VERSIONS = ("2012-10-17", "2008-10-17")
_KINDS = r"(catalog(/.+)?|(database|table|tableVersion|connection|userDefinedFunction)/.+)"


def check(text: str, catalog: Region) -> None:
    """Raise `InvalidInputException` naming the first thing that is wrong."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise invalid_input(f"Policy is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise invalid_input("Policy is not a JSON object")
    version = document.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise invalid_input(f"Policy Version '{version}' is not one of {', '.join(_VERSIONS)}")
    statements = evaluate.as_list(document.get("Statement"))
    if not statements:
        raise invalid_input("Policy has no statement; delete the policy instead")
    for index, statement in enumerate(statements):
        _statement(statement, f"Statement[{index}]", catalog)
    _lock_out(document, catalog)


def _statement(statement: object, path: str, catalog: Region) -> None:
    if not isinstance(statement, dict):
        raise invalid_input(f"{path} is not a JSON object")
    sid = statement.get("Sid")
    if sid is not None:
        path = f"{path} (Sid '{sid}')"
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise invalid_input(f"{path} needs Effect Allow or Deny")
    for one, other in (("Action", "NotAction"), ("Principal", "NotPrincipal")):
        if (one in statement) == (other in statement):
            raise invalid_input(f"{path} needs either {one} or {other}")
    for action in evaluate.as_list(statement.get("Action", statement.get("NotAction"))):
        if not isinstance(action, str) or not re.fullmatch(r"\*|glue:[A-Za-z*?]+", action):
            raise invalid_input(f"{path} has an action that is not Glue's: {action}")
    _resources(statement, path, catalog)
    for kind, value in principals.listed(statement.get("Principal", statement.get("NotPrincipal"))):
        problem = principals.problem(kind, value)
        if problem:
            raise invalid_input(f"Invalid principal in policy: {path}: {problem}")


def _resources(statement: dict, path: str, catalog: Region) -> None:
    if "NotResource" in statement:
        raise invalid_input(f"{path} uses NotResource, which a catalog policy cannot")
    resources = evaluate.as_list(statement.get("Resource"))
    if not resources:
        raise invalid_input(f"{path} has no Resource")
    pattern = rf"arn:aws(-[a-z-]+)?:glue:{catalog.name}:{catalog.account}:{_KINDS}"
    for resource in resources:
        if not isinstance(resource, str) or not re.fullmatch(pattern, resource):
            raise invalid_input(
                f"{path} has Resource '{resource}', which is no Glue resource of account "
                f"{catalog.account} in {catalog.name}"
            )


def _lock_out(document: dict, catalog: Region) -> None:
    # The caller is taken to be the account itself: ministack knows no finer principal here.
    request = evaluate.Request(
        principal=evaluate.Principal.account(catalog.account),
        action="glue:PutResourcePolicy",
        resource=catalog.catalog_arn,
    )
    if evaluate.decide(document, request) is evaluate.Decision.DENIED:
        raise invalid_input("The policy would deny its own account glue:PutResourcePolicy")
