"""Which resources each of our Glue actions is authorised on.

From the service authorization reference, read as narrowly as its wording allows: where it flags
several resource types, those that the call names are all checked.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
"""

from ministack.core import iam_actions

from local_aws import caller
from local_aws.glue.state import Region, here

_ON_RESOURCE = (
    "CreateIntegrationTableProperties",
    "UpdateIntegrationTableProperties",
    "GetIntegrationTableProperties",
    "DeleteIntegrationTableProperties",
    "CreateIntegrationResourceProperty",
    "UpdateIntegrationResourceProperty",
    "GetIntegrationResourceProperty",
    "DeleteIntegrationResourceProperty",
)
_ON_INTEGRATION = ("ModifyIntegration", "DeleteIntegration", "DescribeIntegrations")
# Operations of ministack: on the database, and on its table where one is named.
_ON_DATABASE = ("GetDatabase", "GetDatabases", "CreateDatabase", "UpdateDatabase", "DeleteDatabase")
_ON_TABLE = ("GetTable", "GetTables", "CreateTable", "UpdateTable", "DeleteTable")
_ON_TAGGED = ("GetTags", "TagResource", "UntagResource")
OF_MINISTACK = (*_ON_DATABASE, *_ON_TABLE, *_ON_TAGGED)
# Without resource types, or unknown to the reference.
_ON_ANYTHING = (
    "DescribeInboundIntegrations",
    "ListIntegrationTableProperties",
    "ListIntegrationResourceProperties",
)


def require(operation: str, request: dict) -> None:
    """Raise unless the caller may do it."""
    caller.require(f"glue:{operation}", resources(operation, request, here()))


def resources(operation: str, request: dict, region: Region) -> list[str]:
    """The ARNs that a call is checked on."""
    if operation in _ON_RESOURCE:
        arn = request.get("ResourceArn")
        return [region.catalog_arn, arn] if isinstance(arn, str) else [region.catalog_arn]
    if operation in _ON_INTEGRATION:
        identifier = str(request.get("IntegrationIdentifier", ""))
        known = identifier.startswith(region.arn_prefix)
        return [identifier if known else f"{region.arn_prefix}integration:*"]
    if operation == "CreateIntegration":
        return [f"{region.arn_prefix}integration:00000000-0000-0000-0000-000000000000"]
    if operation in _ON_ANYTHING:
        return ["*"]
    if operation in _ON_TAGGED:
        return [str(request.get("ResourceArn", "*"))]
    if operation in _ON_DATABASE:
        given = request.get("Name") or (request.get("DatabaseInput") or {}).get("Name")
        return [region.catalog_arn, *([_database(region, given)] if given else [])]
    if operation in _ON_TABLE:
        return [region.catalog_arn, *_table(region, request)]
    return [region.catalog_arn]


def _database(region: Region, name: str) -> str:
    return f"{region.arn_prefix}database/{name}"


def _table(region: Region, request: dict) -> list[str]:
    database = str(request.get("DatabaseName", ""))
    name = request.get("Name") or (request.get("TableInput") or {}).get("Name") or "*"
    return [_database(region, database), f"{region.arn_prefix}table/{database}/{name}"]


def install(operations) -> None:
    """Leave the decision about these operations to `require`.

    ministack checks every Glue call on one resource that it guesses from the body; for ours it
    would guess wrong.
    """
    theirs = iam_actions.extract_iam_action

    def extract_iam_action(service, method, path, headers, body, *args, **kwargs):
        if service == "glue":
            operation = headers.get("x-amz-target", "").rpartition(".")[2]
            if operation in operations or operation in OF_MINISTACK:
                # No action: ministack then verifies the signature and goes no further.
                return None
        return theirs(service, method, path, headers, body, *args, **kwargs)

    iam_actions.extract_iam_action = extract_iam_action
