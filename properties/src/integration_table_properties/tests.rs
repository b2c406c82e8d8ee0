use serde_json::json;

use super::*;

const DATABASE: &str = "arn:aws:glue:us-east-1:111111111111:database/db";

fn given(more: &Value) -> Value {
    let mut given = json!({"ServiceToken": "t", "ResourceArn": DATABASE, "TableName": "Orders"});
    for (key, value) in more.as_object().unwrap() {
        given[key] = value.clone();
    }
    given
}

fn parse(more: &Value) -> IntegrationTableProperties {
    IntegrationTableProperties::parse(&given(more)).unwrap()
}

fn paths(more: &Value) -> Vec<String> {
    let problems = IntegrationTableProperties::parse(&given(more)).unwrap_err();
    problems.into_iter().map(|problem| problem.path).collect()
}

#[test]
fn what_cloudformation_sends_reads_as_what_the_author_wrote() {
    let properties = parse(&json!({
        "TargetTableConfig": {
            "UnnestSpec": "TOPLEVEL",
            "TargetTableName": "orders",
            "PartitionSpec": [
                {"FieldName": "created", "FunctionSpec": "day", "ConversionSpec": "iso"},
                {"FieldName": "kind", "FunctionSpec": "identity", "ConversionSpec": ""},
            ],
        },
        "AdoptExisting": "TRUE",
        "AllowResync": true,
    }));
    let target = properties.target_table_config.unwrap();
    assert_eq!(target.unnest_spec, Some(UnnestSpec::TopLevel));
    assert_eq!(target.target_table_name.unwrap().as_str(), "orders");
    assert_eq!(target.partition_spec.len(), 2);
    assert_eq!(target.partition_spec[1].conversion_spec, None);
    assert!(properties.adopt_existing && properties.allow_resync);
}

#[test]
fn what_if_leaves_behind_is_absent_at_every_depth() {
    let bare = parse(&json!({}));
    for empty in [
        json!({"TargetTableConfig": ""}),
        json!({"TargetTableConfig": {}, "SourceTableConfig": {}}),
        json!({"TargetTableConfig": {"UnnestSpec": "", "PartitionSpec": [], "TargetTableName": ""}}),
        json!({"TargetTableConfig": {"PartitionSpec": ""}, "AdoptExisting": "", "AllowResync": ""}),
    ] {
        assert_eq!(parse(&empty), bare, "{empty}");
    }
}

#[test]
fn an_empty_identity_is_a_missing_one() {
    let problems = IntegrationTableProperties::parse(&json!({"TableName": ""})).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "ResourceArn: is required; TableName: is required"
    );
}

#[test]
fn every_problem_is_reported_with_its_path() {
    let found = paths(&json!({
        "Extra": 1,
        "AdoptExisting": "maybe",
        "TargetTableConfig": {
            "UnnestSpec": "TOP_LEVEL",
            "TargetTableName": "_Orders",
            "Partition": 1,
            "PartitionSpec": [
                {"FieldName": "a", "FunctionSpec": "day"},
                {"FieldName": "b", "FunctionSpec": "weekly", "ConversionSpec": "iso"},
                {"FunctionSpec": "identity", "ConversionSpec": "isoo"},
                {"FieldName": "a", "FunctionSpec": "hour", "ConversionSpec": "iso"},
                {"FieldName": "c"},
                "x",
            ],
        },
        "SourceTableConfig": {"Fields": "a", "PrimaryKey": [["x"]]},
    }));
    let expected = [
        "Extra",
        "TargetTableConfig.Partition",
        "TargetTableConfig.UnnestSpec",
        "TargetTableConfig.PartitionSpec[1].FunctionSpec",
        "TargetTableConfig.PartitionSpec[2].FieldName",
        "TargetTableConfig.PartitionSpec[2].ConversionSpec",
        "TargetTableConfig.PartitionSpec[4].FunctionSpec",
        "TargetTableConfig.PartitionSpec[5]",
        "TargetTableConfig.PartitionSpec[5].FieldName",
        "TargetTableConfig.PartitionSpec[5].FunctionSpec",
        "TargetTableConfig.PartitionSpec[0].ConversionSpec",
        "TargetTableConfig.PartitionSpec[2].ConversionSpec",
        "TargetTableConfig.PartitionSpec[3].FunctionSpec",
        "TargetTableConfig.TargetTableName",
        "SourceTableConfig.Fields",
        "SourceTableConfig.PrimaryKey[0]",
        "AdoptExisting",
    ];
    assert_eq!(found, expected);
}

#[test]
fn ten_partitions_are_taken_and_eleven_are_not() {
    let spec = |count: usize| {
        let parts: Vec<_> = (0..count)
            .map(|n| json!({"FieldName": format!("f{n}"), "FunctionSpec": "identity"}))
            .collect();
        json!({"TargetTableConfig": {"PartitionSpec": parts}})
    };
    assert_eq!(
        parse(&spec(10))
            .target_table_config
            .unwrap()
            .partition_spec
            .len(),
        10
    );
    assert_eq!(paths(&spec(11)), ["TargetTableConfig.PartitionSpec"]);
}

#[test]
fn properties_that_are_no_object_are_refused() {
    for wrong in [json!("x"), json!([1]), json!(7)] {
        let problems = IntegrationTableProperties::parse(&wrong).unwrap_err();
        assert!(
            problems.to_string().contains("ResourceProperties: is a"),
            "{problems}"
        );
    }
}

#[test]
fn no_released_name_was_ever_removed() {
    let released = [
        "ResourceArn",
        "TableName",
        "TargetTableConfig",
        "SourceTableConfig",
        "AdoptExisting",
        "AllowResync",
        "ServiceToken",
        "ServiceTimeout",
    ];
    for name in released {
        assert!(IntegrationTableProperties::NAMES.contains(&name), "{name}");
    }
    for name in ["UnnestSpec", "PartitionSpec", "TargetTableName"] {
        assert!(TargetTableConfig::NAMES.contains(&name), "{name}");
    }
    for name in [
        "Fields",
        "FilterPredicate",
        "PrimaryKey",
        "RecordUpdateField",
    ] {
        assert!(SourceTableConfig::NAMES.contains(&name), "{name}");
    }
}
