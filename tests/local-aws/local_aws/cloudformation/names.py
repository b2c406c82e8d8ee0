"""Names that CloudFormation makes up are new each time, and a resource that is gone is not updated.

ministack derives a made-up name from stack and logical id, so what is made again would have the
name of what was there before; and it makes again what it should update.
"""

import uuid

from ministack.services.cloudformation import provisioners, stacks

from local_aws.cloudformation import handler
from local_aws.cloudformation.drift import live

_replaces = provisioners._requires_replacement


def install() -> None:
    """Wrap creation and update."""
    their_provision = stacks._provision_resource
    their_update = stacks._update_resource

    def provision(resource_type, logical_id, props, stack_name):
        if not provisioners._NAME_SEED.get():
            provisioners._NAME_SEED.set(uuid.uuid4().hex[:8])
        return their_provision(resource_type, logical_id, props, stack_name)

    def update(
        resource_type, physical_id, old, new, stack_name, logical_id=None, old_attrs=None
    ):
        reader = live.READERS.get(resource_type)
        if old != new and reader and not _replaces(resource_type, old, new):
            if reader(physical_id, old) is None:
                raise handler.HandlerFailed(
                    f"Resource of type '{resource_type}' with identifier '{physical_id}' was not "
                    "found.",
                    "NotFound",
                )
        return their_update(
            resource_type, physical_id, old, new, stack_name, logical_id, old_attrs
        )

    stacks._provision_resource = provision
    stacks._update_resource = update
