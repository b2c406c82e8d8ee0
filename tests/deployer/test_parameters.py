"""Each parameter of each stack is changed once, forwards and back, by a deployer who may do no more
than the policy says, and nothing of the old value is left."""

import json
import re

import pytest
import rollout
import stage
from less import assert_denied, without
from rollout import Failed

OTHER = "other_lakehouse"


def _other_key(it: stage.Deployment) -> str:
    return stage.key(it.account)


def _other_code(it: stage.Deployment) -> str:
    bucket = f"other-code-{it.account.id}"
    it.account.s3.create_bucket(Bucket=bucket)
    it.account.s3.put_object(
        Bucket=bucket, Key="zeroetl/1/provider.zip", Body=stage.ZIP.read_bytes()
    )
    return bucket


# (kind, parameter) -> its other value, and what else has to be set before and after.
CHANGES = {
    ("source", "SourceTableName"): ("Customers", {}),
    ("source", "PartitionKeyName"): ("Id", {}),
    ("source", "SortKeyName"): ("Sort", {}),
    ("source", "SourceKmsKeyArn"): (_other_key, {}),
    ("source", "RecoveryPeriodInDays"): ("7", {}),
    ("target", "SourceAccountId"): ("999999999999", {}),
    ("target", "SourceTableName"): ("Customers", {}),
    ("target", "DatabaseName"): (OTHER, {"LakeFormationManaged": "Yes"}),
    ("target", "BucketName"): (lambda it: f"lake-{it.account.id}", {}),
    ("target", "TargetKmsKeyArn"): (_other_key, {}),
    ("target", "TargetTableName"): ("orders", {}),
    ("target", "UnnestSpec"): ("FULL", {}),
    ("target", "PartitionField"): (
        "customer",
        {"PartitionField": "status", "PartitionFunction": "identity"},
    ),
    ("target", "PartitionFunction"): (
        "day",
        {"PartitionField": "at", "PartitionFunction": "identity"},
    ),
    ("target", "PartitionConversion"): (
        "epoch_sec",
        {"PartitionField": "at", "PartitionFunction": "day", "PartitionConversion": "iso"},
    ),
    ("target", "EnableHybrid"): ("FALSE", {}),
    ("target", "LakeFormationManaged"): ("Yes", {}),
    ("target", "ProviderCodeBucket"): (_other_code, {}),
    ("target", "ProviderCodeKey"): ("zeroetl/2/provider.zip", {}),
    ("target", "ProviderArchitecture"): ("arm64", {}),
    ("target", "LogRetentionInDays"): ("60", {}),
    ("target", "PermissionsBoundaryArn"): (lambda it: stage.boundary(it.account, "other"), {}),
    ("target", "ForceUpdate"): ("now", {}),
    ("integration", "SourceTableName"): ("Customers", {}),
    ("integration", "TargetAccountId"): (lambda it: it.other_lake, {}),
    ("integration", "DatabaseName"): (OTHER, {}),
    ("integration", "IntegrationName"): ("other", {}),
    ("integration", "RefreshIntervalMinutes"): ("30", {}),
    ("integration", "IntegrationKmsKeyId"): (_other_key, {}),
}
# CloudFormation replaces no table under its name, and Glue takes no second integration of a table
# and database before the first is gone. `zeroetl deploy --allow-reload` removes it first.
REFUSED = {
    ("source", "PartitionKeyName"),
    ("source", "SortKeyName"),
    ("integration", "IntegrationName"),
    ("integration", "RefreshIntervalMinutes"),
    ("integration", "IntegrationKmsKeyId"),
}
# What an option made is taken away with the option's rights, so its policy is changed last.
OFF_LAST = {("target", "LakeFormationManaged")}
UNTRIED = {
    ("source", name): "the local AWS changes the type of a key, which DynamoDB never does"
    for name in ("PartitionKeyType", "SortKeyType")
}
# What has to change together with a parameter: an integration is replaced under another name only,
# since the new one is made before the old one goes, and time functions take a conversion.
TOGETHER = {
    ("integration", "SourceTableName"): {"IntegrationName": "next"},
    ("integration", "TargetAccountId"): {"IntegrationName": "next"},
    ("integration", "DatabaseName"): {"IntegrationName": "next"},
    ("integration", "RefreshIntervalMinutes"): {"IntegrationName": "next"},
    ("integration", "IntegrationKmsKeyId"): {"IntegrationName": "next"},
    ("target", "PartitionFunction"): {"PartitionConversion": "iso"},
}


def test_every_parameter_is_changed_once():
    known = {
        (kind, name)
        for kind in stage.KINDS
        for name in stage.template("zero-etl", kind)["Parameters"]
    }
    assert CHANGES.keys() | UNTRIED.keys() == known


