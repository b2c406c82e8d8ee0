//! Which integrations use a table.

use crate::{
    ports::{Glue, Integration, TableConfig, TableKey},
    resource::Failure,
};

/// An integration that is finished for good.
const FAILED: &str = "FAILED";
/// An integration that is going.
const DELETING: &str = "DELETING";

/// The integrations that use the table, those that are going included.
pub(super) async fn users(
    glue: &dyn Glue,
    key: &TableKey,
    live: &TableConfig,
) -> Result<Vec<Integration>, Failure> {
    let owner = live
        .target
        .as_ref()
        .and_then(|target| target.integration_arn.as_deref());
    let mut found = glue.inbound(&key.resource_arn).await?;
    found.retain(|integration| {
        let owns = owner == Some(integration.arn.as_str());
        integration.status != FAILED && (owns || reads(integration, &key.table_name))
    });
    Ok(found)
}

/// Whether the integration is being deleted.
pub(super) fn is_going(integration: &Integration) -> bool {
    integration.status == DELETING
}

/// The integrations, for a message.
pub(super) fn named(integrations: &[Integration]) -> String {
    let names: Vec<_> = integrations
        .iter()
        .map(|one| format!("`{}` ({})", one.arn, one.status))
        .collect();
    names.join(", ")
}

/// Whether the integration reads this table. Of a connection one cannot tell, so it counts.
fn reads(integration: &Integration, table: &str) -> bool {
    let Some((service, resource)) = source(&integration.source_arn) else {
        return true;
    };
    service != "dynamodb" || resource.strip_prefix("table/") == Some(table)
}

fn source(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let service = parts.nth(2)?;
    Some((service, parts.nth(2)?))
}
