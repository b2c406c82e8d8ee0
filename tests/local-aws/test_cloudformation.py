"""The resource types that the templates use, as far as ministack lacks them or gets them wrong."""

import json
import time

import functions
import pytest
import zero_etl
from zero_etl import World


@pytest.fixture
def world(source, target):
    """The three stacks, not yet deployed."""
    return World(source, target)


def errors_of(account, stack: str, template: dict) -> str:
    """Deploy something that fails; the reason."""
    stack_now = account.deploy(stack, template)
    assert "ROLLBACK" in stack_now["StackStatus"]
    return account.failure(stack)


# AWS::DynamoDB::GlobalTable


def test_replica_settings_reach_dynamodb(source, world):
    source.deploy("source", world.source_stack)
    arn = zero_etl.table_arn(source.id)
    policy = json.loads(source.dynamodb.get_resource_policy(ResourceArn=arn)["Policy"])
    assert policy == world.replica["ResourcePolicy"]["PolicyDocument"]
    assert recovery(source) == {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35}
    assert "SSEDescription" not in source.dynamodb.describe_table(TableName="Orders")["Table"]


def recovery(account) -> dict:
    """Point-in-time recovery of the table, without the times."""
    backups = account.dynamodb.describe_continuous_backups(TableName="Orders")
    found = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return {key: value for key, value in found.items() if "DateTime" not in key}


def test_replica_settings_follow_an_update_and_items_stay(source, world):
    source.deploy("source", world.source_stack)
    source.dynamodb.put_item(TableName="Orders", Item={"PK": {"S": "1"}})
    key = source.kms.create_key()["KeyMetadata"]["Arn"]
    properties = world.source_stack["Resources"]["Table"]["Properties"]
    properties["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS"}
    world.replica["SSESpecification"] = {"KMSMasterKeyId": key}
    world.replica["PointInTimeRecoverySpecification"] = {
        "PointInTimeRecoveryEnabled": "true",
        "RecoveryPeriodInDays": "7",
    }
    del world.replica["ResourcePolicy"]
    assert source.deploy("source", world.source_stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert recovery(source)["RecoveryPeriodInDays"] == 7
    table = source.dynamodb.describe_table(TableName="Orders")["Table"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    arn = zero_etl.table_arn(source.id)
    with pytest.raises(source.dynamodb.exceptions.PolicyNotFoundException):
        source.dynamodb.get_resource_policy(ResourceArn=arn)
    assert source.dynamodb.scan(TableName="Orders")["Count"] == 1


def test_recovery_can_be_switched_off(source, world):
    source.deploy("source", world.source_stack)
    world.replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] = False
    source.deploy("source", world.source_stack)
    assert recovery(source) == {"PointInTimeRecoveryStatus": "DISABLED"}


def test_failed_update_puts_the_replica_settings_back(source, world):
    source.deploy("source", world.source_stack)
    world.replica["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] = 36
    reason = errors_of(source, "source", world.source_stack)
    assert "RecoveryPeriodInDays is 36" in reason
    assert recovery(source)["RecoveryPeriodInDays"] == 35


def test_table_that_exists_is_not_overwritten(source, world):
    source.deploy("source", world.source_stack)
    source.dynamodb.put_item(TableName="Orders", Item={"PK": {"S": "1"}})
    assert "Table already exists: Orders" in errors_of(source, "second", world.source_stack)
    assert source.dynamodb.scan(TableName="Orders")["Count"] == 1


def test_table_leaves_no_policy_behind(source, world):
    source.deploy("source", world.source_stack)
    source.delete("source")
    del world.replica["ResourcePolicy"]
    del world.replica["PointInTimeRecoverySpecification"]
    source.deploy("source", world.source_stack)
    assert recovery(source)["PointInTimeRecoveryStatus"] == "DISABLED"
    with pytest.raises(source.dynamodb.exceptions.PolicyNotFoundException):
        source.dynamodb.get_resource_policy(ResourceArn=zero_etl.table_arn(source.id))


def other_region(replica):
    replica["Region"] = "eu-west-1"


def policy_without_principal(replica):
    del replica["ResourcePolicy"]["PolicyDocument"]["Statement"][0]["Principal"]


def policy_for_other_table(replica):
    statement = replica["ResourcePolicy"]["PolicyDocument"]["Statement"][0]
    statement["Resource"] = zero_etl.table_arn("999999999999")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (other_region, "Replicas has no entry for the stack's Region us-east-1"),
        (policy_without_principal, "Statement[0] has no Principal"),
        (policy_for_other_table, "is not table Orders"),
    ],
)
def test_replica_is_refused(source, world, spoil, reason):
    spoil(world.replica)
    assert reason in errors_of(source, "source", world.source_stack)
    assert source.dynamodb.list_tables()["TableNames"] == []


