"""A database that Lake Formation governs: registration and grants, each of them needed."""

import pytest
import zero_etl
from test_integrations import request, settled, status
from zero_etl import World

PERMISSIONS = ["CREATE_TABLE", "DESCRIBE", "ALTER", "DROP"]


def governed(world: World) -> World:
    """Register the location, grant to the role, let it get data access."""
    principal = {"DataLakePrincipalIdentifier": {"Fn::GetAtt": ["Role", "Arn"]}}
    location = {"Fn::Sub": "${Bucket.Arn}/lake"}
    account = {"Ref": "AWS::AccountId"}
    resources = world.target_stack["Resources"]
    resources["Location"] = {
        "Type": "AWS::LakeFormation::Resource",
        "Properties": {
            "ResourceArn": location,
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "UseServiceLinkedRole": False,
        },
    }
    resources["DatabaseGrant"] = {
        "Type": "AWS::LakeFormation::PrincipalPermissions",
        "DependsOn": "Database",
        "Properties": {
            "Principal": principal,
            "Resource": {"Database": {"CatalogId": account, "Name": zero_etl.DATABASE}},
            "Permissions": list(PERMISSIONS),
            "PermissionsWithGrantOption": [],
        },
    }
    resources["LocationGrant"] = {
        "Type": "AWS::LakeFormation::PrincipalPermissions",
        "DependsOn": "Location",
        "Properties": {
            "Principal": principal,
            "Resource": {"DataLocation": {"CatalogId": account, "ResourceArn": location}},
            "Permissions": ["DATA_LOCATION_ACCESS"],
            "PermissionsWithGrantOption": [],
        },
    }
    statements = world.resource("Role")["Policies"][0]["PolicyDocument"]["Statement"]
    statements.append(zero_etl.allow("LakeFormation", ["lakeformation:GetDataAccess"], "*"))
    return world


@pytest.fixture
def world(source, target):
    """Complete; each test takes something away."""
    return governed(World(source, target))


def test_governed_database_with_all_grants_is_active(world):
    assert world.prepare().integrate()["StackStatus"] == "CREATE_COMPLETE"


def no_database_grant(world):
    del world.target_stack["Resources"]["DatabaseGrant"]


def no_location_grant(world):
    del world.target_stack["Resources"]["LocationGrant"]


def no_data_access(world):
    world.resource("Role")["Policies"][0]["PolicyDocument"]["Statement"].pop()


@pytest.mark.parametrize(
    ("take", "lacks"),
    [
        (no_database_grant, "lacks CREATE_TABLE on lake"),
        (no_location_grant, "lacks DATA_LOCATION_ACCESS on arn:aws:s3:::"),
        (no_data_access, "lacks lakeformation:GetDataAccess in its IAM policies"),
    ],
)
def test_integration_fails_without(world, take, lacks):
    take(world)
    assert world.prepare().integrate()["StackStatus"] == "ROLLBACK_COMPLETE"
    failure = world.source.failure("integration")
    assert "does not have access to the target database due to Lake Formation" in failure
    assert lacks in failure


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_integration_fails_without_database_permission(world, permission):
    world.resource("DatabaseGrant")["Permissions"].remove(permission)
    world.prepare().integrate()
    failure = world.source.failure("integration")
    assert f"lacks {permission} on lake" in failure
    assert failure.count("LakeFormationPermissionDenied") == 1


def test_database_can_be_marked_as_governed(source, target, server):
    world = World(source, target).prepare()
    source.glue.create_integration(**request(world))
    assert settled(source) == "ACTIVE"
    server.control("PUT", "settings", {"governed": [f"{target.id}/us-east-1/lake"]})
    try:
        assert status(source) == "NEEDS_ATTENTION"
    finally:
        server.control("PUT", "settings", {"governed": []})
    assert status(source) == "ACTIVE"


def test_grant_on_unregistered_location_fails(world):
    del world.target_stack["Resources"]["Location"]
    del world.target_stack["Resources"]["LocationGrant"]["DependsOn"]
    world.target.deploy("target", world.target_stack)
    assert "is not registered" in world.target.failure("target")


def test_grants_go_with_the_stack(world):
    world.prepare().integrate()
    for name in ("DatabaseGrant", "LocationGrant"):
        del world.target_stack["Resources"][name]
    world.target.deploy("target", world.target_stack)
    assert status(world.source) == "NEEDS_ATTENTION"
