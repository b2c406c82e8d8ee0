"""Integration table properties, alone and under an integration that owns the pair."""

import json
import urllib.error
import urllib.request

import pytest
import zero_etl
from botocore.exceptions import ClientError
from test_catalog_policy import refused


@pytest.fixture
def pair(target):
    """A bare database is all that the calls need."""
    target.glue.create_database(DatabaseInput={"Name": "lake"})
    return {"ResourceArn": zero_etl.database_arn(target.id), "TableName": "Orders"}


CONFIG = {
    "UnnestSpec": "TOPLEVEL",
    "PartitionSpec": [{"FieldName": "at", "FunctionSpec": "day", "ConversionSpec": "iso"}],
    "TargetTableName": "orders",
}


def test_properties_come_back_as_sent(target, pair):
    target.glue.create_integration_table_properties(**pair, TargetTableConfig=CONFIG)
    found = target.glue.get_integration_table_properties(**pair)
    assert found["TargetTableConfig"] == CONFIG
    assert (found["ResourceArn"], found["TableName"]) == tuple(pair.values())


def test_absent_is_not_found(target, pair):
    glue = target.glue
    for call in (
        glue.get_integration_table_properties,
        glue.update_integration_table_properties,
        glue.delete_integration_table_properties,
    ):
        assert refused(call, **pair)[0] == "EntityNotFoundException"


def test_create_twice_is_refused(target, pair):
    target.glue.create_integration_table_properties(**pair)
    code, message = refused(target.glue.create_integration_table_properties, **pair)
    assert (code, "already exist" in message) == ("InvalidInputException", True)


def test_update_replaces_the_whole_configuration(target, pair):
    target.glue.create_integration_table_properties(**pair, TargetTableConfig=CONFIG)
    wanted = {"UnnestSpec": "FULL"}
    target.glue.update_integration_table_properties(**pair, TargetTableConfig=wanted)
    assert target.glue.get_integration_table_properties(**pair)["TargetTableConfig"] == wanted


def test_delete_frees_the_pair(target, pair):
    target.glue.create_integration_table_properties(**pair)
    target.glue.delete_integration_table_properties(**pair)
    target.glue.create_integration_table_properties(**pair)


def test_table_name_keeps_its_case(target, pair):
    target.glue.create_integration_table_properties(**pair)
    lower = {**pair, "TableName": "orders"}
    call = target.glue.get_integration_table_properties
    assert refused(call, **lower)[0] == "EntityNotFoundException"


def test_list_filters_and_pages(target, pair):
    for name in ("A", "B", "C"):
        target.glue.create_integration_table_properties(**{**pair, "TableName": name})
    found = target.glue.list_integration_table_properties(MaxRecords=2)
    assert [row["TableName"] for row in found["IntegrationTablePropertiesList"]] == ["A", "B"]
    rest = target.glue.list_integration_table_properties(Marker=found["Marker"])
    assert [row["TableName"] for row in rest["IntegrationTablePropertiesList"]] == ["C"]
    wanted = [{"Name": "SourceTableName", "Values": ["B"]}]
    found = target.glue.list_integration_table_properties(Filters=wanted)
    assert [row["TableName"] for row in found["IntegrationTablePropertiesList"]] == ["B"]
    wrong = [{"Name": "Table", "Values": ["B"]}]
    message = refused(target.glue.list_integration_table_properties, Filters=wrong)[1]
    assert "Filter 'Table'" in message


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"ResourceArn": "database/lake"}, "InvalidInputException", "is not a Glue ARN"),
        (
            {"ResourceArn": "arn:aws:glue:us-east-1:999999999999:database/lake"},
            "AccessDeniedException",
            "call from the account that holds the target database",
        ),
        ({"SourceTableConfig": {"Fields": ["a"]}}, "InvalidInputException", "SourceTableConfig"),
        (
            {"TargetTableConfig": {"UnnestSpec": "TOP_LEVEL"}},
            "ValidationException",
            "enum value set: [TOPLEVEL, FULL, NOUNNEST]",
        ),
        ({"TableName": "x" * 129}, "ValidationException", "less than or equal to 128"),
        (
            {"TargetTableConfig": {"PartitionSpec": [{"FieldName": "a"}] * 11}},
            "InvalidInputException",
            "at most 10 columns",
        ),
        (
            {"TargetTableConfig": {"IntegrationArn": "arn:aws:glue:integration"}},
            "InvalidInputException",
            "owner: nobody",
        ),
    ],
)
def test_create_is_refused(target, pair, change, code, message):
    call = target.glue.create_integration_table_properties
    assert_refused(call, {**pair, **change}, code, message)


