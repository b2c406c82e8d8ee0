"""Take one piece away, and see the integration fail for that reason and no other."""

import re

import pytest
import zero_etl
from zero_etl import ROLE_TABLE_ACTIONS, TABLE_ACTIONS, World


@pytest.fixture
def world(source, target):
    """Complete; each test takes something away."""
    return World(source, target)


def test_complete_stacks_make_an_active_integration(world):
    assert world.prepare().integrate()["StackStatus"] == "CREATE_COMPLETE"
    found = world.source.glue.describe_integrations()["Integrations"]
    assert [item["Status"] for item in found] == ["ACTIVE"]


def no_recovery(world):
    world.replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] = False


def recovery_left_out(world):
    del world.replica["PointInTimeRecoverySpecification"]


def no_table_policy(world):
    del world.replica["ResourcePolicy"]


def table_statement(world):
    return world.replica["ResourcePolicy"]["PolicyDocument"]["Statement"][0]


def bare_table_resource(world):
    table_statement(world)["Resource"] = zero_etl.table_arn(world.source.id)


def target_account_in_table_policy(world):
    table_statement(world)["Condition"]["StringEquals"]["aws:SourceAccount"] = world.target.id


def target_account_in_integration_pattern(world):
    pattern = f"arn:aws:glue:us-east-1:{world.target.id}:integration:*"
    table_statement(world)["Condition"]["ArnLike"]["aws:SourceArn"] = pattern


def deny_in_table_policy(world):
    statement = {**table_statement(world), "Sid": "No", "Effect": "Deny"}
    world.replica["ResourcePolicy"]["PolicyDocument"]["Statement"].append(statement)


def other_service_in_table_policy(world):
    table_statement(world)["Principal"] = {"Service": "redshift.amazonaws.com"}


def aws_managed_key(world):
    properties = world.source_stack["Resources"]["Table"]["Properties"]
    properties["SSESpecification"] = {"SSEEnabled": True}


def no_location(world):
    del world.resource("Database")["DatabaseInput"]["LocationUri"]


def foreign_bucket(world):
    world.resource("Database")["DatabaseInput"]["LocationUri"] = "s3://somebody-elses/lake/"


def no_resource_property(world):
    del world.target_stack["Resources"]["ResourceProperty"]


def unknown_role(world):
    arn = f"arn:aws:iam::{world.target.id}:role/absent"
    world.resource("ResourceProperty")["TargetProcessingProperties"]["RoleArn"] = arn


def other_trust(world):
    statement = world.resource("Role")["AssumeRolePolicyDocument"]["Statement"][0]
    statement["Principal"] = {"Service": "lambda.amazonaws.com"}


