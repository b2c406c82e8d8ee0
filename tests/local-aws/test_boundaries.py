"""Permissions boundaries: of the target role, of a caller, and demanded from a deployer."""

import json

import pytest
from conftest import Account
from test_auth import guarded, user
from test_catalog_policy import refused
from test_stack_rules import role
from zero_etl import World, allow

__all__ = ["guarded"]


def policy(account, name: str, *statements: dict) -> str:
    """A managed policy; its ARN."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    made = account.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    return made["Policy"]["Arn"]


def test_a_boundary_of_the_template_is_set_changed_and_taken_away(source):
    one = policy(source, "one", allow("All", "*", "*"))
    two = policy(source, "two", allow("All", "*", "*"))
    for boundary, expected in ((one, one), (two, two), (None, None)):
        made = role(**({"PermissionsBoundary": boundary} if boundary else {}))
        source.deploy("s", made)
        rows = source.cloudformation.list_stack_resources(StackName="s")
        name = rows["StackResourceSummaries"][0]["PhysicalResourceId"]
        found = source.iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary", {})
        assert found.get("PermissionsBoundaryArn") == expected


def test_a_boundary_that_does_not_exist_fails_the_role(source):
    arn = f"arn:aws:iam::{source.id}:policy/absent"
    stack = source.deploy("s", role(PermissionsBoundary=arn))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "does not exist or is not attachable" in source.failure("s")


def test_a_boundary_limits_what_the_target_role_may_do(source, target):
    world = World(source, target)
    narrow = policy(target, "narrow", allow("Glue", "glue:*", "*"))
    world.resource("Role")["PermissionsBoundary"] = narrow
    world.prepare()
    assert world.integrate()["StackStatus"] == "ROLLBACK_COMPLETE"
    failure = source.failure("integration")
    assert "s3:ListBucket" in failure and "permissions boundary" in failure


def test_a_boundary_limits_a_caller(guarded, accounts):
    root = Account(guarded, accounts().id)
    narrow = user(root, allow("All", "*", "*"))
    assert narrow.glue.get_databases()["DatabaseList"] == []
    arn = policy(root, "limit", allow("Tables", "dynamodb:*", "*"))
    root.iam.put_user_permissions_boundary(UserName="narrow", PermissionsBoundary=arn)
    assert refused(narrow.glue.get_databases)[0] == "AccessDeniedException"
    narrow.dynamodb.list_tables()


@pytest.mark.parametrize("given", ["the boundary", "another", "none"])
def test_a_deployer_can_be_bound_to_a_boundary(guarded, accounts, given):
    root = Account(guarded, accounts().id)
    arn = policy(root, "limit", allow("All", "*", "*"))
    other = policy(root, "other", allow("All", "*", "*"))
    bound = {
        **allow("Roles", "iam:CreateRole", "*"),
        "Condition": {"StringEquals": {"iam:PermissionsBoundary": arn}},
    }
    look = allow("Look", ["cloudformation:*", "iam:Get*", "iam:List*", "iam:DeleteRole"], "*")
    deployer = user(root, bound, look)
    boundary = {"the boundary": arn, "another": other}.get(given)
    stack = deployer.deploy("s", role(**({"PermissionsBoundary": boundary} if boundary else {})))
    if given == "the boundary":
        assert stack["StackStatus"] == "CREATE_COMPLETE", deployer.failure("s")
    else:
        assert "not authorized to perform: iam:CreateRole" in deployer.failure("s")

