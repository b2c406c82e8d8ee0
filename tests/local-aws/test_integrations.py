"""The life of an integration, who may make one, and what it shares with others."""

import json
import time

import pytest
import zero_etl
from test_catalog_policy import refused
from zero_etl import World


@pytest.fixture
def world(source, target):
    """Everything but the integration."""
    return World(source, target).prepare()


def request(world, **change) -> dict:
    """A CreateIntegration request that works."""
    return {
        "IntegrationName": "orders",
        "SourceArn": zero_etl.table_arn(world.source.id),
        "TargetArn": zero_etl.database_arn(world.target.id),
        **change,
    }


def status(account) -> str:
    """The status of the only integration."""
    return account.glue.describe_integrations()["Integrations"][0]["Status"]


def settled(account) -> str:
    """Its status once nothing is in progress."""
    while status(account) in ("CREATING", "MODIFYING"):
        time.sleep(0.01)
    return status(account)


@pytest.fixture
def pace(server):
    """Sets how long operations take: `pace(60)` holds them, `pace(0)` ends them."""

    def change(seconds: float) -> None:
        names = ("integration_create_seconds", "integration_delete_seconds")
        server.control("PUT", "settings", dict.fromkeys(names, seconds))

    yield change
    change(0.03)


def test_integration_is_creating_then_active_then_deleting_then_gone(world, pace):
    pace(60)
    made = world.source.glue.create_integration(**request(world, Description="d"))
    assert made["Status"] == "CREATING"
    assert made["IntegrationConfig"] == {"RefreshInterval": "15"}
    arn = made["IntegrationArn"]
    assert arn.startswith(f"arn:aws:glue:us-east-1:{world.source.id}:integration:")
    early = refused(world.source.glue.delete_integration, IntegrationIdentifier=arn)
    assert early[0] == "InvalidIntegrationStateFault"
    pace(0)
    assert status(world.source) == "ACTIVE"
    pace(60)
    assert world.source.glue.delete_integration(IntegrationIdentifier=arn)["Status"] == "DELETING"
    twice = refused(world.source.glue.delete_integration, IntegrationIdentifier=arn)
    assert twice[0] == "InvalidIntegrationStateFault"
    pace(0)
    assert world.source.glue.describe_integrations()["Integrations"] == []
    late = refused(world.source.glue.delete_integration, IntegrationIdentifier=arn)
    assert late[0] == "IntegrationNotFoundFault"


def test_both_accounts_see_it_in_their_own_way(world):
    arn = world.source.glue.create_integration(**request(world))["IntegrationArn"]
    target_arn = zero_etl.database_arn(world.target.id)
    inbound = world.target.glue.describe_inbound_integrations(TargetArn=target_arn)
    assert [row["IntegrationArn"] for row in inbound["InboundIntegrations"]] == [arn]
    assert world.target.glue.describe_integrations()["Integrations"] == []
    assert world.source.glue.describe_inbound_integrations()["InboundIntegrations"] == []
    unknown = zero_etl.database_arn(world.target.id, "nowhere")
    call = world.target.glue.describe_inbound_integrations
    assert refused(call, TargetArn=unknown)[0] == "TargetResourceNotFound"
    call = world.target.glue.delete_integration
    assert refused(call, IntegrationIdentifier=arn)[0] == "IntegrationNotFoundFault"


def test_describe_filters(world):
    world.source.glue.create_integration(**request(world))
    describe = world.source.glue.describe_integrations
    for name, hit, miss in (
        ("IntegrationName", "orders", "others"),
        ("SourceArn", zero_etl.table_arn(world.source.id), "arn"),
    ):
        assert len(describe(Filters=[{"Name": name, "Values": [hit]}])["Integrations"]) == 1
        assert describe(Filters=[{"Name": name, "Values": [miss]}])["Integrations"] == []
    assert refused(describe, IntegrationIdentifier="absent")[0] == "IntegrationNotFoundFault"


def test_modify_changes_the_interval_in_place(world, pace):
    pace(60)
    arn = world.source.glue.create_integration(**request(world))["IntegrationArn"]
    modify = world.source.glue.modify_integration
    change = {"IntegrationIdentifier": arn, "IntegrationConfig": {"RefreshInterval": "60"}}
    assert refused(modify, **change)[0] == "InvalidIntegrationStateFault"
    pace(0)
    assert modify(**change)["IntegrationConfig"] == {"RefreshInterval": "60"}
    assert status(world.source) == "ACTIVE"
    found = world.source.glue.describe_integrations()["Integrations"][0]
    assert found["IntegrationConfig"]["RefreshInterval"] == "60"


