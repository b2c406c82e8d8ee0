"""Check a request against botocore's service model, as Glue's front end does.

Stricter than AWS in one point: a member that the model does not know is refused by name. AWS
drops it in silence, which hides a typing error.
"""

import functools
import re

import botocore.loaders
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from local_aws.glue.errors import GlueError, validation

# Java writes a supplementary range as two surrogate pairs; Python cannot read that.
_SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"
_SUPPLEMENTARY = r"\U00010000-\U0010FFFF"

_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "list": list,
    "map": dict,
    "structure": dict,
}


@functools.cache
def service_model() -> ServiceModel:
    """Glue's model."""
    return ServiceModel(botocore.loaders.Loader().load_service_model("glue", "service-2"))


def check(operation: str, request: object) -> dict:
    """Return the request, or raise with every problem it has."""
    shape = service_model().operation_model(operation).input_shape
    if not isinstance(request, dict):
        raise GlueError("SerializationException", "the body is not a JSON object")
    problems: list[str] = []
    _structure(shape, request, "", problems)
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise validation(f"{len(problems)} validation {noun} detected: " + "; ".join(problems))
    return {name: value for name, value in request.items() if value is not None}


def _structure(shape: StructureShape, value: dict, path: str, problems: list[str]) -> None:
    for name in value:
        if name not in shape.members:
            known = ", ".join(shape.members)
            problems.append(
                f"Unknown member '{name}' at '{path or 'request'}'; known members: {known}"
            )
    for name in shape.required_members:
        if value.get(name) is None:
            problems.append(_failed(None, f"{path}{_camel(name)}", "Member must not be null"))
    for name, member in shape.members.items():
        if value.get(name) is not None:
            _value(member, value[name], f"{path}{_camel(name)}", problems)


def _value(shape: Shape, value: object, path: str, problems: list[str]) -> None:
    expected = _TYPES.get(shape.type_name)
    wrong_bool = isinstance(value, bool) and shape.type_name != "boolean"
    if expected and (not isinstance(value, expected) or wrong_bool):
        raise GlueError(
            "SerializationException",
            f"'{path}' is a {type(value).__name__}, expected a {shape.type_name}",
        )
    if isinstance(shape, StructureShape):
        _structure(shape, value, f"{path}.", problems)
    elif isinstance(shape, ListShape):
        _size(shape, len(value), value, path, "length", problems)
        for index, item in enumerate(value, 1):
            _value(shape.member, item, f"{path}.{index}.member", problems)
    elif isinstance(shape, MapShape):
        _size(shape, len(value), value, path, "length", problems)
        for key, item in value.items():
            _value(shape.key, key, f"{path}.key", problems)
            _value(shape.value, item, f"{path}.{key}", problems)
    elif isinstance(shape, StringShape):
        _string(shape, value, path, problems)
    elif shape.type_name in ("integer", "long"):
        _size(shape, value, value, path, "value", problems)


def _string(shape: StringShape, value: str, path: str, problems: list[str]) -> None:
    if shape.enum and value not in shape.enum:
        allowed = ", ".join(shape.enum)
        problems.append(
            _failed(value, path, f"Member must satisfy enum value set: [{allowed}]")
        )
        return
    _size(shape, len(value), value, path, "length", problems)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        problems.append(
            _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}")
        )


def _size(shape, size: int, value, path: str, what: str, problems: list[str]) -> None:
    if size < shape.metadata.get("min", size):
        limit = shape.metadata["min"]
        text = f"Member must have {what} greater than or equal to {limit}"
        problems.append(_failed(value, path, text))
    if size > shape.metadata.get("max", size):
        limit = shape.metadata["max"]
        text = f"Member must have {what} less than or equal to {limit}"
        problems.append(_failed(value, path, text))


@functools.cache
def _compiled(pattern: str) -> re.Pattern:
    return re.compile(pattern.replace(_SURROGATES, _SUPPLEMENTARY))


def _failed(value: object, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]
