"""Executing a drift-aware change set.

Before the engine compares, what it knows of a drifted resource becomes what is live: so it writes
the template's values back, and a rollback restores the live ones. A resource that is gone is made
again, under a new name unless the template names it.
"""

import copy

from ministack.services import cloudformation as engine
from ministack.services.cloudformation import changesets, handlers, helpers


def install() -> None:
    """Wrap the execution and its end."""
    their_execute = handlers._ACTION_HANDLERS["ExecuteChangeSet"]
    their_tracking = changesets._track_change_set_execution

    def execute(params):
        name, stack_name = helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName")
        _, change_set = changesets._find_change_set(name, stack_name)
        if change_set and "_drift" in change_set and change_set["ExecutionStatus"] == "AVAILABLE":
            stack = engine._stacks[change_set["StackName"]]
            change_set["_before"] = copy.deepcopy(stack["_resources"])
            _see(stack["_resources"], change_set["_drift"])
            answer = their_execute(params)
            if answer[0] != 200:
                stack["_resources"] = change_set["_before"]
            return answer
        return their_execute(params)

    async def track(change_set, stack, deploy):
        await their_tracking(change_set, stack, deploy)
        if "_before" in change_set and change_set["ExecutionStatus"] == "EXECUTE_FAILED":
            _forget(stack["_resources"], change_set["_drift"], change_set["_before"])

    handlers._ACTION_HANDLERS["ExecuteChangeSet"] = execute
    changesets._track_change_set_execution = track


def _see(resources: dict, found: dict) -> None:
    for logical_id, item in found.items():
        if item.status == "DELETED":
            resources.pop(logical_id, None)
        elif item.live and logical_id in resources:
            record = resources[logical_id]
            record["Properties"] = {**record["Properties"], **item.live}


def _forget(resources: dict, found: dict, before: dict) -> None:
    """After a rollback the stack expects again what its template says."""
    for logical_id, item in found.items():
        if item.status == "DELETED":
            resources.setdefault(logical_id, before[logical_id])
        elif item.live and logical_id in resources:
            resources[logical_id]["Properties"] = before[logical_id]["Properties"]
