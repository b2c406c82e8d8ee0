"""AWS::IAM::AccessKey, which ministack does not know: a key of a user."""

from xml.etree import ElementTree

from ministack.services import iam

from local_aws.cloudformation import handler

TYPE = "AWS::IAM::AccessKey"


def install() -> None:
    """Add the type; CloudFormation makes a new key when the user changes."""
    handlers = {"create": _create, "delete": _delete}
    handler.register(TYPE, handlers, ("UserName", "Serial"), waits=False)


def _create(logical_id, props, stack_name):
    handler.check_properties(logical_id, props, ("UserName",), ("Serial", "Status"))
    status, _, body = iam._create_access_key({"UserName": props["UserName"]})
    answer = ElementTree.fromstring(body)
    if status != 200:
        message = answer.findtext(".//{*}Message")
        raise handler.HandlerFailed(message, "NotFound")
    key = answer.findtext(".//{*}AccessKeyId")
    iam._access_keys[key]["Status"] = props.get("Status", "Active")
    return key, {"SecretAccessKey": answer.findtext(".//{*}SecretAccessKey")}


def _delete(physical_id, props):
    iam._access_keys.pop(physical_id, None)
