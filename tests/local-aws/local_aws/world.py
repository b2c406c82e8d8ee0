"""Look at what the stacks made, in ministack's own stores. Reads only.

One function per fact, so that ministack's internals are named in one place.
"""

import json
from dataclasses import dataclass
from xml.etree.ElementTree import fromstring

from ministack.core.responses import request_scope
from ministack.services import dynamodb, iam, kms, s3


@dataclass(frozen=True)
class Role:
    """An IAM role with everything that is attached to it."""

    arn: str
    trust: dict
    policies: list[dict]
    # The permissions boundary; an empty document when the policy that it names is gone.
    boundary: dict | None = None

    @property
    def sides(self) -> list[list[dict]]:
        """The groups of documents that have to allow an action, each by itself."""
        return [self.policies] if self.boundary is None else [self.policies, [self.boundary]]


@dataclass(frozen=True)
class Key:
    """A KMS key."""

    arn: str
    enabled: bool
    policy: dict


def table(account: str, region: str, name: str) -> dict | None:
    """A DynamoDB table's record."""
    with request_scope(account, region):
        return dynamodb._tables.get(name)


def point_in_time_recovery(account: str, region: str, name: str) -> bool:
    """Whether PITR is on."""
    with request_scope(account, region):
        return bool(dynamodb._pitr_settings.get(name))


def table_policy(arn: str) -> dict | None:
    """A DynamoDB table's resource policy."""
    _, _, _, region, account, _ = arn.split(":", 5)
    with request_scope(account, region):
        entry = dynamodb._resource_policies.get(arn)
    return json.loads(entry["Policy"]) if entry else None


def role(arn: str) -> Role | None:
    """A role by ARN, with its inline and attached policies."""
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    with request_scope(account, "us-east-1"):
        record = iam._roles.get(name)
        if record is None or record["Arn"] != arn:
            return None
        documents = [_document(text) for text in record.get("InlinePolicies", {}).values()]
        attached = [_managed(policy) for policy in record.get("AttachedPolicies", [])]
        documents += [document for document in attached if document]
        trust = _document(record["AssumeRolePolicyDocument"])
        limit = record.get("PermissionsBoundary")
        boundary = (_managed(limit) or {}) if limit else None
    return Role(arn, trust, documents, boundary)


def _managed(arn: str) -> dict | None:
    policy = iam._lookup_policy(arn)
    if not policy:
        return None
    return _document(policy["Versions"][policy["DefaultVersionId"]]["Document"])


def bucket_region(account: str, name: str) -> str | None:
    """Where one of the account's buckets lies; None when it has no such bucket."""
    with request_scope(account, "us-east-1"):
        record = s3._buckets.get(name)
    return (record.get("region") or "us-east-1") if record is not None else None


def bucket_policy(account: str, name: str) -> dict | None:
    """A bucket's policy."""
    with request_scope(account, "us-east-1"):
        text = s3._bucket_policies.get(name)
    return _document(text) if text else None


def bucket_key(account: str, name: str) -> str | None:
    """The customer key of a bucket's default encryption, as it was written."""
    with request_scope(account, "us-east-1"):
        text = s3._bucket_encryption.get(name)
    if not text:
        return None
    found = {element.tag.rpartition("}")[2]: element.text for element in fromstring(text).iter()}
    return found.get("KMSMasterKeyID") if found.get("SSEAlgorithm") != "AES256" else None


def key(account: str, region: str, reference: str) -> Key | None:
    """A KMS key by id, ARN or alias, seen from an account."""
    if reference.startswith("arn:"):
        region, account = reference.split(":")[3:5]
    with request_scope(account, region):
        record = kms._resolve_key(reference)
    if record is None:
        return None
    policy = _document(record.get("Policy") or "{}")
    return Key(record["Arn"], record.get("KeyState") == "Enabled", policy)


def _document(value: object) -> dict:
    return json.loads(value) if isinstance(value, str) else value
