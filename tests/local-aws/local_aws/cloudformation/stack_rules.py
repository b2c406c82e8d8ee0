"""What CloudFormation refuses because of a stack's status, and the shell that a change set makes.

ministack creates over a failed stack, updates one that cannot be updated, runs two operations at
once, and makes a new shell for each change set of type CREATE.
"""

import re

from ministack.services import cloudformation as engine
from ministack.services.cloudformation import changesets, handlers, helpers

_SHELL = "REVIEW_IN_PROGRESS"
_UPDATABLE = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    # Failed with rollback disabled.
    "CREATE_FAILED",
    "UPDATE_FAILED",
)


def install() -> None:
    """Demand capabilities always, and check the status first."""
    # ministack asks for capabilities under AUTH only; AWS always does.
    handlers._capabilities_enforced = lambda: True
    _wrap("CreateStack", _before_create)
    _wrap("UpdateStack", _before_update)
    _wrap("DeleteStack", _before_delete)
    theirs = handlers._ACTION_HANDLERS["CreateChangeSet"]

    def create_change_set(params):
        stack = _stack(params)
        kind = helpers._p(params, "ChangeSetType", "UPDATE")
        refusal = _before_change_set(stack, kind, params)
        if refusal:
            return refusal
        if kind == "CREATE" and stack and stack["StackStatus"] == _SHELL:
            return _into_shell(theirs, stack, params)
        return theirs(params)

    their_execute = handlers._ACTION_HANDLERS["ExecuteChangeSet"]

    def execute(params):
        name, stack_name = helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName")
        known = handlers._resolve_stack(stack_name)
        _, change_set = changesets._find_change_set(
            name, known["StackName"] if known else stack_name
        )
        stack = engine._stacks.get(change_set["StackName"]) if change_set else None
        # An executed or failed change set is refused for its own status first.
        if stack and change_set["ExecutionStatus"] == "AVAILABLE":
            return _before_execute(stack, change_set) or their_execute(params)
        return their_execute(params)

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create_change_set
    handlers._ACTION_HANDLERS["ExecuteChangeSet"] = execute


def _wrap(action: str, check) -> None:
    theirs = handlers._ACTION_HANDLERS[action]

    def checked(params):
        stack = _stack(params)
        return (check(stack, params) if stack else None) or theirs(params)

    handlers._ACTION_HANDLERS[action] = checked


def _stack(params: dict) -> dict | None:
    found = handlers._resolve_stack(helpers._p(params, "StackName"))
    return None if found and found["StackStatus"] == "DELETE_COMPLETE" else found


def _before_create(stack: dict, _params: dict) -> tuple | None:
    return helpers._error(
        "AlreadyExistsException", f"Stack [{stack['StackName']}] already exists"
    )


def _before_update(stack: dict, _params: dict) -> tuple | None:
    return None if stack["StackStatus"] in _UPDATABLE else _not_now(stack)


def _not_now(stack: dict) -> tuple:
    return helpers._error(
        "ValidationError",
        f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not be updated.",
    )


def _before_delete(stack: dict, _params: dict) -> tuple | None:
    status = stack["StackStatus"]
    if status == "DELETE_IN_PROGRESS":
        return helpers._xml(200, "DeleteStackResponse", "")
    if status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS"):
        return helpers._error(
            "ValidationError",
            f"Stack [{stack['StackId']}] cannot be deleted while in status {status}",
        )
    return None


def _before_change_set(stack: dict | None, kind: str, params: dict) -> tuple | None:
    if stack is None:
        return None
    if kind == "UPDATE":
        return _before_update(stack, params)
    if kind == "CREATE" and stack["StackStatus"] != _SHELL:
        name = helpers._p(params, "ChangeSetName")
        return helpers._error(
            "AlreadyExistsException",
            f"Stack [{stack['StackName']}] already exists and cannot be created again with the "
            f"changeSet [{name}].",
        )
    return None


def _before_execute(stack: dict, change_set: dict) -> tuple | None:
    """Two change sets of one stack can be available; the second finds the stack at work."""
    kind = change_set.get("ChangeSetType", "UPDATE")
    if stack["StackStatus"] == _SHELL and kind in ("CREATE", "IMPORT"):
        return None
    if stack["StackStatus"] in _UPDATABLE and kind in ("UPDATE", "IMPORT"):
        return None
    return _not_now(stack)


def _into_shell(create, shell: dict, params: dict) -> tuple:
    """A further change set of a shell belongs to the same stack; ministack makes another shell."""
    name, events = shell["StackName"], engine._stack_events.get(shell["StackId"], [])
    answer = create(params)
    made = engine._stacks.get(name)
    if made is not None and made is not shell:
        engine._stack_events.pop(made["StackId"], None)
        for change_set in engine._change_sets.values():
            if change_set["StackId"] == made["StackId"]:
                change_set["StackId"] = shell["StackId"]
    engine._stacks[name] = shell
    engine._stack_events[shell["StackId"]] = events
    if answer[0] != 200:
        return answer
    body = re.sub(
        rb"<StackId>[^<]*</StackId>", f"<StackId>{shell['StackId']}</StackId>".encode(), answer[2]
    )
    return answer[0], answer[1], body
