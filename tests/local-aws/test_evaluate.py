"""The policy evaluator, element by element."""

import pytest
from local_aws.iam import conditions, evaluate
from local_aws.iam.evaluate import ANY_RESOURCE, Decision, Principal, Request

SERVICE = Principal.service("glue.amazonaws.com")
ACCOUNT = Principal.account("111111111111")
ROLE = Principal("principal", "arn:aws:iam::111111111111:role/r")
SESSION = Principal("principal", "arn:aws:sts::111111111111:assumed-role/r/s")


def statement(**change) -> dict:
    """An Allow for glue:Get* on a catalog, changed; None takes an element out."""
    made = {
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": "glue:Get*",
        "Resource": "arn:aws:glue:us-east-1:222222222222:catalog",
        **change,
    }
    return {key: value for key, value in made.items() if value is not None}


def decide(*statements, action="glue:GetTable", principal=SERVICE, context=None) -> Decision:
    """What a document of these statements says."""
    arn = "arn:aws:glue:us-east-1:222222222222:catalog"
    return evaluate.decide(
        {"Statement": list(statements)}, Request(action, arn, principal, context or {})
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"Action": "glue:gettable"}, True),
        ({"Action": ["s3:*", "glue:GetTabl?"]}, True),
        ({"Action": "*"}, True),
        ({"Action": "glue:Put*"}, False),
        ({"Action": None, "NotAction": "glue:Put*"}, True),
        ({"Action": None, "NotAction": ["glue:*"]}, False),
        ({"Resource": "*"}, True),
        ({"Resource": ["arn:aws:s3:::b", "arn:aws:glue:*:222222222222:cat*"]}, True),
        ({"Resource": "arn:aws:glue:us-east-1:222222222222:CATALOG"}, False),
        ({"Resource": "arn:aws:glue:us-east-1:222222222222:[c]atalog"}, False),
        ({"Resource": None, "NotResource": "arn:aws:s3:::*"}, True),
        ({"Resource": None, "NotResource": "*"}, False),
        ({"Resource": None}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Service": ["a.amazonaws.com", "glue.amazonaws.com"]}}, True),
        ({"Principal": {"AWS": "111111111111"}}, False),
        ({"Principal": None}, False),
        ({"Principal": None, "NotPrincipal": {"AWS": "111111111111"}}, True),
        ({"Principal": None, "NotPrincipal": {"Service": "glue.amazonaws.com"}}, False),
    ],
)
def test_statement_applies(change, expected):
    assert (decide(statement(**change)) is Decision.ALLOWED) == expected


@pytest.mark.parametrize("principal", [ACCOUNT, ROLE, SESSION])
@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("111111111111", {ACCOUNT, ROLE, SESSION}),
        ("arn:aws:iam::111111111111:root", {ACCOUNT, ROLE, SESSION}),
        ("arn:aws:iam::222222222222:root", set()),
        ("arn:aws:iam::111111111111:role/r", {ROLE, SESSION}),
        ("arn:aws:iam::111111111111:role/other", set()),
        ("arn:aws:sts::111111111111:assumed-role/r/s", {SESSION}),
    ],
)
def test_account_names_everybody_in_it(principal, named, expected):
    found = decide(statement(Principal={"AWS": named}), principal=principal)
    assert (found is Decision.ALLOWED) == (principal in expected)


def test_deny_wins_wherever_it_stands():
    allow, deny = statement(), statement(Effect="Deny", Principal="*")
    assert decide(allow, deny) is Decision.DENIED
    assert decide(deny, allow) is Decision.DENIED
    assert decide(deny) is Decision.DENIED
    assert decide() is Decision.NOT_ALLOWED
    assert decide(allow, statement(Effect="Deny", Action="s3:*")) is Decision.ALLOWED


def test_single_object_is_as_good_as_a_list():
    request = Request("sts:AssumeRole", ANY_RESOURCE, SERVICE)
    trust = statement(Action="sts:AssumeRole", Resource=None)
    assert evaluate.decide({"Statement": trust}, request) is Decision.ALLOWED


