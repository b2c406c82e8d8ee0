"""`--auth`: signatures are verified, and our Glue actions are authorised under their own names."""

import json

import pytest
import zero_etl
from conftest import Account, Server
from test_catalog_policy import refused
from zero_etl import World

CATALOG = "arn:aws:glue:us-east-1:{}:catalog"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that enforces IAM. The 12-digit keys of the other tests are root there."""
    running = Server(tmp_path_factory.mktemp("guarded") / "state", "--auth")
    running.control("PUT", "settings", {"integration_create_seconds": 0})
    yield running
    assert running.stop() == 0


@pytest.fixture
def owner(guarded, accounts):
    """The source account's root."""
    return Account(guarded, accounts().id)


@pytest.fixture
def lake(guarded, accounts):
    """The target account's root."""
    return Account(guarded, accounts().id)


def user(root: Account, *statements: dict) -> Account:
    """A user of the account with these permissions and nothing else."""
    root.iam.create_user(UserName="narrow")
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    root.iam.put_user_policy(
        UserName="narrow", PolicyName="p", PolicyDocument=json.dumps(document)
    )
    key = root.iam.create_access_key(UserName="narrow")["AccessKey"]
    return Account(
        root.server,
        root.id,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def calls(account: Account) -> dict:
    """Each of our actions with a request that passes validation."""
    arn = zero_etl.database_arn(account.id)
    pair = {"ResourceArn": arn, "TableName": "Orders"}
    integration = {"IntegrationIdentifier": f"arn:aws:glue:us-east-1:{account.id}:integration:1"}
    role = {"TargetProcessingProperties": {"RoleArn": f"arn:aws:iam::{account.id}:role/r"}}
    return {
        "GetResourcePolicy": {},
        "PutResourcePolicy": {"PolicyInJson": "{}"},
        "DeleteResourcePolicy": {},
        "CreateIntegrationTableProperties": pair,
        "UpdateIntegrationTableProperties": pair,
        "GetIntegrationTableProperties": pair,
        "DeleteIntegrationTableProperties": pair,
        "ListIntegrationTableProperties": {},
        "CreateIntegrationResourceProperty": {"ResourceArn": arn, **role},
        "UpdateIntegrationResourceProperty": {"ResourceArn": arn, **role},
        "GetIntegrationResourceProperty": {"ResourceArn": arn},
        "DeleteIntegrationResourceProperty": {"ResourceArn": arn},
        "CreateIntegration": {
            "IntegrationName": "n",
            "SourceArn": zero_etl.table_arn(account.id),
            "TargetArn": arn,
        },
        "ModifyIntegration": {**integration, "Description": "d"},
        "DeleteIntegration": integration,
        "DescribeIntegrations": integration,
        "DescribeInboundIntegrations": {"TargetArn": arn},
    }


def method(account: Account, action: str):
    """boto3's name for an action."""
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in action)
    return getattr(account.glue, name.lstrip("_"))


def test_each_action_needs_its_own_name(lake):
    nobody = user(lake, zero_etl.allow("S", "s3:*", "*"))
    for action, request in calls(lake).items():
        code, message = refused(method(nobody, action), **request)
        assert code == "AccessDeniedException", action
        assert f"is not authorized to perform: glue:{action} on resource" in message


def test_each_action_is_allowed_by_its_own_name(lake):
    somebody = user(lake, *(zero_etl.allow(name, f"glue:{name}", "*") for name in calls(lake)))
    for action, request in calls(lake).items():
        try:
            method(somebody, action)(**request)
        except somebody.glue.exceptions.ClientError as error:
            details = error.response["Error"]
            assert f"perform: glue:{action} on" not in details["Message"], action


