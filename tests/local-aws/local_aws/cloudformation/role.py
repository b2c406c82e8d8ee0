"""AWS::IAM::Role: the permissions boundary, which ministack drops."""

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation import handler

TYPE = "AWS::IAM::Role"
_BOUNDARY = "PermissionsBoundary"


def install() -> None:
    """Wrap ministack's handlers."""
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    theirs = dict(handlers)

    def create(logical_id, props, stack_name):
        _check(props)
        made = theirs["create"](logical_id, props, stack_name)
        iam._roles[made[0]][_BOUNDARY] = props.get(_BOUNDARY)
        return made

    def update(physical_id, old, new, stack_name, logical_id=None):
        _check(new)
        made = theirs["update"](physical_id, old, new, stack_name, logical_id)
        iam._roles[made[0]][_BOUNDARY] = new.get(_BOUNDARY)
        return made

    handlers.update(create=create, update=update)


def _check(props: dict) -> None:
    arn = props.get(_BOUNDARY)
    if arn and not iam._policy_exists(arn):
        raise handler.HandlerFailed(
            f"Scope ARN: {arn} does not exist or is not attachable.", "NotFound"
        )