CONTEXT = {
    "aws:SourceAccount": "111111111111",
    "aws:SourceArn": "arn:aws:glue:us-east-1:111111111111:integration:abc",
    "aws:SecureTransport": "true",
    "s3:max-keys": "10",
    "aws:TagKeys": ["a", "b"],
}


@pytest.mark.parametrize(
    ("operator", "key", "value", "holds"),
    [
        ("StringEquals", "aws:SourceAccount", "111111111111", True),
        ("StringEquals", "AWS:sourceaccount", ["9", "111111111111"], True),
        ("StringEquals", "aws:SourceAccount", "1111*", False),
        ("StringEquals", "aws:SourceAccount", 111111111111, True),
        ("StringNotEquals", "aws:SourceAccount", "111111111111", False),
        ("StringNotEquals", "aws:SourceAccount", ["9", "8"], True),
        ("StringNotEquals", "aws:Absent", "x", True),
        ("StringEquals", "aws:Absent", "x", False),
        ("StringEqualsIfExists", "aws:Absent", "x", True),
        ("StringEqualsIfExists", "aws:SourceAccount", "x", False),
        ("StringLike", "aws:SourceAccount", "1111*", True),
        ("StringNotLike", "aws:SourceAccount", "1111*", False),
        ("StringEqualsIgnoreCase", "aws:SecureTransport", "TRUE", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:glue:us-east-1:111111111111:integration:*", True),
        ("ArnEquals", "aws:SourceArn", "arn:aws:glue:*:111111111111:integration:*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:glue:us-east-1:222222222222:integration:*", False),
        # A wildcard does not reach over the colons of an ARN's head.
        ("ArnLike", "aws:SourceArn", "arn:aws:glue:*:integration:*", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:glue:us-east-1:111111111111:integration/*", False),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:s3:::*", True),
        ("Bool", "aws:SecureTransport", True, True),
        ("Bool", "aws:SecureTransport", "false", False),
        ("BoolIfExists", "aws:Absent", "false", True),
        ("Null", "aws:Absent", True, True),
        ("Null", "aws:SourceArn", "true", False),
        ("Null", "aws:SourceArn", False, True),
        ("NumericLessThanEquals", "s3:max-keys", 10, True),
        ("NumericGreaterThan", "s3:max-keys", "10", False),
        ("NumericEquals", "aws:SourceArn", "1", False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b", "c"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], False),
        ("ForAllValues:StringEquals", "aws:Absent", "a", True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["a"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["c"], False),
        ("ForAnyValue:StringEquals", "aws:Absent", "c", False),
        ("StringLike", "aws:SourceArn", "arn:aws:glue:*:${aws:SourceAccount}:*", True),
        # Not modelled, so it grants nothing.
        ("IpAddress", "aws:SourceIp", "0.0.0.0/0", False),
        ("Sometimes:StringEquals", "aws:SourceAccount", "111111111111", False),
    ],
)
def test_condition(operator, key, value, holds):
    assert (conditions.first_failed({operator: {key: value}}, CONTEXT) is None) == holds


def test_every_condition_has_to_hold():
    good = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    both = {**good, "Bool": {"aws:SecureTransport": "false"}}
    assert conditions.first_failed(good, CONTEXT) is None
    assert "Bool aws:SecureTransport [false] fails" in conditions.first_failed(both, CONTEXT)


def test_explanation_names_the_nearest_miss():
    document = {
        "Statement": [
            statement(Sid="Other", Action="s3:*"),
            statement(Sid="Near", Condition={"StringEquals": {"aws:SourceAccount": "9"}}),
            statement(Sid="Far", Principal={"AWS": "1"}),
        ]
    }
    arn = "arn:aws:glue:us-east-1:222222222222:catalog"
    request = Request("glue:GetTable", arn, SERVICE, {"aws:SourceAccount": "1"})
    assert evaluate.explain([document], request) == (
        "statement 'Near': condition StringEquals aws:SourceAccount [9] fails, it is '1'"
    )
    nothing = Request("ec2:RunInstances", arn, SERVICE)
    assert evaluate.explain([document], nothing) == "no statement names this action"
