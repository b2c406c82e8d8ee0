"""AWS::S3::BucketPolicy: known by the bucket's name, and never over a policy that is there."""

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation import handler

TYPE = "AWS::S3::BucketPolicy"


def install() -> None:
    """Wrap ministack's handlers."""
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    theirs = dict(handlers)

    def create(logical_id, props, stack_name):
        bucket = props.get("Bucket", "")
        if bucket not in s3._buckets:
            raise handler.HandlerFailed("The specified bucket does not exist", "NotFound")
        if s3._bucket_policies.get(bucket):
            raise handler.HandlerFailed(
                f"The bucket policy already exists on bucket {bucket}.", "AlreadyExists"
            )
        theirs["create"](logical_id, props, stack_name)
        return bucket, {}

    def update(physical_id, old, new, stack_name):
        theirs["update"](physical_id, old, new, stack_name)
        return physical_id, {}

    handlers.update(create=create, update=update)
    provisioners._REPLACING_PROPERTIES[TYPE] = ("Bucket",)
