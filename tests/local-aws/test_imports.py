"""Kept resources taken into a new stack, as `ImportExistingResources` does on AWS."""

import json

TEMPLATE = {
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::GlobalTable",
            "DeletionPolicy": "Retain",
            "Properties": {
                "TableName": "Kept",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
                "Replicas": [{"Region": "us-east-1"}],
            },
        },
        "Database": {
            "Type": "AWS::Glue::Database",
            "DeletionPolicy": "Retain",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": "kept",
                "DatabaseInput": {"Name": "kept", "LocationUri": "s3://kept-lake/"},
            },
        },
    }
}


def with_bucket(account) -> dict:
    """The template with a bucket whose name no other account has."""
    bucket = {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "Properties": {"BucketName": f"kept-lake-{account.id}"},
    }
    return {"Resources": {**TEMPLATE["Resources"], "Bucket": bucket}}


def adopt(account, stack: str, template: dict) -> dict[str, str]:
    """Create the stack by a change set that imports; the action on each resource."""
    made = account.cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName="adopt",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
        ImportExistingResources=True,
    )
    seen = account.cloudformation.describe_change_set(ChangeSetName=made["Id"])
    account.cloudformation.execute_change_set(ChangeSetName=made["Id"])
    changes = [change["ResourceChange"] for change in seen["Changes"]]
    return {change["LogicalResourceId"]: change["Action"] for change in changes}


def test_kept_resources_are_adopted_with_what_is_in_them(source):
    template = with_bucket(source)
    source.deploy("first", template)
    source.dynamodb.put_item(TableName="Kept", Item={"PK": {"S": "1"}})
    source.delete("first")
    actions = adopt(source, "second", template)
    assert actions == {"Table": "Import", "Database": "Import", "Bucket": "Import"}
    assert source.wait("second")["StackStatus"] == "CREATE_COMPLETE"
    assert source.dynamodb.scan(TableName="Kept")["Count"] == 1


def test_a_database_without_its_primary_identifier_is_not_adopted(source):
    database = TEMPLATE["Resources"]["Database"]
    kept = database["Properties"].items()
    properties = {key: value for key, value in kept if key != "DatabaseName"}
    template = {"Resources": {"Database": {**database, "Properties": properties}}}
    source.deploy("first", template)
    source.delete("first")
    assert adopt(source, "second", template) == {"Database": "Add"}
    assert source.wait("second")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exists" in source.failure("second")


def test_a_bucket_that_is_not_adopted_is_still_a_name_conflict(source):
    template = with_bucket(source)
    source.deploy("first", template)
    source.delete("first")
    assert source.deploy("second", template)["StackStatus"] == "ROLLBACK_COMPLETE"
    events = source.cloudformation.describe_events(StackName="second")["OperationEvents"]
    assert events[0]["ValidationName"] == "NAME_CONFLICT_VALIDATION"