# AWS::S3::Bucket


def test_bucket_encryption_reaches_s3(target, world):
    key = f"arn:aws:kms:us-east-1:{target.id}:key/0"
    rule = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }
    world.resource("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"] = [rule]
    stack = target.deploy("target", world.target_stack)
    bucket = stack["Outputs"][0]["OutputValue"]
    found = target.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    assert found["Rules"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key


def test_bucket_that_is_not_empty_stays(target, world):
    stack = target.deploy("target", world.target_stack)
    bucket = stack["Outputs"][0]["OutputValue"]
    target.s3.put_object(Bucket=bucket, Key="lake/data", Body=b"1")
    assert target.delete("target")["StackStatus"] == "DELETE_FAILED"
    assert "The bucket you tried to delete is not empty" in target.failure("target")
    target.s3.delete_object(Bucket=bucket, Key="lake/data")
    assert target.delete("target")["StackStatus"] == "DELETE_COMPLETE"


# AWS::Glue::IntegrationResourceProperty


def test_resource_property_follows_the_template(target, world):
    world.target_stack["Outputs"]["PropertyArn"] = {
        "Value": {"Fn::GetAtt": ["ResourceProperty", "ResourcePropertyArn"]}
    }
    world.target_stack["Outputs"]["Ref"] = {"Value": {"Ref": "ResourceProperty"}}
    stack = target.deploy("target", world.target_stack)
    values = outputs(stack)
    arn = zero_etl.database_arn(target.id)
    found = target.glue.get_integration_resource_property(ResourceArn=arn)
    assert found["TargetProcessingProperties"]["RoleArn"] == values["RoleArn"]
    assert found["ResourcePropertyArn"] == values["PropertyArn"]
    assert values["Ref"] == arn
    properties = world.resource("ResourceProperty")["TargetProcessingProperties"]
    properties["RoleArn"] = f"arn:aws:iam::{target.id}:role/other"
    target.deploy("target", world.target_stack)
    changed = target.glue.get_integration_resource_property(ResourceArn=arn)
    assert changed["TargetProcessingProperties"]["RoleArn"].endswith(":role/other")
    assert changed["ResourcePropertyArn"] == found["ResourcePropertyArn"]
    target.delete("target")
    with pytest.raises(target.glue.exceptions.EntityNotFoundException):
        target.glue.get_integration_resource_property(ResourceArn=arn)


def second_property(world):
    again = json.loads(json.dumps(world.target_stack["Resources"]["ResourceProperty"]))
    again["DependsOn"] = "ResourceProperty"
    world.target_stack["Resources"]["Again"] = again


def unknown_key(world):
    world.resource("ResourceProperty")["RoleArn"] = "arn"


def no_role(world):
    world.resource("ResourceProperty")["TargetProcessingProperties"] = {"KmsArn": "arn"}


def long_role(world):
    arn = f"arn:aws:iam::{world.target.id}:role/{'x' * 128}"
    world.resource("ResourceProperty")["TargetProcessingProperties"]["RoleArn"] = arn


def foreign_role(world):
    arn = "arn:aws:iam::999999999999:role/theirs"
    world.resource("ResourceProperty")["TargetProcessingProperties"]["RoleArn"] = arn


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (second_property, "already exists"),
        (unknown_key, "extraneous key [RoleArn] is not permitted"),
        (no_role, "TargetProcessingProperties.RoleArn is missing"),
        (long_role, "less than or equal to 128"),
        (foreign_role, "is not a role of account"),
    ],
)
def test_resource_property_is_refused(target, world, spoil, reason):
    spoil(world)
    assert reason in errors_of(target, "target", world.target_stack)


# AWS::Glue::Integration


