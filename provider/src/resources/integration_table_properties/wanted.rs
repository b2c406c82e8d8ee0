//! What the properties ask for, read without judging: old properties, those of a Delete, and those
//! that were accepted once must always be readable. Whether they are good is checked elsewhere.

use serde_json::Value;
use zeroetl_properties::{boolean, is_absent, text};

use crate::ports::{PartitionField, SourceConfig, TableConfig, TableKey, TargetConfig};

/// The properties as plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Absent where either half is missing.
    pub(super) key: Option<TableKey>,
    pub(super) config: TableConfig,
    pub(super) adopt_existing: bool,
    pub(super) allow_resync: bool,
}

impl Wanted {
    /// Whatever can be read of `properties`.
    pub(super) fn read(properties: &Value) -> Self {
        let key = string(properties, "ResourceArn")
            .zip(string(properties, "TableName"))
            .map(|(resource_arn, table_name)| TableKey {
                resource_arn,
                table_name,
            });
        let target = get(properties, "TargetTableConfig").map(target);
        let source = get(properties, "SourceTableConfig").map(source);
        Self {
            key,
            config: TableConfig {
                target: target.filter(|target| *target != TargetConfig::default()),
                source: source.filter(|source| *source != SourceConfig::default()),
            },
            adopt_existing: flag(properties, "AdoptExisting"),
            allow_resync: flag(properties, "AllowResync"),
        }
    }
}

fn target(config: &Value) -> TargetConfig {
    let partitions = get(config, "PartitionSpec").and_then(Value::as_array);
    TargetConfig {
        unnest_spec: string(config, "UnnestSpec"),
        partition_spec: partitions.into_iter().flatten().map(partition).collect(),
        target_table_name: string(config, "TargetTableName"),
        integration_arn: None,
    }
}

fn partition(field: &Value) -> PartitionField {
    PartitionField {
        field_name: string(field, "FieldName"),
        function_spec: string(field, "FunctionSpec"),
        conversion_spec: string(field, "ConversionSpec"),
    }
}

fn source(config: &Value) -> SourceConfig {
    SourceConfig {
        fields: strings(config, "Fields"),
        filter_predicate: string(config, "FilterPredicate"),
        primary_key: strings(config, "PrimaryKey"),
        record_update_field: string(config, "RecordUpdateField"),
    }
}

fn get<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|value| !is_absent(value))
}

fn string(value: &Value, key: &str) -> Option<String> {
    get(value, key)
        .and_then(text)
        .map(std::borrow::Cow::into_owned)
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    let items = get(value, key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    items
        .filter_map(text)
        .map(std::borrow::Cow::into_owned)
        .collect()
}

fn flag(value: &Value, key: &str) -> bool {
    get(value, key).and_then(boolean).unwrap_or_default()
}
