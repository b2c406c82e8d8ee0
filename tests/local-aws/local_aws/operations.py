"""Which operation of which service a request is, from botocore's models.

JSON protocols name it in a header, the query protocol in the body; for REST protocols method, path
and query are matched with the model.
"""

import functools
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

import botocore.loaders
from botocore.model import ServiceModel

_REST = ("s3", "lambda")
_QUERY = ("cloudformation", "iam", "sts")
_TARGETS = {
    "AWSGlue": "glue",
    "AWSLakeFormation": "lakeformation",
    "DynamoDB_20120810": "dynamodb",
    "Logs_20140328": "logs",
    "TrentService": "kms",
    "CloudFormation_20100515": "cloudformation",
}
# What the response URL of a custom resource is called here; it is no operation of AWS.
RESPONSE = "CustomResourceResponse"


@dataclass(frozen=True)
class Operation:
    """A service by botocore's name, and one of its operations."""

    service: str
    name: str
    protocol: str


@dataclass(frozen=True)
class _Route:
    name: str
    method: str
    path: re.Pattern
    query: frozenset[str]
    weight: int


def known() -> set[str]:
    """Every name that a fault can mean."""
    services = {*_REST, *_QUERY, *_TARGETS.values()} - {"lakeformation"}
    return {name for service in services for name in _model(service).operation_names}


def needs_body(headers: dict[str, str]) -> bool:
    """Whether the operation stands in the body."""
    return headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def of(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes = b""
) -> Operation | None:
    """The operation of a request; None for a service that is not known here."""
    target = headers.get("x-amz-target", "")
    if target:
        prefix, _, name = target.rpartition(".")
        service = _TARGETS.get(prefix)
        return Operation(service, name, "json") if service else None
    service = _signed_for(headers, query)
    if service in _QUERY:
        given = parse_qs(query) | parse_qs(body.decode("utf-8", "replace"))
        name = (given.get("Action") or [""])[0]
        return Operation(service, name, "query") if name else None
    if service in _REST:
        name = _route(service, method, path, query, headers)
        protocol = "rest-xml" if service == "s3" else "rest-json"
        return Operation(service, name, protocol) if name else None
    return None


def _signed_for(headers: dict[str, str], query: str) -> str | None:
    scope = re.search(r"Credential=([^,\s]+)", headers.get("authorization", ""))
    text = scope.group(1) if scope else (parse_qs(query).get("X-Amz-Credential") or [""])[0]
    parts = text.split("/")
    return parts[3] if len(parts) == 5 else None


def _route(
    service: str, method: str, path: str, query: str, headers: dict[str, str]
) -> str | None:
    given = set(parse_qs(query, keep_blank_values=True))
    if service == "s3" and method == "PUT" and "x-amz-copy-source" in headers:
        return "CopyObject"
    for route in _routes(service):
        if route.method == method and route.query <= given and route.path.fullmatch(path):
            return route.name
    return None


@functools.cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"))


@functools.cache
def _routes(service: str) -> list[_Route]:
    model = _model(service)
    routes = []
    # Told from PutObject and UploadPart by a header alone.
    copies = ("CopyObject", "UploadPartCopy")
    for name in [name for name in model.operation_names if name not in copies]:
        operation = model.operation_model(name)
        uri, _, fixed = operation.http["requestUri"].partition("?")
        keys = {part.partition("=")[0] for part in fixed.split("&") if part}
        keys |= _required_in_query(operation)
        literal = len(re.sub(r"\{[^}]+\}", "", uri))
        pattern = re.sub(
            r"\\\{([^}]+?)\\\}",
            lambda found: ".+" if found.group(1).endswith("\\+") else "[^/]+",
            re.escape(uri).replace(r"\{Bucket\}/\{Key\\\+\}", r"\{Bucket\}/\{Key\+\}"),
        )
        routes.append(
            _Route(
                name,
                operation.http["method"],
                re.compile(pattern.rstrip("/") + "/?"),
                frozenset(keys),
                10 * len(keys) + literal,
            )
        )
    # The most specific first; ListObjects and ListObjectsV2 differ in a fixed key.
    return sorted(routes, key=lambda route: -route.weight)


def _required_in_query(operation) -> set[str]:
    shape = operation.input_shape
    if shape is None:
        return set()
    return {
        member.serialization.get("name", name)
        for name, member in shape.members.items()
        if name in shape.required_members
        and member.serialization.get("location") == "querystring"
    }
