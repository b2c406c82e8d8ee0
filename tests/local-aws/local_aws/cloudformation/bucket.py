"""AWS::S3::Bucket: encryption and ownership, which ministack drops; a bucket that is not empty."""

from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation import handler

TYPE = "AWS::S3::Bucket"


def install() -> None:
    """Add the property, and guard the deletion."""
    provisioners._S3_BUCKET_CONFIGURATIONS += (
        ("BucketEncryption", _xml, _put, s3._delete_bucket_encryption),
        ("OwnershipControls", _owner_xml, _put_owner, s3._delete_bucket_ownership_controls),
    )
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    theirs = handlers["delete"]

    def delete(physical_id, props):
        if (s3._buckets.get(physical_id) or {}).get("objects"):
            raise handler.HandlerFailed(
                f"The bucket you tried to delete is not empty: {physical_id}",
                "GeneralServiceException",
            )
        theirs(physical_id, props)

    handlers["delete"] = delete


def _xml(encryption: dict) -> bytes:
    root = Element("ServerSideEncryptionConfiguration", xmlns=s3.S3_NS)
    for rule in encryption.get("ServerSideEncryptionConfiguration") or []:
        element = SubElement(root, "Rule")
        default = rule.get("ServerSideEncryptionByDefault") or {}
        applied = SubElement(element, "ApplyServerSideEncryptionByDefault")
        for name in ("SSEAlgorithm", "KMSMasterKeyID"):
            if default.get(name):
                SubElement(applied, name).text = str(default[name])
        if "BucketKeyEnabled" in rule:
            enabled = provisioners._cfn_bool(rule["BucketKeyEnabled"])
            SubElement(element, "BucketKeyEnabled").text = str(enabled).lower()
    return tostring(root, encoding="utf-8")


def _owner_xml(controls: dict) -> bytes:
    root = Element("OwnershipControls", xmlns=s3.S3_NS)
    for rule in controls.get("Rules") or []:
        owner = SubElement(SubElement(root, "Rule"), "ObjectOwnership")
        owner.text = str(rule.get("ObjectOwnership"))
    return tostring(root, encoding="utf-8")


def _put_owner(name: str, body: bytes) -> None:
    s3._put_bucket_ownership_controls(name, body)


def _put(name: str, body: bytes) -> None:
    status, _, answer = s3._put_bucket_encryption(name, body)
    if status >= 400:
        raise handler.HandlerFailed(answer.decode(), "InvalidRequest")
