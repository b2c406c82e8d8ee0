"""Read handlers: the live properties of a resource, in the template's shape, or None when gone.

A reader gets the physical id and the template's properties. It returns every property that it
knows; a property that it does not know is not compared.
"""

import json
from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs, glue, iam, lambda_svc

from local_aws import lake_formation
from local_aws.cloudformation import lake_formation_types
from local_aws.cloudformation.drift import live_storage
from local_aws.glue import state

Reader = Callable[[str, dict], dict | None]


def _database(name: str, _props: dict) -> dict | None:
    found = glue._databases.get(name)
    if found is None:
        return None
    known = ("Name", "Description", "LocationUri", "Parameters")
    kept = {key: found[key] for key in known if found.get(key)}
    return {"CatalogId": get_account_id(), "DatabaseName": name, "DatabaseInput": kept}


def _role(name: str, _props: dict) -> dict | None:
    found = iam._roles.get(name)
    if found is None:
        return None
    inline = found.get("InlinePolicies", {})
    return {
        "RoleName": name,
        "Path": found.get("Path", "/"),
        "Description": found.get("Description", ""),
        "MaxSessionDuration": found.get("MaxSessionDuration"),
        "AssumeRolePolicyDocument": found.get("AssumeRolePolicyDocument"),
        "ManagedPolicyArns": list(found.get("AttachedPolicies", [])),
        "PermissionsBoundary": found.get("PermissionsBoundary") or None,
        "Policies": [
            {"PolicyName": policy, "PolicyDocument": _json(document)}
            for policy, document in inline.items()
        ],
        "Tags": {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
    }


def _managed_policy(arn: str, _props: dict) -> dict | None:
    found = iam._policies.get(arn)
    if found is None:
        return None
    version = found["Versions"][found["DefaultVersionId"]]
    return {
        "ManagedPolicyName": found.get("PolicyName"),
        "Description": found.get("Description", ""),
        "Path": found.get("Path", "/"),
        "PolicyDocument": _json(version["Document"]),
    }


def _function(name: str, _props: dict) -> dict | None:
    found = lambda_svc._functions.get(name)
    if found is None:
        return None
    config = found["config"]
    same = (
        "FunctionName", "Runtime", "Handler", "Role", "Timeout", "MemorySize", "Description",
        "Architectures", "PackageType", "EphemeralStorage", "TracingConfig", "LoggingConfig",
        "VpcConfig",
    )
    read = {key: config[key] for key in same if key in config}
    concurrency = found.get("concurrency")
    return {
        **read,
        "Environment": {"Variables": (config.get("Environment") or {}).get("Variables") or {}},
        "ReservedConcurrentExecutions": concurrency,
        "Tags": found.get("tags", {}),
    }


def _event_invoke_config(physical_id: str, props: dict) -> dict | None:
    name, _, qualifier = physical_id.rpartition(":")
    function = lambda_svc._functions.get(name)
    found = function and lambda_svc._event_invoke_config(function, qualifier)
    if not found:
        return None
    read = {"FunctionName": props.get("FunctionName"), "Qualifier": qualifier}
    same = ("MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig")
    return {**read, **{key: found[key] for key in same if key in found}}


def _log_group(name: str, _props: dict) -> dict | None:
    found = cloudwatch_logs._log_groups.get(name)
    if found is None:
        return None
    return {
        "LogGroupName": name,
        "RetentionInDays": found.get("retentionInDays"),
        "LogGroupClass": found.get("logGroupClass") or "STANDARD",
        "KmsKeyId": found.get("kmsKeyId"),
        "Tags": found.get("tags", {}),
    }


def _registration(arn: str, _props: dict) -> dict | None:
    found = state.here().resource_properties.get(arn)
    kinds = ("SourceProcessingProperties", "TargetProcessingProperties")
    return found and {"ResourceArn": arn, **{kind: found[kind] for kind in kinds if kind in found}}


def _integration(physical_id: str, _props: dict) -> dict | None:
    found = state.integrations.get(physical_id.partition("|")[0])
    if found is None or found["operation"]["name"] == "DELETING":
        return None
    same = (
        "IntegrationName", "SourceArn", "TargetArn", "Description", "KmsKeyId",
        "AdditionalEncryptionContext", "IntegrationConfig", "DataFilter",
    )
    return {key: found[key] for key in same if key in found}


def _grant(_physical_id: str, props: dict) -> dict | None:
    key = lake_formation_types._key(props)
    held = lake_formation.catalog(get_account_id(), get_region()).grants.get(key)
    if not held:
        return None
    same = ("Principal", "Resource", "PermissionsWithGrantOption")
    return {**{name: props[name] for name in same if name in props}, "Permissions": sorted(held)}


def _json(document: object) -> object:
    return json.loads(document) if isinstance(document, str) else document


READERS: dict[str, Reader] = {
    "AWS::DynamoDB::GlobalTable": live_storage.table,
    "AWS::Glue::Database": _database,
    "AWS::Glue::Integration": _integration,
    "AWS::Glue::IntegrationResourceProperty": _registration,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::LakeFormation::PrincipalPermissions": _grant,
    "AWS::Lambda::EventInvokeConfig": _event_invoke_config,
    "AWS::Lambda::Function": _function,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": live_storage.bucket,
    "AWS::S3::BucketPolicy": live_storage.bucket_policy,
}
