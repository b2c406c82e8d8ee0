"""The table properties of the pair: partitions that make sense, and a free output name."""

from local_aws.checks.pair import Pair, Problem
from local_aws.glue import state
from local_aws.glue.errors import conflict

_TIME_FUNCTIONS = ("year", "month", "day", "hour")
_CONVERSIONS = ("epoch_sec", "epoch_milli", "iso")


def refuse(pair: Pair) -> None:
    """An output table that another source table already feeds fails the create call."""
    name = _target(pair, pair.table).get("TargetTableName")
    if name is None:
        return
    for other in state.integrations.values():
        table = other["SourceArn"].rpartition("/")[2]
        if other["TargetArn"] != pair.target_arn or table == pair.table:
            continue
        if _target(pair, table).get("TargetTableName") == name:
            raise conflict(
                f"target table name {name} is already used for source table {table} by "
                f"integration {other['IntegrationArn']}"
            )


def problems(pair: Pair) -> list[Problem]:
    """Partitions that Glue cannot compute. Which columns exist is not known here."""
    found, by_field = [], {}
    for index, part in enumerate(_target(pair, pair.table).get("PartitionSpec", [])):
        name, function = part.get("FieldName"), part.get("FunctionSpec")
        conversion = part.get("ConversionSpec")
        where = f"PartitionSpec[{index}] of table {pair.table}"
        if not name:
            found.append(f"{where} has no FieldName")
        if function not in ("identity", *_TIME_FUNCTIONS):
            found.append(f"{where} has FunctionSpec '{function}'")
        if function in _TIME_FUNCTIONS and conversion not in _CONVERSIONS:
            found.append(f"{where} needs a ConversionSpec for '{function}', got '{conversion}'")
        if function == "identity" and conversion:
            found.append(f"{where} has ConversionSpec '{conversion}' with 'identity'")
        if function in _TIME_FUNCTIONS and by_field.setdefault(name, function) != function:
            found.append(f"{where} is the second time function on field '{name}'")
    return [Problem("PartitionSpecInvalid", text) for text in found]


def _target(pair: Pair, table: str) -> dict:
    region = state.region(pair.target_account, pair.region)
    return region.table_properties.get((pair.target_arn, table), {}).get("TargetTableConfig", {})
