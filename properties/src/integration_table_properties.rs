//! `Custom::IntegrationTableProperties`: how one source table is laid out in the target database.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::{
    FieldName, ForceUpdate, GlueArn, Partition, PartitionFunction, Problems, TableName,
    TargetTableName, TimestampConversion, UnnestSpec,
    partition::{Part, count_problem, rule_problems},
    reader::{Reader, text},
};

/// Lays one source table out in the target database.
///
/// Mirrors the Glue API of the same name. `ResourceArn` and `TableName` together are the identity:
/// a change of either replaces the resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(deny_unknown_fields)]
pub struct IntegrationTableProperties {
    /// The target database for a `DynamoDB` source. With `TableName`, the identity.
    pub resource_arn: GlueArn,
    /// The source table's name, case kept.
    pub table_name: TableName,
    /// How the table looks in the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_table_config: Option<TargetTableConfig>,
    /// How the table is read from the source. Not for `DynamoDB` sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_table_config: Option<SourceTableConfig>,
    /// Create may take over properties that already exist with other values.
    #[schemars(default)]
    pub adopt_existing: bool,
    /// Permits a change of `UnnestSpec` or `PartitionSpec` while an integration uses the table,
    /// which can reload the whole table.
    #[schemars(default)]
    pub allow_resync: bool,
    /// Any text. It means nothing: a change makes CloudFormation send an Update, which compares what
    /// is live and mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_update: Option<ForceUpdate>,
}

/// How the table looks in the target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(deny_unknown_fields)]
pub struct TargetTableConfig {
    /// How nested attributes become columns. Glue's own default is `FULL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unnest_spec: Option<UnnestSpec>,
    /// What the table is partitioned by. Glue buckets by the primary key where absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, length(min = 1, max = 10))]
    pub partition_spec: Vec<Partition>,
    /// Name of the Iceberg table. Glue's own choice where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_table_name: Option<TargetTableName>,
}

/// How the table is read from the source, as in the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(deny_unknown_fields)]
pub struct SourceTableConfig {
    /// The fields to take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub fields: Vec<String>,
    /// Which rows to take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_predicate: Option<String>,
    /// The fields that identify a row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub primary_key: Vec<String>,
    /// The field that tells when a row was last updated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_update_field: Option<String>,
}

impl IntegrationTableProperties {
    /// Every property name that a release ever took. Names may be added, never removed: stacks
    /// roll back to old properties.
    pub const NAMES: &'static [&'static str] = &[
        "ResourceArn",
        "TableName",
        "TargetTableConfig",
        "SourceTableConfig",
        "AdoptExisting",
        "AllowResync",
        "ForceUpdate",
        "ServiceToken",
        "ServiceTimeout",
    ];

    /// The properties, or everything that is wrong with them.
    pub fn parse(value: &Value) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let reader = Reader::new(value, "", &mut problems);
        reader.refuse_unknown(Self::NAMES, &mut problems);
        let resource_arn = reader.required("ResourceArn", &mut problems);
        let table_name = reader.required("TableName", &mut problems);
        let target_table_config = reader
            .get("TargetTableConfig")
            .map(|config| TargetTableConfig::read(config, &mut problems))
            .filter(|config| *config != TargetTableConfig::default());
        let source_table_config = reader
            .get("SourceTableConfig")
            .map(|config| SourceTableConfig::read(config, &mut problems))
            .filter(|config| *config != SourceTableConfig::default());
        let adopt_existing = reader.boolean("AdoptExisting", &mut problems);
        let allow_resync = reader.boolean("AllowResync", &mut problems);
        let force_update = reader.parsed("ForceUpdate", &mut problems);
        let properties = resource_arn
            .zip(table_name)
            .map(|(resource_arn, table_name)| Self {
                resource_arn,
                table_name,
                target_table_config,
                source_table_config,
                adopt_existing,
                allow_resync,
                force_update,
            });
        problems.or(properties)
    }
}

impl TargetTableConfig {
    /// Every name that a release ever took.
    pub const NAMES: &'static [&'static str] = &["UnnestSpec", "PartitionSpec", "TargetTableName"];

    fn read(value: &Value, problems: &mut Problems) -> Self {
        let reader = Reader::new(value, "TargetTableConfig", problems);
        reader.refuse_unknown(Self::NAMES, problems);
        Self {
            unnest_spec: reader.parsed("UnnestSpec", problems),
            partition_spec: partitions(&reader, problems),
            target_table_name: reader.parsed("TargetTableName", problems),
        }
    }
}

impl SourceTableConfig {
    /// Every name that a release ever took.
    pub const NAMES: &'static [&'static str] = &[
        "Fields",
        "FilterPredicate",
        "PrimaryKey",
        "RecordUpdateField",
    ];

    fn read(value: &Value, problems: &mut Problems) -> Self {
        let reader = Reader::new(value, "SourceTableConfig", problems);
        reader.refuse_unknown(Self::NAMES, problems);
        Self {
            fields: texts(&reader, "Fields", problems),
            filter_predicate: reader.text("FilterPredicate", problems),
            primary_key: texts(&reader, "PrimaryKey", problems),
            record_update_field: reader.text("RecordUpdateField", problems),
        }
    }
}

fn texts(reader: &Reader<'_>, key: &str, problems: &mut Problems) -> Vec<String> {
    let mut found = Vec::new();
    for (index, item) in reader
        .list(key, problems)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        match text(item) {
            Some(item) => found.push(item.into_owned()),
            None => {
                problems.push(
                    format!("{}[{index}]", reader.at(key)),
                    "a string was expected",
                );
            }
        }
    }
    found
}

/// The partitions that could be read whole. The rules look at all that was given, so that one
/// wrong word does not hide what is wrong beside it.
fn partitions(reader: &Reader<'_>, problems: &mut Problems) -> Vec<Partition> {
    const NAMES: &[&str] = &["FieldName", "FunctionSpec", "ConversionSpec"];
    let path = reader.at("PartitionSpec");
    let items = reader.list("PartitionSpec", problems).unwrap_or_default();
    if items.is_empty() {
        return Vec::new();
    }
    let mut whole = Vec::new();
    let mut parts: Vec<(Option<FieldName>, Option<PartitionFunction>, Option<String>)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = Reader::new(item, &format!("{path}[{index}]"), problems);
        item.refuse_unknown(NAMES, problems);
        let field: Option<FieldName> = item.required("FieldName", problems);
        let function = item.required("FunctionSpec", problems);
        let conversion: Option<TimestampConversion> = item.parsed("ConversionSpec", problems);
        if let (Some(field_name), Some(function_spec)) = (field.clone(), function) {
            whole.push(Partition {
                field_name,
                function_spec,
                conversion_spec: conversion,
            });
        }
        let written = item
            .get("ConversionSpec")
            .map(|v| text(v).unwrap_or_default().into_owned());
        parts.push((field, function, written));
    }
    let parts: Vec<Part<'_>> = parts
        .iter()
        .map(|(field, function, conversion)| Part {
            field: field.as_ref().map(FieldName::as_str),
            function: *function,
            conversion: conversion.as_deref(),
        })
        .collect();
    for mut problem in count_problem(parts.len())
        .into_iter()
        .chain(rule_problems(&parts))
    {
        problem.path.insert_str(0, &path);
        problems.extend([problem]);
    }
    whole
}

#[cfg(test)]
mod tests;
