"""Which AWS calls the handler of each resource type makes with the deployer's rights.

CloudFormation is a caller like any other: what a stack makes, reads back, changes and deletes, its
deployer has to be allowed. The registry publishes per handler the actions that it may call; a test
compares the tables here with that. A call that belongs to a property is made when the property is
set; a read handler gives back the whole resource, so it makes all of its calls.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ministack.services import iam

TAGS = "stack tags"
UNTAG = "a stack tag that is gone"


@dataclass(frozen=True)
class Subject:
    """The resource that an operation is about."""

    account: str
    region: str
    stack: str
    logical_id: str
    physical_id: str | None
    props: dict

    def arn(self, service: str, resource: str) -> str:
        """An ARN of the stack's account and Region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def name(self, given: str) -> str:
        """The physical name: known, given, or as CloudFormation will make it up."""
        return self.physical_id or self.props.get(given) or f"{self.stack}-{self.logical_id}-0"


Places = Callable[[Subject], list[str]]


@dataclass(frozen=True)
class Call:
    """One call: the action, what it is checked on, and what it is made for."""

    action: str
    places: Places
    needs: str | Callable[[Subject], bool] | None = None
    context: dict[str, str] = field(default_factory=dict)

    def context_of(self, subject: Subject) -> dict[str, str]:
        """The condition keys that the call is made with."""
        boundary = subject.props.get("PermissionsBoundary")
        if boundary and self.action in _WITH_BOUNDARY:
            return {**self.context, "iam:PermissionsBoundary": boundary}
        return self.context


# "iam:PermissionsBoundary: checks that the specified policy is attached as permissions boundary on
# the IAM principal resource". An update that sets a boundary is taken to set it first.
_WITH_BOUNDARY = {
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
}


def anything(_: Subject) -> list[str]:
    """No resource of its own."""
    return ["*"]


def _table(it: Subject) -> list[str]:
    return [it.arn("dynamodb", f"table/{it.name('TableName')}")]


def _table_key(it: Subject) -> list[str]:
    keys = [(replica.get("SSESpecification") or {}) for replica in it.props.get("Replicas") or []]
    return [key["KMSMasterKeyId"] for key in keys if "KMSMasterKeyId" in key]


def _bucket(it: Subject) -> list[str]:
    return [f"arn:aws:s3:::{it.name('BucketName').lower()}"]


def _bucket_of_policy(it: Subject) -> list[str]:
    return [f"arn:aws:s3:::{it.props['Bucket']}"]


def _database(it: Subject) -> list[str]:
    given = it.props.get("DatabaseName") or (it.props.get("DatabaseInput") or {}).get("Name")
    name = given or it.name("DatabaseName")
    return [it.arn("glue", "catalog"), it.arn("glue", f"database/{name}")]


def _role(it: Subject) -> list[str]:
    return [f"arn:aws:iam::{it.account}:role/{it.name('RoleName')}"]


def _loses_boundary(it: Subject) -> bool:
    role = iam._roles.get(it.physical_id) or {}
    return bool(role.get("PermissionsBoundary")) and "PermissionsBoundary" not in it.props


def _passed(path: str) -> Places:
    return lambda it: [_at(it.props, path)]


def _function(it: Subject) -> list[str]:
    return [it.arn("lambda", f"function:{it.name('FunctionName')}")]


def _configured(it: Subject) -> list[str]:
    name = it.props.get("FunctionName", "")
    return [name if name.startswith("arn:") else it.arn("lambda", f"function:{name}")]


def _code(it: Subject) -> list[str]:
    return [f"arn:aws:s3:::{it.props['Code']['S3Bucket']}/{it.props['Code']['S3Key']}"]


def _service_token(it: Subject) -> list[str]:
    return [it.props["ServiceToken"]]


def _log_group(it: Subject) -> list[str]:
    return [it.arn("logs", f"log-group:{it.name('LogGroupName')}")]


def _registered(it: Subject) -> list[str]:
    return [it.arn("glue", "catalog"), it.props["ResourceArn"]]


def _registration(it: Subject) -> list[str]:
    return [it.arn("glue", "integrationresourceproperty/0")]


def _integration(it: Subject) -> list[str]:
    known = (it.physical_id or "").partition("|")[0]
    return [known or it.arn("glue", "integration:0")]


def _integration_key(it: Subject) -> list[str]:
    key = it.props["KmsKeyId"]
    return [key if key.startswith("arn:") else it.arn("kms", f"key/{key}")]


def _granted_database(it: Subject) -> list[str]:
    name = it.props["Resource"]["Database"]["Name"]
    return [it.arn("glue", "catalog"), it.arn("glue", f"database/{name}")]


