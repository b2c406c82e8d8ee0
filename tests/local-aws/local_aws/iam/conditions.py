"""Condition blocks of IAM statements.

An operator that is not known here fails the condition and says so: silence would turn a
restriction into a grant.
"""

import functools
import re

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def first_failed(block: dict, context: dict[str, object]) -> str | None:
    """The first condition that does not hold, in words; None when all hold."""
    known = {key.lower(): _values(value) for key, value in context.items()}
    for operator, keys in block.items():
        for key, wanted in keys.items():
            patterns = [substitute(str(value), context) for value in _values(wanted)]
            actual = known.get(key.lower())
            if not _holds(operator, patterns, actual):
                got = "absent" if actual is None else f"'{', '.join(actual)}'"
                return f"condition {operator} {key} [{', '.join(patterns)}] fails, it is {got}"
    return None


def substitute(text: str, context: dict[str, object]) -> str:
    """Fill in policy variables such as `${aws:SourceAccount}`."""
    if "${" not in text:
        return text
    known = {key.lower(): _values(value) for key, value in context.items()}

    def value(match: re.Match) -> str:
        name = match.group(1)
        if name in ("*", "?", "$"):
            return name
        found = known.get(name.split(",")[0].strip().lower())
        return found[0] if found else match.group(0)

    return _VARIABLE.sub(value, text)


def _values(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]


def _holds(operator: str, patterns: list[str], actual: list[str] | None) -> bool:
    quantifier, _, rest = operator.rpartition(":")
    if_exists = rest.endswith("IfExists")
    base = rest.removesuffix("IfExists")
    if base == "Null":
        return (actual is None) == (patterns[0].lower() == "true")
    negated = base in _NEGATED
    compare = _COMPARISONS.get(_NEGATED.get(base, base))
    if compare is None or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        return False
    if actual is None:
        return if_exists or negated or quantifier == "ForAllValues"
    hits = [any(compare(pattern, value) for pattern in patterns) != negated for value in actual]
    return any(hits) if quantifier == "ForAnyValue" else all(hits)


def _like(pattern: str, value: str) -> bool:
    from local_aws.iam.evaluate import wildcard

    return wildcard(pattern, value)


def _arn_like(pattern: str, value: str) -> bool:
    # Each of the six parts is matched on its own, so `*` never spans a colon of the head.
    wanted, actual = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(actual) != 6:
        return pattern == "*" and len(actual) == 6
    return all(_like(one, other) for one, other in zip(wanted, actual, strict=True))


def _number(check, pattern: str, value: str) -> bool:
    try:
        return check(float(value), float(pattern))
    except ValueError:
        return False


_COMPARISONS = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringEqualsIgnoreCase": lambda pattern, value: pattern.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda pattern, value: pattern.lower() == value.lower(),
    "NumericEquals": functools.partial(_number, lambda value, limit: value == limit),
    "NumericLessThan": functools.partial(_number, lambda value, limit: value < limit),
    "NumericLessThanEquals": functools.partial(_number, lambda value, limit: value <= limit),
    "NumericGreaterThan": functools.partial(_number, lambda value, limit: value > limit),
    "NumericGreaterThanEquals": functools.partial(_number, lambda value, limit: value >= limit),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}
