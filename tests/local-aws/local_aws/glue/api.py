"""Put our Glue calls in front of ministack's."""

import json
import logging

from ministack.services import glue as ministack_glue

from local_aws.glue import (
    authorization,
    catalog_policy,
    describe,
    integrations,
    request,
    resource_property,
    state,
    table_properties,
)
from local_aws.glue.errors import GlueError

_log = logging.getLogger("local_aws.glue")

OPERATIONS = {
    "GetResourcePolicy": catalog_policy.get,
    "GetResourcePolicies": catalog_policy.get_all,
    "PutResourcePolicy": catalog_policy.put,
    "DeleteResourcePolicy": catalog_policy.delete,
    "CreateIntegrationTableProperties": table_properties.create,
    "UpdateIntegrationTableProperties": table_properties.update,
    "GetIntegrationTableProperties": table_properties.get,
    "DeleteIntegrationTableProperties": table_properties.delete,
    "ListIntegrationTableProperties": table_properties.list_all,
    "CreateIntegrationResourceProperty": resource_property.create,
    "GetIntegrationResourceProperty": resource_property.get,
    "UpdateIntegrationResourceProperty": resource_property.update,
    "DeleteIntegrationResourceProperty": resource_property.delete,
    "ListIntegrationResourceProperties": resource_property.list_all,
    "CreateIntegration": integrations.create,
    "ModifyIntegration": integrations.modify,
    "DeleteIntegration": integrations.delete,
    "DescribeIntegrations": describe.outbound,
    "DescribeInboundIntegrations": describe.inbound,
}


def call(operation: str, body: dict) -> dict:
    """One call in the account and Region of the running request."""
    work = OPERATIONS[operation]
    checked = request.check(operation, body)
    authorization.require(operation, checked)
    with state.LOCK:
        return work(checked)


def install() -> None:
    """Wrap ministack's dispatcher."""
    authorization.install(OPERATIONS)
    theirs = ministack_glue._handle_request_sync

    def dispatch(method, path, headers, body, query_params):
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation in OPERATIONS:
            return _answer(operation, body)
        if operation in authorization.OF_MINISTACK:
            try:
                authorization.require(operation, json.loads(body or b"{}"))
            except GlueError as error:
                return error.response()
        return theirs(method, path, headers, body, query_params)

    ministack_glue._handle_request_sync = dispatch


def _answer(operation: str, body: bytes) -> tuple[int, dict, bytes]:
    try:
        try:
            parsed = json.loads(body or b"{}")
        except ValueError as error:
            raise GlueError("SerializationException", f"the body is not JSON: {error}") from error
        result = call(operation, parsed)
    except GlueError as error:
        _log.info("%s: %s", operation, error)
        return error.response()
    encoded = json.dumps(result, ensure_ascii=False).encode()
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, encoded
