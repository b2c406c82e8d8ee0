"""Importing what exists: the retained types that ministack cannot take into a stack.

With `ImportExistingResources`, CloudFormation adopts a resource whose primary identifier stands in
the template as a literal: `TableName` of a global table, `DatabaseName` of a database (its
`DatabaseInput.Name` is not the identifier), `Bucket` of a bucket policy. The name of a bucket that is adopted is no conflict;
ministack's validation before deployment calls it one.
"""

import contextvars

from ministack.services import glue, s3
from ministack.services.cloudformation import changesets, provisioners

_TABLE = "AWS::DynamoDB::GlobalTable"
_TABLES = (_TABLE, "AWS::DynamoDB::Table")
_DATABASE = "AWS::Glue::Database"
_BUCKET_POLICY = "AWS::S3::BucketPolicy"
_adopted: contextvars.ContextVar[frozenset[str]] = contextvars.ContextVar(
    "zeroetl_adopted", default=frozenset()
)


def install() -> None:
    """Add the types to ministack's tables of identifiers and import handlers."""
    changesets._IMPORT_LOOKUPS[_TABLE] = (("TableName",), changesets._table_import_problem)
    changesets._IMPORT_LOOKUPS[_DATABASE] = (("DatabaseName",), _database_problem)
    changesets._IMPORT_LOOKUPS[_BUCKET_POLICY] = (("Bucket",), _bucket_policy_problem)
    handlers = provisioners._RESOURCE_HANDLERS
    handlers[_BUCKET_POLICY]["import"] = lambda identifier: (identifier["Bucket"], {})
    handlers[_TABLE]["import"] = provisioners._ddb_import
    handlers[_DATABASE]["import"] = lambda identifier: (identifier["DatabaseName"], {})
    _spare_adopted_buckets()
    _see_owners_of_either_type()


def _see_owners_of_either_type() -> None:
    """A stack that made a table owns it, whichever of the two types its template used."""
    theirs = changesets._import_owner

    def owner(resources_to_import):
        for entry in resources_to_import:
            if entry["ResourceType"] in _TABLES:
                for resource_type in _TABLES:
                    found = theirs([{**entry, "ResourceType": resource_type}])
                    if found:
                        return found
        return theirs(resources_to_import)

    changesets._import_owner = owner


def _database_problem(name: str) -> str | None:
    if name in glue._databases:
        return None
    return changesets._IMPORT_NOT_FOUND.format(type=_DATABASE, value=name)


def _bucket_policy_problem(bucket: str) -> str | None:
    if s3._bucket_policies.get(bucket):
        return None
    return changesets._IMPORT_NOT_FOUND.format(type=_BUCKET_POLICY, value=bucket)


def _spare_adopted_buckets() -> None:
    deploy = changesets._deploy_stack_async
    conflict = provisioners.s3_bucket_name_conflict

    async def deploy_adopting(*arguments, imports=None, **options):
        names = (name for identifier in (imports or {}).values() for name in identifier.values())
        _adopted.set(frozenset(names))
        await deploy(*arguments, imports=imports, **options)

    changesets._deploy_stack_async = deploy_adopting
    provisioners.s3_bucket_name_conflict = lambda name: (
        None if name in _adopted.get() else conflict(name)
    )
