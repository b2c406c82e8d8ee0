"""Integrations: from a DynamoDB table of this account into a Glue database of any account."""

import re
import time
import uuid

from ministack.core.responses import get_account_id, get_region

from local_aws import caller, settings, world
from local_aws.checks import governance, layout, role, source, target
from local_aws.checks.pair import Pair
from local_aws.glue import state
from local_aws.glue.errors import GlueError, access_denied, conflict, invalid_input

_SOURCE = re.compile(r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:(\d{12}):table/[A-Za-z0-9_.-]{3,255}")
_TARGET = re.compile(r"arn:aws[a-z-]*:glue:[a-z0-9-]+:\d{12}:database/.+")
_MINUTES = (15, 8640)
_PUBLIC = (
    "SourceArn",
    "TargetArn",
    "IntegrationName",
    "Description",
    "IntegrationArn",
    "KmsKeyId",
    "AdditionalEncryptionContext",
    "Tags",
    "CreateTime",
    "IntegrationConfig",
)


def create(request: dict) -> dict:
    """CreateIntegration, by the owner of the source table."""
    match = _SOURCE.fullmatch(request["SourceArn"])
    if not match:
        raise invalid_input(f"SourceArn '{request['SourceArn']}' is not a DynamoDB table ARN")
    if not _TARGET.fullmatch(request["TargetArn"]):
        raise invalid_input(f"TargetArn '{request['TargetArn']}' is not a Glue database ARN")
    if match.group(1) != get_account_id():
        raise access_denied(
            f"account {get_account_id()} does not own source {request['SourceArn']}; an "
            "integration is created in the account of its source table"
        )
    config = _config(request)
    _refuse_unsupported(request)
    _purge()
    arn = f"arn:aws:glue:{get_region()}:{get_account_id()}:integration:{uuid.uuid4()}"
    pair = Pair(arn, request["SourceArn"], request["TargetArn"])
    source.refuse(pair)
    own_denial = caller.denied(target.CREATE, [pair.catalog_arn, pair.target_arn])
    target.refuse(pair, caller.principal(), own_denial)
    _refuse_taken(request["IntegrationName"], pair)
    layout.refuse(pair)
    integration = {
        **{key: request[key] for key in _PUBLIC if key in request},
        "IntegrationArn": arn,
        "IntegrationConfig": config,
        "CreateTime": time.time(),
        "operation": _started("CREATING"),
    }
    state.integrations[arn] = integration
    state.set_tags(arn, request.get("Tags"))
    return view(integration)


def modify(request: dict) -> dict:
    """ModifyIntegration: name, description and refresh interval."""
    integration = _own(request["IntegrationIdentifier"])
    _settled(integration, "modified")
    _refuse_unsupported(request)
    name = request.get("IntegrationName", integration["IntegrationName"])
    if name != integration["IntegrationName"]:
        _refuse_name(name)
    integration["IntegrationName"] = name
    if "IntegrationConfig" in request:
        integration["IntegrationConfig"] = _config(request)
    if "Description" in request:
        integration["Description"] = request["Description"]
    integration["operation"] = _started("MODIFYING")
    return view(integration)


def delete(request: dict) -> dict:
    """DeleteIntegration: DELETING for a while, then gone, and the pair is free."""
    integration = _own(request["IntegrationIdentifier"])
    _settled(integration, "deleted")
    integration["operation"] = _started("DELETING")
    return view(integration)


def owner(target_arn: str, table: str) -> str | None:
    """The integration that owns a pair of target database and source table."""
    _purge()
    for arn, integration in state.integrations.items():
        pair = Pair(arn, integration["SourceArn"], integration["TargetArn"])
        if (pair.target_arn, pair.table) == (target_arn, table):
            return arn
    return None


def source_of(integration_arn: str | None) -> str | None:
    """The source of an integration."""
    found = state.integrations.get(integration_arn or "")
    return found["SourceArn"] if found else None


def live() -> list[dict]:
    """All integrations of all accounts, oldest first."""
    _purge()
    return sorted(state.integrations.values(), key=lambda item: item["CreateTime"])


def view(integration: dict) -> dict:
    """As the API shows it, with the status of this moment."""
    shown = {key: integration[key] for key in _PUBLIC if key in integration}
    status, errors = _status(integration)
    shown["Status"] = status
    if errors:
        shown["Errors"] = errors
    return shown


def _status(integration: dict) -> tuple[str, list[dict]]:
    running = _running(integration)
    if running:
        return running, []
    forced = settings.current.integration_status.get(integration["IntegrationArn"])
    # Checked anew at every look: AWS tries again with growing pauses, and recovers by itself.
    pair = Pair(
        integration["IntegrationArn"], integration["SourceArn"], integration["TargetArn"]
    )
    found = [
        problem
        for check in (source, target, role, governance, layout)
        for problem in check.problems(pair)
    ]
    errors = [problem.as_error() for problem in found]
    if forced:
        return forced, errors
    return ("NEEDS_ATTENTION", errors) if errors else ("ACTIVE", [])


def _started(name: str) -> dict:
    return {"name": name, "since": time.time(), "done": False}


def _running(integration: dict) -> str | None:
    """The operation that is in progress. Its length is looked up now, so a test can end it."""
    operation, current = integration["operation"], settings.current
    seconds = current.integration_create_seconds
    if operation["name"] == "DELETING":
        seconds = current.integration_delete_seconds
    # Once over, always over.
    operation["done"] = operation["done"] or time.time() >= operation["since"] + seconds
    return None if operation["done"] else operation["name"]


def _purge() -> None:
    gone = [
        arn
        for arn, integration in state.integrations.items()
        if integration["operation"]["name"] == "DELETING" and not _running(integration)
    ]
    for arn in gone:
        del state.integrations[arn]
        state.set_tags(arn, None)


def _own(identifier: str) -> dict:
    _purge()
    found = state.integrations.get(identifier)
    own = f":glue:{get_region()}:{get_account_id()}:integration:"
    if found is None or own not in identifier:
        raise GlueError("IntegrationNotFoundFault", f"Integration {identifier} not found")
    return found


def _settled(integration: dict, verb: str) -> None:
    running = _running(integration)
    if running:
        raise GlueError(
            "InvalidIntegrationStateFault",
            f"Integration {integration['IntegrationArn']} is {running} and cannot be {verb} now",
        )


def _config(request: dict) -> dict:
    config = dict(request.get("IntegrationConfig") or {})
    minutes = config.setdefault("RefreshInterval", str(_MINUTES[0]))
    low, high = _MINUTES
    if not minutes.isdigit() or not low <= int(minutes) <= high:
        raise invalid_input(
            f"RefreshInterval is '{minutes}'; {low} to {high} minutes are allowed"
        )
    for name in ("SourceProperties", "ContinuousSync"):
        if name in config:
            raise invalid_input(f"IntegrationConfig.{name} is not supported for DynamoDB sources")
    return config


def _refuse_unsupported(request: dict) -> None:
    if "DataFilter" in request:
        raise invalid_input("DataFilter is not supported for DynamoDB sources")
    key = request.get("KmsKeyId")
    if request.get("AdditionalEncryptionContext") and not key:
        raise invalid_input("AdditionalEncryptionContext needs a KmsKeyId")
    if key and world.key(get_account_id(), get_region(), key) is None:
        raise GlueError("KMSKeyNotAccessibleFault", f"KMS key {key} is not accessible")


def _refuse_taken(name: str, pair: Pair) -> None:
    _refuse_name(name)
    held = owner(pair.target_arn, pair.table)
    if held:
        raise conflict(
            f"table {pair.table} of target {pair.target_arn} is already owned by integration {held}"
        )
    for other in state.integrations.values():
        running = _running(other)
        if other["TargetArn"] == pair.target_arn and running:
            raise GlueError(
                "IntegrationConflictOperationFault",
                f"another operation is in progress on target {pair.target_arn}: integration "
                f"{other['IntegrationArn']} is {running}",
            )


def _refuse_name(name: str) -> None:
    own = f":glue:{get_region()}:{get_account_id()}:"
    for arn, other in state.integrations.items():
        if own in arn and other["IntegrationName"] == name:
            raise conflict(f"integration name {name} is already used by {arn}")