def test_integration_attributes_and_tags(source, target, world):
    template = world.integration_stack
    template["Resources"]["Integration"]["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]
    for name in ("CreateTime", "Status"):
        template["Outputs"][name] = {"Value": {"Fn::GetAtt": ["Integration", name]}}
    template["Outputs"]["Ref"] = {"Value": {"Ref": "Integration"}}
    stack = world.prepare().integrate()
    values = outputs(stack)
    assert values["Status"] == "ACTIVE"
    assert values["Ref"] == f"{values['Arn']}|orders"
    assert source.glue.get_tags(ResourceArn=values["Arn"])["Tags"]["a"] == "b"
    assert source.delete("integration")["StackStatus"] == "DELETE_COMPLETE"
    assert source.glue.describe_integrations()["Integrations"] == []


def test_description_changes_in_place(source, target):
    world = World(source, target).prepare()
    stack = world.integrate()
    properties = world.integration_stack["Resources"]["Integration"]["Properties"]
    properties["Description"] = "new"
    assert world.integrate()["Outputs"] == stack["Outputs"]
    assert source.glue.describe_integrations()["Integrations"][0]["Description"] == "new"


def test_changed_interval_replaces_and_collides_with_the_old_one(source, target):
    world = World(source, target).prepare()
    arn = world.integrate()["Outputs"][0]["OutputValue"]
    properties = world.integration_stack["Resources"]["Integration"]["Properties"]
    properties["IntegrationConfig"]["RefreshInterval"] = "60"
    # A new integration is made before the old one goes: the name is taken.
    reason = errors_of(source, "integration", world.integration_stack)
    assert "integration name orders is already used" in reason
    properties["IntegrationName"] = "orders-60"
    stack = world.integrate()
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for _, _, reason in source.events("integration") if "already owned" in reason]
    assert f"already owned by integration {arn}" in reasons[0]
    found = source.glue.describe_integrations()["Integrations"]
    assert [item["IntegrationArn"] for item in found] == [arn]


def test_unknown_property_of_an_integration_is_refused(source, target):
    world = World(source, target).prepare()
    world.integration_stack["Resources"]["Integration"]["Properties"]["Refresh"] = "15"
    reason = errors_of(source, "integration", world.integration_stack)
    assert "extraneous key [Refresh] is not permitted" in reason


def test_chained_integrations_of_one_stack_succeed(source, target):
    world = World(source, target)
    world.prepare()
    second = zero_etl.source_stack(source.id, "Customers")
    source.deploy("second", second)
    document = zero_etl.catalog_policy(source.id, target.id)
    for statement in document["Statement"]:
        del statement["Condition"]
    target.glue.put_resource_policy(PolicyInJson=json.dumps(document))
    resources = world.integration_stack["Resources"]
    resources["Second"] = json.loads(json.dumps(resources["Integration"]))
    resources["Second"]["DependsOn"] = "Integration"
    resources["Second"]["Properties"].update(
        IntegrationName="customers", SourceArn=zero_etl.table_arn(source.id, "Customers")
    )
    assert world.integrate()["StackStatus"] == "CREATE_COMPLETE"
    assert source.delete("integration")["StackStatus"] == "DELETE_COMPLETE"


# The frame around them


def provider_stack(key: str) -> dict:
    """A function from a bucket, with a log group of the stack's, and guarded parameters."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    return {
        "Parameters": {
            "Name": {
                "Type": "String",
                "Default": "one",
                "AllowedPattern": "[a-z]+",
                "ConstraintDescription": "lower-case letters",
            },
            "Days": {"Type": "Number", "Default": "30", "MinValue": 1, "MaxValue": 365},
            "Bucket": {"Type": "String"},
        },
        "Conditions": {"Longer": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, "one"]}]}},
        "Rules": {
            "NoTwo": {
                "Assertions": [
                    {
                        "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, "two"]}]},
                        "AssertDescription": "two is not a name",
                    }
                ]
            }
        },
        "Resources": {
            "Logs": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {
                    "LogGroupName": {"Fn::Sub": "/aws/lambda/${AWS::StackName}-provider"},
                    "RetentionInDays": {"Ref": "Days"},
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [
                        {
                            "PolicyName": "Logs",
                            "PolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": [
                                    zero_etl.allow(
                                        "Logs",
                                        ["logs:CreateLogStream", "logs:PutLogEvents"],
                                        {"Fn::GetAtt": ["Logs", "Arn"]},
                                    )
                                ],
                            },
                        }
                    ],
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "provided.al2023",
                    "Handler": "bootstrap",
                    "Architectures": ["x86_64"],
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": key},
                    "LoggingConfig": {"LogGroup": {"Ref": "Logs"}},
                    "Timeout": 120,
                },
            },
            "Thing": {
                "Type": "Custom::Thing",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
                    "ServiceTimeout": 60,
                    "Identity": {"Ref": "Name"},
                    "Config": {
                        "Kept": "yes",
                        "Note": {"Fn::If": ["Longer", "long", {"Ref": "AWS::NoValue"}]},
                    },
                },
            },
        },
        "Outputs": {
            "Mark": {"Value": {"Fn::GetAtt": ["Thing", "Mark"]}},
            "Stream": {"Value": {"Fn::GetAtt": ["Thing", "Stream"]}},
            "Received": {"Value": {"Fn::GetAtt": ["Thing", "Received"]}},
        },
    }


def outputs(stack: dict) -> dict:
    """Outputs by name."""
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


@pytest.fixture
def code(target):
    """A bucket with the function's package under two keys."""
    bucket = f"code-{target.id}"
    target.s3.create_bucket(Bucket=bucket)
    for key in ("one.zip", "two.zip"):
        body = functions.package("custom-resource", key)
        target.s3.put_object(Bucket=bucket, Key=key, Body=body)
    return bucket


