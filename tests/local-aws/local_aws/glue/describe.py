"""Describe integrations, from the source account and from the target account."""

from ministack.core.responses import get_account_id, get_region

from local_aws.glue import catalog, integrations
from local_aws.glue.errors import GlueError, invalid_input

_FILTERS = ("Status", "IntegrationName", "SourceArn")
_INBOUND = (
    "SourceArn",
    "TargetArn",
    "IntegrationArn",
    "Status",
    "CreateTime",
    "IntegrationConfig",
    "Errors",
)


def outbound(request: dict) -> dict:
    """DescribeIntegrations: those that this account made in this Region."""
    own = f":glue:{get_region()}:{get_account_id()}:integration:"
    rows = [integrations.view(row) for row in integrations.live() if own in row["IntegrationArn"]]
    wanted = request.get("IntegrationIdentifier")
    if wanted is not None:
        rows = [row for row in rows if wanted in (row["IntegrationArn"], row["IntegrationName"])]
        if not rows:
            raise GlueError("IntegrationNotFoundFault", f"Integration {wanted} not found")
    for entry in request.get("Filters", []):
        name = entry.get("Name")
        if name not in _FILTERS:
            raise invalid_input(f"Filter '{name}' is not one of {', '.join(_FILTERS)}")
        rows = [row for row in rows if row[name] in entry.get("Values", [])]
    return catalog.page(rows, request, "Integrations")


def inbound(request: dict) -> dict:
    """DescribeInboundIntegrations: those that write into this account's databases."""
    here = f":glue:{get_region()}:{get_account_id()}:database/"
    target = request.get("TargetArn")
    if target is not None:
        name = catalog.database_name(target)
        known = here in target and catalog.database(get_account_id(), get_region(), name)
        if not known:
            raise GlueError("TargetResourceNotFound", f"Target resource {target} not found")
    rows = [
        integrations.view(row)
        for row in integrations.live()
        if here in row["TargetArn"] and target in (None, row["TargetArn"])
    ]
    wanted = request.get("IntegrationArn")
    if wanted is not None:
        rows = [row for row in rows if row["IntegrationArn"] == wanted]
        if not rows:
            raise GlueError("IntegrationNotFoundFault", f"Integration {wanted} not found")
    shown = [{key: row[key] for key in _INBOUND if key in row} for row in rows]
    return catalog.page(shown, request, "InboundIntegrations")
