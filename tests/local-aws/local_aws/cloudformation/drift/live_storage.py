"""Read handlers of the types that hold data: tables, buckets, bucket policies."""

import json
from xml.etree.ElementTree import Element, fromstring

from ministack.core.responses import get_region
from ministack.services import dynamodb, kms, s3

from local_aws.cloudformation import global_table

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def table(name: str, props: dict) -> dict | None:
    """A global table. Its resource policy is not read: CloudFormation does not see its drift."""
    found = dynamodb._tables.get(name)
    if found is None:
        return None
    billing = (found.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    encryption = found.get("SSEDescription")
    read = {
        "TableName": name,
        "BillingMode": billing,
        "AttributeDefinitions": found.get("AttributeDefinitions", []),
        "KeySchema": found.get("KeySchema", []),
        "SSESpecification": {"SSEEnabled": bool(encryption), "SSEType": "KMS"},
        "Replicas": [_replica(name, found, item) for item in props.get("Replicas") or []],
    }
    stream = found.get("StreamSpecification") or {}
    if stream.get("StreamEnabled"):
        read["StreamSpecification"] = {"StreamViewType": stream.get("StreamViewType")}
    return read


def _replica(name: str, found: dict, wanted: dict) -> dict:
    if wanted.get("Region") != get_region():
        return wanted
    recovery = {"PointInTimeRecoveryEnabled": bool(dynamodb._pitr_settings.get(name))}
    if recovery["PointInTimeRecoveryEnabled"]:
        recovery["RecoveryPeriodInDays"] = global_table.recovery_days(name)
    # What is not modelled of a replica is as the template has it.
    read = {
        **wanted,
        "PointInTimeRecoverySpecification": recovery,
        "DeletionProtectionEnabled": bool(found.get("DeletionProtectionEnabled")),
        "TableClass": (found.get("TableClassSummary") or {}).get("TableClass", "STANDARD"),
    }
    key = (found.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    if "SSESpecification" in wanted:
        read["SSESpecification"] = {"KMSMasterKeyId": _same_key(wanted["SSESpecification"], key)}
    if "Tags" in wanted:
        arn = found.get("TableArn")
        tags = dynamodb._tags.get(arn, [])
        known = [tag for tag in tags if not tag["Key"].startswith("aws:")]
        read["Tags"] = known
    return read


def _same_key(wanted: dict, live: str | None) -> str | None:
    """The live key in the template's spelling, when that names the same key."""
    written = wanted.get("KMSMasterKeyId")
    record = kms._resolve_key(written) if written else None
    return written if record and record["Arn"] == live else live


def bucket(name: str, _props: dict) -> dict | None:
    """A bucket with the settings that the project's templates use."""
    found = s3._buckets.get(name)
    if found is None:
        return None
    read: dict = {"BucketName": name}
    encryption = fromstring(s3._get_bucket_encryption(name)[2])
    rules = [_encryption_rule(rule) for rule in _named(encryption, "Rule")]
    read["BucketEncryption"] = {"ServerSideEncryptionConfiguration": rules}
    blocks = found.get("_public_access_block")
    stored = fromstring(blocks) if blocks else Element("none")
    read["PublicAccessBlockConfiguration"] = {
        name: _text(stored, name) == "true" for name in _BLOCKS
    }
    controls = found.get("_ownership_controls")
    if controls:
        owner = _text(fromstring(controls), "ObjectOwnership")
        read["OwnershipControls"] = {"Rules": [{"ObjectOwnership": owner}]}
    read["VersioningConfiguration"] = {"Status": s3._bucket_versioning.get(name) or "Suspended"}
    tags = s3._bucket_tags.get(name) or {}
    read["Tags"] = [
        {"Key": key, "Value": value} for key, value in tags.items() if not key.startswith("aws:")
    ]
    return read


def _encryption_rule(rule: Element) -> dict:
    default = {"SSEAlgorithm": _text(rule, "SSEAlgorithm")}
    key = _text(rule, "KMSMasterKeyID")
    if key:
        default["KMSMasterKeyID"] = key
    return {
        "ServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": _text(rule, "BucketKeyEnabled") == "true",
    }


def bucket_policy(_physical_id: str, props: dict) -> dict | None:
    """A bucket's policy; gone with the bucket."""
    name = props.get("Bucket", "")
    text = s3._bucket_policies.get(name)
    if name not in s3._buckets or not text:
        return None
    return {"Bucket": name, "PolicyDocument": json.loads(text)}


def _named(root: Element, name: str) -> list[Element]:
    return [item for item in root.iter() if item.tag.rpartition("}")[2] == name]


def _text(root: Element, name: str) -> str | None:
    return next((item.text for item in _named(root, name)), None)


