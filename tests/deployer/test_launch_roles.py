"""Each product launches under its launch role, and without any one of the role's actions it does
not.

Not tried: reading the template from the bucket of Service Catalog itself, which nobody else has.
"""

import pytest
import rollout
import stage
from less import actions, assert_denied, without
from rollout import Failed, launch
from test_least_privilege import option

UNTRIED = {("ReadTemplates", "s3:GetObject")}


def statements(kind: str) -> list[dict]:
    """The statements of a launch role, from the committed template."""
    role = stage.template("service-catalog", f"launch-role-{kind}")["Resources"]["LaunchRole"]
    found = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return [option(item) for item in found]


EACH_ACTION = [
    pytest.param(kind, statement["Sid"], action, id=f"{kind}-{statement['Sid']}-{action}")
    for kind in stage.KINDS
    for statement in statements(kind)
    for action in actions(statement)
    if (statement["Sid"], action) not in UNTRIED
]


@pytest.mark.parametrize("options", [True, False], ids=["every-option", "no-option"])
@pytest.mark.parametrize("kind", stage.KINDS)
def test_the_launch_role_is_all_that_a_launch_needs(deployment, kind, options):
    it = stage.launched(deployment(kind, options))
    launch(stage.user(it.account, "launch", stage.launch_role_of(it)), it)


@pytest.mark.parametrize(("kind", "sid", "action"), EACH_ACTION)
def test_no_action_can_be_taken_away(deployment, kind, sid, action):
    it = stage.launched(deployment(kind, True))
    document = without(stage.launch_role_of(it), sid, action)
    with pytest.raises(Failed) as failed:
        launch(stage.user(it.account, "launch", document), it)
    assert_denied(str(failed.value), action)


def test_a_stack_that_service_catalog_did_not_name_is_out_of_reach(deployment):
    it = deployment("source", False)
    role = stage.user(it.account, "launch", stage.launch_role_of(it))
    with pytest.raises(Failed, match="create_stack.*cloudformation:CreateStack"):
        rollout.launch(role, it)


@pytest.mark.parametrize("kind", stage.KINDS)
def test_only_service_catalog_takes_the_role(kind):
    role = stage.template("service-catalog", f"launch-role-{kind}")["Resources"]["LaunchRole"]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "servicecatalog.amazonaws.com"}