def _at(props: object, path: str) -> object:
    """The value at a path such as `Replicas.ResourcePolicy`; lists are looked through."""
    first, _, rest = path.partition(".")
    if isinstance(props, list):
        found = [_at(item, path) for item in props]
        return next((value for value in found if value is not None), None)
    value = props.get(first) if isinstance(props, dict) else None
    return _at(value, rest) if rest and value is not None else value


def is_made(call: Call, subject: Subject, tagged: bool, untagged: bool) -> bool:
    """Whether what the call is for is there."""
    if call.needs == TAGS:
        return tagged
    if call.needs == UNTAG:
        return untagged
    if callable(call.needs):
        return call.needs(subject)
    return call.needs is None or _at(subject.props, call.needs) is not None


def _calls(
    places: Places,
    *actions: str,
    needs: str | Callable[[Subject], bool] | None = None,
    **context: str,
) -> list[Call]:
    named = {key.replace("_", ":"): value for key, value in context.items()}
    return [Call(action, places, needs, named) for action in actions]


def _tagging(places: Places, tag: list[str], untag: list[str]) -> dict[str, list[Call]]:
    return {
        "create": _calls(places, *tag, needs=TAGS),
        "update": [*_calls(places, *tag, needs=TAGS), *_calls(places, *untag, needs=UNTAG)],
    }


def _merge(*parts: dict[str, list[Call]]) -> dict[str, list[Call]]:
    merged: dict[str, list[Call]] = {}
    for part in parts:
        for operation, calls in part.items():
            merged.setdefault(operation, []).extend(calls)
    return merged


_VIA_DYNAMODB = {"kms_ViaService": "dynamodb.us-east-1.amazonaws.com"}
# "kms:GrantIsForAWSResource: filters access to CreateGrant, ListGrants and RevokeGrant when an AWS
# service calls on the caller's behalf".
_FOR_A_SERVICE = {"kms_GrantIsForAWSResource": "true"}
_READ_TABLE = [
    *_calls(
        _table,
        "dynamodb:DescribeTable",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeContributorInsights",
        "dynamodb:DescribeKinesisStreamingDestination",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:GetResourcePolicy",
        "dynamodb:ListTagsOfResource",
    ),
    *_calls(anything, "application-autoscaling:DescribeScalableTargets"),
    *_calls(_table_key, "kms:DescribeKey", needs="SSESpecification", **_VIA_DYNAMODB),
]
_READ_BUCKET = _calls(
    _bucket,
    "s3:GetAccelerateConfiguration",
    "s3:GetAnalyticsConfiguration",
    "s3:GetBucketAbac",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketMetadataTableConfiguration",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetIntelligentTieringConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListTagsForResource",
)
_BUCKET_SETTINGS = [
    *_calls(_bucket, "s3:PutEncryptionConfiguration", needs="BucketEncryption"),
    *_calls(_bucket, "s3:PutBucketPublicAccessBlock", needs="PublicAccessBlockConfiguration"),
    *_calls(_bucket, "s3:PutBucketOwnershipControls", needs="OwnershipControls"),
    *_calls(_bucket, "s3:PutBucketVersioning", needs="VersioningConfiguration"),
]
_LAKE_FORMATION_LOOKS = _calls(
    anything,
    "lakeformation:ListResources",
    "lakeformation:DescribeResource",
    "lakeformation:DescribeLakeFormationIdentityCenterConfiguration",
)
_READ_ROLE = _calls(
    _role,
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
)
_READ_FUNCTION = _calls(
    _function,
    "lambda:GetFunction",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetFunctionRecursionConfig",
    "lambda:GetFunctionScalingConfig",
    "lambda:GetRuntimeManagementConfig",
)
_PASS_TO_LAMBDA = _calls(
    _passed("Role"), "iam:PassRole", needs="Role", iam_PassedToService="lambda.amazonaws.com"
)
_READ_LOG_GROUP = [
    *_calls(
        _log_group,
        "logs:ListTagsForResource",
        "logs:GetDataProtectionPolicy",
        "logs:DescribeIndexPolicies",
    ),
    *_calls(anything, "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"),
]
_REGISTERED_ROLE = "TargetProcessingProperties.RoleArn"
_PASS_TO_GLUE = _calls(
    _passed(_REGISTERED_ROLE),
    "iam:PassRole",
    needs=_REGISTERED_ROLE,
    iam_PassedToService="glue.amazonaws.com",
)
_PASS_TO_LAKE_FORMATION = _calls(
    _passed("RoleArn"),
    "iam:PassRole",
    needs="RoleArn",
    iam_PassedToService="lakeformation.amazonaws.com",
)
_READ_GRANT = [
    *_calls(anything, "lakeformation:ListPermissions"),
    *_calls(_granted_database, "glue:GetDatabase", needs="Resource.Database"),
]
_INVOKE = _calls(_service_token, "lambda:InvokeFunction")

