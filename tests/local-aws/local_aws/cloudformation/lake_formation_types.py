"""AWS::LakeFormation::Resource and AWS::LakeFormation::PrincipalPermissions.

Not modelled: whether the deployer may grant, and tables, columns and tags as resources.
"""

import json

from ministack.core.responses import get_account_id, get_region

from local_aws import lake_formation, world
from local_aws.cloudformation import handler
from local_aws.glue import catalog as data_catalog

_DATABASE = {"ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"}
_LOCATION = {"DATA_LOCATION_ACCESS"}


def install() -> None:
    """Register both types."""
    handler.register(
        "AWS::LakeFormation::Resource",
        {"create": register_location, "update": update_location, "delete": forget_location},
        ("ResourceArn",),
        waits=False,
    )
    handler.register(
        "AWS::LakeFormation::PrincipalPermissions",
        {"create": grant, "delete": revoke},
        ("Catalog", "Principal", "Resource", "Permissions", "PermissionsWithGrantOption"),
        waits=False,
    )


def register_location(logical_id: str, props: dict, _stack_name: str) -> tuple[str, dict]:
    """Register an S3 location with the role that vends its data."""
    handler.check_properties(
        logical_id,
        props,
        ("ResourceArn", "UseServiceLinkedRole"),
        ("RoleArn", "HybridAccessEnabled", "WithFederation"),
    )
    arn = props["ResourceArn"]
    if arn in _here().locations:
        raise handler.HandlerFailed(f"Resource is already registered: {arn}", "AlreadyExists")
    role = props.get("RoleArn")
    if role is not None and world.role(role) is None:
        raise handler.HandlerFailed(f"Role {role} does not exist", "InvalidRequest")
    _here().locations[arn] = dict(props)
    return arn, {}


def update_location(physical_id: str, _old: dict, new: dict, _stack_name: str) -> tuple[str, dict]:
    """Another role, or another mode."""
    _here().locations[physical_id] = dict(new)
    return physical_id, {}


def forget_location(physical_id: str, _props: dict) -> None:
    """Deregister."""
    _here().locations.pop(physical_id, None)


def grant(logical_id: str, props: dict, _stack_name: str) -> tuple[str, dict]:
    """Grant permissions on a database or a location to one principal."""
    handler.check_properties(
        logical_id,
        props,
        ("Principal", "Resource", "Permissions", "PermissionsWithGrantOption"),
        ("Catalog",),
    )
    key = _key(props)
    principal, kind, target = key
    if ":role/" in principal and world.role(principal) is None:
        raise handler.HandlerFailed(f"Invalid principal: {principal}", "InvalidRequest")
    allowed = _DATABASE if kind == "database" else _LOCATION
    wrong = sorted(set(props["Permissions"]) - allowed)
    if wrong:
        raise handler.HandlerFailed(
            f"Permissions {wrong} are invalid for a {kind}; allowed: {sorted(allowed)}",
            "InvalidRequest",
        )
    if kind == "database" and data_catalog.database(*_scope(), target) is None:
        raise handler.HandlerFailed(f"Database {target} not found", "NotFound")
    if kind == "location" and lake_formation.registration(*_scope(), target) is None:
        raise handler.HandlerFailed(f"Location {target} is not registered", "NotFound")
    _here().grants.setdefault(key, set()).update(props["Permissions"])
    identifiers = {
        "PrincipalIdentifier": json.dumps(props["Principal"]),
        "ResourceIdentifier": json.dumps(props["Resource"]),
    }
    return f"{identifiers['PrincipalIdentifier']}|{identifiers['ResourceIdentifier']}", identifiers


def revoke(_physical_id: str, props: dict) -> None:
    """Take back what this resource granted."""
    held = _here().grants.get(_key(props))
    if held is not None:
        held -= set(props["Permissions"])


def _key(props: dict) -> tuple[str, str, str]:
    principal = props["Principal"]["DataLakePrincipalIdentifier"]
    resource = props["Resource"]
    if "Database" in resource:
        return principal, "database", resource["Database"]["Name"]
    if "DataLocation" in resource:
        return principal, "location", resource["DataLocation"]["ResourceArn"]
    raise handler.HandlerFailed(
        f"Resource {sorted(resource)} is not modelled; use Database or DataLocation",
        "InvalidRequest",
    )


def _scope() -> tuple[str, str]:
    return get_account_id(), get_region()


def _here() -> lake_formation.Catalog:
    return lake_formation.catalog(*_scope())