def messages_of(account, group: str) -> list[dict]:
    """The group's log lines; they arrive after the reply."""
    for _ in range(500):
        found = account.logs.filter_log_events(logGroupName=group)["events"]
        if found:
            break
        time.sleep(0.01)
    return found


def test_function_writes_to_the_log_group_of_the_stack(target, code):
    stack = target.deploy("target", provider_stack("one.zip"), Bucket=code)
    assert stack["StackStatus"] == "CREATE_COMPLETE", target.events("target")
    group = "/aws/lambda/target-provider"
    found = target.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [row["retentionInDays"] for row in found] == [30]
    messages = messages_of(target, group)
    assert any(row["message"].startswith("EVENT ") for row in messages)
    assert len(target.logs.describe_log_groups()["logGroups"]) == 1
    # The stream is the one that the function names in its replies.
    assert [row["logStreamName"] for row in messages] == [outputs(stack)["Stream"]] * len(messages)
    target.delete("target")
    assert target.logs.describe_log_groups()["logGroups"] == []


def test_function_whose_role_may_not_log_leaves_no_logs(target, code):
    template = provider_stack("one.zip")
    template["Resources"]["Role"]["Properties"]["Policies"] = []
    assert target.deploy("target", template, Bucket=code)["StackStatus"] == "CREATE_COMPLETE"
    group = "/aws/lambda/target-provider"
    assert target.logs.filter_log_events(logGroupName=group)["events"] == []


def test_no_value_is_left_out_inside_a_property(target, code):
    stack = target.deploy("target", provider_stack("one.zip"), Bucket=code)
    assert json.loads(outputs(stack)["Received"])["Config"] == {"Kept": "yes"}
    stack = target.deploy("target", provider_stack("one.zip"), Bucket=code, Name="three")
    received = json.loads(outputs(stack)["Received"])
    assert received["Config"] == {"Kept": "yes", "Note": "long"}


def test_new_code_is_used_at_once(target, code):
    stack = target.deploy("target", provider_stack("one.zip"), Bucket=code)
    assert outputs(stack)["Mark"] == "one.zip"
    stack = target.deploy("target", provider_stack("two.zip"), Bucket=code, Name="next")
    assert outputs(stack)["Mark"] == "two.zip"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Name": "ONE"}, "Parameter 'Name' lower-case letters"),
        ({"Name": "two"}, "two is not a name"),
        ({"Days": "366"}, "Days"),
    ],
)
def test_parameters_are_refused_before_anything_is_made(target, code, parameters, message):
    with pytest.raises(target.cloudformation.exceptions.ClientError, match=message):
        target.deploy("target", provider_stack("one.zip"), Bucket=code, **parameters)
    with pytest.raises(target.cloudformation.exceptions.ClientError, match="does not exist"):
        target.describe("target")


def test_retained_resources_outlive_the_stack(target, world):
    resources = world.target_stack["Resources"]
    for name in ("Bucket", "Database"):
        resources[name].update(DeletionPolicy="Retain", UpdateReplacePolicy="Retain")
    target.deploy("target", world.target_stack)
    assert target.delete("target")["StackStatus"] == "DELETE_COMPLETE"
    assert target.glue.get_database(Name="lake")["Database"]["LocationUri"].startswith("s3://")
    assert len(target.s3.list_buckets()["Buckets"]) == 1
    assert "already exists" in errors_of(target, "again", world.target_stack)


def test_failed_create_says_which_resource(target, world):
    unknown_key(world)
    target.deploy("target", world.target_stack)
    rollback = [row for row in target.events("target") if row[1] == "ROLLBACK_IN_PROGRESS"]
    assert "failed to create: [ResourceProperty]" in rollback[0][2]


def test_role_policy_change_reaches_the_running_integration(source, target):
    world = World(source, target).prepare()
    world.integrate()
    zero_etl.role_statement(world.target_stack, "Data")["Action"].remove("s3:PutObject")
    target.deploy("target", world.target_stack)
    found = source.glue.describe_integrations()["Integrations"][0]
    assert found["Status"] == "NEEDS_ATTENTION"
    assert "s3:PutObject" in found["Errors"][0]["ErrorMessage"]
