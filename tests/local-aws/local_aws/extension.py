"""Wire everything into ministack. The only module that says what is patched, and in what order."""

from ministack import app as ministack_app

from local_aws import (
    authorized_on,
    faults,
    function_logs,
    function_workers,
    gateway,
    interception,
    lake_formation,
    settings,
)
from local_aws.cloudformation import (
    access_key,
    bucket,
    bucket_policy,
    cleanup,
    custom_resource,
    deletion,
    deployer_rights,
    events,
    existing,
    failed_creates,
    global_table,
    handler,
    handler_faults,
    imports,
    integration,
    lake_formation_types,
    names,
    progress,
    replacement,
    resource_property,
    role,
    stack_rules,
)
from local_aws.cloudformation.drift import change_sets, description, detection, execution
from local_aws.glue import api, state


def install():
    """Patch ministack and return the ASGI application to serve."""
    api.install()
    for part in (
        handler,
        replacement,
        cleanup,
        # Before the events are put right, so that it sees what is reported.
        progress,
        events,
        failed_creates,
        deletion,
        access_key,
        custom_resource,
        bucket,
        bucket_policy,
        global_table,
        imports,
        integration,
        resource_property,
        lake_formation_types,
        role,
        existing,
        names,
        detection,
        change_sets,
        execution,
        description,
        stack_rules,
        function_logs,
        function_workers,
        interception,
        authorized_on,
        handler_faults,
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
        faults.clear()

    glue.reset = reset