def test_narrow_resources_suffice_for_the_provider(lake):
    lake.glue.create_database(DatabaseInput={"Name": "lake"})
    catalog, database = CATALOG.format(lake.id), zero_etl.database_arn(lake.id)
    provider = user(
        lake,
        zero_etl.allow("Policy", ["glue:GetResourcePolicy", "glue:PutResourcePolicy"], catalog),
        zero_etl.allow("Properties", "glue:*IntegrationTableProperties", [catalog, database]),
        zero_etl.allow("Guard", "glue:DescribeInboundIntegrations", "*"),
    )
    policy = zero_etl.catalog_policy("111111111111", lake.id)
    provider.glue.put_resource_policy(PolicyInJson=json.dumps(policy))
    pair = {"ResourceArn": database, "TableName": "Orders"}
    provider.glue.create_integration_table_properties(**pair)
    assert provider.glue.get_integration_table_properties(**pair)["TableName"] == "Orders"
    provider.glue.describe_inbound_integrations(TargetArn=database)
    lake.glue.create_database(DatabaseInput={"Name": "other"})
    other = {**pair, "ResourceArn": zero_etl.database_arn(lake.id, "other")}
    code, message = refused(provider.glue.create_integration_table_properties, **other)
    assert (code, ":database/other" in message) == ("AccessDeniedException", True)


def test_table_properties_are_checked_on_the_catalog_too(lake):
    database = zero_etl.database_arn(lake.id)
    half = user(lake, zero_etl.allow("P", "glue:*IntegrationTableProperties", database))
    call = half.glue.get_integration_table_properties
    assert f"resource: {CATALOG.format(lake.id)}" in refused(
        call, ResourceArn=database, TableName="Orders"
    )[1]


def test_wrong_secret_is_refused(lake):
    good = user(lake, zero_etl.allow("All", "glue:*", "*"))
    key = good._credentials["aws_access_key_id"]
    forged = Account(
        lake.server, lake.id, aws_access_key_id=key, aws_secret_access_key="not the secret"
    )
    code, _ = refused(forged.glue.get_resource_policy)
    assert code in ("InvalidSignatureException", "SignatureDoesNotMatch")


def deployer(owner: Account, *more: dict) -> Account:
    """May make integration stacks."""
    return user(
        owner,
        zero_etl.allow("Stacks", "cloudformation:*", "*"),
        zero_etl.allow(
            "Integrations",
            [
                "glue:CreateIntegration",
                "glue:DescribeIntegrations",
                "glue:DeleteIntegration",
                "glue:GetTags",
            ],
            f"arn:aws:glue:us-east-1:{owner.id}:integration:*",
        ),
        *more,
    )


def inbound(lake: Account) -> dict:
    """The caller's side of a cross-account integration."""
    resources = [CATALOG.format(lake.id), zero_etl.database_arn(lake.id)]
    return zero_etl.allow("Inbound", "glue:CreateInboundIntegration", resources)


def test_stack_acts_with_the_rights_of_its_deployer(owner, lake):
    world = World(owner, lake).prepare()
    world.source = deployer(owner, inbound(lake))
    stack = world.integrate()
    assert stack["StackStatus"] == "CREATE_COMPLETE", world.source.events("integration")
    assert world.source.delete("integration")["StackStatus"] == "DELETE_COMPLETE"


def test_cross_account_deployer_needs_inbound_rights_of_its_own(owner, lake):
    world = World(owner, lake).prepare()
    world.source = deployer(owner)
    assert world.integrate()["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = world.source.failure("integration")
    assert "no identity-based policy allows the glue:CreateInboundIntegration action" in reason


def test_in_one_account_the_catalog_policy_suffices(owner):
    world = World(owner, owner).prepare()
    world.source = deployer(owner)
    assert world.integrate()["StackStatus"] == "CREATE_COMPLETE", world.source.events("integration")


def test_catalog_policy_can_name_the_deployer(owner, lake):
    world = World(owner, lake)
    narrow = deployer(owner, inbound(lake))
    principal = {"AWS": f"arn:aws:iam::{owner.id}:user/narrow"}
    world.policy["Statement"][0]["Principal"] = principal
    world.prepare()
    # Root of the same account is somebody else now.
    request = {
        "IntegrationName": "n",
        "SourceArn": zero_etl.table_arn(owner.id),
        "TargetArn": zero_etl.database_arn(lake.id),
    }
    assert refused(owner.glue.create_integration, **request)[0] == "AccessDeniedException"
    narrow.glue.create_integration(**request)
