"""AWS::DynamoDB::GlobalTable: what ministack drops of a replica.

Its resource policy, point-in-time recovery and encryption reach DynamoDB here, on create and on
update, and a table that exists already is not overwritten.
"""

import json

from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation import handler
from local_aws.iam.evaluate import as_list

TYPE = "AWS::DynamoDB::GlobalTable"
_POLICY_LIMIT = 20 * 1024
_MAX_RECOVERY_DAYS = 35
_OWN = ("SSESpecification",)
# (account, Region, table) -> days; ministack keeps only whether recovery is on.
_recovery_days: dict[tuple[str, str, str], int] = {}


def install() -> None:
    """Wrap ministack's handlers, and show the recovery period."""
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    theirs = dict(handlers)

    def create(logical_id, props, stack_name):
        name = props.get("TableName")
        if name and name in dynamodb._tables:
            raise handler.HandlerFailed(f"Table already exists: {name}", "AlreadyExists")
        replica = _replica(logical_id, props)
        physical_id, attributes = theirs["create"](logical_id, _without_own(props), stack_name)
        try:
            _apply(physical_id, props, replica)
        except Exception:
            theirs["delete"](physical_id, props)
            raise
        return physical_id, attributes

    def update(physical_id, old, new, stack_name):
        replica = _replica(physical_id, new)
        result = theirs["update"](physical_id, _without_own(old), _without_own(new), stack_name)
        before = _replica(physical_id, old).get("ResourcePolicy")
        # "If you update the policy outside of the template, it is not overwritten" unless the
        # template's own policy changes.
        _apply(result[0], new, replica, with_policy=before != replica.get("ResourcePolicy"))
        return result

    def delete(physical_id, props):
        table = dynamodb._tables.get(physical_id) or {}
        if table.get("DeletionProtectionEnabled"):
            raise handler.HandlerFailed(
                f"Table {physical_id} is protected against deletion", "InvalidRequest"
            )
        theirs["delete"](physical_id, props)
        dynamodb._pitr_settings.pop(physical_id, None)
        dynamodb._resource_policies.pop(_arn(physical_id), None)
        _recovery_days.pop(_key(physical_id), None)

    handlers.update(create=create, update=update, delete=delete)
    _keep_recovery_period()
    _show_recovery_period()


def recovery_days(name: str) -> int:
    """The recovery period of a table of this account and Region; 35 days unless one was set."""
    return _recovery_days.get(_key(name), _MAX_RECOVERY_DAYS)


def _without_own(props: dict) -> dict:
    return {key: value for key, value in props.items() if key not in _OWN}


def _replica(logical_id: str, props: dict) -> dict:
    """The replica of this Region. There is no other Region to replicate to."""
    replicas = props.get("Replicas") or []
    found = next((item for item in replicas if item.get("Region") == get_region()), None)
    if found is None:
        raise handler.HandlerFailed(
            f"{logical_id}: Replicas has no entry for the stack's Region {get_region()}",
            "InvalidRequest",
        )
    return found


def _apply(name: str, props: dict, replica: dict, with_policy: bool = True) -> None:
    policy = (replica.get("ResourcePolicy") or {}).get("PolicyDocument")
    if policy is not None and with_policy:
        _put_policy(name, policy)
    elif with_policy:
        dynamodb._resource_policies.pop(_arn(name), None)
    recovery = replica.get("PointInTimeRecoverySpecification") or {}
    enabled = provisioners._cfn_bool(recovery.get("PointInTimeRecoveryEnabled", False))
    days = int(recovery.get("RecoveryPeriodInDays", _MAX_RECOVERY_DAYS))
    if not 1 <= days <= _MAX_RECOVERY_DAYS:
        raise handler.HandlerFailed(
            f"RecoveryPeriodInDays is {days}; 1 to 35 are allowed", "InvalidRequest"
        )
    dynamodb._pitr_settings[name] = enabled
    _recovery_days[_key(name)] = days
    table = dynamodb._tables[name]
    table["SSEDescription"] = _encryption(props, replica)
    if "DeletionProtectionEnabled" in replica:
        table["DeletionProtectionEnabled"] = provisioners._cfn_bool(
            replica["DeletionProtectionEnabled"]
        )


def _put_policy(name: str, policy: object) -> None:
    text = policy if isinstance(policy, str) else json.dumps(policy)
    if len(text.encode()) > _POLICY_LIMIT:
        raise handler.HandlerFailed("Resource-based policy exceeds 20 KB", "InvalidRequest")
    for index, statement in enumerate(as_list(json.loads(text).get("Statement"))):
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise handler.HandlerFailed(
                f"Resource-based policy: Statement[{index}] has no Principal", "InvalidRequest"
            )
        for resource in as_list(statement.get("Resource")):
            if resource != "*" and not str(resource).startswith(_arn(name)):
                raise handler.HandlerFailed(
                    f"Resource-based policy: Statement[{index}] names {resource}, which is not "
                    f"table {name}",
                    "InvalidRequest",
                )
    dynamodb._put_resource_policy({"ResourceArn": _arn(name), "Policy": text})


def _encryption(props: dict, replica: dict) -> dict | None:
    wanted = props.get("SSESpecification") or {}
    if not provisioners._cfn_bool(wanted.get("SSEEnabled", False)):
        # The AWS-owned key; DescribeTable shows nothing.
        return None
    key = (replica.get("SSESpecification") or {}).get("KMSMasterKeyId")
    return dynamodb._sse_description_from_spec(
        {"Enabled": True, "SSEType": wanted.get("SSEType", "KMS"), "KMSMasterKeyId": key}
    )


def _keep_recovery_period() -> None:
    """UpdateContinuousBackups sets the days, too."""
    theirs = dynamodb._update_continuous_backups

    def update(data):
        name = data.get("TableName", "").rpartition("/")[2]
        wanted = data.get("PointInTimeRecoverySpecification") or {}
        days = wanted.get("RecoveryPeriodInDays", _MAX_RECOVERY_DAYS)
        if not 1 <= days <= _MAX_RECOVERY_DAYS:
            return dynamodb.error_response_json(
                "ValidationException", f"RecoveryPeriodInDays is {days}; 1 to 35 are allowed", 400
            )
        answer = theirs({**data, "TableName": name})
        if answer[0] == 200:
            _recovery_days[_key(name)] = days
            return dynamodb._describe_continuous_backups({"TableName": name})
        return answer

    dynamodb._update_continuous_backups = update


def _show_recovery_period() -> None:
    theirs = dynamodb._describe_continuous_backups

    def describe(data):
        status, headers, body = theirs(data)
        days = _recovery_days.get(_key(data.get("TableName", "").rpartition("/")[2]))
        if status == 200 and days:
            answer = json.loads(body)
            recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
            if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
                recovery["RecoveryPeriodInDays"] = days
            body = json.dumps(answer).encode()
        return status, headers, body

    dynamodb._describe_continuous_backups = describe


def _arn(name: str) -> str:
    return f"arn:aws:dynamodb:{get_region()}:{get_account_id()}:table/{name}"


def _key(name: str) -> tuple[str, str, str]:
    return get_account_id(), get_region(), name
