"""Get, put and delete the catalog's resource policy: one document per account and Region."""

import base64
import hashlib
import time

from local_aws import settings
from local_aws.glue import policy_document
from local_aws.glue.errors import condition_failed, invalid_input, not_found
from local_aws.glue.state import CatalogPolicy, here

LIMIT_BYTES = 10_240


def get(request: dict) -> dict:
    """GetResourcePolicy."""
    _refuse_resource_arn(request)
    policy = here().policy
    if policy is None:
        raise not_found("Policy not found")
    return _view(policy)


def get_all(_request: dict) -> dict:
    """GetResourcePolicies: the catalog's own; grants from RAM are not modelled."""
    policy = here().policy
    return {"GetResourcePoliciesResponseList": [_view(policy)] if policy else []}


def put(request: dict) -> dict:
    """PutResourcePolicy: replaces the whole document, under the conditions of the request."""
    _refuse_resource_arn(request)
    catalog = here()
    exists = request.get("PolicyExistsCondition", "NONE")
    if exists == "NOT_EXIST" and catalog.policy is not None:
        raise condition_failed("Policy already exists")
    if exists == "MUST_EXIST" and catalog.policy is None:
        raise condition_failed("Policy does not exist")
    _check_hash(catalog.policy, request)
    text = request["PolicyInJson"]
    if len(text.encode()) > LIMIT_BYTES:
        raise invalid_input(
            f"Resource policy size is limited to {LIMIT_BYTES} bytes, got {len(text.encode())}"
        )
    # Open on AWS: which error a missing TRUE gives. It is documented that the call fails.
    if settings.has_ram_shares(catalog.account) and request.get("EnableHybrid") != "TRUE":
        raise invalid_input(
            "EnableHybrid must be TRUE: this account already grants cross-account access "
            "through Lake Formation and AWS RAM"
        )
    policy_document.check(text, catalog)
    now = time.time()
    created = catalog.policy.created if catalog.policy else now
    catalog.policy = CatalogPolicy(text, _digest(text), created, now)
    return {"PolicyHash": catalog.policy.hash}


def delete(request: dict) -> dict:
    """DeleteResourcePolicy."""
    _refuse_resource_arn(request)
    catalog = here()
    if catalog.policy is None:
        raise not_found("Policy not found")
    _check_hash(catalog.policy, request)
    catalog.policy = None
    return {}


def _check_hash(policy: CatalogPolicy | None, request: dict) -> None:
    wanted = request.get("PolicyHashCondition")
    if wanted is not None and (policy is None or policy.hash != wanted):
        raise condition_failed("The policy hash does not match the current policy")


def _refuse_resource_arn(request: dict) -> None:
    # Documented as not for use; AWS answered in these words.
    if "ResourceArn" in request:
        raise invalid_input("Glue resource level policy is not currently supported")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def _view(policy: CatalogPolicy) -> dict:
    return {
        "PolicyInJson": policy.text,
        "PolicyHash": policy.hash,
        "CreateTime": policy.created,
        "UpdateTime": policy.updated,
    }
