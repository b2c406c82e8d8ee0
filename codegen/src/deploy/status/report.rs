//! The report as data. Its JSON is API: fields are added, never renamed or removed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::health::State;
use crate::flows::zero_etl::live::Difference;

/// Everything that `status` knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The way that the tables go.
    pub flow: &'static str,
    /// All of it in one word.
    pub state: State,
    /// What is not as wanted, each with what mends it.
    pub differences: Vec<Difference>,
    /// The stacks, in the order of deployment.
    pub stacks: Vec<StackReport>,
    /// What only this flow has.
    pub zero_etl: ZeroEtlReport,
}

/// What Glue says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZeroEtlReport {
    /// One for each table of the config.
    pub integrations: Vec<IntegrationReport>,
    /// The target's catalog policy; `null` where there is none.
    pub catalog_policy: Option<CatalogPolicy>,
    /// One for each table of the config.
    pub table_properties: Vec<PropertiesReport>,
}

/// One stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackReport {
    /// `source`, `target` or `integration`.
    pub kind: &'static str,
    /// The stack's name.
    pub name: String,
    /// Its account.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// CloudFormation's status; `null` where the stack is absent.
    pub status: Option<String>,
    /// CloudFormation's reason, where it gives one.
    pub reason: Option<String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
}

/// One integration, as the source account sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntegrationReport {
    /// The DynamoDB table's name.
    pub table: String,
    /// The integration's name.
    pub name: String,
    /// Glue's status; `null` where the integration is absent.
    pub status: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// Glue's errors.
    pub errors: Vec<IntegrationFault>,
}

/// What Glue says about an integration that does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntegrationFault {
    /// Glue's code.
    pub code: String,
    /// Glue's words.
    pub message: String,
}

/// The one resource policy of the target's catalog.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatalogPolicy {
    /// Its hash.
    pub hash: String,
    /// Its statements, other people's included, in their order.
    pub statements: Vec<StatementReport>,
    /// The whole policy.
    #[serde(skip)]
    pub document: Value,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatementReport {
    /// Whether the target stack owns it.
    pub owned: bool,
    /// The statement itself.
    pub statement: Value,
}

/// The integration table properties of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PropertiesReport {
    /// The DynamoDB table's name.
    pub table: String,
    /// Whether there are any.
    pub found: bool,
    /// `TOPLEVEL`, `FULL`, `NOUNNEST`; `null` is Glue's own choice.
    pub unnest_spec: Option<String>,
    /// The partitions; empty is Glue's own bucketing.
    pub partition_spec: Vec<PartitionReport>,
    /// The Iceberg table's name; `null` is Glue's own choice.
    pub target_table_name: Option<String>,
    /// The integration that owns the pair, once there is one.
    pub integration_arn: Option<String>,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionReport {
    /// The column.
    pub field: String,
    /// The function.
    pub function: Option<String>,
    /// How the value is read.
    pub conversion: Option<String>,
}
