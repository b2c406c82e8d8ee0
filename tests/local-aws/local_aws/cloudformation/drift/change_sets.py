"""Drift-aware change sets: `CreateChangeSet` with `DeploymentMode=REVERT_DRIFT`.

They compare the new template with the live state where a type can be read, and with the previous
deployment where it cannot. Drift of a create-only property is not reverted, a write-only one not
seen, and a resource that is gone is made again.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
"""

import contextvars
import json
import re
from dataclasses import dataclass, field

from ministack.core.responses import now_iso
from ministack.services import cloudformation as engine
from ministack.services.cloudformation import changesets, handlers, helpers, provisioners, stacks

from local_aws.cloudformation import schema
from local_aws.cloudformation.drift import compare, detection

MODE = "REVERT_DRIFT"


@dataclass
class Found:
    """One resource as the change set found it."""

    status: str
    # Top-level property -> its live value, for what drifted and can be put back.
    live: dict[str, object] = field(default_factory=dict)
    differences: list[dict] = field(default_factory=list)
    timestamp: str = ""


_found: contextvars.ContextVar[dict[str, Found] | None] = contextvars.ContextVar(
    "zeroetl_drift", default=None
)


def install() -> None:
    """Wrap the creation, and the comparison that ministack makes in it."""
    their_create = handlers._ACTION_HANDLERS["CreateChangeSet"]
    their_diff = changesets._diff_resources

    def create(params):
        mode = helpers._p(params, "DeploymentMode")
        if not mode:
            return their_create(params)
        if mode != MODE:
            return _invalid(mode)
        # Unknown on AWS for the other types; there is no live state to compare with.
        if helpers._p(params, "ChangeSetType", "UPDATE") != "UPDATE":
            return helpers._error(
                "ValidationError", "DeploymentMode can only be used with an UPDATE change set"
            )
        stack = handlers._resolve_stack(helpers._p(params, "StackName"))
        found = look(stack) if stack else {}
        token = _found.set(found)
        try:
            answer = their_create(params)
        finally:
            _found.reset(token)
        match = re.search(rb"<Id>([^<]+)</Id>", answer[2])
        if answer[0] == 200 and match:
            change_set = engine._change_sets[match.group(1).decode()]
            change_set["DeploymentMode"] = MODE
            change_set["StackDriftStatus"] = _stack_status(found)
            change_set["_drift"] = found
        return answer

    def diff(old, new, resources=None, template=None, changed_params=(), retag=()):
        changes = their_diff(old, new, resources, template, changed_params, retag)
        found = _found.get()
        if found is None:
            return changes
        return _with_drift(changes, found, new, resources or {}, template or new)

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create
    changesets._diff_resources = diff


def look(stack: dict) -> dict[str, Found]:
    """Every resource of a stack, compared with its live state."""
    timestamp = now_iso()
    found = {}
    with stacks._stack_region_context(stack, stack["StackId"]):
        for logical_id, record in stack.get("_resources", {}).items():
            if not detection.can_be_compared(record["ResourceType"]):
                found[logical_id] = Found("UNSUPPORTED")
                continue
            drift = detection.detect(stack, logical_id, record, timestamp)
            found[logical_id] = _put_back(record, drift)
    return found


def _put_back(record: dict, drift: dict) -> Found:
    status = drift["StackResourceDriftStatus"]
    if status != "MODIFIED":
        return Found(status, timestamp=drift["Timestamp"])
    kept = schema.create_only(record["ResourceType"])
    kept |= schema.conditionally_create_only(record["ResourceType"])
    differences = [item for item in drift["PropertyDifferences"] if _name(item) not in kept]
    actual = json.loads(drift["ActualProperties"])
    names = {_name(item) for item in differences}
    live = {name: actual[name] for name in names if name in actual}
    return Found(status, live, differences, drift["Timestamp"])


def _name(difference: dict) -> str:
    return difference["PropertyPath"].split("/")[1]


def _stack_status(found: dict[str, Found]) -> str:
    statuses = {item.status for item in found.values()}
    if statuses & {"MODIFIED", "DELETED"}:
        return "DRIFTED"
    return "UNKNOWN" if "UNKNOWN" in statuses else "IN_SYNC"


def _with_drift(changes, found, new, resources, template) -> list:
    by_id = {change["ResourceChange"]["LogicalResourceId"]: change for change in changes}
    wanted = new.get("Resources", {})
    for logical_id, item in found.items():
        change = by_id.get(logical_id)
        if logical_id in wanted and item.status == "DELETED":
            by_id[logical_id] = _made_again(resources[logical_id])
        elif logical_id in wanted and item.differences:
            by_id[logical_id] = _reverted(change, resources[logical_id], item, wanted[logical_id])
        if logical_id in by_id:
            _mark(by_id[logical_id]["ResourceChange"], item, resources[logical_id])
    gone = {key: "True" for key, item in found.items() if item.status == "DELETED"}
    for logical_id in sorted(set(wanted) - set(by_id)):
        follower = _follower(logical_id, template["Resources"][logical_id], gone, resources)
        if follower:
            by_id[logical_id] = follower
            _mark(follower["ResourceChange"], found[logical_id], resources[logical_id])
    return [by_id[key] for key in sorted(by_id)]


