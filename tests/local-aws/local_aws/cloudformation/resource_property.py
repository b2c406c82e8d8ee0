"""AWS::Glue::IntegrationResourceProperty."""

from local_aws.cloudformation import handler
from local_aws.glue.errors import GlueError

TYPE = "AWS::Glue::IntegrationResourceProperty"
_REQUIRED = ("ResourceArn",)
_PROCESSING = ("SourceProcessingProperties", "TargetProcessingProperties")


def install() -> None:
    """Register the type."""
    handler.register(
        TYPE, {"create": create, "update": update, "delete": delete}, _REQUIRED, waits=False
    )


def create(logical_id: str, props: dict, _stack_name: str) -> tuple[str, dict]:
    """Create; the resource's ARN is the physical id."""
    handler.check_properties(logical_id, props, _REQUIRED, (*_PROCESSING, "Tags"))
    request = {key: value for key, value in props.items() if key != "Tags"}
    if props.get("Tags"):
        request["Tags"] = handler.api_tags(props)
    made = handler.glue("CreateIntegrationResourceProperty", request)
    return made["ResourceArn"], {"ResourcePropertyArn": made["ResourcePropertyArn"]}


def update(physical_id: str, _old: dict, new: dict, _stack_name: str) -> tuple[str, dict]:
    """Replace the processing properties."""
    handler.check_properties(physical_id, new, _REQUIRED, (*_PROCESSING, "Tags"))
    request = {key: value for key, value in new.items() if key != "Tags"}
    made = handler.glue("UpdateIntegrationResourceProperty", request)
    return physical_id, {"ResourcePropertyArn": made["ResourcePropertyArn"]}


def delete(physical_id: str, _props: dict) -> None:
    """Delete; gone already is fine."""
    try:
        handler.call_glue("DeleteIntegrationResourceProperty", {"ResourceArn": physical_id})
    except GlueError as error:
        if error.code != "EntityNotFoundException":
            raise handler.failed(error) from error
