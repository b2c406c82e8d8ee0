"""AWS::Glue::Integration.

Nearly every property is create-only, so a change makes the new integration before the old one
goes, and collides with its name and its pair. That is AWS's behaviour, not an accident here.
"""

import time

from local_aws.cloudformation import failed_creates, handler
from local_aws.glue.errors import GlueError

TYPE = "AWS::Glue::Integration"
_REQUIRED = ("IntegrationName", "SourceArn", "TargetArn")
_CREATE_ONLY = (
    *_REQUIRED,
    "KmsKeyId",
    "AdditionalEncryptionContext",
    "IntegrationConfig",
)
_IN_PLACE = ("DataFilter", "Description", "Tags")
_POLL_SECONDS = 0.05


def install() -> None:
    """Register the type."""
    handler.register(
        TYPE,
        {"create": create, "update": update, "delete": delete},
        _CREATE_ONLY,
        waits=True,
    )


def create(logical_id: str, props: dict, stack_name: str) -> tuple[str, dict]:
    """Create, then wait as the real handler does."""
    handler.check_properties(logical_id, props, _REQUIRED, (*_CREATE_ONLY[3:], *_IN_PLACE))
    request = {key: value for key, value in props.items() if key != "Tags"}
    if "IntegrationConfig" in request:
        request["IntegrationConfig"] = _config(request["IntegrationConfig"])
    if props.get("Tags"):
        request["Tags"] = handler.api_tags(props)
    made = handler.glue("CreateIntegration", request)
    physical_id = f"{made['IntegrationArn']}|{made['IntegrationName']}"
    settled = _settle(made["IntegrationArn"])
    if settled["Status"] != "ACTIVE":
        # Open on AWS: what the handler does then. Failing is the stricter reading.
        failed_creates.remember(stack_name, logical_id, TYPE, physical_id, props)
        reasons = "; ".join(
            f"{error['ErrorCode']}: {error['ErrorMessage']}" for error in settled["Errors"]
        )
        raise handler.HandlerFailed(
            f"Integration {made['IntegrationArn']} is {settled['Status']}: {reasons}",
            "NotStabilized",
        )
    return physical_id, _attributes(settled)


def update(physical_id: str, old: dict, new: dict, _stack_name: str) -> tuple[str, dict]:
    """Description, data filter and tags change in place."""
    arn = physical_id.partition("|")[0]
    handler.check_properties(arn, new, _REQUIRED, (*_CREATE_ONLY[3:], *_IN_PLACE))
    changed = {key: new[key] for key in ("DataFilter", "Description") if key in new}
    if any(old.get(key) != new.get(key) for key in ("DataFilter", "Description")):
        handler.glue("ModifyIntegration", {"IntegrationIdentifier": arn, **changed})
    return physical_id, _attributes(_settle(arn))


def delete(physical_id: str, _props: dict) -> None:
    """Delete, then wait until it is gone."""
    arn = physical_id.partition("|")[0]
    while True:
        try:
            handler.call_glue("DeleteIntegration", {"IntegrationIdentifier": arn})
        except GlueError as error:
            if error.code == "IntegrationNotFoundFault":
                return
            if error.code != "InvalidIntegrationStateFault":
                raise handler.failed(error) from error
        time.sleep(_POLL_SECONDS)


def _settle(arn: str) -> dict:
    while True:
        described = handler.glue("DescribeIntegrations", {"IntegrationIdentifier": arn})
        found = described["Integrations"][0]
        if found["Status"] not in ("CREATING", "MODIFYING"):
            return found
        time.sleep(_POLL_SECONDS)


def _config(config: dict) -> dict:
    # A template may write the minutes as a number; CloudFormation passes a string on.
    minutes = config.get("RefreshInterval")
    return config if minutes is None else {**config, "RefreshInterval": str(minutes)}


def _attributes(integration: dict) -> dict:
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(integration["CreateTime"]))
    return {
        "IntegrationArn": integration["IntegrationArn"],
        "CreateTime": created,
        "Status": integration["Status"],
    }
