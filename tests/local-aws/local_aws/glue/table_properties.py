"""Integration table properties: how one source table is laid out in the target database."""

from local_aws.glue import catalog, integrations
from local_aws.glue.errors import access_denied, invalid_input, not_found
from local_aws.glue.state import here

_FILTERS = ("SourceArn", "TargetArn", "SourceTableName", "TargetTableName")
_MAX_PARTITIONS = 10


def create(request: dict) -> dict:
    """CreateIntegrationTableProperties."""
    key = _key(request)
    catalog.require_database(key[0])
    if key in here().table_properties:
        # Open on AWS: error or overwrite. An error is the stricter reading.
        raise invalid_input(
            f"Integration table properties already exist for table {key[1]} of {key[0]}"
        )
    here().table_properties[key] = _configuration(request, key)
    return {}


def update(request: dict) -> dict:
    """UpdateIntegrationTableProperties.

    Open on AWS: replace or patch. Here the request replaces everything, so that a caller who
    sends half of it sees the other half vanish.
    """
    key = _key(request)
    _existing(key)
    here().table_properties[key] = _configuration(request, key)
    return {}


def get(request: dict) -> dict:
    """GetIntegrationTableProperties."""
    key = _key(request)
    return _view(key, _existing(key))


def delete(request: dict) -> dict:
    """DeleteIntegrationTableProperties.

    Open on AWS: what happens to an integration that uses them. Refused here.
    """
    key = _key(request)
    _existing(key)
    owner = integrations.owner(*key)
    if owner:
        raise invalid_input(
            f"Integration table properties of table {key[1]} are in use by integration {owner}"
        )
    del here().table_properties[key]
    return {}


def list_all(request: dict) -> dict:
    """ListIntegrationTableProperties."""
    wanted = {}
    for entry in request.get("Filters", []):
        if entry.get("Name") not in _FILTERS:
            raise invalid_input(f"Filter '{entry.get('Name')}' is not one of {', '.join(_FILTERS)}")
        wanted[entry["Name"]] = entry.get("Values", [])
    rows = [_view(key, value) for key, value in sorted(here().table_properties.items())]
    rows = [row for row in rows if _matches(row, wanted)]
    return catalog.page(rows, request, "IntegrationTablePropertiesList")


def _matches(row: dict, wanted: dict) -> bool:
    owner = row.get("TargetTableConfig", {}).get("IntegrationArn")
    facts = {
        "SourceArn": integrations.source_of(owner),
        "TargetArn": row["ResourceArn"],
        "SourceTableName": row["TableName"],
        "TargetTableName": row.get("TargetTableConfig", {}).get("TargetTableName"),
    }
    return all(facts[name] in values for name, values in wanted.items())


def _key(request: dict) -> tuple[str, str]:
    arn = request["ResourceArn"]
    if not arn.startswith("arn:aws") or ":glue:" not in arn:
        raise invalid_input(f"ResourceArn '{arn}' is not a Glue ARN")
    if not arn.startswith(here().arn_prefix):
        raise access_denied(
            f"ResourceArn {arn} is not in account {here().account}, Region {here().name}; "
            "call from the account that holds the target database"
        )
    return arn, request["TableName"]


def _existing(key: tuple[str, str]) -> dict:
    found = here().table_properties.get(key)
    if found is None:
        raise not_found(f"Integration table properties not found for table {key[1]} of {key[0]}")
    return found


def _configuration(request: dict, key: tuple[str, str]) -> dict:
    if "SourceTableConfig" in request:
        # For SaaS sources only, and never together with a target configuration.
        raise invalid_input("SourceTableConfig is not supported on a target database")
    target = dict(request.get("TargetTableConfig", {}))
    if len(target.get("PartitionSpec", [])) > _MAX_PARTITIONS:
        raise invalid_input(f"PartitionSpec takes at most {_MAX_PARTITIONS} columns")
    owner = integrations.owner(*key)
    stated = target.pop("IntegrationArn", None)
    if stated is not None and stated != owner:
        raise invalid_input(
            f"IntegrationArn {stated} does not own table {key[1]}; owner: {owner or 'nobody'}"
        )
    if owner and stated is None and key in here().table_properties:
        # Open on AWS. A caller who drops the owner on an update is refused.
        raise invalid_input(f"Table {key[1]} is owned by integration {owner}; send it back")
    return {"TargetTableConfig": target}


def _view(key: tuple[str, str], value: dict) -> dict:
    target = dict(value["TargetTableConfig"])
    owner = integrations.owner(*key)
    if owner:
        target["IntegrationArn"] = owner
    return {"ResourceArn": key[0], "TableName": key[1], "TargetTableConfig": target}
