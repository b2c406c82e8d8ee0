//! Properties that `Custom::IntegrationTableProperties` refuses, as a table.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::samples::table;

/// Name, properties, and what the reason has to contain.
pub(crate) type Case = (&'static str, Value, Vec<&'static str>);

/// All of them.
pub(crate) fn refused() -> Vec<Case> {
    let mut all = names();
    all.extend(partition_lists());
    all
}

/// A good identity with this target configuration.
pub(crate) fn config(value: Value) -> Value {
    table("sales", "Orders", value)
}

fn partitions(list: &Value) -> Value {
    config(json!({ "PartitionSpec": list }))
}

/// Wrong outside the partitions.
fn names() -> Vec<Case> {
    let mut unknown = config(json!({ "UnnestSpecs": "FULL" }));
    unknown["TableNames"] = json!("x");
    vec![
        (
            "nothing at all",
            json!({}),
            vec!["ResourceArn", "TableName"],
        ),
        ("no ARN", table("sales", "", Value::Null), vec!["TableName"]),
        (
            "an ARN of another service",
            json!({ "ResourceArn": "arn:aws:s3:::bucket", "TableName": "T" }),
            vec!["ResourceArn", "arn:aws:s3:::bucket"],
        ),
        (
            "no ARN at all",
            json!({ "ResourceArn": "sales", "TableName": "T" }),
            vec!["ResourceArn"],
        ),
        (
            "a long table name",
            table("sales", &"n".repeat(129), Value::Null),
            vec!["TableName", "128"],
        ),
        (
            "unknown keys",
            unknown,
            vec!["`TableNames`", "TargetTableConfig", "`UnnestSpecs`"],
        ),
        (
            "an unknown unnesting",
            config(json!({ "UnnestSpec": "TOP_LEVEL" })),
            vec![
                "TargetTableConfig.UnnestSpec",
                "`TOP_LEVEL`",
                "TOPLEVEL",
                "FULL",
                "NOUNNEST",
            ],
        ),
        (
            "a table name with capitals",
            config(json!({ "TargetTableName": "Orders" })),
            vec!["TargetTableConfig.TargetTableName", "`Orders`"],
        ),
        (
            "a table name with an underscore in front",
            config(json!({ "TargetTableName": "_orders" })),
            vec!["TargetTableConfig.TargetTableName", "`_orders`"],
        ),
        (
            "a table name that is too long",
            config(json!({ "TargetTableName": "o".repeat(129) })),
            vec!["TargetTableConfig.TargetTableName", "128"],
        ),
        (
            "a flag that is none",
            {
                let mut properties = config(Value::Null);
                properties["AdoptExisting"] = json!("perhaps");
                properties["AllowResync"] = json!("2");
                properties
            },
            vec!["AdoptExisting", "`perhaps`", "AllowResync", "`2`"],
        ),
    ]
}

/// Wrong in the partitions.
fn partition_lists() -> Vec<Case> {
    let spec = "TargetTableConfig.PartitionSpec";
    let eleven: Vec<Value> = (0..11)
        .map(|n| json!({ "FieldName": format!("f{n}"), "FunctionSpec": "identity" }))
        .collect();
    vec![
        (
            "eleven partitions",
            partitions(&json!(eleven)),
            vec![spec, "10"],
        ),
        (
            "no function",
            partitions(&json!([{ "FieldName": "a" }])),
            vec!["PartitionSpec[0].FunctionSpec"],
        ),
        (
            "no field",
            partitions(&json!([{ "FunctionSpec": "identity" }])),
            vec!["PartitionSpec[0].FieldName"],
        ),
        (
            "an unknown function",
            partitions(&json!([
                { "FieldName": "a", "FunctionSpec": "identity" },
                { "FieldName": "b", "FunctionSpec": "minute", "ConversionSpec": "iso" },
            ])),
            vec![
                "PartitionSpec[1].FunctionSpec",
                "`minute`",
                "identity",
                "year",
                "month",
                "day",
                "hour",
            ],
        ),
        (
            "an unknown conversion",
            partitions(
                &json!([{ "FieldName": "b", "FunctionSpec": "day", "ConversionSpec": "rfc" }]),
            ),
            vec![
                "PartitionSpec[0].ConversionSpec",
                "`rfc`",
                "epoch_sec",
                "epoch_milli",
                "iso",
            ],
        ),
        (
            "a time function without a conversion",
            partitions(&json!([{ "FieldName": "b", "FunctionSpec": "day" }])),
            vec!["PartitionSpec[0].ConversionSpec"],
        ),
        (
            "identity with a conversion",
            partitions(&json!([
                { "FieldName": "b", "FunctionSpec": "identity", "ConversionSpec": "iso" },
            ])),
            vec!["PartitionSpec[0].ConversionSpec", "identity"],
        ),
        (
            "two time functions on a field",
            partitions(&json!([
                { "FieldName": "b", "FunctionSpec": "day", "ConversionSpec": "iso" },
                { "FieldName": "b", "FunctionSpec": "hour", "ConversionSpec": "iso" },
            ])),
            vec!["PartitionSpec[1]", "`b`"],
        ),
    ]
}
