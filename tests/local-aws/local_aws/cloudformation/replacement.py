"""Which changes replace a resource: what the registry publishes, not a list of our own.

A property that is not create-only is changed in place, and a change set says so. A resource with a
name of its own cannot be replaced under that name.
"""

from ministack.services.cloudformation import provisioners, stacks

from local_aws.cloudformation import schema

_TABLE = "AWS::DynamoDB::GlobalTable"
_TOKEN = "ServiceToken"


def install() -> None:
    """Replace ministack's list where the registry knows the type."""
    theirs = provisioners._property_recreation
    their_refusal = provisioners._custom_named_replacement_error

    def recreation(resource_type, name):
        if not schema.of(resource_type):
            return theirs(resource_type, name)
        if name in schema.create_only(resource_type):
            return "Always"
        conditional = name in schema.conditionally_create_only(resource_type)
        return "Conditionally" if conditional else "Never"

    def refusal(resource_type, old, new, physical_id=None):
        if _is_custom(resource_type) and old.get(_TOKEN) != new.get(_TOKEN):
            return "Modifying service token is not allowed."
        return their_refusal(resource_type, old, new, physical_id)

    provisioners._property_recreation = stacks._property_recreation = recreation
    provisioners._custom_named_replacement_error = refusal
    stacks._custom_named_replacement_error = refusal
    provisioners._CUSTOM_NAME_REPLACEMENT[_TABLE] = {
        "name": "TableName",
        "requires_replacement": lambda old, new: old.get("KeySchema") != new.get("KeySchema"),
    }


def _is_custom(resource_type: str) -> bool:
    return (
        resource_type.startswith("Custom::")
        or resource_type == "AWS::CloudFormation::CustomResource"
    )