def bucket_denies(world):
    statement = world.resource("BucketPolicy")["PolicyDocument"]["Statement"][0]
    statement["Condition"] = {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{world.target.id}:role/*"}
    }


def no_metrics_namespace(world):
    statement = zero_etl.role_statement(world.target_stack, "Metrics")
    statement["Condition"]["StringEquals"]["cloudwatch:namespace"] = "Custom"


def data_outside_location(world):
    statement = zero_etl.role_statement(world.target_stack, "Data")
    statement["Resource"] = {"Fn::Sub": "${Bucket.Arn}/other/*"}


def other_database_in_role(world):
    statement = zero_etl.role_statement(world.target_stack, "Database")
    statement["Resource"] = [f"arn:aws:glue:us-east-1:{world.target.id}:catalog"]


def no_catalog_policy(world):
    world.policy = None


def policy_statement(world, sid):
    return next(item for item in world.policy["Statement"] if item["Sid"] == sid)


def no_create_statement(world):
    world.policy["Statement"].remove(policy_statement(world, "Create"))


def no_authorize_statement(world):
    world.policy["Statement"].remove(policy_statement(world, "Authorize"))


def create_without_catalog(world):
    policy_statement(world, "Create")["Resource"].pop(0)


def create_without_database(world):
    policy_statement(world, "Create")["Resource"].pop(1)


def authorize_without_catalog(world):
    policy_statement(world, "Authorize")["Resource"].pop(0)


def authorize_without_database(world):
    policy_statement(world, "Authorize")["Resource"].pop(1)


def create_for_other_table(world):
    arn = zero_etl.table_arn(world.source.id, "Customers")
    policy_statement(world, "Create")["Condition"] = {"StringEquals": {"aws:SourceArn": arn}}


def authorize_for_other_table(world):
    arn = zero_etl.table_arn(world.source.id, "Customers")
    policy_statement(world, "Authorize")["Condition"] = {"StringEquals": {"aws:SourceArn": arn}}


def create_for_other_account(world):
    policy_statement(world, "Create")["Principal"] = {"AWS": "999999999999"}


def integration_arn_as_source(world):
    # The two directions swapped: the catalog policy wants the table, not the integration.
    arn = f"arn:aws:glue:us-east-1:{world.source.id}:integration:*"
    policy_statement(world, "Authorize")["Condition"] = {"StringLike": {"aws:SourceArn": arn}}


def partition_without_conversion(world):
    world.properties["PartitionSpec"] = [{"FieldName": "created", "FunctionSpec": "day"}]


def partition_with_unknown_function(world):
    world.properties["PartitionSpec"] = [{"FieldName": "created", "FunctionSpec": "bucket"}]


def conversion_with_identity(world):
    world.properties["PartitionSpec"] = [
        {"FieldName": "created", "FunctionSpec": "identity", "ConversionSpec": "iso"}
    ]


def two_time_functions_on_one_field(world):
    world.properties["PartitionSpec"] = [
        {"FieldName": "created", "FunctionSpec": name, "ConversionSpec": "iso"}
        for name in ("year", "month")
    ]


def data_filter(world):
    properties = world.integration_stack["Resources"]["Integration"]["Properties"]
    properties["DataFilter"] = "include: orders"


def short_interval(world):
    properties = world.integration_stack["Resources"]["Integration"]["Properties"]
    properties["IntegrationConfig"]["RefreshInterval"] = "5"


PIECES = [
    (no_recovery, "point-in-time recovery is not enabled on source table Orders"),
    (recovery_left_out, "point-in-time recovery is not enabled on source table Orders"),
    (no_table_policy, "source table Orders has no resource policy"),
    (bare_table_resource, "perform dynamodb:DescribeExport on"),
    (target_account_in_table_policy, "condition StringEquals aws:SourceAccount"),
    (target_account_in_integration_pattern, "condition ArnLike aws:SourceArn"),
    (deny_in_table_policy, "statement 'No' denies it"),
    (other_service_in_table_policy, "its principal is not glue.amazonaws.com"),
    (aws_managed_key, "the AWS-managed key aws/dynamodb"),
    (no_location, "has no S3 LocationUri"),
    (foreign_bucket, "bucket somebody-elses of the LocationUri"),
    (no_resource_property, "UNRECOVERABLE_ACCESS_DENIED: no IntegrationResourceProperty"),
    (unknown_role, "role/absent, registered for"),
    (other_trust, "does not allow glue.amazonaws.com to perform sts:AssumeRole"),
    (bucket_denies, "TargetBucketPolicyDenied"),
    (no_metrics_namespace, "condition StringEquals cloudwatch:namespace [Custom] fails"),
    (data_outside_location, "perform s3:GetObject on"),
    (other_database_in_role, "perform glue:GetDatabase on"),
    (no_catalog_policy, "perform: glue:CreateInboundIntegration"),
    (no_create_statement, "perform: glue:CreateInboundIntegration"),
    (no_authorize_statement, "perform glue:AuthorizeInboundIntegration"),
    (create_without_catalog, ":catalog with source"),
    (create_without_database, ":database/lake with source"),
    (authorize_without_catalog, "glue:AuthorizeInboundIntegration on arn:aws:glue:us-east-1"),
    (authorize_without_database, "statement 'Authorize': its resources do not include"),
    (create_for_other_table, "statement 'Create': condition StringEquals aws:SourceArn"),
    (authorize_for_other_table, "statement 'Authorize': condition StringEquals aws:SourceArn"),
    (create_for_other_account, "statement 'Create': its principal is not account"),
    (integration_arn_as_source, "statement 'Authorize': condition StringLike aws:SourceArn"),
    (partition_without_conversion, "needs a ConversionSpec for 'day', got 'None'"),
    (partition_with_unknown_function, "has FunctionSpec 'bucket'"),
    (conversion_with_identity, "has ConversionSpec 'iso' with 'identity'"),
    (two_time_functions_on_one_field, "second time function on field 'created'"),
    (data_filter, "DataFilter is not supported for DynamoDB sources"),
    (short_interval, "RefreshInterval is '5'; 15 to 8640"),
]


@pytest.mark.parametrize(("take", "reason"), PIECES, ids=[take.__name__ for take, _ in PIECES])
def test_integration_fails_without(world, take, reason):
    take(world)
    stack = world.prepare().integrate()
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    failure = world.source.failure("integration")
    assert reason in failure
    # Nothing else is wrong: every problem that is listed is of the same kind.
    codes = set(re.findall(r"([A-Za-z_]+(?:Denied|Disabled|Invalid)): ", failure))
    assert len(codes) <= 1
    assert world.source.glue.describe_integrations()["Integrations"] == []


@pytest.mark.parametrize("action", TABLE_ACTIONS)
def test_integration_fails_without_table_action(world, action):
    table_statement(world)["Action"].remove(action)
    world.prepare().integrate()
    failure = world.source.failure("integration")
    assert f"does not allow glue.amazonaws.com to perform {action} on" in failure
    assert failure.count("SourceTablePolicyDenied") == 1


ROLE_ACTIONS = [
    ("List", "s3:ListBucket"),
    *(("Data", f"s3:{name}Object") for name in ("Get", "Put", "Delete")),
    ("Database", "glue:GetDatabase"),
    *(("Tables", name) for name in ROLE_TABLE_ACTIONS),
    ("Metrics", "cloudwatch:PutMetricData"),
    *(("Logs", f"logs:{name}") for name in ("CreateLogGroup", "CreateLogStream", "PutLogEvents")),
]


@pytest.mark.parametrize(("sid", "action"), ROLE_ACTIONS, ids=[name for _, name in ROLE_ACTIONS])
def test_integration_fails_without_role_action(world, sid, action):
    statement = zero_etl.role_statement(world.target_stack, sid)
    statement["Action"] = [name for name in statement["Action"] if name != action] or ["sqs:None"]
    world.prepare().integrate()
    failure = world.source.failure("integration")
    assert f"is not authorized to perform {action} on" in failure
    denied = [part for part in failure.split("TargetRolePermissionDenied")[1:]]
    assert denied and all(f" {action} on" in part for part in denied)
