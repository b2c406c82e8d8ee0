"""Look-ups in ministack's Data Catalog, and paging, shared by the Glue calls."""

from ministack.core.responses import request_scope
from ministack.services import glue as ministack_glue

from local_aws.glue.errors import invalid_input, not_found
from local_aws.glue.state import here


def database(account: str, region: str, name: str) -> dict | None:
    """A database of any account."""
    with request_scope(account, region):
        return ministack_glue._databases.get(name)


def database_name(arn: str) -> str | None:
    """The name in a database ARN; None for another kind of ARN."""
    resource = arn.split(":", 5)[-1]
    kind, _, name = resource.partition("/")
    return name if kind == "database" and name else None


def require_database(arn: str) -> dict:
    """The database of this account that an ARN names."""
    name = database_name(arn)
    if name is None:
        raise invalid_input(f"ResourceArn {arn} is not a database ARN")
    found = database(here().account, here().name, name)
    if found is None:
        raise not_found(f"Database {name} not found")
    return found


def page(rows: list, request: dict, member: str) -> dict:
    """One page of `rows`, with a Marker when there are more."""
    try:
        start = int(request.get("Marker", "0"))
    except ValueError:
        raise invalid_input(f"Marker '{request['Marker']}' is not one of ours") from None
    size = request.get("MaxRecords", 100)
    if not 1 <= size <= 100:
        raise invalid_input(f"MaxRecords is {size}; 1 to 100 are allowed")
    response = {member: rows[start : start + size]}
    if start + size < len(rows):
        response["Marker"] = str(start + size)
    return response
