//! The integration properties of one table, as Glue keeps them. All words are plain text: what is
//! live may hold words that this release does not know.

use super::Call;

/// What table properties belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableKey {
    /// The target database, for a `DynamoDB` source.
    pub resource_arn: String,
    /// The source table.
    pub table_name: String,
}

/// Both halves of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableConfig {
    /// How the table looks in the target.
    pub target: Option<TargetConfig>,
    /// How the table is read.
    pub source: Option<SourceConfig>,
}

/// How the table looks in the target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetConfig {
    /// How nested attributes become columns.
    pub unnest_spec: Option<String>,
    /// What the table is partitioned by, in order.
    pub partition_spec: Vec<PartitionField>,
    /// Name of the Iceberg table.
    pub target_table_name: Option<String>,
    /// The integration that owns the configuration. Glue's own; sent back as it came.
    pub integration_arn: Option<String>,
}

/// One partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartitionField {
    /// The column.
    pub field_name: Option<String>,
    /// What is made of it.
    pub function_spec: Option<String>,
    /// How its time is written.
    pub conversion_spec: Option<String>,
}

/// How the table is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceConfig {
    /// The fields to take.
    pub fields: Vec<String>,
    /// Which rows to take.
    pub filter_predicate: Option<String>,
    /// The fields that identify a row.
    pub primary_key: Vec<String>,
    /// The field that tells when a row was last updated.
    pub record_update_field: Option<String>,
}

/// The table properties of the account.
pub trait TableProperties {
    /// The properties, absent where there are none; both not-found errors mean that.
    fn get<'a>(&'a self, key: &'a TableKey) -> Call<'a, Option<TableConfig>>;

    /// Makes the properties. What happens when there are some already is not documented.
    fn create<'a>(&'a self, key: &'a TableKey, config: &'a TableConfig) -> Call<'a, ()>;

    /// Replaces the properties: whatever `config` leaves out may be cleared or kept.
    fn update<'a>(&'a self, key: &'a TableKey, config: &'a TableConfig) -> Call<'a, ()>;

    /// Removes the properties. Absent ones are removed already.
    fn remove<'a>(&'a self, key: &'a TableKey) -> Call<'a, ()>;
}
