"""Drift detection: what CloudFormation sees of a change made by hand, and what it does not."""

import json
import time
from pathlib import Path

import drift
import functions
import pytest
import zero_etl
from conftest import Account, Server
from test_auth import user
from zero_etl import World

from local_aws.cloudformation import schema

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="module")
def world(server):
    """Two accounts with everything, for tests that put back what they break."""
    accounts = [Account(server, f"77000000000{number}") for number in (1, 2)]
    return drift.every_type(*accounts)


def test_what_was_just_deployed_is_in_sync(world):
    for account, stack in (
        (world.source, "source"),
        (world.target, "target"),
        (world.source, "integration"),
    ):
        found = drift.drifts(account, stack)
        drifted = {key: row for key, row in found.items()
                   if row["StackResourceDriftStatus"] != "IN_SYNC"}
        assert found and not drifted
        described = account.describe(stack)["DriftInformation"]
        assert described["StackDriftStatus"] == "IN_SYNC"


def test_types_without_a_read_handler_are_left_out_in_silence(world):
    known = set(world.target_stack["Resources"])
    # A custom resource; AWS::LakeFormation::Resource has no handlers in the registry.
    assert set(drift.statuses(world.target, "target")) == known - {"Thing", "Location"}
    with pytest.raises(world.target.cloudformation.exceptions.ClientError, match="not supported"):
        world.target.cloudformation.detect_stack_resource_drift(
            StackName="target", LogicalResourceId="Thing"
        )


def recovery_off(world):
    world.source.dynamodb.update_continuous_backups(
        TableName=zero_etl.TABLE,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )


def shorter_recovery(world):
    world.source.dynamodb.update_continuous_backups(
        TableName=zero_etl.TABLE,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 3,
        },
    )


def other_location(world):
    world.target.glue.update_database(
        Name="lake", DatabaseInput={"Name": "lake", "LocationUri": "s3://elsewhere/"}
    )


def statement_removed(world):
    role = drift.physical(world.target, "target", "Role")
    document = world.target.iam.get_role_policy(RoleName=role, PolicyName="ZeroEtl")
    kept = document["PolicyDocument"]["Statement"][1:]
    world.target.iam.put_role_policy(
        RoleName=role,
        PolicyName="ZeroEtl",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": kept}),
    )


def policy_added(world):
    role = drift.physical(world.target, "target", "Role")
    document = {"Version": "2012-10-17", "Statement": [zero_etl.allow("More", "s3:*", "*")]}
    world.target.iam.put_role_policy(
        RoleName=role, PolicyName="More", PolicyDocument=json.dumps(document)
    )