@pytest.fixture
def prepared(new_root):
    """Makes a deployment of a kind with what it takes around it."""

    def make(kind: str, more: dict[str, str]) -> stage.Deployment:
        owner, lake = new_root(), new_root()
        if kind == "source":
            it = stage.source(owner, False)
        elif kind == "target":
            it = stage.target(lake, owner.id, False)
        else:
            it = _integration(owner, lake, new_root())
        it.parameters = {**it.parameters, **more}
        other = getattr(it, "other_lake", "none")
        it.names = {owner.id: "OWNER", lake.id: "LAKE", other: "OTHER"}
        return it

    return make


def _integration(owner, lake, other_lake) -> stage.Deployment:
    """Two tables, and three databases over two accounts, any of which may be written to."""
    tables = [stage.source(owner, False), stage.source(owner, False)]
    tables[1].stack = "customers"
    tables[1].parameters["SourceTableName"] = "Customers"
    databases = [stage.target(account, owner.id, False) for account in (lake, other_lake)]
    for earlier in (*tables, *databases):
        _deploy(earlier)
    second = databases[0]
    second.stack = "second"
    second.parameters["DatabaseName"] = OTHER
    _deploy(second)
    _open_for_customers(lake, owner.id)
    it = stage.integration(owner, lake.id, False)
    it.other_lake = other_lake.id
    return it


def _deploy(it: stage.Deployment) -> None:
    found = it.account.deploy(it.stack, it.template, **it.parameters)
    assert found["StackStatus"] == "CREATE_COMPLETE", it.account.failure(it.stack)


def _open_for_customers(lake, owner: str) -> None:
    """What a target stack of the other table would add to the catalog's policy."""
    found = lake.glue.get_resource_policy()
    document = found["PolicyInJson"].replace("table/Orders", "table/Customers")
    statements = json.loads(document)["Statement"]
    for number, statement in enumerate(statements):
        statement["Sid"] = f"Customers{number}"
    both = json.loads(found["PolicyInJson"])
    both["Statement"] += statements
    lake.glue.put_resource_policy(PolicyInJson=json.dumps(both), EnableHybrid="TRUE")
    for database in (stage.DATABASE,):
        lake.glue.create_integration_table_properties(
            ResourceArn=f"arn:aws:glue:{stage.REGION}:{lake.id}:database/{database}",
            TableName="Customers",
            TargetTableConfig={"UnnestSpec": "TOPLEVEL"},
        )


def state(it: stage.Deployment, parameters: dict[str, str]) -> object:
    """All that the stack made and that does not hold data, without what is made up."""
    look = {"source": _table, "target": _lake, "integration": _integrations}[it.kind]
    text = json.dumps(look(it, parameters), default=str, sort_keys=True)
    for account, name in it.names.items():
        text = text.replace(account, name)
    text = re.sub(r"(-[A-Za-z]+(?:Role|Function)|-bucket)-[A-Za-z0-9]+", r"\1-X", text)
    # The stack's mark in the catalog's policy.
    text = re.sub(r'"Sid": "[^"]*"', '"Sid": ""', text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID", text)
    return json.loads(text)


def _table(it, parameters):
    name = parameters.get("SourceTableName", "Orders")
    table = it.account.dynamodb.describe_table(TableName=name)["Table"]
    backups = it.account.dynamodb.describe_continuous_backups(TableName=name)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    policy = it.account.dynamodb.get_resource_policy(ResourceArn=table["TableArn"])["Policy"]
    kept = ("KeySchema", "AttributeDefinitions")
    return [
        {key: table[key] for key in kept},
        table.get("SSEDescription", {}).get("KMSMasterKeyArn", "") != "",
        recovery["RecoveryPeriodInDays"],
        json.loads(policy),
    ]


def _lake(it, parameters):
    root = it.account
    head = f"arn:aws:glue:{stage.REGION}:{root.id}:database/"
    databases = [head + name for name in (stage.DATABASE, OTHER)]
    pairs = [(arn, table) for arn in databases for table in ("Orders", "Customers")]
    roles = root.iam.list_roles()["Roles"]
    functions = root.awslambda.list_functions()["Functions"]
    groups = root.logs.describe_log_groups()["logGroups"]
    return {
        "registered": [
            _found(root.glue.get_integration_resource_property, ResourceArn=arn)
            for arn in databases
        ],
        "properties": [
            _found(root.glue.get_integration_table_properties, ResourceArn=arn, TableName=table)
            for arn, table in pairs
        ],
        "policy": json.loads(root.glue.get_resource_policy()["PolicyInJson"]),
        "roles": [
            [
                role["RoleName"],
                role["AssumeRolePolicyDocument"],
                root.iam.get_role(RoleName=role["RoleName"])["Role"].get("PermissionsBoundary"),
                [
                    root.iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)[
                        "PolicyDocument"
                    ]
                    for policy in root.iam.list_role_policies(RoleName=role["RoleName"])[
                        "PolicyNames"
                    ]
                ],
            ]
            for role in sorted(roles, key=lambda role: role["RoleName"])
        ],
        "functions": [
            [it["FunctionName"], it["Architectures"], it["Role"], it["CodeSha256"]]
            for it in functions
        ],
        "groups": [[it["logGroupName"], it.get("retentionInDays")] for it in groups],
    }