def test_source_account_alone_creates(world):
    code, message = refused(world.target.glue.create_integration, **request(world))
    assert code == "AccessDeniedException"
    assert f"account {world.target.id} does not own source" in message


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"SourceArn": "arn:aws:dynamodb:x"}, "InvalidInputException", "is not a DynamoDB table"),
        ({"TargetArn": "arn:aws:glue:x"}, "InvalidInputException", "is not a Glue database ARN"),
        ({"KmsKeyId": "alias/absent"}, "KMSKeyNotAccessibleFault", "alias/absent"),
        ({"AdditionalEncryptionContext": {"a": "b"}}, "InvalidInputException", "needs a KmsKeyId"),
        (
            {"IntegrationConfig": {"ContinuousSync": False}},
            "InvalidInputException",
            "ContinuousSync is not supported",
        ),
        (
            {"IntegrationConfig": {"RefreshInterval": "8641"}},
            "InvalidInputException",
            "15 to 8640 minutes",
        ),
    ],
)
def test_request_is_refused(world, change, code, message):
    found = refused(world.source.glue.create_integration, **request(world, **change))
    assert found[0] == code
    assert message in found[1]


def test_source_table_has_to_exist(world):
    arn = zero_etl.table_arn(world.source.id, "Absent")
    code, message = refused(world.source.glue.create_integration, **request(world, SourceArn=arn))
    assert code == "EntityNotFoundException"
    assert "Absent does not exist" in message


def test_database_name_with_a_hyphen_is_refused_late(world):
    # The table properties take it, as on AWS.
    world.target.glue.create_database(DatabaseInput={"Name": "my-lake"})
    arn = zero_etl.database_arn(world.target.id, "my-lake")
    world.target.glue.create_integration_table_properties(ResourceArn=arn, TableName="Orders")
    code, message = refused(world.source.glue.create_integration, **request(world, TargetArn=arn))
    assert code == "ValidationException"
    assert "'my-lake' contains invalid characters" in message


def test_source_and_target_have_to_be_in_one_region(world):
    arn = zero_etl.table_arn(world.source.id).replace("us-east-1", "eu-west-1")
    message = refused(world.source.glue.create_integration, **request(world, SourceArn=arn))[1]
    assert "both have to be in one Region" in message


def test_missing_database_is_found_only_by_those_whom_the_catalog_admits(world):
    arn = zero_etl.database_arn(world.target.id, "elsewhere")
    call = world.source.glue.create_integration
    assert refused(call, **request(world, TargetArn=arn))[0] == "AccessDeniedException"
    text = json.dumps(world.policy).replace("database/lake", "database/*")
    world.target.glue.put_resource_policy(PolicyInJson=text)
    assert refused(call, **request(world, TargetArn=arn))[0] == "EntityNotFoundException"


def test_name_is_unique_in_the_source_account(world):
    add_table(world, "Customers")
    arn = world.source.glue.create_integration(**request(world))["IntegrationArn"]
    settled(world.source)
    other = zero_etl.table_arn(world.source.id, "Customers")
    code, message = refused(world.source.glue.create_integration, **request(world, SourceArn=other))
    assert code == "ConflictException"
    assert f"integration name orders is already used by {arn}" in message


def add_table(world, name: str) -> None:
    """Another source table, admitted by the catalog."""
    stack = zero_etl.source_stack(world.source.id, name)
    assert world.source.deploy(name, stack)["StackStatus"] == "CREATE_COMPLETE"
    document = zero_etl.catalog_policy(world.source.id, world.target.id)
    arns = [zero_etl.table_arn(world.source.id, table) for table in ("Orders", name)]
    for statement in document["Statement"]:
        statement["Condition"] = {"StringEquals": {"aws:SourceArn": arns}}
    world.target.glue.put_resource_policy(PolicyInJson=json.dumps(document))


def test_pair_belongs_to_one_integration_until_it_is_gone(world, pace):
    first = world.source.glue.create_integration(**request(world))["IntegrationArn"]
    settled(world.source)
    second = request(world, IntegrationName="again")
    code, message = refused(world.source.glue.create_integration, **second)
    assert code == "ConflictException"
    assert f"already owned by integration {first}" in message
    pace(60)
    world.source.glue.delete_integration(IntegrationIdentifier=first)
    assert refused(world.source.glue.create_integration, **second)[0] == "ConflictException"
    pace(0)
    world.source.glue.create_integration(**second)


def test_one_operation_at_a_time_on_a_target(world, pace):
    add_table(world, "Customers")
    pace(60)
    world.source.glue.create_integration(**request(world))
    arn = zero_etl.table_arn(world.source.id, "Customers")
    second = request(world, IntegrationName="customers", SourceArn=arn)
    code, message = refused(world.source.glue.create_integration, **second)
    assert code == "IntegrationConflictOperationFault"
    assert "another operation is in progress" in message
    pace(0)
    world.source.glue.create_integration(**second)


