"""The control surface: settings and faults, and that it is no part of the AWS API."""

import json
import urllib.error

import pytest
import zero_etl
from test_catalog_policy import put, refused


@pytest.fixture(autouse=True)
def quiet(server):
    """Leave no fault behind."""
    yield
    server.control("DELETE", "faults")


@pytest.fixture
def policy(target):
    """A document that Glue accepts."""
    return zero_etl.catalog_policy("111111111111", target.id)


def test_fault_takes_the_place_of_the_next_answers(server, target, policy):
    fault = {"operation": "PutResourcePolicy", "code": "OperationTimeoutException", "times": 2}
    server.control("POST", "faults", fault)
    text = json.dumps(policy)
    for _ in range(2):
        code, message = refused(target.glue.put_resource_policy, PolicyInJson=text)
        assert (code, message) == ("OperationTimeoutException", "injected")
    assert refused(target.glue.get_resource_policy)[0] == "EntityNotFoundException"
    put(target, policy)
    assert server.control("GET", "faults") == []


def test_fault_after_the_work_is_a_lost_reply(server, target, policy):
    fault = {
        "operation": "PutResourcePolicy",
        "code": "InternalServiceException",
        "status": 500,
        "after": True,
    }
    server.control("POST", "faults", fault)
    code, _ = refused(target.glue.put_resource_policy, PolicyInJson=json.dumps(policy))
    assert code == "InternalServiceException"
    assert json.loads(target.glue.get_resource_policy()["PolicyInJson"]) == policy


def test_fault_can_be_kept_to_one_account(server, source, target):
    fault = {"operation": "GetResourcePolicy", "code": "ThrottlingException", "account": source.id}
    server.control("POST", "faults", fault)
    assert refused(target.glue.get_resource_policy)[0] == "EntityNotFoundException"
    assert refused(source.glue.get_resource_policy)[0] == "ThrottlingException"


def test_fault_works_on_calls_of_ministack_too(server, target):
    fault = {"operation": "GetDatabases", "code": "GlueEncryptionException"}
    server.control("POST", "faults", fault)
    assert refused(target.glue.get_databases)[0] == "GlueEncryptionException"
    assert target.glue.get_databases()["DatabaseList"] == []


def test_settings_are_shown_and_changed_one_by_one(server):
    before = server.control("GET", "settings")
    changed = server.control("PUT", "settings", {"function_retry_seconds": [1, 2]})
    assert changed == {**before, "function_retry_seconds": [1.0, 2.0]}
    server.control("PUT", "settings", {"function_retry_seconds": before["function_retry_seconds"]})
    assert server.control("GET", "settings") == before


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("PUT", "settings", {"pace": 1}, 400, "no setting 'pace'; there are integration_create"),
        ("PUT", "settings", {"governed": ["lake"]}, 400, "'lake' is not ACCOUNT/REGION/DATABASE"),
        ("POST", "faults", {"code": "X"}, 400, "missing 1 required positional argument"),
        ("POST", "settings", {}, 400, "POST is not GET, PUT or DELETE"),
        ("GET", "elsewhere", None, 404, "no /_zeroetl/elsewhere"),
    ],
)
def test_mistake_is_told(server, method, path, body, status, message):
    with pytest.raises(urllib.error.HTTPError) as error:
        server.control(method, path, body)
    assert error.value.code == status
    assert message in json.load(error.value)["error"]
