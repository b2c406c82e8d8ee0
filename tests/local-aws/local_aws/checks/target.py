"""The target: who may integrate into the catalog, database, bucket, resource property."""

import json
import re

from local_aws import world
from local_aws.checks.pair import Pair, Problem
from local_aws.checks.source import SERVICE
from local_aws.glue import state
from local_aws.glue.errors import GlueError, access_denied, invalid_input, not_found, validation
from local_aws.iam import evaluate

CREATE = "glue:CreateInboundIntegration"
_AUTHORIZE = "glue:AuthorizeInboundIntegration"


def refuse(pair: Pair, caller: evaluate.Principal, own_denial: GlueError | None) -> None:
    """What fails the create call at once. `own_denial`: what the caller's own policies say."""
    if not re.fullmatch(r"[a-z0-9_]+", pair.database):
        raise validation(
            f"database name '{pair.database}' contains invalid characters; "
            "lower-case letters, digits and underscores are allowed"
        )
    _may_create(pair, caller, own_denial)
    if pair.database_record() is None:
        raise not_found(f"target database {pair.target_arn} does not exist")
    location = pair.location()
    if location is None:
        raise invalid_input(f"target database {pair.database} has no S3 LocationUri")
    region = world.bucket_region(pair.target_account, location[0])
    if region is None:
        raise invalid_input(
            f"bucket {location[0]} of the LocationUri of database {pair.database} does not exist "
            f"in account {pair.target_account}"
        )
    if region != pair.region:
        raise invalid_input(
            f"bucket {location[0]} is in {region}, but database {pair.database} in {pair.region}"
        )
    role_arn = registered_role(pair)
    if role_arn is None:
        raise access_denied(
            "UNRECOVERABLE_ACCESS_DENIED: no IntegrationResourceProperty with a target role is "
            f"registered for {pair.target_arn}"
        )
    if world.role(role_arn) is None:
        raise access_denied(
            f"UNRECOVERABLE_ACCESS_DENIED: target role {role_arn}, registered for "
            f"{pair.target_arn}, does not exist"
        )


def problems(pair: Pair) -> list[Problem]:
    """What keeps a running integration from writing: the catalog and the database."""
    if pair.database_record() is None:
        return [Problem("TargetDatabaseNotFound", f"database {pair.target_arn} does not exist")]
    location = pair.location()
    if location is None or world.bucket_region(pair.target_account, location[0]) is None:
        return [
            Problem("TargetLocationNotFound", f"the location of database {pair.database} is gone")
        ]
    if registered_role(pair) is None:
        return [
            Problem(
                "UNRECOVERABLE_ACCESS_DENIED",
                f"no IntegrationResourceProperty is registered for {pair.target_arn}",
            )
        ]
    return _authorized(pair)


def registered_role(pair: Pair) -> str | None:
    """The target role of the database's integration resource property."""
    entry = state.region(pair.target_account, pair.region).resource_properties.get(pair.target_arn)
    return ((entry or {}).get("TargetProcessingProperties") or {}).get("RoleArn")


def _may_create(
    pair: Pair, caller: evaluate.Principal, own_denial: GlueError | None
) -> None:
    """Cross-account both sides have to allow it; in one account either side suffices."""
    refusal = _catalog_refusal(pair, caller)
    cross_account = pair.source_account != pair.target_account
    if refusal and refusal[0] is evaluate.Decision.DENIED:
        raise refusal[1]
    if cross_account and own_denial:
        raise own_denial
    if cross_account and refusal:
        raise refusal[1]
    if own_denial and refusal:
        raise own_denial


def _catalog_refusal(
    pair: Pair, caller: evaluate.Principal
) -> tuple[evaluate.Decision, GlueError] | None:
    """What the catalog policy says against the caller."""
    document = _catalog_policy(pair)
    arn = evaluate.role_of(caller.value)
    if caller.kind == "account":
        arn = f"arn:aws:iam::{caller.value}:root"
    context = {
        "aws:SourceArn": pair.source_arn,
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": pair.source_account,
        "aws:SecureTransport": "true",
    }
    for resource in (pair.catalog_arn, pair.target_arn):
        request = evaluate.Request(CREATE, resource, caller, context)
        decision = evaluate.decide(document, request)
        if decision is not evaluate.Decision.ALLOWED:
            return decision, access_denied(
                f"User: {arn} is not authorized to perform: {CREATE} on resource: {resource} "
                f"with source {pair.source_arn}: the resource policy of the Data Catalog of "
                f"account {pair.target_account} does not allow it: "
                f"{evaluate.explain([document], request)}"
            )
    return None


def _authorized(pair: Pair) -> list[Problem]:
    document = _catalog_policy(pair)
    found = []
    for resource in (pair.catalog_arn, pair.target_arn):
        request = evaluate.Request(
            _AUTHORIZE,
            resource,
            SERVICE,
            {
                "aws:SourceArn": pair.source_arn,
                "aws:SourceAccount": pair.source_account,
                "aws:PrincipalIsAWSService": "true",
                "aws:SecureTransport": "true",
            },
        )
        if evaluate.decide(document, request) is not evaluate.Decision.ALLOWED:
            found.append(
                Problem(
                    "CatalogPolicyDenied",
                    "the resource policy of the Data Catalog does not allow glue.amazonaws.com to "
                    f"perform {_AUTHORIZE} on {resource} with source {pair.source_arn}: "
                    f"{evaluate.explain([document], request)}",
                )
            )
    return found


def _catalog_policy(pair: Pair) -> dict:
    policy = state.region(pair.target_account, pair.region).policy
    return json.loads(policy.text) if policy else {}
