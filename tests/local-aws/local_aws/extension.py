"""Wire everything into ministack. The only module that says what is patched, and in what order."""

from ministack import app as ministack_app

from local_aws import function_logs, function_workers, gateway, lake_formation, settings
from local_aws.cloudformation import (
    bucket,
    bucket_policy,
    custom_resource,
    deletion,
    deployer_rights,
    events,
    failed_creates,
    global_table,
    handler,
    imports,
    integration,
    lake_formation_types,
    names,
    resource_property,
)
from local_aws.cloudformation.drift import change_sets, description, detection, execution
from local_aws.glue import api, state


def install():
    """Patch ministack and return the ASGI application to serve."""
    api.install()
    for part in (
        handler,
        events,
        failed_creates,
        deletion,
        custom_resource,
        bucket,
        bucket_policy,
        global_table,
        imports,
        integration,
        resource_property,
        lake_formation_types,
        names,
        detection,
        change_sets,
        execution,
        description,
        function_logs,
        function_workers,
        # Last: it asks before any other part acts.
        deployer_rights,
    ):
        part.install()
    _forget_on_reset()
    return gateway.wrap(ministack_app.app)


def _forget_on_reset() -> None:
    """`POST /_ministack/reset` forgets our state together with ministack's."""
    from ministack.services import glue

    theirs = glue.reset

    def reset():
        theirs()
        state.clear()
        lake_formation.clear()
        settings.reset()

    glue.reset = reset
