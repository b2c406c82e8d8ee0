//! The JSON schema of the config file, for editors.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{
    regions::SUPPORTED_REGIONS,
    types::{Config, LOG_RETENTION_DAYS, log_retention_in_days},
};

/// The JSON schema of `zeroetl.toml`.
pub fn schema() -> Value {
    schemars::schema_for!(Config).to_value()
}

pub(super) fn region(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "description": "The Region of all three stacks: one that has `AWS::Glue::Integration`.",
        "type": "string",
        "enum": SUPPORTED_REGIONS,
    })
}

pub(super) fn log_retention(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "description": "How many days the provider's log is kept.",
        "type": "integer",
        "enum": LOG_RETENTION_DAYS,
        "default": log_retention_in_days(),
    })
}
