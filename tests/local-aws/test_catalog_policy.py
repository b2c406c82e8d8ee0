"""The catalog's resource policy: conditions, limits, and what Glue refuses to store."""

import json

import pytest
import zero_etl
from botocore.exceptions import ClientError


def refused(call, **request) -> tuple[str, str]:
    """Error code and message."""
    with pytest.raises(ClientError) as error:
        call(**request)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


@pytest.fixture
def policy(target):
    """A document that Glue accepts."""
    return zero_etl.catalog_policy("111111111111", target.id)


def put(account, document, **conditions):
    """PutResourcePolicy."""
    return account.glue.put_resource_policy(PolicyInJson=json.dumps(document), **conditions)


def test_policy_comes_back_as_it_was_put(target, policy):
    text = json.dumps(policy, indent=3)
    made = target.glue.put_resource_policy(PolicyInJson=text)
    found = target.glue.get_resource_policy()
    assert found["PolicyInJson"] == text
    assert found["PolicyHash"] == made["PolicyHash"]


def test_no_policy_is_not_found(target):
    assert refused(target.glue.get_resource_policy)[0] == "EntityNotFoundException"
    assert refused(target.glue.delete_resource_policy)[0] == "EntityNotFoundException"


def test_accounts_and_regions_have_policies_of_their_own(source, target, policy):
    put(target, policy)
    assert refused(source.glue.get_resource_policy)[0] == "EntityNotFoundException"
    assert len(target.glue.get_resource_policies()["GetResourcePoliciesResponseList"]) == 1
    assert source.glue.get_resource_policies()["GetResourcePoliciesResponseList"] == []


def test_hash_follows_the_text_and_guards_writes(target, policy):
    first = put(target, policy)["PolicyHash"]
    assert put(target, policy)["PolicyHash"] == first
    policy["Statement"].pop()
    second = put(target, policy, PolicyHashCondition=first)["PolicyHash"]
    assert second != first
    stale = {"PolicyHashCondition": first}
    text = json.dumps(policy)
    code = "ConditionCheckFailureException"
    assert refused(target.glue.put_resource_policy, PolicyInJson=text, **stale)[0] == code
    assert refused(target.glue.delete_resource_policy, **stale)[0] == code
    target.glue.delete_resource_policy(PolicyHashCondition=second)
    assert refused(target.glue.get_resource_policy)[0] == "EntityNotFoundException"


def test_exists_conditions(target, policy):
    text = json.dumps(policy)
    code = "ConditionCheckFailureException"
    for condition in ({"PolicyExistsCondition": "MUST_EXIST"}, {"PolicyHashCondition": "any"}):
        assert refused(target.glue.put_resource_policy, PolicyInJson=text, **condition)[0] == code
    put(target, policy, PolicyExistsCondition="NOT_EXIST")
    condition = {"PolicyExistsCondition": "NOT_EXIST"}
    assert refused(target.glue.put_resource_policy, PolicyInJson=text, **condition)[0] == code
    put(target, policy, PolicyExistsCondition="MUST_EXIST")


def test_document_is_limited_to_10240_bytes(target, policy):
    size = len(json.dumps(policy).encode())
    policy["Id"] = ""
    pad = 10_240 - len(json.dumps(policy).encode())
    assert size < 10_240
    policy["Id"] = "x" * pad
    put(target, policy)
    policy["Id"] += "x"
    code, message = refused(target.glue.put_resource_policy, PolicyInJson=json.dumps(policy))
    assert code == "InvalidInputException"
    assert "Resource policy size is limited to 10240 bytes, got 10241" in message


def test_bytes_are_counted_not_characters(target, policy):
    policy["Id"] = "é" * 5_000
    text = json.dumps(policy, ensure_ascii=False)
    assert len(text) < 10_240
    assert "size is limited" in refused(target.glue.put_resource_policy, PolicyInJson=text)[1]


def test_hybrid_has_to_be_true_once_the_account_shares_through_ram(server, target, policy):
    put(target, policy, EnableHybrid="FALSE")
    server.control("PUT", "settings", {"ram_shares": [target.id]})
    try:
        text = json.dumps(policy)
        for hybrid in ({}, {"EnableHybrid": "FALSE"}):
            code, message = refused(target.glue.put_resource_policy, PolicyInJson=text, **hybrid)
            assert (code, "EnableHybrid must be TRUE" in message) == ("InvalidInputException", True)
        put(target, policy, EnableHybrid="TRUE")
    finally:
        server.control("PUT", "settings", {"ram_shares": []})


def without_principal(statement):
    del statement["Principal"]


def with_bare_star(statement):
    statement["Resource"] = "*"


def with_foreign_account(statement):
    statement["Resource"] = "arn:aws:glue:us-east-1:999999999999:catalog"


def with_foreign_region(statement):
    statement["Resource"] = statement["Resource"][0].replace("us-east-1", "eu-west-1")


def with_wildcard_account(statement):
    statement["Resource"] = "arn:aws:glue:us-east-1:*:catalog"


def with_bucket(statement):
    statement["Resource"] = "arn:aws:s3:::bucket"


def without_resource(statement):
    del statement["Resource"]


def with_wildcard_principal(statement):
    statement["Principal"] = {"AWS": "arn:aws:iam::111111111111:role/*"}


