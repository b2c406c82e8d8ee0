"""The source: table, point-in-time recovery, encryption, table policy."""

from local_aws import world
from local_aws.checks.pair import Pair, Problem
from local_aws.glue.errors import invalid_input, not_found
from local_aws.iam import evaluate

SERVICE = evaluate.Principal.service("glue.amazonaws.com")
_EXPORT = "export/01700000000000-00000000"
# DescribeExport is authorised on the export, not on the table.
_ACTIONS = (
    ("dynamodb:DescribeTable", ""),
    ("dynamodb:ExportTableToPointInTime", ""),
    ("dynamodb:DescribeExport", f"/{_EXPORT}"),
)
# Open on AWS: the exact key policy. This is the Redshift variant's, with DescribeKey.
_KEY_ACTIONS = ("kms:Decrypt", "kms:DescribeKey")


def refuse(pair: Pair) -> None:
    """What fails the create call at once."""
    region = pair.source_arn.split(":")[3]
    if region != pair.region:
        # Nobody documents cross-Region; the Redshift variant demands one Region.
        raise invalid_input(
            f"source table is in {region} and target database in {pair.region}; "
            "both have to be in one Region"
        )
    table = world.table(pair.source_account, pair.region, pair.table)
    if table is None:
        raise not_found(f"source table {pair.source_arn} does not exist")
    if _uses_managed_key(table):
        raise invalid_input(
            f"source table {pair.table} is encrypted with the AWS-managed key aws/dynamodb, "
            "which zero-ETL does not support; use the AWS-owned key or a customer-managed key"
        )


def problems(pair: Pair) -> list[Problem]:
    """What keeps a running integration from reading the table."""
    table = world.table(pair.source_account, pair.region, pair.table)
    if table is None:
        return [Problem("SourceTableNotFound", f"source table {pair.source_arn} does not exist")]
    found = []
    if not world.point_in_time_recovery(pair.source_account, pair.region, pair.table):
        found.append(
            Problem(
                "SourcePointInTimeRecoveryDisabled",
                f"point-in-time recovery is not enabled on source table {pair.table}",
            )
        )
    return found + _policy(pair) + _key(pair, table)


def _policy(pair: Pair) -> list[Problem]:
    document = world.table_policy(pair.source_arn)
    if document is None:
        return [
            Problem("SourceTablePolicyDenied", f"source table {pair.table} has no resource policy")
        ]
    found = []
    for action, suffix in _ACTIONS:
        request = evaluate.Request(
            action, pair.source_arn + suffix, SERVICE, _service_context(pair)
        )
        if evaluate.decide(document, request) is not evaluate.Decision.ALLOWED:
            found.append(
                Problem(
                    "SourceTablePolicyDenied",
                    f"the resource policy of source table {pair.table} does not allow "
                    f"glue.amazonaws.com to perform {action} on {request.resource}: "
                    f"{evaluate.explain([document], request)}",
                )
            )
    return found


def _key(pair: Pair, table: dict) -> list[Problem]:
    reference = (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    if not reference or (table["SSEDescription"].get("Status") != "ENABLED"):
        return []
    key = world.key(pair.source_account, pair.region, reference)
    if key is None or not key.enabled:
        return [Problem("SourceKeyNotAccessible", f"key {reference} of the source table is gone")]
    found = []
    for action in _KEY_ACTIONS:
        request = evaluate.Request(action, key.arn, SERVICE, _service_context(pair))
        if evaluate.decide(key.policy, request) is not evaluate.Decision.ALLOWED:
            found.append(
                Problem(
                    "SourceKeyNotAccessible",
                    f"the policy of key {key.arn} of source table {pair.table} does not allow "
                    f"glue.amazonaws.com to perform {action}: "
                    f"{evaluate.explain([key.policy], request)}",
                )
            )
    return found


def _service_context(pair: Pair) -> dict:
    return {
        "aws:SourceAccount": pair.source_account,
        "aws:SourceArn": pair.integration_arn,
        "aws:PrincipalIsAWSService": "true",
        "aws:SecureTransport": "true",
    }


def _uses_managed_key(table: dict) -> bool:
    description = table.get("SSEDescription") or {}
    if description.get("Status") != "ENABLED":
        return False
    reference = description.get("KMSMasterKeyArn") or "alias/aws/dynamodb"
    return reference.endswith("alias/aws/dynamodb")
