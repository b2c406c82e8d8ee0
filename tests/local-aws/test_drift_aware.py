"""Drift-aware change sets beyond putting one thing back: limits, followers, failures."""

import json

import drift
import functions
import pytest
import zero_etl
from test_catalog_policy import refused
from test_drift import recovery_off
from zero_etl import World

NO_CHANGES = "The submitted information didn't contain changes."


@pytest.fixture
def world(source, target):
    """Source and target, deployed."""
    return World(source, target).prepare()


def delete_role(world) -> str:
    """Take the target role away; its name."""
    role = drift.physical(world.target, "target", "Role")
    world.target.iam.delete_role_policy(RoleName=role, PolicyName="ZeroEtl")
    world.target.iam.delete_role(RoleName=role)
    return role


def test_without_drift_and_changes_the_change_set_fails(world):
    described = drift.change_set(world.target, "target", world.target_stack)
    assert described["DeploymentMode"] == "REVERT_DRIFT"
    assert described["StackDriftStatus"] == "IN_SYNC"
    assert described["Status"] == "FAILED"
    assert described["StatusReason"].startswith(NO_CHANGES)


def test_a_plain_change_set_does_not_see_drift(world):
    recovery_off(world)
    made = world.source.cloudformation.create_change_set(
        StackName="source",
        ChangeSetName="plain",
        TemplateBody=json.dumps(world.source_stack),
    )
    described = world.source.cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert described["StatusReason"].startswith(NO_CHANGES)
    assert "DeploymentMode" not in described and "StackDriftStatus" not in described


def test_what_is_there_cannot_be_deployed_with_it(source):
    code, message = refused(
        source.cloudformation.create_change_set,
        StackName="new",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(zero_etl.source_stack(source.id)),
        DeploymentMode="REVERT_DRIFT",
    )
    assert code == "ValidationError" and "UPDATE change set" in message


def test_the_values_stand_in_the_description_when_asked_for(world):
    recovery_off(world)
    described = drift.change_set(world.source, "source", world.source_stack)
    path = "/Properties/Replicas/0/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"
    change = drift.changes(described)["Table"]
    target = next(
        detail["Target"] for detail in change["Details"] if detail["Target"]["Path"] == path
    )
    assert (target["BeforeValue"], target["AfterValue"]) == ("false", "true")
    assert (target["BeforeValueFrom"], target["AfterValueFrom"]) == ("ACTUAL_STATE", "TEMPLATE")
    assert target["AttributeChangeType"] == "Modify"
    assert (target["Drift"]["PreviousValue"], target["Drift"]["ActualValue"]) == ("true", "false")
    assert change["Replacement"] == "False"
    plain = world.source.cloudformation.describe_change_set(
        ChangeSetName=described["ChangeSetId"]
    )
    detail = drift.changes(plain)["Table"]["Details"][0]["Target"]
    assert "BeforeValue" not in detail and detail["BeforeValueFrom"] == "ACTUAL_STATE"


def test_what_names_a_deleted_resource_follows_the_new_one(world):
    old = delete_role(world)
    described = drift.change_set(world.target, "target", world.target_stack)
    follower = drift.changes(described)["ResourceProperty"]
    assert follower["Action"] == "Modify" and follower["ResourceDriftStatus"] == "IN_SYNC"
    assert {detail["Evaluation"] for detail in follower["Details"]} == {"Dynamic"}
    assert drift.execute(world.target, "target", described)["StackStatus"] == "UPDATE_COMPLETE"
    new = drift.physical(world.target, "target", "Role")
    registered = world.target.glue.get_integration_resource_property(
        ResourceArn=zero_etl.database_arn(world.target.id)
    )
    role = registered["TargetProcessingProperties"]["RoleArn"]
    assert new != old and role.endswith(f"/{new}")