def _made_again(record: dict) -> dict:
    """Unknown on AWS: how the change reads. It is new, so it is an Add."""
    return {
        "ResourceChange": {
            "Action": "Add",
            "LogicalResourceId": record["LogicalResourceId"],
            "ResourceType": record["ResourceType"],
        }
    }


def _reverted(change: dict | None, record: dict, item: Found, wanted: dict) -> dict:
    change = change or {
        "ResourceChange": {
            "Action": "Modify",
            "LogicalResourceId": record["LogicalResourceId"],
            "PhysicalResourceId": record["PhysicalResourceId"],
            "ResourceType": record["ResourceType"],
            "Replacement": "False",
            "Scope": ["Properties"],
            "Details": [],
        }
    }
    resource = change["ResourceChange"]
    if resource["Action"] != "Modify":
        return change
    desired = wanted.get("Properties") or {}
    details = [_detail(record, item, difference, desired) for difference in item.differences]
    drifted = {_name(difference) for difference in item.differences}
    kept = [
        detail for detail in resource["Details"] if detail["Target"].get("Name") not in drifted
    ]
    resource["Details"] = [*kept, *details]
    if all(detail["ChangeSource"] == "NoModification" for detail in resource["Details"]):
        resource["Action"] = "SyncWithActual"
    return change


def _detail(record: dict, item: Found, difference: dict, desired: dict) -> dict:
    name, path = _name(difference), difference["PropertyPath"]
    is_live = name in desired and not compare.differences(
        {name: desired[name]}, {name: item.live.get(name)}
    )
    kinds = {"ADD": "Remove", "REMOVE": "Add", "NOT_EQUAL": "Modify"}
    target = {
        "Attribute": "Properties",
        "Name": name,
        "RequiresRecreation": provisioners._property_recreation(record["ResourceType"], name),
        "Path": f"/Properties{path}",
        "BeforeValue": difference["ActualValue"],
        "AfterValue": difference["ExpectedValue"],
        "BeforeValueFrom": "ACTUAL_STATE",
        "AfterValueFrom": "TEMPLATE",
        "Drift": {
            "PreviousValue": difference["ExpectedValue"],
            "ActualValue": difference["ActualValue"],
            "DriftDetectionTimestamp": item.timestamp,
        },
        "AttributeChangeType": kinds[difference["DifferenceType"]],
    }
    if is_live:
        target |= {"AfterValue": target["BeforeValue"], "AttributeChangeType": "SyncWithActual"}
    return {
        "Target": target,
        "Evaluation": "Static",
        "ChangeSource": "NoModification" if is_live else "DirectModification",
    }


def _follower(logical_id: str, definition: dict, gone: dict, resources: dict) -> dict | None:
    """A resource that names one that is made again: its value is known only then."""
    found = stacks._reference_details(definition, gone, ())
    details = [detail for of_property in found.values() for detail in of_property]
    record = resources.get(logical_id)
    if not details or record is None:
        return None
    for detail in details:
        detail["Evaluation"] = "Dynamic"
    return {
        "ResourceChange": {
            "Action": "Modify",
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": record["PhysicalResourceId"],
            "ResourceType": record["ResourceType"],
            "Replacement": stacks._replacement(details, type_changed=False),
            "Scope": ["Properties"],
            "Details": details,
        }
    }


def _mark(resource: dict, item: Found, record: dict) -> None:
    resource["ResourceDriftStatus"] = item.status
    seen = item.status in ("IN_SYNC", "MODIFIED", "DELETED")
    source = "ACTUAL_STATE" if seen else "PREVIOUS_DEPLOYMENT_STATE"
    for detail in resource.get("Details", []):
        detail["Target"].setdefault("BeforeValueFrom", source)
        detail["Target"].setdefault("AfterValueFrom", "TEMPLATE")
    props = record.get("Properties") or {}
    hidden = [path for path in schema.write_only(record["ResourceType"]) if _is_set(props, path)]
    if hidden:
        resource["ResourceDriftIgnoredAttributes"] = [
            {"Path": "/Properties/" + "/".join(path), "Reason": "WRITE_ONLY_PROPERTY"}
            for path in hidden
        ]


def _is_set(value: object, path: list[str]) -> bool:
    if not path:
        return True
    if path[0] == "*":
        return isinstance(value, list) and any(_is_set(item, path[1:]) for item in value)
    return isinstance(value, dict) and path[0] in value and _is_set(value[path[0]], path[1:])


def _invalid(mode: str) -> tuple:
    return helpers._error(
        "ValidationError",
        f"1 validation error detected: Value '{mode}' at 'deploymentMode' failed to satisfy "
        f"constraint: Member must satisfy enum value set: [{MODE}]",
    )

