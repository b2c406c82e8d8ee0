//! Names of outputs. An output that the next stack takes is named as that stack's parameter.

use crate::model::{OutputName, Value};

pub(super) const SOURCE_TABLE_NAME: OutputName = OutputName::fixed("SourceTableName");
pub(super) const SOURCE_TABLE_ARN: OutputName = OutputName::fixed("SourceTableArn");
pub(super) const DATABASE_NAME: OutputName = OutputName::fixed("DatabaseName");
pub(super) const DATABASE_ARN: OutputName = OutputName::fixed("DatabaseArn");
pub(super) const BUCKET_NAME: OutputName = OutputName::fixed("BucketName");
pub(super) const TARGET_ROLE_ARN: OutputName = OutputName::fixed("TargetRoleArn");
pub(super) const POLICY_HASH: OutputName = OutputName::fixed("PolicyHash");
pub(super) const PROVIDER_FUNCTION_ARN: OutputName = OutputName::fixed("ProviderFunctionArn");
pub(super) const INTEGRATION_ARN: OutputName = OutputName::fixed("IntegrationArn");

/// One value per table; several are joined by commas, in the order of the config.
pub(super) fn per_table(values: impl IntoIterator<Item = Value>) -> Value {
    match Value::one_or_many(values.into_iter().collect()) {
        Value::List(values) => Value::Join(",", values),
        only => only,
    }
}
