"""The provider's job as one would write it on crhelper, for the comparison in docs/reliability.md.

Written with care, not against crhelper: conditional writes with a bounded retry, owned statements
told by a Sid prefix, a read before each write of table properties, a guard against deleting under
an integration.
"""

import hashlib
import json
import os
import random
import re
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from crhelper import CfnResource

helper = CfnResource(
    json_logging=True,
    log_level=os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO").replace("TRACE", "DEBUG"),
    boto_level="CRITICAL",
    sleep_on_delete=0,
)
try:
    glue = boto3.client(
        "glue",
        config=Config(
            connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 5}
        ),
    )
except Exception as error:
    helper.init_failure(error)

POLICY = "Custom::GlueResourcePolicy"
TABLE = "Custom::IntegrationTableProperties"
ABSENT = ("EntityNotFoundException", "ResourceNotFoundException")
CONFLICT_TRIES = 10


def code(error):
    return error.response["Error"]["Code"]


@helper.create
@helper.update
def apply(event, context):
    if event["ResourceType"] == POLICY:
        return put_policy(event, owned(event, event["ResourceProperties"]))
    if event["ResourceType"] == TABLE:
        return put_table(event)
    raise ValueError(f"unknown type {event['ResourceType']}; use {POLICY} or {TABLE}")


@helper.delete
def cleanup(event, context):
    if event["ResourceType"] == POLICY:
        put_policy(event, [])
    elif event["ResourceType"] == TABLE:
        delete_table(event)


# The catalog policy.


def marker(event):
    text = f"{event['StackId']}/{event['LogicalResourceId']}"
    return "Zetl" + hashlib.sha256(text.encode()).hexdigest()[:16]


def statements_of(document):
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def owned(event, properties):
    document = properties["PolicyDocument"]
    if isinstance(document, str):
        document = json.loads(document)
    prefix = marker(event)
    result = []
    for index, statement in enumerate(statements_of(document)):
        for needed in ("Effect", "Action", "Principal", "Resource"):
            if needed not in statement:
                raise ValueError(f"PolicyDocument.Statement[{index}] has no {needed}")
        sid = statement.get("Sid", "")
        if not re.fullmatch("[A-Za-z0-9]*", sid):
            raise ValueError(f"PolicyDocument.Statement[{index}].Sid: use letters and digits")
        result.append({**statement, "Sid": prefix + (f"S{sid}" if sid else f"N{index}")})
    return result


def read_policy():
    try:
        answer = glue.get_resource_policy()
    except ClientError as error:
        if code(error) == "EntityNotFoundException":
            return None, None
        raise
    if not answer.get("PolicyInJson"):
        return None, None
    return json.loads(answer["PolicyInJson"]), answer["PolicyHash"]


def put_policy(event, ours):
    properties = event["ResourceProperties"]
    prefix = marker(event)
    helper.Data["Owner"] = prefix
    physical_id = event.get("PhysicalResourceId") or f"glue-policy-{prefix}"
    for attempt in range(CONFLICT_TRIES):
        document, policy_hash = read_policy()
        before = statements_of(document) if document else []
        foreign = [one for one in before if not one.get("Sid", "").startswith(prefix)]
        if foreign and ours and properties.get("Mode") == "Exclusive":
            raise ValueError(f"{len(foreign)} statements of others exist; use Mode Merge")
        after = foreign + ours
        if after == before:
            helper.Data["PolicyHash"] = policy_hash or ""
            return physical_id
        try:
            if not after:
                glue.delete_resource_policy(PolicyHashCondition=policy_hash)
                return physical_id
            condition = (
                {"PolicyHashCondition": policy_hash}
                if policy_hash
                else {"PolicyExistsCondition": "NOT_EXIST"}
            )
            merged = {**(document or {"Version": "2012-10-17"}), "Statement": after}
            answer = glue.put_resource_policy(
                PolicyInJson=json.dumps(merged, ensure_ascii=False),
                EnableHybrid=(properties.get("EnableHybrid") or "TRUE").upper(),
                **condition,
            )
            helper.Data["PolicyHash"] = answer["PolicyHash"]
            return physical_id
        except ClientError as error:
            if code(error) not in ("ConditionCheckFailureException", "EntityNotFoundException"):
                raise
            time.sleep(random.uniform(0, 0.1 * 2**attempt))
    raise RuntimeError("other writers kept changing the catalog policy")


# Table properties.


def read_table(arn, name):
    try:
        return glue.get_integration_table_properties(ResourceArn=arn, TableName=name)
    except ClientError as error:
        if code(error) in ABSENT:
            return None
        raise


def configs(properties):
    names = ("SourceTableConfig", "TargetTableConfig")
    return {name: properties[name] for name in names if properties.get(name)}


def put_table(event):
    properties = event["ResourceProperties"]
    arn, name = properties["ResourceArn"], properties["TableName"]
    wanted = configs(properties)
    live = read_table(arn, name)
    physical_id = f"{arn}|{name}"
    replacing = event.get("PhysicalResourceId") not in (None, physical_id)
    helper.Data.update(ResourceArn=arn, TableName=name)
    target = wanted.get("TargetTableConfig", {})
    helper.Data["UnnestSpec"] = target.get("UnnestSpec", "FULL")
    helper.Data["TargetTableName"] = target.get("TargetTableName", "")
    if live is None:
        glue.create_integration_table_properties(ResourceArn=arn, TableName=name, **wanted)
        return physical_id
    found = configs(live)
    owner = found.get("TargetTableConfig", {}).pop("IntegrationArn", None)
    if {k: v for k, v in found.items() if v} == wanted:
        return physical_id
    adopt = str(properties.get("AdoptExisting", "false")).lower() == "true"
    if (event["RequestType"] == "Create" or replacing) and not adopt:
        raise ValueError("the table has other properties; set AdoptExisting to take them over")
    if owner:
        layout = ("UnnestSpec", "PartitionSpec")
        old = found.get("TargetTableConfig", {})
        allowed = str(properties.get("AllowResync", "false")).lower() == "true"
        if any(old.get(key) != target.get(key) for key in layout) and not allowed:
            raise ValueError(f"{owner} uses the table; set AllowResync")
        wanted.setdefault("TargetTableConfig", {})["IntegrationArn"] = owner
    glue.update_integration_table_properties(ResourceArn=arn, TableName=name, **wanted)
    return physical_id


def delete_table(event):
    arn, separator, name = event["PhysicalResourceId"].rpartition("|")
    if not separator:
        # Not an id of ours: the Create failed, or CloudFormation made it up.
        properties = event["ResourceProperties"]
        arn, name = properties.get("ResourceArn"), properties.get("TableName")
        live = read_table(arn, name) if arn and name else None
        if live is None or configs(live) != configs(properties):
            return
    for page in range(100):
        marker_of = {"Marker": answer["Marker"]} if page else {}
        answer = glue.describe_inbound_integrations(TargetArn=arn, **marker_of)
        for one in answer["InboundIntegrations"]:
            same = one["SourceArn"].endswith(f":table/{name}")
            if same and one["Status"] != "FAILED":
                raise ValueError(f"{one['IntegrationArn']} uses the table; delete it first")
        if not answer.get("Marker"):
            break
    try:
        glue.delete_integration_table_properties(ResourceArn=arn, TableName=name)
    except ClientError as error:
        if code(error) not in ABSENT:
            raise


def handler(event, context):
    helper(event, context)
