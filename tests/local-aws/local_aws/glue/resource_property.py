"""Integration resource properties: the role (and key) with which Glue works on a database."""

import uuid

from local_aws.glue import catalog, state
from local_aws.glue.errors import access_denied, conflict, invalid_input, not_found
from local_aws.glue.state import here

_KINDS = ("SourceProcessingProperties", "TargetProcessingProperties")
_FILTERS = ("SourceArn", "TargetArn")


def create(request: dict) -> dict:
    """CreateIntegrationResourceProperty."""
    arn = _arn(request)
    if arn in here().resource_properties:
        raise conflict(f"Integration resource property for {arn} already exists")
    properties = _properties(request)
    if catalog.database_name(arn):
        catalog.require_database(arn)
    entry = {
        "ResourceArn": arn,
        "ResourcePropertyArn": f"{here().arn_prefix}integrationresourceproperty/{uuid.uuid4()}",
        **properties,
    }
    here().resource_properties[arn] = entry
    state.set_tags(entry["ResourcePropertyArn"], request.get("Tags"))
    return entry


def get(request: dict) -> dict:
    """GetIntegrationResourceProperty."""
    return _existing(_arn(request))


def update(request: dict) -> dict:
    """UpdateIntegrationResourceProperty: replaces the processing properties."""
    entry = _existing(_arn(request))
    properties = _properties(request)
    for kind in _KINDS:
        entry.pop(kind, None)
    entry.update(properties)
    return entry


def delete(request: dict) -> dict:
    """DeleteIntegrationResourceProperty. A live integration needs attention from then on."""
    entry = _existing(_arn(request))
    del here().resource_properties[entry["ResourceArn"]]
    state.set_tags(entry["ResourcePropertyArn"], None)
    return {}


def list_all(request: dict) -> dict:
    """ListIntegrationResourceProperties."""
    wanted: set[str] = set()
    for entry in request.get("Filters", []):
        if entry.get("Name") not in _FILTERS:
            raise invalid_input(f"Filter '{entry.get('Name')}' is not one of {', '.join(_FILTERS)}")
        wanted.update(entry.get("Values", []))
    known = sorted(here().resource_properties.items())
    rows = [row for arn, row in known if not wanted or arn in wanted]
    return catalog.page(rows, request, "IntegrationResourcePropertyList")


def _arn(request: dict) -> str:
    arn = request["ResourceArn"]
    if not arn.startswith(here().arn_prefix):
        raise access_denied(
            f"ResourceArn {arn} is not a Glue resource of account {here().account} in {here().name}"
        )
    return arn


def _existing(arn: str) -> dict:
    found = here().resource_properties.get(arn)
    if found is None:
        raise not_found(f"Integration resource property for {arn} not found")
    return found


def _properties(request: dict) -> dict:
    given = {kind: request[kind] for kind in _KINDS if request.get(kind)}
    if len(given) != 1:
        raise invalid_input(f"exactly one of {' and '.join(_KINDS)} is expected")
    for kind, value in given.items():
        role = value.get("RoleArn")
        if not role:
            raise invalid_input(f"{kind}.RoleArn is missing")
        if f":iam::{here().account}:role/" not in role:
            raise invalid_input(f"role {role} is not a role of account {here().account}")
    return given
