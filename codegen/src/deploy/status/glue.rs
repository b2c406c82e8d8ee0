//! What Glue says: integrations in the source account, catalog policy and table properties in the
//! target account. Requests and plain answers, no judgement.

use aws_sdk_glue::Client;
use aws_sdk_glue::types as sdk;
use serde_json::Value;

use super::report::{
    CatalogPolicy, IntegrationFault, IntegrationReport, PartitionReport, PropertiesReport,
    StatementReport,
};
use crate::deploy::account::Account;
use crate::deploy::aws_error::{AwsError, Problem};
use crate::plan::TablePlan;

/// The integrations of all tables, by their names.
pub(in crate::deploy) async fn integrations(
    account: &Account,
    tables: &[TablePlan],
) -> Result<Vec<IntegrationReport>, AwsError> {
    let client = Client::new(&account.config);
    let mut live = Vec::new();
    let mut marker = None;
    loop {
        let answer = client
            .describe_integrations()
            .set_marker(marker.clone())
            .send()
            .await
            .map_err(|error| AwsError::new("glue:DescribeIntegrations", account, &error))?;
        live.extend(answer.integrations().to_vec());
        let next = answer
            .marker()
            .filter(|next| !next.is_empty())
            .map(str::to_owned);
        if next.is_none() || next == marker {
            break;
        }
        marker = next;
    }
    Ok(tables
        .iter()
        .map(|table| integration(table, &live))
        .collect())
}

fn integration(table: &TablePlan, live: &[sdk::Integration]) -> IntegrationReport {
    let found = live
        .iter()
        .find(|one| one.integration_name() == table.integration);
    IntegrationReport {
        table: table.source_table.clone(),
        name: table.integration.clone(),
        status: found.map(|one| one.status().as_str().to_owned()),
        arn: found.map(|one| one.integration_arn().to_owned()),
        errors: found
            .map(|one| one.errors().iter().map(fault).collect())
            .unwrap_or_default(),
    }
}

fn fault(error: &sdk::IntegrationError) -> IntegrationFault {
    IntegrationFault {
        code: error.error_code().unwrap_or("no code").to_owned(),
        message: error.error_message().unwrap_or("no message").to_owned(),
    }
}

/// The catalog policy, or `None` where there is none.
pub(in crate::deploy) async fn catalog_policy(
    account: &Account,
    owns: impl Fn(&Value) -> bool,
) -> Result<Option<CatalogPolicy>, AwsError> {
    let answer = Client::new(&account.config)
        .get_resource_policy()
        .send()
        .await
        .map_err(|error| AwsError::new("glue:GetResourcePolicy", account, &error));
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(text) = answer.policy_in_json().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    // A policy with one statement may hold it without a list.
    let statements = match document.get("Statement") {
        Some(Value::Array(many)) => many.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    Ok(Some(CatalogPolicy {
        hash: answer.policy_hash().unwrap_or_default().to_owned(),
        document,
        statements: statements
            .into_iter()
            .map(|statement| StatementReport {
                owned: owns(&statement),
                statement,
            })
            .collect(),
    }))
}

/// The table properties of one table in the plan's database.
pub(in crate::deploy) async fn table_properties(
    account: &Account,
    database: &str,
    table: &str,
) -> Result<PropertiesReport, AwsError> {
    let login = &account.login;
    // Zero-ETL exists in this partition only; the config takes no Region of another one.
    let arn = format!(
        "arn:aws:glue:{}:{}:database/{database}",
        login.region, login.account
    );
    let answer = Client::new(&account.config)
        .get_integration_table_properties()
        .resource_arn(arn)
        .table_name(table)
        .send()
        .await
        .map_err(|error| AwsError::new("glue:GetIntegrationTableProperties", account, &error));
    let config = match answer {
        Ok(answer) => Some(answer.target_table_config().cloned()),
        Err(error) if is_absent(&error) => None,
        Err(error) => return Err(error),
    };
    let found = config.is_some();
    let config = config.flatten();
    let config = config.as_ref();
    Ok(PropertiesReport {
        table: table.to_owned(),
        found,
        unnest_spec: config
            .and_then(sdk::TargetTableConfig::unnest_spec)
            .map(|spec| spec.as_str().to_owned()),
        partition_spec: config
            .map(|config| config.partition_spec().iter().map(partition).collect())
            .unwrap_or_default(),
        target_table_name: config
            .and_then(sdk::TargetTableConfig::target_table_name)
            .map(str::to_owned),
        integration_arn: config
            .and_then(sdk::TargetTableConfig::integration_arn)
            .map(str::to_owned),
    })
}

fn partition(partition: &sdk::IntegrationPartition) -> PartitionReport {
    PartitionReport {
        field: partition.field_name().unwrap_or_default().to_owned(),
        function: partition.function_spec().map(str::to_owned),
        conversion: partition.conversion_spec().map(str::to_owned),
    }
}

/// Glue has two errors for what is not there.
fn is_absent(error: &AwsError) -> bool {
    matches!(&error.problem, Problem::Refused { code, .. }
        if code == "EntityNotFoundException" || code == "ResourceNotFoundException")
}
