"""Compare what a template sets with what a read handler returned, in meaning.

Only what the template sets is compared, on every level; a policy document and a free map are
compared as a whole. The order of a list, a number written as text and a list of one do not count.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

import json
import re

_DOCUMENTS = ("PolicyDocument", "AssumeRolePolicyDocument")
_FREE_MAPS = ("Variables", "Parameters")
# What tells two elements of a list apart, before their place does.
_IDENTITIES = ("Key", "PolicyName", "Sid", "Region", "AttributeName")
_ONE_OR_MANY = ("Action", "NotAction", "Resource", "NotResource")


def differences(expected: object, actual: object, path: str = "", whole: bool = False) -> list:
    """`PropertyDifference` entries with JSON pointers."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _maps(expected, actual, path, whole)
    if isinstance(expected, list) and isinstance(actual, list):
        return _lists(expected, actual, path, whole)
    if isinstance(expected, (dict, list)) or isinstance(actual, (dict, list)):
        return [_difference(path, expected, actual, "NOT_EQUAL")]
    if text(expected) == text(actual):
        return []
    return [_difference(path, expected, actual, "NOT_EQUAL")]


def text(value: object) -> str:
    """A value as the API shows it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    return str(value)


def document(policy: object) -> object:
    """A policy document in one spelling: lists for one-or-many, account ids as root ARNs."""
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except ValueError:
            return policy
    if not isinstance(policy, dict):
        return policy
    statements = _many(policy.get("Statement", []))
    return {**policy, "Statement": [_statement(item) for item in statements]}


def _statement(statement: object) -> object:
    if not isinstance(statement, dict):
        return statement
    found = dict(statement)
    for name in _ONE_OR_MANY:
        if name in found:
            found[name] = sorted(str(value) for value in _many(found[name]))
    for name in ("Principal", "NotPrincipal"):
        if isinstance(found.get(name), dict):
            found[name] = {
                kind: sorted(_principal(value) for value in _many(values))
                for kind, values in found[name].items()
            }
    if isinstance(found.get("Condition"), dict):
        found["Condition"] = {
            operator: {key: sorted(text(value) for value in _many(values))
                       for key, values in keys.items()}
            for operator, keys in found["Condition"].items()
        }
    return found


def _principal(value: object) -> str:
    name = str(value)
    return f"arn:aws:iam::{name}:root" if re.fullmatch(r"\d{12}", name) else name


def _many(value: object) -> list:
    return value if isinstance(value, list) else [value]


def _maps(expected: dict, actual: dict, path: str, whole: bool) -> list:
    found = []
    for key, wanted in expected.items():
        below = f"{path}/{key}"
        if key not in actual:
            found.append(_difference(below, wanted, None, "REMOVE"))
        elif key in _DOCUMENTS:
            found += differences(document(wanted), document(actual[key]), below, whole=True)
        else:
            found += differences(wanted, actual[key], below, whole or key in _FREE_MAPS)
    if whole:
        added = [key for key in actual if key not in expected]
        found += [_difference(f"{path}/{key}", None, actual[key], "ADD") for key in added]
    return found


def _lists(expected: list, actual: list, path: str, whole: bool) -> list:
    found = []
    left = dict(enumerate(actual))
    unmatched = []
    for index, wanted in enumerate(expected):
        same = next((n for n, have in left.items() if not differences(wanted, have, "", whole)), None)
        if same is None:
            unmatched.append((index, wanted))
        else:
            del left[same]
    for index, wanted in unmatched:
        partner = _partner(index, wanted, left)
        if partner is None:
            found.append(_difference(f"{path}/{index}", wanted, None, "REMOVE"))
        else:
            found += differences(wanted, left.pop(partner), f"{path}/{index}", whole)
    return found + [_difference(f"{path}/{n}", None, have, "ADD") for n, have in left.items()]


def _partner(index: int, wanted: object, left: dict[int, object]) -> int | None:
    if isinstance(wanted, dict):
        for name in _IDENTITIES:
            if name in wanted:
                return next(
                    (n for n, have in left.items()
                     if isinstance(have, dict) and have.get(name) == wanted[name]),
                    None,
                )
    return index if index in left else None


def _difference(path: str, expected: object, actual: object, kind: str) -> dict:
    return {
        "PropertyPath": path,
        "ExpectedValue": text(expected),
        "ActualValue": text(actual),
        "DifferenceType": kind,
    }