def test_output_name_belongs_to_one_source_table(world):
    add_table(world, "Customers")
    target_arn = zero_etl.database_arn(world.target.id)
    world.target.glue.create_integration_table_properties(
        ResourceArn=target_arn,
        TableName="Customers",
        TargetTableConfig={"TargetTableName": "orders"},
    )
    world.source.glue.create_integration(**request(world))
    settled(world.source)
    arn = zero_etl.table_arn(world.source.id, "Customers")
    second = request(world, IntegrationName="customers", SourceArn=arn)
    code, message = refused(world.source.glue.create_integration, **second)
    assert code == "ConflictException"
    assert "target table name orders is already used for source table Orders" in message


def test_running_integration_needs_attention_and_recovers(world):
    world.source.glue.create_integration(**request(world))
    assert settled(world.source) == "ACTIVE"
    world.target.glue.delete_resource_policy()
    found = world.source.glue.describe_integrations()["Integrations"][0]
    assert found["Status"] == "NEEDS_ATTENTION"
    assert {error["ErrorCode"] for error in found["Errors"]} == {"CatalogPolicyDenied"}
    world.target.glue.put_resource_policy(PolicyInJson=json.dumps(world.policy))
    assert status(world.source) == "ACTIVE"


def test_target_torn_down_first_needs_attention(world):
    world.source.glue.create_integration(**request(world))
    settled(world.source)
    world.target.delete("target")
    found = world.source.glue.describe_integrations()["Integrations"][0]
    assert found["Status"] == "NEEDS_ATTENTION"
    assert found["Errors"][0]["ErrorCode"] == "TargetDatabaseNotFound"


def test_same_account_needs_no_create_statement(source):
    world = World(source, source)
    world.policy["Statement"] = world.policy["Statement"][1:]
    world.prepare()
    source.glue.create_integration(**request(world))
    assert settled(source) == "ACTIVE"


def test_statement_without_source_condition_admits_every_table(world):
    for statement in world.policy["Statement"]:
        del statement["Condition"]
    world.target.glue.put_resource_policy(PolicyInJson=json.dumps(world.policy))
    world.source.glue.create_integration(**request(world))
    assert settled(world.source) == "ACTIVE"


def key_policy(account: str, *statements: dict) -> dict:
    """The account's own access, and more."""
    own = {
        "Sid": "Own",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [own, *statements]}


def test_customer_key_of_the_table_has_to_admit_glue(source, target):
    key = source.kms.create_key(Policy=json.dumps(key_policy(source.id)))["KeyMetadata"]["Arn"]
    world = World(source, target)
    properties = world.source_stack["Resources"]["Table"]["Properties"]
    properties["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS"}
    world.replica["SSESpecification"] = {"KMSMasterKeyId": key}
    world.prepare()
    source.glue.create_integration(**request(world))
    assert settled(source) == "NEEDS_ATTENTION"
    errors = source.glue.describe_integrations()["Integrations"][0]["Errors"]
    assert {error["ErrorCode"] for error in errors} == {"SourceKeyNotAccessible"}
    admit = {
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": source.id}},
    }
    policy = json.dumps(key_policy(source.id, admit))
    source.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    assert status(source) == "ACTIVE"


def test_customer_key_of_the_bucket_has_to_admit_the_role_and_the_role_the_key(source, target):
    key = target.kms.create_key(Policy=json.dumps(key_policy(target.id)))["KeyMetadata"]["Arn"]
    world = World(source, target)
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    world.resource("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"] = [rule]
    world.prepare()
    source.glue.create_integration(**request(world))
    assert settled(source) == "NEEDS_ATTENTION"
    errors = source.glue.describe_integrations()["Integrations"][0]["Errors"]
    assert {error["ErrorCode"] for error in errors} == {"TargetKeyNotAccessible"}
    assert any("kms:GenerateDataKey" in error["ErrorMessage"] for error in errors)
    statements = world.resource("Role")["Policies"][0]["PolicyDocument"]["Statement"]
    statements.append(zero_etl.allow("Key", ["kms:Decrypt", "kms:GenerateDataKey*"], key))
    target.deploy("target", world.target_stack)
    assert status(source) == "ACTIVE"
    # The role may, but now the key does not know the account any more.
    closed = key_policy("999999999999")
    target.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(closed))
    assert status(source) == "NEEDS_ATTENTION"


def test_status_can_be_forced_for_tests(world, server):
    arn = world.source.glue.create_integration(**request(world))["IntegrationArn"]
    settled(world.source)
    server.control("PUT", "settings", {"integration_status": {arn: "FAILED"}})
    try:
        assert status(world.source) == "FAILED"
    finally:
        server.control("PUT", "settings", {"integration_status": {}})
