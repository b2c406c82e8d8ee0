"""AWS::IAM::AccessKey: a key with the rights of its user, as long as the stack keeps it."""

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from test_auth import guarded

__all__ = ["guarded"]


def template(user: dict | str) -> dict:
    """A user who may list tables, and a key."""
    statement = {"Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = {"PolicyName": "p", "PolicyDocument": document}
    resources = {
        "User": {"Type": "AWS::IAM::User", "Properties": {"Policies": [policy]}},
        "Key": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": user}},
    }
    secret = {"Value": {"Fn::GetAtt": ["Key", "SecretAccessKey"]}}
    outputs = {"Id": {"Value": {"Ref": "Key"}}, "Secret": secret}
    return {"Resources": resources, "Outputs": outputs}


def test_a_key_of_a_stack_has_the_rights_of_its_user_and_goes_with_the_stack(guarded):
    root = Account(guarded, "222222222222")
    stack = root.deploy("s", template({"Ref": "User"}))
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    holder = Account(
        guarded,
        root.id,
        aws_access_key_id=outputs["Id"],
        aws_secret_access_key=outputs["Secret"],
    )
    assert holder.dynamodb.list_tables()["TableNames"] == []
    with pytest.raises(ClientError, match="not authorized"):
        holder.glue.get_resource_policy()
    root.cloudformation.delete_stack(StackName="s")
    with pytest.raises(ClientError, match="UnrecognizedClient|InvalidClientTokenId|security token"):
        holder.dynamodb.list_tables()


def test_a_key_of_nobody_fails(source):
    stack = source.deploy("s", template("nobody"))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "nobody cannot be found" in source.failure("s")
