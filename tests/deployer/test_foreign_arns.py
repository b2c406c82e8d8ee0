"""No statement of a deployer's policy or a launch role reaches what its stack does not make, unless
the reason is written down here.

For each statement an ARN is built that the stack never makes and that the pattern matches. A pattern
without a wildcard names one thing, which the stack makes or the administrator gave.
"""

import fnmatch
import re

import pytest
import stage
import test_launch_roles
import test_least_privilege

VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111111111111",
    "StackName": "data",
    "SourceTableName": "Orders",
    "DatabaseName": "lake",
    "FormerDatabaseName": "pond",
    "BucketName": "lake-of-orders",
    "ProviderCodeBucket": "code",
    "ReleaseBucket": "code",
    "TargetAccountId": "222222222222",
    "TableNames": "*",
    "DatabaseNames": "*",
    "SourceKmsKeyArn": "arn:aws:kms:us-east-1:111111111111:key/1",
    "IntegrationKmsKeyArn": "arn:aws:kms:us-east-1:111111111111:key/2",
}
SERVICE_CATALOG = "SC-111111111111-pp-"
HERE = "arn:aws:{}:us-east-1:111111111111:"
NO_RESOURCES = "AWS knows no resources for these actions"
MADE_UP = "CloudFormation ends the name with 12 letters of its own, in a form that only it uses"
SC_MADE_UP = "Service Catalog ends the stack's name with letters of its own; only it uses the form"
GLUE_MADE_UP = "Glue makes up the id; account and Region are fixed"
CHOSEN = "whoever launches chooses the name; the administrator narrows it by a parameter"
KEY = "whoever launches chooses the key, whose policy decides; grants only as a service asks"

# (name of the statement, pattern) -> why it may reach more than one thing.
OF_DEPLOYERS = {
    ("Stack", HERE.format("cloudformation") + "stack/data/*"): "the stack's own id ends its ARN",
    ("DriftDetection", "*"): NO_RESOURCES,
    ("LookAtLakeFormation", "*"): NO_RESOURCES,
    ("LakeFormationIsLakeFormationManaged", "*"): NO_RESOURCES,
    ("ReadBackLogs", "*"): NO_RESOURCES,
    ("ReadBackScaling", "*"): NO_RESOURCES,
    ("Bucket", "arn:aws:s3:::data-bucket-*"): MADE_UP,
    ("LocateBuckets", "arn:aws:s3:::data-bucket-*"): MADE_UP,
    ("Function", HERE.format("lambda") + "function:data-ProviderFunction-*"): MADE_UP,
    ("LogGroup", HERE.format("logs") + "log-group:/aws/lambda/data-zeroetl-provider:*"): (
        "Lambda makes up the names of the streams of the one group"
    ),
    ("ReadProviderLog", HERE.format("logs") + "log-group:/aws/lambda/data-zeroetl-provider:*"): (
        "Lambda makes up the names of the streams of the one group"
    ),
    ("Code", "arn:aws:s3:::code/*"): "each version of the code has a key of its own; only read",
    ("Registration", HERE.format("glue") + "integrationresourceproperty/*"): GLUE_MADE_UP,
    ("Integrations", HERE.format("glue") + "integration:*"): GLUE_MADE_UP,
    ("CreateIntegration", HERE.format("glue") + "integration:*"): GLUE_MADE_UP,
}
ROLE = "arn:aws:iam::111111111111:role/"
_ROLES = {
    "Roles": ("TargetRole", "ProviderRole"),
    "RightsOfRoles": ("TargetRole", "ProviderRole"),
    "BoundaryOfRoles": ("TargetRole", "ProviderRole"),
    "PassRoleToGlue": ("TargetRole",),
    "PassRoleToLambda": ("ProviderRole",),
    "PassRoleToLakeFormationIsLakeFormationManaged": ("TargetRole",),
}
for _sid, _names in _ROLES.items():
    for _name in _names:
        OF_DEPLOYERS[_sid, f"{ROLE}data-{_name}-*"] = MADE_UP

_SC = SERVICE_CATALOG + "*"
OF_LAUNCH_ROLES = {
    ("Stacks", HERE.format("cloudformation") + f"stack/{_SC}/*"): SC_MADE_UP,
    ("LookAtTemplates", "*"): NO_RESOURCES,
    ("ReadTemplates", "*"): "buckets of Service Catalog have no known name; a tag limits it",
    ("LookAtLakeFormation", "*"): NO_RESOURCES,
    ("LakeFormationIsLakeFormationManaged", "*"): NO_RESOURCES,
    ("ReadBackLogs", "*"): NO_RESOURCES,
    ("ReadBackScaling", "*"): NO_RESOURCES,
    ("Table", HERE.format("dynamodb") + "table/*"): CHOSEN,
    ("Database", HERE.format("glue") + "database/*"): CHOSEN,
    ("Registration", HERE.format("glue") + "database/*"): CHOSEN,
    ("CreateIntegration", "arn:aws:glue:us-east-1:222222222222:database/*"): CHOSEN,
    ("CreateInboundIntegration", "arn:aws:glue:us-east-1:222222222222:database/*"): CHOSEN,
    ("TableKeyHasSourceKmsKey", HERE.format("kms") + "key/*"): KEY,
    ("GrantsOnTableKeyHasSourceKmsKey", HERE.format("kms") + "key/*"): KEY,
    ("IntegrationKeyHasIntegrationKmsKey", "arn:aws:kms:us-east-1:*:key/*"): KEY,
    ("GrantsOnIntegrationKeyHasIntegrationKmsKey", "arn:aws:kms:us-east-1:*:key/*"): KEY,
    ("Bucket", f"arn:aws:s3:::{_SC.lower()}-bucket-*"): SC_MADE_UP,
    ("Function", HERE.format("lambda") + f"function:{_SC}-ProviderFunction-*"): SC_MADE_UP,
    ("LogGroup", HERE.format("logs") + f"log-group:/aws/lambda/{_SC}-zeroetl-provider"): SC_MADE_UP,
    (
        "LogGroup",
        HERE.format("logs") + f"log-group:/aws/lambda/{_SC}-zeroetl-provider:*",
    ): SC_MADE_UP,
    ("Code", "arn:aws:s3:::code/*"): "each version of the code has a key of its own; only read",
    ("Registration", HERE.format("glue") + "integrationresourceproperty/*"): GLUE_MADE_UP,
    ("Integrations", HERE.format("glue") + "integration:*"): GLUE_MADE_UP,
    ("CreateIntegration", HERE.format("glue") + "integration:*"): GLUE_MADE_UP,
}
for _sid, _names in _ROLES.items():
    for _name in _names:
        OF_LAUNCH_ROLES[_sid, f"{ROLE}{_SC}-{_name}-*"] = SC_MADE_UP


