"""CloudFormation's side of a custom resource, in place of ministack's.

ministack invokes the function synchronously and believes any answer. CloudFormation invokes it
asynchronously, so Lambda tries a failed function again, and checks the answer: size, the ids it
sent, a physical id, flat Data.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import contextvars
import json
import logging
import threading
import time
import uuid

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource as theirs

from local_aws import settings
from local_aws.cloudformation import failed_creates, response_url

_log = logging.getLogger("local_aws.custom_resource")

MAX_RESPONSE_BYTES = 4096
MAX_PHYSICAL_ID_BYTES = 1024
_DEFAULT_TIMEOUT = 3600
# Lambda keeps an asynchronous event for six hours unless the function says less.
_MAX_EVENT_AGE = 21600


class CustomResourceFailed(Exception):
    """Its text becomes the stack event's reason. `physical_id` is what a clean-up gets."""

    def __init__(self, reason: str, physical_id: str | None = None):
        super().__init__(reason)
        self.physical_id = physical_id


def install() -> None:
    """Replace ministack's invocation; its provisioners look it up by name each time."""
    theirs.invoke_custom_resource = invoke


def invoke(
    request_type: str,
    logical_id: str,
    props: dict,
    stack_name: str,
    stack_id: str,
    resource_type: str,
    physical_id: str | None = None,
    old_props: dict | None = None,
) -> tuple[str, dict]:
    """One request and its answer: the physical id and what GetAtt returns."""
    function, config = _function(props)
    deadline = time.monotonic() + _timeout(props)
    request = {
        "RequestType": request_type,
        "ServiceToken": props["ServiceToken"],
        "RequestId": str(uuid.uuid4()),
        "StackId": stack_id,
        "ResourceType": resource_type,
        "LogicalResourceId": logical_id,
        "ResourceProperties": stringify(props),
    }
    if physical_id is not None:
        request["PhysicalResourceId"] = physical_id
    if old_props is not None:
        request["OldResourceProperties"] = stringify(old_props)
    mailbox = response_url.open_mailbox(stack_id, logical_id, request["RequestId"])
    event = {**request, "ResponseURL": mailbox.url}
    _start(function, config, event, mailbox)
    try:
        if not mailbox.filled.wait(max(0.0, deadline - time.monotonic())):
            raise CustomResourceFailed(
                "CloudFormation did not receive a response from your Custom Resource. Please check "
                f"your logs for requestId [{request['RequestId']}]. If you are using the Python "
                "cfn-response module, you may need to update your Lambda function code so that "
                "CloudFormation can attach the updated version."
            )
        return _accept(mailbox.body, request, physical_id)
    except CustomResourceFailed as failure:
        if request_type == "Create":
            left = failure.physical_id or _invented_id(stack_name, logical_id)
            failed_creates.remember(stack_name, logical_id, resource_type, left, props)
        raise


def stringify(value: object) -> object:
    """Maps and lists stay, every scalar becomes a string."""
    if isinstance(value, dict):
        return {key: stringify(item) for key, item in value.items()}
    if isinstance(value, list):
        return [stringify(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


def _function(props: dict) -> tuple[dict, dict]:
    token = props.get("ServiceToken", "")
    function, config, _ = lambda_svc._get_func_record_for_ref(token)
    if function is None or config is None:
        raise ValueError(f"Custom resource ServiceToken '{token}' is no Lambda function here")
    return function, config


def _timeout(props: dict) -> int:
    stated = str(props.get("ServiceTimeout", _DEFAULT_TIMEOUT))
    if not stated.isdigit() or not 1 <= int(stated) <= _DEFAULT_TIMEOUT:
        raise ValueError(f"ServiceTimeout is '{stated}'; an integer from 1 to 3600 is expected")
    return int(stated)


def _start(function, config, event, mailbox) -> None:
    """Invoke as `InvocationType: Event` does: not waiting, and again when the function fails."""
    record = lambda_svc._execution_record_for_config(function, config)
    limits = lambda_svc._event_invoke_config(function, None) or {}
    limits = limits or lambda_svc._event_invoke_config(function, "$LATEST") or {}
    pauses = settings.current.function_retry_seconds[: limits.get("MaximumRetryAttempts", 2)]
    too_old = time.monotonic() + limits.get("MaximumEventAgeInSeconds", _MAX_EVENT_AGE)

    def work():
        for pause in (*pauses, None):
            try:
                result = lambda_svc._execute_function_with_config_scope(record, event)
            except Exception as error:
                result = {"error": True, "body": {"errorMessage": repr(error)}}
            if not result.get("error") and not result.get("throttle"):
                return
            _log.warning("function failed for %s: %s", event["RequestId"], result.get("body"))
            if pause is None or time.monotonic() + pause > too_old:
                return
            # A delivered reply does not call the retry off: Lambda knows nothing of it.
            if mailbox.closed.wait(pause):
                return

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), daemon=True, name="custom-resource").start()


def _accept(body: bytes, request: dict, current_id: str | None) -> tuple[str, dict]:
    where = f"object {request['StackId']}|{request['LogicalResourceId']}|{request['RequestId']}"
    if len(body) > MAX_RESPONSE_BYTES:
        raise CustomResourceFailed("Response object is too long.", current_id)
    try:
        reply = json.loads(body)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise CustomResourceFailed(f"Invalid JSON in {where}", current_id)
    for key in ("Status", "StackId", "RequestId", "LogicalResourceId"):
        if key not in reply:
            raise CustomResourceFailed(f"Vendor response doesn't contain {key} key in {where}")
    for key in ("StackId", "RequestId", "LogicalResourceId"):
        if reply[key] != request[key]:
            raise CustomResourceFailed(f"Invalid {key}: '{reply[key]}' in {where}", current_id)
    physical_id = reply.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not physical_id:
        raise CustomResourceFailed("Invalid PhysicalResourceId", current_id)
    if len(physical_id.encode()) > MAX_PHYSICAL_ID_BYTES:
        raise CustomResourceFailed("Invalid PhysicalResourceId: longer than 1 KB", current_id)
    if reply["Status"] == "FAILED":
        if not reply.get("Reason"):
            raise CustomResourceFailed(
                f"Vendor response doesn't contain Reason key in {where}", physical_id
            )
        raise CustomResourceFailed(
            "Received response status [FAILED] from custom resource. Message returned: "
            f"{reply['Reason']} (RequestId: {request['RequestId']})",
            physical_id,
        )
    if reply["Status"] != "SUCCESS":
        raise CustomResourceFailed(f"Invalid Status '{reply['Status']}' in {where}", physical_id)
    return physical_id, _attributes(reply.get("Data") or {}, physical_id)


def _attributes(data: object, physical_id: str) -> dict:
    if not isinstance(data, dict) or any(isinstance(item, dict) for item in data.values()):
        raise CustomResourceFailed("Response Data is not a flat map", physical_id)
    return stringify(data)


def _invented_id(stack_name: str, logical_id: str) -> str:
    """What CloudFormation makes up when the function gave no id."""
    return f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