def _integrations(it, parameters):
    kept = ("IntegrationName", "SourceArn", "TargetArn", "KmsKeyId", "IntegrationConfig")
    found = it.account.glue.describe_integrations()["Integrations"]
    return [{key: item.get(key) for key in kept} for item in found]


def _found(read, **request):
    try:
        found = read(**request)
    except Exception as error:
        if "EntityNotFound" in str(error) or "ResourceNotFound" in str(error):
            return None
        raise
    found.pop("ResponseMetadata")
    return found


def _changed(it: stage.Deployment, name: str, value: object) -> dict[str, str]:
    known = {**it.parameters, name: value(it) if callable(value) else value}
    return {**known, **TOGETHER.get((it.kind, name), {})}


def _former(name: str, parameters: dict[str, str]) -> dict[str, str]:
    """What the administrator tells the policy about the version before."""
    return {"FormerDatabaseName": parameters[name]} if name == "DatabaseName" else {}


def _free(it: stage.Deployment, name: str) -> None:
    """Takes away by hand what an update keeps, so that its name can be taken again."""
    if (it.kind, name) == ("target", "DatabaseName"):
        it.account.glue.delete_database(Name=stage.DATABASE)
    if (it.kind, name) == ("source", "SourceTableName"):
        it.account.dynamodb.delete_table(TableName="Orders")


def _hand_over(it: stage.Deployment, parameters: dict[str, str], former: dict[str, str]) -> dict:
    """Changes the deployer's policy, as the administrator does before the stack is changed."""
    before, it.parameters = it.parameters, parameters
    document = stage.policy_of(it, former)
    it.parameters = before
    it.account.iam.put_user_policy(
        UserName="deployer", PolicyName="deploys", PolicyDocument=json.dumps(document)
    )
    return document


@pytest.mark.parametrize(("kind", "name"), sorted(CHANGES.keys() - REFUSED), ids=str)
def test_a_parameter_that_changes_leaves_nothing_of_its_old_value(prepared, kind, name):
    value, more = CHANGES[kind, name]
    it = prepared(kind, more)
    changed = _changed(it, name, value)
    deployer = stage.user(it.account, "deployer", stage.policy_of(it))
    rollout.change(deployer, it.stack, "CREATE", it.template, it.parameters, [])
    first = state(it, it.parameters)
    _hand_over(it, changed, _former(name, it.parameters))
    rollout.change(deployer, it.stack, "UPDATE", it.template, changed, [])
    second = state(it, changed)
    _assert_as_fresh(prepared, it, name, second)
    assert not _failures(it)
    _free(it, name)
    if (kind, name) not in OFF_LAST:
        _hand_over(it, it.parameters, _former(name, changed))
    rollout.change(deployer, it.stack, "UPDATE", it.template, it.parameters, [])
    assert state(it, it.parameters) == first
    assert not _failures(it)


def _failures(it: stage.Deployment) -> list[str]:
    """What could not be made, changed or taken away; an orphan is left without anybody's notice."""
    events = it.account.events(it.stack)
    return [reason for _, status, reason in events if status.endswith("_FAILED")]


def _assert_as_fresh(prepared, it: stage.Deployment, name: str, found: object) -> None:
    """As if nothing had been there before."""
    value, more = CHANGES[it.kind, name]
    fresh = prepared(it.kind, more)
    fresh.parameters = _changed(fresh, name, value)
    _deploy(fresh)
    assert found == state(fresh, fresh.parameters)


@pytest.mark.parametrize(("kind", "name"), sorted(REFUSED), ids=str)
def test_a_change_that_is_refused_changes_nothing(prepared, kind, name):
    it = prepared(kind, {})
    deployer = stage.user(it.account, "deployer", stage.policy_of(it))
    rollout.change(deployer, it.stack, "CREATE", it.template, it.parameters, [])
    first = state(it, it.parameters)
    changed = _changed(it, name, CHANGES[kind, name][0])
    _hand_over(it, changed, {})
    with pytest.raises(Failed):
        rollout.change(deployer, it.stack, "UPDATE", it.template, changed, [])
    assert state(it, it.parameters) == first


FORMER = [
    "glue:DeleteIntegrationResourceProperty",
    "glue:GetDatabase",
]


@pytest.mark.parametrize("action", FORMER)
def test_clean_up_after_another_database_takes_each_of_its_actions(prepared, action):
    it = prepared("target", {"LakeFormationManaged": "Yes"})
    deployer = stage.user(it.account, "deployer", stage.policy_of(it))
    rollout.change(deployer, it.stack, "CREATE", it.template, it.parameters, [])
    changed = {**it.parameters, "DatabaseName": OTHER}
    document = _hand_over(it, changed, _former("DatabaseName", it.parameters))
    less = without(document, "FormerDatabase", action)
    it.account.iam.put_user_policy(
        UserName="deployer", PolicyName="deploys", PolicyDocument=json.dumps(less)
    )
    rollout.change(deployer, it.stack, "UPDATE", it.template, changed, [])
    assert_denied("; ".join(_failures(it)), action)