def trust_widened(world):
    role = drift.physical(world.target, "target", "Role")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    world.target.iam.update_assume_role_policy(
        RoleName=role,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def bucket_policy_emptied(world):
    bucket = drift.physical(world.target, "target", "Bucket")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    world.target.s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def other_encryption(world):
    world.target.s3.put_bucket_encryption(
        Bucket=drift.physical(world.target, "target", "Bucket"),
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
    )


def shorter_timeout(world):
    world.target.awslambda.update_function_configuration(
        FunctionName=drift.physical(world.target, "target", "Function"), Timeout=3
    )


def older_events(world):
    world.target.awslambda.put_function_event_invoke_config(
        FunctionName=drift.physical(world.target, "target", "Function"),
        Qualifier="$LATEST",
        MaximumEventAgeInSeconds=21600,
    )


def kept_longer(world):
    world.target.logs.put_retention_policy(
        logGroupName="/aws/lambda/target-provider", retentionInDays=365
    )


def other_role(world):
    world.target.glue.update_integration_resource_property(
        ResourceArn=zero_etl.database_arn(world.target.id),
        TargetProcessingProperties={"RoleArn": f"arn:aws:iam::{world.target.id}:role/other"},
    )


BROKEN = [
    (recovery_off, "Table", "/Replicas/0/PointInTimeRecoverySpecification/"
                            "PointInTimeRecoveryEnabled"),
    (shorter_recovery, "Table", "/Replicas/0/PointInTimeRecoverySpecification/"
                                "RecoveryPeriodInDays"),
    (other_location, "Database", "/DatabaseInput/LocationUri"),
    (statement_removed, "Role", "/Policies/0/PolicyDocument/Statement/0"),
    (policy_added, "Role", "/Policies/1"),
    (trust_widened, "Role", "/AssumeRolePolicyDocument/Statement/0/Principal"),
    (bucket_policy_emptied, "BucketPolicy", "/PolicyDocument/Statement/0/Action/0"),
    (other_encryption, "Bucket", "/BucketEncryption/ServerSideEncryptionConfiguration/0/"
                                 "ServerSideEncryptionByDefault/SSEAlgorithm"),
    (shorter_timeout, "Function", "/Timeout"),
    (older_events, "Invocation", "/MaximumEventAgeInSeconds"),
    (kept_longer, "Logs", "/RetentionInDays"),
    (other_role, "ResourceProperty", "/TargetProcessingProperties/RoleArn"),
]


def place(world, logical_id: str) -> tuple:
    """Account, stack and template of a resource."""
    if logical_id == "Table":
        return world.source, "source", world.source_stack
    return world.target, "target", world.target_stack


@pytest.mark.parametrize(("break_it", "logical_id", "path"), BROKEN,
                         ids=[row[0].__name__ for row in BROKEN])
def test_a_change_by_hand_is_found_and_put_back(world, break_it, logical_id, path):
    account, stack, template = place(world, logical_id)
    break_it(world)
    row = drift.drifts(account, stack)[logical_id]
    assert row["StackResourceDriftStatus"] == "MODIFIED"
    assert path in [item["PropertyPath"] for item in row["PropertyDifferences"]]
    assert account.describe(stack)["DriftInformation"]["StackDriftStatus"] == "DRIFTED"
    described = drift.change_set(account, stack, template)
    assert described["StackDriftStatus"] == "DRIFTED"
    change = drift.changes(described)[logical_id]
    assert change["Action"] == "Modify" and change["ResourceDriftStatus"] == "MODIFIED"
    targets = {detail["Target"]["Path"]: detail["Target"] for detail in change["Details"]}
    assert targets[f"/Properties{path}"]["BeforeValueFrom"] == "ACTUAL_STATE"
    ended = drift.execute(account, stack, described)
    assert ended["StackStatus"] == "UPDATE_COMPLETE", account.failure(stack)
    assert set(drift.statuses(account, stack).values()) == {"IN_SYNC"}


def test_only_what_the_template_sets_is_compared(world):
    world.target.awslambda.update_function_configuration(
        FunctionName=drift.physical(world.target, "target", "Function"), Description="by hand"
    )
    assert drift.statuses(world.target, "target")["Function"] == "IN_SYNC"


def test_code_of_a_function_is_write_only_and_not_seen(world):
    world.target.awslambda.update_function_code(
        FunctionName=drift.physical(world.target, "target", "Function"),
        ZipFile=functions.package("custom-resource", mark="other"),
    )
    assert drift.statuses(world.target, "target")["Function"] == "IN_SYNC"


def log_group_deleted(account, physical_id):
    account.logs.delete_log_group(logGroupName=physical_id)


def function_deleted(account, physical_id):
    account.awslambda.delete_function(FunctionName=physical_id)


def role_deleted(account, physical_id):
    account.iam.delete_role_policy(RoleName=physical_id, PolicyName="ZeroEtl")
    account.iam.delete_role(RoleName=physical_id)


def bucket_policy_deleted(account, physical_id):
    account.s3.delete_bucket_policy(Bucket=physical_id)


def registration_deleted(account, physical_id):
    account.glue.delete_integration_resource_property(ResourceArn=physical_id)


def database_deleted(account, physical_id):
    account.glue.delete_database(Name=physical_id)


def bucket_deleted(account, physical_id):
    account.s3.delete_bucket_policy(Bucket=physical_id)
    account.s3.delete_bucket(Bucket=physical_id)


# What is deleted, by what, and whether the new one has the name of the old one.
GONE = [
    ("Logs", log_group_deleted, True),
    ("Function", function_deleted, False),
    ("Role", role_deleted, False),
    ("BucketPolicy", bucket_policy_deleted, True),
    ("ResourceProperty", registration_deleted, True),
    ("Database", database_deleted, True),
    ("Bucket", bucket_deleted, False),
]


@pytest.mark.parametrize(("logical_id", "delete", "keeps_name"), GONE,
                         ids=[row[0] for row in GONE])
def test_what_was_deleted_by_hand_is_found_and_made_again(
    source, target, logical_id, delete, keeps_name
):
    world = World(source, target)
    code = f"code-{target.id}"
    target.s3.create_bucket(Bucket=code)
    target.s3.put_object(Bucket=code, Key="zip", Body=functions.package("custom-resource"))
    world.target_stack["Resources"] |= drift.provider(code)
    # A service token that changes is refused, and that is no subject here.
    del world.target_stack["Resources"]["Thing"]
    world.prepare()
    before = drift.physical(target, "target", logical_id)
    delete(target, before)
    assert drift.statuses(target, "target")[logical_id] == "DELETED"
    described = drift.change_set(target, "target", world.target_stack)
    change = drift.changes(described)[logical_id]
    assert (change["Action"], change["ResourceDriftStatus"]) == ("Add", "DELETED")
    ended = drift.execute(target, "target", described)
    assert ended["StackStatus"] == "UPDATE_COMPLETE", target.failure("target")
    assert set(drift.statuses(target, "target").values()) == {"IN_SYNC"}
    assert (drift.physical(target, "target", logical_id) == before) is keeps_name


def test_a_tables_resource_policy_is_not_seen_and_not_overwritten(world):
    arn = zero_etl.table_arn(world.source.id)
    before = world.source.dynamodb.get_resource_policy(ResourceArn=arn)["Policy"]
    world.source.dynamodb.delete_resource_policy(ResourceArn=arn)
    try:
        assert drift.statuses(world.source, "source") == {"Table": "IN_SYNC"}
        recovery_off(world)
        described = drift.change_set(world.source, "source", world.source_stack)
        drift.execute(world.source, "source", described)
        assert drift.statuses(world.source, "source") == {"Table": "IN_SYNC"}
        with pytest.raises(world.source.dynamodb.exceptions.PolicyNotFoundException):
            world.source.dynamodb.get_resource_policy(ResourceArn=arn)
    finally:
        world.source.dynamodb.put_resource_policy(ResourceArn=arn, Policy=before)


def test_detection_takes_its_time_and_runs_once_at_a_time(world, server):
    server.control("PUT", "settings", {"drift_detection_seconds": 0.6})
    try:
        cloudformation = world.source.cloudformation
        started = cloudformation.detect_stack_drift(StackName="source")
        server.control("PUT", "settings", drift.QUICK)
        found = cloudformation.describe_stack_drift_detection_status(**started_id(started))
        assert found["DetectionStatus"] == "DETECTION_IN_PROGRESS"
        assert "StackDriftStatus" not in found
        with pytest.raises(cloudformation.exceptions.ClientError, match="already in progress"):
            cloudformation.detect_stack_drift(StackName="source")
        time.sleep(0.7)
        found = cloudformation.describe_stack_drift_detection_status(**started_id(started))
        assert found["DetectionStatus"] == "DETECTION_COMPLETE"
    finally:
        server.control("PUT", "settings", drift.QUICK)


def started_id(started: dict) -> dict:
    """The argument that asks for a detection."""
    return {"StackDriftDetectionId": started["StackDriftDetectionId"]}


def test_a_resource_that_the_caller_may_not_read_fails_the_detection(tmp_path, accounts):
    guarded = Server(tmp_path / "state", "--auth")
    root = Account(guarded, accounts().id)
    root.deploy("source", zero_etl.source_stack(root.id))
    narrow = user(root, zero_etl.allow("Look", "cloudformation:*", "*"))
    found = drift.detect(narrow, "source")
    assert found["DetectionStatus"] == "DETECTION_FAILED"
    assert "[Table]" in found["DetectionStatusReason"]
    assert drift.statuses(narrow, "source") == {"Table": "UNKNOWN"}
    allowed = drift.statuses(root, "source")
    assert allowed == {"Table": "IN_SYNC"}
    assert guarded.stop() == 0


def properties() -> dict[str, set[str]]:
    """Every property that the project's templates set, by type."""
    found: dict[str, set[str]] = {}
    for path in sorted((TEMPLATES / "zero-etl").glob("*.json")):
        for resource in json.loads(path.read_text())["Resources"].values():
            found.setdefault(resource["Type"], set()).update(resource.get("Properties", {}))
    return found


def test_every_property_of_the_projects_templates_is_compared(world):
    """A new property of a template needs a place in a read handler, or CloudFormation's word."""
    compared: dict[str, set[str]] = {}
    for account, stack, template in (
        (world.source, "source", world.source_stack),
        (world.target, "target", world.target_stack),
        (world.source, "integration", world.integration_stack),
    ):
        types = {key: item["Type"] for key, item in template["Resources"].items()}
        for logical_id, row in drift.drifts(account, stack).items():
            seen = json.loads(row["ActualProperties"])
            compared.setdefault(types[logical_id], set()).update(seen)
    for resource_type, names in properties().items():
        if not schema.can_be_read(resource_type):
            continue
        hidden = {path[0] for path in schema.write_only(resource_type)}
        missing = names - compared.get(resource_type, set()) - hidden - KNOWN[resource_type]
        assert not missing, f"{resource_type}: {sorted(missing)} is not compared"


# Read by a handler, but not set in the templates of these tests.
KNOWN: dict[str, set[str]] = {
    "AWS::DynamoDB::GlobalTable": {"SSESpecification"},
    "AWS::Glue::Database": set(),
    "AWS::Glue::Integration": {"KmsKeyId"},
    "AWS::Glue::IntegrationResourceProperty": set(),
    "AWS::IAM::Role": {"Description", "RoleName", "PermissionsBoundary"},
    "AWS::LakeFormation::PrincipalPermissions": set(),
    "AWS::Lambda::EventInvokeConfig": set(),
    "AWS::Lambda::Function": {"Description", "Architectures", "MemorySize"},
    "AWS::Logs::LogGroup": set(),
    "AWS::S3::Bucket": {"BucketName", "PublicAccessBlockConfiguration", "OwnershipControls"},
    "AWS::S3::BucketPolicy": set(),
}