def patterns(value: object) -> set[str]:
    """The ARNs that a Resource element comes to, in each form of an option."""
    if isinstance(value, list):
        return {item for one in value for item in patterns(one)}
    if isinstance(value, str):
        return {value}
    if "Ref" in value:
        return {VALUES[value["Ref"]]}
    if "Fn::If" in value:
        return patterns(value["Fn::If"][1:])
    text = value["Fn::Sub"]
    return {re.sub(r"\$\{([^}]+)\}", lambda found: VALUES[found.group(1)], text)}


def foreign(pattern: str) -> str:
    """An ARN that the pattern matches and no stack makes: CloudFormation never writes `!`."""
    arn = pattern.replace("*", "somebody-elses!").replace("?", "!")
    assert fnmatch.fnmatchcase(arn, pattern)
    return arn


def reached(statements: list[dict]) -> dict[tuple[str, str], str]:
    """By statement and pattern, an ARN that is not the stack's and that it reaches."""
    found = {}
    for statement in statements:
        for pattern in patterns(statement["Resource"]):
            if foreign(pattern) != pattern:
                found[statement["Sid"], pattern] = foreign(pattern)
    return found


KINDS = [*stage.KINDS]


def test_what_a_deployers_policy_reaches_beyond_its_stack_has_a_reason():
    found = {}
    for kind in KINDS:
        found |= reached(test_least_privilege.statements(kind))
    assert found.keys() == OF_DEPLOYERS.keys()


def test_what_a_launch_role_reaches_beyond_its_stack_has_a_reason():
    found = {}
    for kind in KINDS:
        found |= reached(test_launch_roles.statements(kind))
    assert found.keys() == OF_LAUNCH_ROLES.keys()


# What a company has next to a stack called `data`, or next to launched products.
NEIGHBOURS = [
    ROLE + "data-platform-admin",
    ROLE + "data-TargetRoles",
    ROLE + "SC-administrator",
    ROLE + "SC-222222222222-pp-abcdefghijklm-TargetRole-0123456789ab",
    HERE.format("lambda") + "function:data-platform",
    HERE.format("lambda") + "function:SC-tool",
    HERE.format("logs") + "log-group:/aws/lambda/data-platform",
    HERE.format("logs") + "log-group:/aws/lambda/data-platform:*",
    HERE.format("cloudformation") + "stack/data-platform/0",
    "arn:aws:s3:::data-platform",
    "arn:aws:s3:::sc-archive",
]


@pytest.mark.parametrize("arn", NEIGHBOURS)
def test_what_is_only_named_alike_is_out_of_reach(arn):
    for kind in KINDS:
        for statements in (test_least_privilege, test_launch_roles):
            for statement in statements.statements(kind):
                for pattern in patterns(statement["Resource"]) - {"*"}:
                    assert not fnmatch.fnmatchcase(arn, pattern), statement["Sid"]


def test_grants_on_keys_are_only_those_that_a_service_asks_for():
    for kind in ("source", "integration"):
        for statements in (test_least_privilege, test_launch_roles):
            for statement in statements.statements(kind):
                granting = [
                    action
                    for action in test_least_privilege.actions(statement)
                    if action in ("kms:CreateGrant", "kms:RevokeGrant")
                ]
                if granting:
                    asked = statement["Condition"]["Bool"]["kms:GrantIsForAWSResource"]
                    assert asked == "true", statement


def test_a_boundary_that_is_given_is_demanded_for_each_call_that_gives_rights():
    for statements in (test_least_privilege, test_launch_roles):
        by_sid = {item["Sid"]: item for item in statements.statements("target")}
        rights = by_sid["RightsOfRoles"]
        assert set(test_least_privilege.actions(rights)) == {
            "iam:CreateRole",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
        }
        when, demanded, _ = rights["Condition"]["Fn::If"]
        assert when == "HasPermissionsBoundary"
        wanted = {"iam:PermissionsBoundary": {"Ref": "PermissionsBoundaryArn"}}
        assert demanded == {"StringEquals": wanted}
        giving = {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"}
        for sid, statement in by_sid.items():
            if sid != "RightsOfRoles":
                assert not giving & set(test_least_privilege.actions(statement)), sid
