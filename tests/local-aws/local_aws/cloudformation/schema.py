"""What the CloudFormation registry publishes about a resource type.

The schemas come with cfn-lint, which is pinned. They say which properties are create-only, which
ones no read handler gives back, and whether the type can be read at all.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import functools
import json
from importlib import resources

_REGION = "us-east-1"


@functools.cache
def _known() -> dict[str, str]:
    text = resources.files("cfnlint.data.schemas.providers").joinpath(f"{_REGION}.json")
    return json.loads(text.read_text(encoding="utf-8"))


@functools.cache
def of(resource_type: str) -> dict:
    """The published schema; empty for a type that is not in the registry."""
    name = _known().get(resource_type)
    if name is None:
        return {}
    folder = resources.files("cfnlint.data.schemas").joinpath("resources")
    return json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))


def can_be_read(resource_type: str) -> bool:
    """Whether CloudFormation can look at a resource of this type."""
    return "read" in of(resource_type).get("handlers", {})


def create_only(resource_type: str) -> set[str]:
    """The top-level properties whose change replaces the resource."""
    return _top_level(resource_type, "createOnlyProperties")


def conditionally_create_only(resource_type: str) -> set[str]:
    """The top-level properties whose change may replace the resource."""
    return _top_level(resource_type, "conditionalCreateOnlyProperties")


def write_only(resource_type: str) -> list[list[str]]:
    """The paths that a read never gives back; `*` stands for each element of a list."""
    return _paths(resource_type, "writeOnlyProperties")


def _top_level(resource_type: str, member: str) -> set[str]:
    return {path[0] for path in _paths(resource_type, member) if len(path) == 1}


def _paths(resource_type: str, member: str) -> list[list[str]]:
    pointers = of(resource_type).get(member) or []
    return [pointer.removeprefix("/properties/").split("/") for pointer in pointers]