def with_dead_principal(statement):
    statement["Principal"] = {"AWS": "AROAEXAMPLEEXAMPLE12"}


def with_malformed_principal(statement):
    statement["Principal"] = {"AWS": "somebody"}


def with_malformed_service(statement):
    statement["Principal"] = {"Service": "glue"}


def with_foreign_action(statement):
    statement["Action"] = "s3:GetObject"


def without_action(statement):
    del statement["Action"]


def with_wrong_effect(statement):
    statement["Effect"] = "allow"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_principal, "needs either Principal or NotPrincipal"),
        (with_bare_star, "has Resource '*'"),
        (with_foreign_account, "has Resource 'arn:aws:glue:us-east-1:999999999999:catalog'"),
        (with_foreign_region, "has Resource 'arn:aws:glue:eu-west-1"),
        (with_wildcard_account, "has Resource 'arn:aws:glue:us-east-1:*:catalog'"),
        (with_bucket, "has Resource 'arn:aws:s3:::bucket'"),
        (without_resource, "has no Resource"),
        (with_wildcard_principal, "has a wildcard"),
        (with_dead_principal, "is the id of a principal that was deleted"),
        (with_malformed_principal, "is not an account, a role or a user"),
        (with_malformed_service, "'glue' is not a service principal"),
        (with_foreign_action, "has an action that is not Glue's: s3:GetObject"),
        (without_action, "needs either Action or NotAction"),
        (with_wrong_effect, "needs Effect Allow or Deny"),
    ],
)
def test_statement_is_refused(target, policy, spoil, message):
    spoil(policy["Statement"][1])
    code, text = refused(target.glue.put_resource_policy, PolicyInJson=json.dumps(policy))
    assert code == "InvalidInputException"
    assert "Statement[1] (Sid 'Authorize')" in text
    assert message in text
    assert refused(target.glue.get_resource_policy)[0] == "EntityNotFoundException"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{]", "Policy is not valid JSON"),
        ("[]", "Policy is not a JSON object"),
        ('{"Version": "2012-10-17"}', "has no statement; delete the policy instead"),
        ('{"Version": "2012-10-17", "Statement": []}', "has no statement"),
        ('{"Version": "2020-01-01", "Statement": [{}]}', "Version '2020-01-01'"),
    ],
)
def test_document_is_refused(target, text, message):
    code, found = refused(target.glue.put_resource_policy, PolicyInJson=text)
    assert (code, message in found) == ("InvalidInputException", True)


def test_role_has_to_exist_in_an_account_that_is_known(source, target, policy):
    trust = {"Version": "2012-10-17", "Statement": []}
    role = source.iam.create_role(
        RoleName="deployer", AssumeRolePolicyDocument=json.dumps(trust), Path="/team/"
    )["Role"]["Arn"]
    policy["Statement"][0]["Principal"] = {"AWS": role}
    put(target, policy)
    # The same name without its path is another role.
    policy["Statement"][0]["Principal"] = {"AWS": role.replace("/team/", "/")}
    text = json.dumps(policy)
    message = refused(target.glue.put_resource_policy, PolicyInJson=text)[1]
    assert "does not exist" in message
    # Nothing is known of who lives in an account that was never used.
    policy["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::987654321098:role/any"}
    put(target, policy)


def test_stale_principal_blocks_everybody(source, target, policy):
    trust = {"Version": "2012-10-17", "Statement": []}
    source.iam.create_role(RoleName="stays", AssumeRolePolicyDocument=json.dumps(trust))
    role = source.iam.create_role(RoleName="goes", AssumeRolePolicyDocument=json.dumps(trust))
    foreign = {**policy["Statement"][0], "Sid": "Theirs", "Principal": {"AWS": role["Role"]["Arn"]}}
    policy["Statement"].append(foreign)
    put(target, policy)
    source.iam.delete_role(RoleName="goes")
    message = refused(target.glue.put_resource_policy, PolicyInJson=json.dumps(policy))[1]
    assert "Statement[2] (Sid 'Theirs')" in message


def test_account_cannot_lock_itself_out(target, policy):
    policy["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "glue:*",
            "Resource": f"arn:aws:glue:us-east-1:{target.id}:catalog",
        }
    )
    message = refused(target.glue.put_resource_policy, PolicyInJson=json.dumps(policy))[1]
    assert "would deny its own account glue:PutResourcePolicy" in message


def test_resource_arn_is_refused_in_the_words_of_aws(target, policy):
    arn = f"arn:aws:glue:us-east-1:{target.id}:catalog"
    request = {"PolicyInJson": json.dumps(policy), "ResourceArn": arn}
    code, message = refused(target.glue.put_resource_policy, **request)
    assert code == "InvalidInputException"
    assert message == "Glue resource level policy is not currently supported"


def test_foreign_shapes_are_kept(target, policy):
    # A single object, no Sid, doubled Sids: all of it occurs, and all of it is stored.
    single = {**policy, "Statement": policy["Statement"][0]}
    put(target, single)
    del policy["Statement"][0]["Sid"]
    policy["Statement"] += [policy["Statement"][1]] * 2
    put(target, policy)
    assert json.loads(target.glue.get_resource_policy()["PolicyInJson"]) == policy