def assert_refused(call, request, code, message):
    """The call fails with this code, and a message that holds this text."""
    found_code, found = refused(call, **request)
    assert found_code == code
    assert message in found


def test_unknown_database_is_not_found(target, pair):
    arn = {"ResourceArn": zero_etl.database_arn(target.id, "nowhere")}
    call = target.glue.create_integration_table_properties
    assert_refused(call, {**pair, **arn}, "EntityNotFoundException", "Database nowhere not found")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"TableName": "T"}, "ValidationException", "Value null at 'resourceArn'"),
        ({"ResourceArn": "a", "TableName": "T", "Tabel": 1}, "ValidationException", "'Tabel'"),
        ({"ResourceArn": "a", "TableName": 7}, "SerializationException", "expected a string"),
        ({}, "ValidationException", "2 validation errors detected"),
        ([], "SerializationException", "is not a JSON object"),
    ],
)
def test_request_that_does_not_fit_the_model_is_refused(server, target, body, code, message):
    # boto3 would not send these.
    request = urllib.request.Request(server.endpoint, json.dumps(body).encode())
    request.add_header("X-Amz-Target", "AWSGlue.GetIntegrationTableProperties")
    request.add_header(
        "Authorization",
        f"AWS4-HMAC-SHA256 Credential={target.id}/20260101/us-east-1/glue/aws4_request, "
        "SignedHeaders=host, Signature=0",
    )
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request)
    answer = json.load(error.value)
    assert (error.value.code, answer["__type"]) == (400, code)
    assert message in answer["Message"]


@pytest.fixture
def owned(source, target):
    """A pair under a live integration."""
    world = zero_etl.World(source, target).prepare()
    assert world.integrate()["StackStatus"] == "CREATE_COMPLETE"
    world.pair = {"ResourceArn": zero_etl.database_arn(target.id), "TableName": zero_etl.TABLE}
    return world


def test_integration_becomes_the_owner_and_lets_go_when_deleted(owned):
    get = owned.target.glue.get_integration_table_properties
    arn = owned.source.glue.describe_integrations()["Integrations"][0]["IntegrationArn"]
    assert get(**owned.pair)["TargetTableConfig"]["IntegrationArn"] == arn
    wanted = [{"Name": "SourceArn", "Values": [zero_etl.table_arn(owned.source.id)]}]
    rows = owned.target.glue.list_integration_table_properties(Filters=wanted)
    assert len(rows["IntegrationTablePropertiesList"]) == 1
    owned.source.delete("integration")
    assert "IntegrationArn" not in get(**owned.pair)["TargetTableConfig"]


def test_owned_properties_can_change_but_keep_their_owner(owned):
    glue = owned.target.glue
    config = glue.get_integration_table_properties(**owned.pair)["TargetTableConfig"]
    update = glue.update_integration_table_properties
    code, message = refused(update, **owned.pair, TargetTableConfig={"UnnestSpec": "FULL"})
    assert (code, "send it back" in message) == ("InvalidInputException", True)
    foreign = {**config, "IntegrationArn": config["IntegrationArn"] + "0"}
    assert "does not own table" in refused(update, **owned.pair, TargetTableConfig=foreign)[1]
    update(**owned.pair, TargetTableConfig={**config, "UnnestSpec": "FULL"})
    assert glue.get_integration_table_properties(**owned.pair)["TargetTableConfig"] == {
        **config,
        "UnnestSpec": "FULL",
    }


def test_owned_properties_cannot_be_deleted(owned):
    call = owned.target.glue.delete_integration_table_properties
    with pytest.raises(ClientError, match="in use by integration"):
        call(**owned.pair)
    owned.source.delete("integration")
    call(**owned.pair)
