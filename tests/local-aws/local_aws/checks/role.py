"""The target role: who may assume it, and every action that the documentation lists for it.

https://docs.aws.amazon.com/glue/latest/dg/zero-etl-target.html. Permissions boundaries and
service control policies are not looked at.
"""

from local_aws import world
from local_aws.checks.pair import Pair, Problem
from local_aws.checks.source import SERVICE
from local_aws.checks.target import registered_role
from local_aws.glue import state
from local_aws.iam import evaluate

_TABLE_ACTIONS = (
    "CreateTable",
    "GetTable",
    "GetTables",
    "UpdateTable",
    "DeleteTable",
    "GetTableVersion",
    "GetTableVersions",
    "GetResourcePolicy",
)
_OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
_LOG_GROUP = "/aws-glue/zeroETL-integrations/logs/"


def problems(pair: Pair) -> list[Problem]:
    """Everything that the role lacks."""
    arn = registered_role(pair)
    role = world.role(arn) if arn else None
    if role is None:
        return [Problem("TargetRoleNotFound", f"target role {arn} does not exist")]
    # Open on AWS: which condition keys a trust policy may use. None is filled in here.
    trust = evaluate.Request("sts:AssumeRole", evaluate.ANY_RESOURCE, SERVICE)
    if evaluate.decide(role.trust, trust) is not evaluate.Decision.ALLOWED:
        return [
            Problem(
                "TargetRoleTrustDenied",
                f"target role {arn} does not allow glue.amazonaws.com to perform sts:AssumeRole: "
                f"{evaluate.explain([role.trust], trust)}",
            )
        ]
    found = []
    for request in _needed(pair):
        if evaluate.decide_sides(role.sides, request) is not evaluate.Decision.ALLOWED:
            found.append(
                Problem(
                    "TargetRolePermissionDenied",
                    f"target role {arn} is not authorized to perform {request.action} on "
                    f"{request.resource}: {evaluate.explain_sides(role.sides, request)}",
                )
            )
    return found + _bucket_denies(pair, arn) + _keys(pair, role)


def _needed(pair: Pair) -> list[evaluate.Request]:
    return _storage(pair) + _catalog(pair) + _monitoring(pair)


def _storage(pair: Pair) -> list[evaluate.Request]:
    bucket, prefix = pair.location() or ("", "")
    folder = f"{prefix}/" if prefix else ""
    context = {"aws:ResourceAccount": pair.target_account, "aws:SecureTransport": "true"}
    listing = {**context, "s3:prefix": folder}
    requests = [evaluate.Request("s3:ListBucket", f"arn:aws:s3:::{bucket}", context=listing)]
    for name in ("data/00000-0.parquet", "metadata/00000-0.metadata.json"):
        requests += [
            evaluate.Request(action, f"arn:aws:s3:::{bucket}/{folder}{name}", context=context)
            for action in _OBJECT_ACTIONS
        ]
    return requests


def _catalog(pair: Pair) -> list[evaluate.Request]:
    table = f"{pair.target_arn.replace(':database/', ':table/')}/{_target_table(pair)}"
    requests = [
        evaluate.Request("glue:GetDatabase", resource)
        for resource in (pair.catalog_arn, pair.target_arn)
    ]
    for action in _TABLE_ACTIONS:
        for resource in (pair.catalog_arn, pair.target_arn, table):
            requests.append(evaluate.Request(f"glue:{action}", resource))
    return requests


def _monitoring(pair: Pair) -> list[evaluate.Request]:
    logs = f"arn:aws:logs:{pair.region}:{pair.target_account}:log-group:{_LOG_GROUP}"
    stream = f"{logs}:log-stream:{pair.integration_arn.rpartition(':')[2]}"
    return [
        evaluate.Request(
            "cloudwatch:PutMetricData", "*", context={"cloudwatch:namespace": "AWS/Glue/ZeroETL"}
        ),
        evaluate.Request("logs:CreateLogGroup", logs),
        evaluate.Request("logs:CreateLogStream", stream),
        evaluate.Request("logs:PutLogEvents", stream),
    ]


def _bucket_denies(pair: Pair, role_arn: str) -> list[Problem]:
    bucket, _ = pair.location() or ("", "")
    document = world.bucket_policy(pair.target_account, bucket)
    if document is None:
        return []
    principal = evaluate.Principal("principal", role_arn)
    for request in _storage(pair):
        context = {**request.context, "aws:PrincipalArn": role_arn}
        asked = evaluate.Request(request.action, request.resource, principal, context)
        if evaluate.decide(document, asked) is evaluate.Decision.DENIED:
            return [
                Problem(
                    "TargetBucketPolicyDenied",
                    f"the policy of bucket {bucket} denies target role {role_arn} {request.action}",
                )
            ]
    return []


def _keys(pair: Pair, role: world.Role) -> list[Problem]:
    bucket, _ = pair.location() or ("", "")
    entry = state.region(pair.target_account, pair.region).resource_properties[pair.target_arn]
    references = {
        world.bucket_key(pair.target_account, bucket),
        entry["TargetProcessingProperties"].get("KmsArn"),
    }
    found = []
    for reference in sorted(filter(None, references)):
        found += _key(pair, role, reference)
    return found


def _key(pair: Pair, role: world.Role, reference: str) -> list[Problem]:
    if reference.endswith("alias/aws/s3"):
        return []
    key = world.key(pair.target_account, pair.region, reference)
    if key is None or not key.enabled:
        return [Problem("TargetKeyNotAccessible", f"key {reference} of the target is gone")]
    found = []
    for action in _KEY_ACTIONS:
        context = {
            "kms:ViaService": f"s3.{pair.region}.amazonaws.com",
            "kms:CallerAccount": pair.target_account,
            "aws:PrincipalArn": role.arn,
            "aws:PrincipalAccount": pair.target_account,
        }
        own = evaluate.Request(action, key.arn, context=context)
        asked = evaluate.Request(
            action, key.arn, evaluate.Principal("principal", role.arn), context
        )
        sides = (
            ("target role " + role.arn, role.sides, own),
            (f"the policy of key {key.arn}", [[key.policy]], asked),
        )
        for who, needed, request in sides:
            if evaluate.decide_sides(needed, request) is not evaluate.Decision.ALLOWED:
                found.append(
                    Problem(
                        "TargetKeyNotAccessible",
                        f"{who} does not allow {action} on {key.arn} for target role {role.arn}: "
                        f"{evaluate.explain_sides(needed, request)}",
                    )
                )
    return found


def _target_table(pair: Pair) -> str:
    target = state.region(pair.target_account, pair.region)
    known = target.table_properties.get((pair.target_arn, pair.table), {})
    return known.get("TargetTableConfig", {}).get("TargetTableName") or pair.table.lower()