# Glue's own calls for integrations and registrations are real calls here, which check themselves.
HANDLERS: dict[str, dict[str, list[Call]]] = {
    "AWS::DynamoDB::GlobalTable": _merge(
        {
            "create": [
                *_calls(_table, "dynamodb:CreateTable"),
                *_calls(
                    _table,
                    "dynamodb:UpdateContinuousBackups",
                    needs="Replicas.PointInTimeRecoverySpecification",
                ),
                *_calls(_table, "dynamodb:PutResourcePolicy", needs="Replicas.ResourcePolicy"),
                *_calls(
                    _table_key,
                    "kms:CreateGrant",
                    needs="SSESpecification",
                    **_VIA_DYNAMODB,
                    **_FOR_A_SERVICE,
                ),
                *_calls(
                    _table_key, "kms:Decrypt", needs="SSESpecification", **_VIA_DYNAMODB
                ),
            ],
            "read": _READ_TABLE,
            "update": [
                *_calls(_table, "dynamodb:UpdateTable"),
                *_calls(
                    _table,
                    "dynamodb:UpdateContinuousBackups",
                    needs="Replicas.PointInTimeRecoverySpecification",
                ),
                *_calls(_table, "dynamodb:PutResourcePolicy", needs="Replicas.ResourcePolicy"),
                *_calls(
                    _table_key,
                    "kms:CreateGrant",
                    "kms:RevokeGrant",
                    needs="SSESpecification",
                    **_VIA_DYNAMODB,
                    **_FOR_A_SERVICE,
                ),
            ],
            "delete": _calls(_table, "dynamodb:DeleteTable"),
        },
        _tagging(_table, ["dynamodb:TagResource"], ["dynamodb:UntagResource"]),
    ),
    "AWS::S3::Bucket": _merge(
        {
            "create": [
                *_calls(_bucket, "s3:CreateBucket", "s3:GetBucketAcl"),
                *_BUCKET_SETTINGS,
            ],
            "read": _READ_BUCKET,
            "update": _BUCKET_SETTINGS,
            "delete": _calls(_bucket, "s3:DeleteBucket", "s3:ListBucket"),
        },
        _tagging(_bucket, ["s3:PutBucketTagging", "s3:TagResource"], ["s3:UntagResource"]),
    ),
    "AWS::S3::BucketPolicy": {
        "create": _calls(_bucket_of_policy, "s3:PutBucketPolicy"),
        "read": _calls(_bucket_of_policy, "s3:GetBucketPolicy"),
        "update": _calls(_bucket_of_policy, "s3:PutBucketPolicy"),
        "delete": _calls(_bucket_of_policy, "s3:DeleteBucketPolicy"),
    },
    "AWS::Glue::Database": {
        "create": [*_calls(_database, "glue:CreateDatabase"), *_LAKE_FORMATION_LOOKS],
        "read": [*_calls(_database, "glue:GetDatabase"), *_LAKE_FORMATION_LOOKS],
        "update": [*_calls(_database, "glue:UpdateDatabase"), *_LAKE_FORMATION_LOOKS],
        "delete": [
            *_calls(_database, "glue:DeleteDatabase", "glue:GetDatabase"),
            *_LAKE_FORMATION_LOOKS,
        ],
    },
    "AWS::IAM::Role": _merge(
        {
            "create": [
                *_calls(_role, "iam:CreateRole"),
                *_calls(_role, "iam:PutRolePolicy", needs="Policies"),
                *_calls(_role, "iam:AttachRolePolicy", needs="ManagedPolicyArns"),
            ],
            "read": _READ_ROLE,
            "update": [
                *_calls(_role, "iam:UpdateAssumeRolePolicy"),
                *_calls(_role, "iam:UpdateRole", "iam:UpdateRoleDescription", needs="Description"),
                *_calls(_role, "iam:PutRolePermissionsBoundary", needs="PermissionsBoundary"),
                *_calls(_role, "iam:DeleteRolePermissionsBoundary", needs=_loses_boundary),
                *_calls(_role, "iam:PutRolePolicy", "iam:DeleteRolePolicy", needs="Policies"),
                *_calls(
                    _role, "iam:AttachRolePolicy", "iam:DetachRolePolicy", needs="ManagedPolicyArns"
                ),
            ],
            "delete": [
                *_calls(
                    _role,
                    "iam:DeleteRole",
                    "iam:GetRole",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListRolePolicies",
                ),
                *_calls(_role, "iam:DeleteRolePolicy", needs="Policies"),
                *_calls(_role, "iam:DetachRolePolicy", needs="ManagedPolicyArns"),
            ],
        },
        _tagging(_role, ["iam:TagRole"], ["iam:UntagRole"]),
    ),
    "AWS::Lambda::Function": _merge(
        {
            "create": [
                *_calls(_function, "lambda:CreateFunction"),
                *_PASS_TO_LAMBDA,
                *_calls(_code, "s3:GetObject", needs="Code.S3Bucket"),
            ],
            "read": _READ_FUNCTION,
            "update": [
                *_calls(
                    _function, "lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode"
                ),
                *_PASS_TO_LAMBDA,
                *_calls(_code, "s3:GetObject", needs="Code.S3Bucket"),
            ],
            "delete": _calls(_function, "lambda:DeleteFunction", "lambda:GetFunction"),
        },
        _tagging(_function, ["lambda:TagResource"], ["lambda:UntagResource"]),
    ),
    "AWS::Lambda::EventInvokeConfig": {
        "create": _calls(_configured, "lambda:PutFunctionEventInvokeConfig"),
        "read": _calls(_configured, "lambda:GetFunctionEventInvokeConfig"),
        "update": _calls(_configured, "lambda:UpdateFunctionEventInvokeConfig"),
        "delete": _calls(_configured, "lambda:DeleteFunctionEventInvokeConfig"),
    },
    "AWS::Logs::LogGroup": _merge(
        {
            "create": [
                *_calls(_log_group, "logs:CreateLogGroup"),
                *_calls(_log_group, "logs:PutRetentionPolicy", needs="RetentionInDays"),
            ],
            "read": _READ_LOG_GROUP,
            "update": _calls(_log_group, "logs:PutRetentionPolicy", needs="RetentionInDays"),
            "delete": [
                *_calls(_log_group, "logs:DeleteLogGroup"),
                *_calls(anything, "logs:DescribeLogGroups"),
            ],
        },
        _tagging(_log_group, ["logs:TagResource"], ["logs:UntagResource"]),
    ),
    "AWS::Glue::IntegrationResourceProperty": _merge(
        {
            "create": _PASS_TO_GLUE,
            "read": [
                *_calls(_registered, "glue:GetIntegrationResourceProperty"),
                *_calls(_registration, "glue:GetTags"),
            ],
            "update": [
                *_PASS_TO_GLUE,
                *_calls(_registered, "glue:UpdateIntegrationResourceProperty"),
            ],
        },
        _tagging(_registration, ["glue:TagResource"], ["glue:UntagResource"]),
    ),
    "AWS::Glue::Integration": _merge(
        {
            "create": [
                *_calls(
                    _integration_key, "kms:CreateGrant", needs="KmsKeyId", **_FOR_A_SERVICE
                ),
                *_calls(_integration_key, "kms:DescribeKey", needs="KmsKeyId"),
            ],
            "read": _calls(_integration, "glue:DescribeIntegrations", "glue:GetTags"),
            "update": _calls(_integration, "glue:ModifyIntegration"),
        },
        _tagging(_integration, ["glue:TagResource"], ["glue:UntagResource"]),
    ),
    "AWS::LakeFormation::Resource": {
        "create": [*_calls(anything, "lakeformation:RegisterResource"), *_PASS_TO_LAKE_FORMATION],
        "read": _calls(anything, "lakeformation:DescribeResource"),
        "update": [*_calls(anything, "lakeformation:UpdateResource"), *_PASS_TO_LAKE_FORMATION],
        "delete": _calls(anything, "lakeformation:DeregisterResource"),
    },
    "AWS::LakeFormation::PrincipalPermissions": {
        "create": [*_calls(anything, "lakeformation:GrantPermissions"), *_READ_GRANT],
        "read": _READ_GRANT,
        "delete": [*_calls(anything, "lakeformation:RevokePermissions"), *_READ_GRANT],
    },
}
_CUSTOM = {"create": _INVOKE, "update": _INVOKE, "delete": _INVOKE}


def of(resource_type: str, operation: str) -> list[Call]:
    """The calls of one handler; none for a type that is not modelled."""
    if re.match("Custom::|AWS::CloudFormation::CustomResource$", resource_type):
        return _CUSTOM[operation] if operation in _CUSTOM else []
    return HANDLERS.get(resource_type, {}).get(operation, [])


def actions() -> set[str]:
    """Every action of every handler."""
    types = [*HANDLERS.values(), _CUSTOM]
    return {call.action for operations in types for calls in operations.values() for call in calls}
