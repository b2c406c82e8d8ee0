"""DetectStackDrift and its relatives: asynchronous, with the caller's rights, over our readers.

ministack has the operations and readers of its own; here they compare in meaning, leave out what
CloudFormation cannot see, read our types, and take a moment. A type without a read handler (a
custom resource, `AWS::LakeFormation::Resource`) is left out of the results in silence, as on AWS.
"""

import json
import logging
import re
import time

from ministack.services.cloudformation import drift, handlers, helpers
from ministack.services.cloudformation.provisioners import _STACK_TAG_PROPERTY, _tag_map

from local_aws import settings
from local_aws.cloudformation import deployer_rights, handler_faults, schema
from local_aws.cloudformation.drift import compare, live

_log = logging.getLogger("local_aws.drift")
# Set by the template, never returned for comparison. DynamoDB: "Resource-based policies don't
# support drift detection", a stream's neither.
_UNSEEN = {
    "AWS::DynamoDB::GlobalTable": [
        ["Replicas", "*", "ResourcePolicy"],
        ["Replicas", "*", "ReplicaStreamSpecification"],
    ],
}
# Detection id -> when it is over. Not longer than the server.
_until: dict[str, float] = {}


def install() -> None:
    """Replace ministack's comparison, and let a detection take its time."""
    drift.supports_drift = can_be_compared
    drift.detect_resource_drift = detect
    # After an import, AWS recommends to detect drift.
    drift.DRIFT_DETECTABLE_STATUSES |= {"IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
    their_start = handlers._ACTION_HANDLERS["DetectStackDrift"]
    their_status = handlers._ACTION_HANDLERS["DescribeStackDriftDetectionStatus"]

    def start(params):
        stack = handlers._resolve_stack(helpers._p(params, "StackName")) or {}
        if any(_running(key) for key in stack.get("_drift_detections", {})):
            return helpers._error(
                "ValidationError",
                f"Drift detection is already in progress for stack [{stack['StackId']}]",
            )
        answer = their_start(params)
        found = re.search(rb"<StackDriftDetectionId>([^<]+)<", answer[2])
        if answer[0] == 200 and found:
            seconds = settings.current.drift_detection_seconds
            _until[found.group(1).decode()] = time.monotonic() + seconds
        return answer

    def status(params):
        answer = their_status(params)
        return _unfinished(answer) if _running(_id(params)) else answer

    handlers._ACTION_HANDLERS["DetectStackDrift"] = start
    handlers._ACTION_HANDLERS["DescribeStackDriftDetectionStatus"] = status


def can_be_compared(resource_type: str) -> bool:
    """Whether the registry has a read handler for the type, and the model a reader."""
    known = resource_type in live.READERS or resource_type in drift._DRIFT_READERS
    return known and schema.can_be_read(resource_type)


def detect(stack: dict, logical_id: str, record: dict, timestamp: str) -> dict:
    """The `StackResourceDrift` of one resource."""
    resource_type = record["ResourceType"]
    found = {
        "StackId": stack["StackId"],
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": record["PhysicalResourceId"],
        "ResourceType": resource_type,
        "Timestamp": timestamp,
    }
    try:
        asked = deployer_rights.subject(
            stack["StackName"], logical_id, record["PhysicalResourceId"], record["Properties"]
        )
        deployer_rights.ask_to_read(resource_type, asked)
        handler_faults.on_read(resource_type, asked)
        actual = read(record)
    except Exception as error:
        _log.warning("%s cannot be read: %s", logical_id, error)
        return {
            **found,
            "StackResourceDriftStatus": "UNKNOWN",
            "DriftStatusReason": f"Failed to read the resource: {error}",
        }
    if actual is None:
        return {**found, "StackResourceDriftStatus": "DELETED"}
    wanted = expected(resource_type, record["Properties"], stack.get("Tags") or [])
    wanted = {key: value for key, value in wanted.items() if key in actual}
    actual = {key: actual[key] for key in wanted}
    differences = compare.differences(wanted, actual)
    found["ExpectedProperties"] = json.dumps(wanted, sort_keys=True)
    found["ActualProperties"] = json.dumps(actual, sort_keys=True)
    if not differences:
        return {**found, "StackResourceDriftStatus": "IN_SYNC"}
    return {
        **found,
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": differences,
    }


def read(record: dict) -> dict | None:
    """The live properties of a stack's resource, tags as the template writes them."""
    resource_type, props = record["ResourceType"], record.get("Properties") or {}
    reader = live.READERS.get(resource_type) or drift._DRIFT_READERS[resource_type][0]
    found = reader(record["PhysicalResourceId"], props)
    tag_property = _STACK_TAG_PROPERTY.get(resource_type, ("Tags", "list"))[0]
    if found and tag_property in found:
        tags = _own_tags(found[tag_property])
        found = {**found, tag_property: _in_shape(tags, props.get(tag_property))}
    return found


def expected(resource_type: str, props: dict, stack_tags: list) -> dict:
    """What the template sets and a read would return."""
    wanted = json.loads(json.dumps(props or {}))
    for path in [*schema.write_only(resource_type), *_UNSEEN.get(resource_type, [])]:
        _drop(wanted, path)
    spec = _STACK_TAG_PROPERTY.get(resource_type)
    if spec:
        tags = _own_tags({**_tag_map(stack_tags), **_tag_map(wanted.get(spec[0]))})
        if tags:
            wanted[spec[0]] = _in_shape(tags, wanted.get(spec[0]))
    return wanted


def _own_tags(tags: object) -> dict[str, str]:
    return {key: value for key, value in _tag_map(tags).items() if not key.startswith("aws:")}


def _in_shape(tags: dict[str, str], like: object) -> object:
    if isinstance(like, dict):
        return tags
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _drop(value: object, path: list[str]) -> None:
    first, rest = path[0], path[1:]
    if first == "*":
        for item in value if isinstance(value, list) else []:
            _drop(item, rest)
    elif isinstance(value, dict) and first in value:
        if rest:
            _drop(value[first], rest)
        if not rest or value[first] == {}:
            del value[first]


def _id(params: dict) -> str:
    return helpers._p(params, "StackDriftDetectionId")


def _running(detection: str) -> bool:
    return time.monotonic() < _until.get(detection, 0.0)


def _unfinished(answer: tuple) -> tuple:
    """The same answer, without what is not known yet."""
    status, headers, body = answer
    if status != 200:
        return answer
    for name in (b"StackDriftStatus", b"DetectionStatusReason", b"DriftedStackResourceCount"):
        body = re.sub(rb"<" + name + rb">[^<]*</" + name + rb">", b"", body)
    body = re.sub(
        rb"<DetectionStatus>[^<]*<", b"<DetectionStatus>DETECTION_IN_PROGRESS<", body
    )
    return status, headers, body