def test_drift_of_a_create_only_property_is_not_reverted(world):
    """Documented: "Drift-aware change sets do not support drift reconciliation for immutable
    properties"."""
    world.source.dynamodb.delete_table(TableName=zero_etl.TABLE)
    world.source.dynamodb.create_table(
        TableName=zero_etl.TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "Other", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "Other", "KeyType": "HASH"}],
    )
    row = drift.drifts(world.source, "source")["Table"]
    paths = [item["PropertyPath"] for item in row["PropertyDifferences"]]
    assert any(path.startswith("/KeySchema") for path in paths)
    described = drift.change_set(world.source, "source", world.source_stack)
    names = {detail["Target"]["Name"] for detail in drift.changes(described)["Table"]["Details"]}
    assert "Replicas" in names and "KeySchema" not in names


def test_a_template_that_says_what_is_live_changes_nothing(world):
    recovery_off(world)
    specification = world.replica["PointInTimeRecoverySpecification"]
    specification.clear()
    specification["PointInTimeRecoveryEnabled"] = False
    described = drift.change_set(world.source, "source", world.source_stack)
    change = drift.changes(described)["Table"]
    assert change["Action"] == "SyncWithActual"
    assert {detail["ChangeSource"] for detail in change["Details"]} == {"NoModification"}
    drift.execute(world.source, "source", described)
    assert drift.statuses(world.source, "source") == {"Table": "IN_SYNC"}


def test_a_failure_brings_back_the_live_state_and_the_template_is_still_expected(world):
    recovery_off(world)
    template = json.loads(json.dumps(world.source_stack))
    template["Resources"]["Late"] = {
        "Type": "AWS::Glue::Database",
        "DependsOn": "Table",
        "Properties": {"CatalogId": world.source.id, "DatabaseInput": {"Name": "taken"}},
    }
    world.source.glue.create_database(DatabaseInput={"Name": "taken"})
    described = drift.change_set(world.source, "source", template)
    ended = drift.execute(world.source, "source", described)
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    backups = world.source.dynamodb.describe_continuous_backups(TableName=zero_etl.TABLE)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    assert drift.statuses(world.source, "source") == {"Table": "MODIFIED"}


def test_a_failure_takes_back_what_was_made_again_and_it_is_still_missed(world):
    delete_role(world)
    template = json.loads(json.dumps(world.target_stack))
    template["Resources"]["Late"] = {
        "Type": "AWS::Glue::Database",
        "DependsOn": "ResourceProperty",
        "Properties": {"CatalogId": world.target.id, "DatabaseInput": {"Name": "lake"}},
    }
    described = drift.change_set(world.target, "target", template)
    ended = drift.execute(world.target, "target", described)
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert drift.statuses(world.target, "target")["Role"] == "DELETED"
    assert world.target.iam.list_roles()["Roles"] == []


def test_an_update_of_a_resource_that_is_gone_fails(world):
    delete_role(world)
    world.resource("Role")["Description"] = "another"
    stack = world.target.deploy("target", world.target_stack)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "HandlerErrorCode: NotFound" in world.target.failure("target")


def test_what_was_made_again_by_hand_under_its_name_is_in_the_way(world):
    world.target.glue.delete_database(Name="lake")
    described = drift.change_set(world.target, "target", world.target_stack)
    world.target.glue.create_database(DatabaseInput={"Name": "lake"})
    ended = drift.execute(world.target, "target", described)
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "AlreadyExists" in world.target.failure("target")


@pytest.mark.parametrize("named", [False, True])
def test_custom_resources_accept_a_function_that_was_made_again_only_under_its_name(
    source, target, named
):
    """A function without a name comes back with another ARN, and a service token cannot change."""
    world = World(source, target)
    code = f"code-{target.id}"
    target.s3.create_bucket(Bucket=code)
    target.s3.put_object(Bucket=code, Key="zip", Body=functions.package("custom-resource"))
    world.target_stack["Resources"] |= drift.provider(code)
    if named:
        world.resource("Function")["FunctionName"] = "provider"
    world.prepare()
    name = drift.physical(target, "target", "Function")
    target.awslambda.delete_function(FunctionName=name)
    described = drift.change_set(target, "target", world.target_stack)
    ended = drift.execute(target, "target", described)
    if named:
        assert ended["StackStatus"] == "UPDATE_COMPLETE", target.failure("target")
        assert set(drift.statuses(target, "target").values()) == {"IN_SYNC"}
    else:
        assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert "Modifying service token is not allowed" in target.failure("target")
