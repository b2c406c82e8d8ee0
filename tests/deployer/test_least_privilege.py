"""Each stack deploys under exactly the policy that `templates/zero-etl/deployer` makes for it, and without
any one of its actions it does not."""

import json

import pytest
import rollout
import stage
from less import actions, assert_denied, without
from rollout import Failed, live


def statements(kind: str) -> list[dict]:
    """All statements of a policy, those of options included, from the committed template."""
    return [item for found in documents(kind) for item in found]


def documents(kind: str) -> list[list[dict]]:
    """The statements of each of the policies that a deployer is given."""
    made = stage.template("zero-etl/deployer", kind)["Resources"].values()
    found = [policy["Properties"]["PolicyDocument"]["Statement"] for policy in made]
    return [[option(item) for item in statements] for statements in found]


def option(statement: dict) -> dict:
    """The statement itself, whether its option brings it or takes it away."""
    forms = statement.get("Fn::If", [None, statement])[1:]
    return next(form for form in forms if "Sid" in form)


EACH_ACTION = [
    pytest.param(kind, statement["Sid"], action, id=f"{kind}-{statement['Sid']}-{action}")
    for kind in stage.KINDS
    for statement in statements(kind)
    for action in actions(statement)
    # Tried where the database changes, in `test_parameters.py`.
    if statement["Sid"] != "FormerDatabase"
]


@pytest.mark.parametrize("options", [True, False], ids=["every-option", "no-option"])
@pytest.mark.parametrize("kind", stage.KINDS)
def test_the_policy_is_all_that_a_deployer_needs(deployment, kind, options):
    it = deployment(kind, options)
    live(stage.user(it.account, "deployer", stage.policy_of(it)), it)


@pytest.mark.parametrize(("kind", "sid", "action"), EACH_ACTION)
def test_no_action_can_be_taken_away(deployment, kind, sid, action):
    it = deployment(kind, True)
    document = without(stage.policy_of(it), sid, action)
    with pytest.raises(Failed) as failed:
        live(stage.user(it.account, "deployer", document), it)
    assert_denied(str(failed.value), action)


def test_statements_of_options_are_there_with_their_options_only(deployment):
    sids = {}
    for options in (True, False):
        for kind in stage.KINDS:
            document = stage.policy_of(deployment(kind, options))
            sids[kind, options] = {item["Sid"] for item in document["Statement"]}
    gone = {kind: sids[kind, True] - sids[kind, False] for kind in stage.KINDS}
    assert gone == {
        "source": {"TableKeyHasSourceKmsKey", "GrantsOnTableKeyHasSourceKmsKey"},
        "target": {
            "LakeFormationIsLakeFormationManaged",
            "PassRoleToLakeFormationIsLakeFormationManaged",
        },
        "integration": {
            "IntegrationKeyHasIntegrationKmsKey",
            "GrantsOnIntegrationKeyHasIntegrationKmsKey",
        },
    }


def test_a_bucket_of_another_name_is_out_of_reach(new_root):
    owner, lake = new_root(), new_root()
    allowed = stage.target(lake, owner.id, False)
    deployer = stage.user(lake, "deployer", stage.policy_of(allowed))
    allowed.parameters["BucketName"] = f"somebody-elses-{lake.id}"
    with pytest.raises(Failed, match="s3:CreateBucket"):
        live(deployer, allowed)


def test_a_bucket_name_that_is_given_is_the_only_one_allowed(new_root):
    owner, lake = new_root(), new_root()
    it = stage.target(lake, owner.id, False, bucket=f"lake-{lake.id}")
    live(stage.user(lake, "deployer", stage.policy_of(it)), it)


def test_another_stack_of_the_account_is_out_of_reach(deployment):
    it = deployment("source", False)
    deployer = stage.user(it.account, "deployer", stage.policy_of(it))
    with pytest.raises(Failed, match="create_change_set"):
        rollout.change(deployer, "payroll", "CREATE", it.template, it.parameters, [])


@pytest.mark.parametrize("kind", stage.KINDS)
def test_the_policy_fits_into_a_managed_policy(kind):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    for document in documents(kind):
        # The functions around names are longer than the longest names they can come to.
        assert len(json.dumps(document, separators=(",", ":"))) < 6144


@pytest.mark.parametrize("kind", stage.KINDS)
def test_nothing_is_allowed_by_a_wildcard_that_the_handlers_do_not_use(kind):
    wild = {a for statement in statements(kind) for a in actions(statement) if "*" in a}
    assert wild <= {"dynamodb:Describe*", "application-autoscaling:Describe*"}
