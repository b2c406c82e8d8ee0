//! Integration table properties through the SDK.

use aws_sdk_glue::types::{IntegrationPartition, SourceTableConfig, TargetTableConfig, UnnestSpec};

use super::client::Session;
use crate::ports::{
    Call, CallErrorKind, PartitionField, SourceConfig, TableConfig, TableKey, TableProperties,
    TargetConfig,
};

impl TableProperties for Session<'_> {
    fn get<'a>(&'a self, key: &'a TableKey) -> Call<'a, Option<TableConfig>> {
        Box::pin(async move {
            let get = || {
                self.client
                    .get_integration_table_properties()
                    .resource_arn(&key.resource_arn)
                    .table_name(&key.table_name)
                    .send()
            };
            match self
                .caller
                .call("glue:GetIntegrationTableProperties", get)
                .await
            {
                Ok(answer) => Ok(Some(TableConfig {
                    target: answer.target_table_config.map(target_from_sdk),
                    source: answer.source_table_config.map(source_from_sdk),
                })),
                Err(error) if error.kind == CallErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn create<'a>(&'a self, key: &'a TableKey, config: &'a TableConfig) -> Call<'a, ()> {
        Box::pin(async move {
            let create = || {
                self.client
                    .create_integration_table_properties()
                    .resource_arn(&key.resource_arn)
                    .table_name(&key.table_name)
                    .set_target_table_config(config.target.as_ref().map(target_to_sdk))
                    .set_source_table_config(config.source.as_ref().map(source_to_sdk))
                    .send()
            };
            self.caller
                .call("glue:CreateIntegrationTableProperties", create)
                .await
                .map(|_| ())
        })
    }

    fn update<'a>(&'a self, key: &'a TableKey, config: &'a TableConfig) -> Call<'a, ()> {
        Box::pin(async move {
            let update = || {
                self.client
                    .update_integration_table_properties()
                    .resource_arn(&key.resource_arn)
                    .table_name(&key.table_name)
                    .set_target_table_config(config.target.as_ref().map(target_to_sdk))
                    .set_source_table_config(config.source.as_ref().map(source_to_sdk))
                    .send()
            };
            self.caller
                .call("glue:UpdateIntegrationTableProperties", update)
                .await
                .map(|_| ())
        })
    }

    fn remove<'a>(&'a self, key: &'a TableKey) -> Call<'a, ()> {
        Box::pin(async move {
            let remove = || {
                self.client
                    .delete_integration_table_properties()
                    .resource_arn(&key.resource_arn)
                    .table_name(&key.table_name)
                    .send()
            };
            match self
                .caller
                .call("glue:DeleteIntegrationTableProperties", remove)
                .await
            {
                Err(error) if error.kind != CallErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        })
    }
}

fn target_to_sdk(config: &TargetConfig) -> TargetTableConfig {
    let partitions: Vec<_> = config
        .partition_spec
        .iter()
        .map(|field| {
            IntegrationPartition::builder()
                .set_field_name(field.field_name.clone())
                .set_function_spec(field.function_spec.clone())
                .set_conversion_spec(field.conversion_spec.clone())
                .build()
        })
        .collect();
    TargetTableConfig::builder()
        .set_unnest_spec(config.unnest_spec.as_deref().map(UnnestSpec::from))
        .set_partition_spec((!partitions.is_empty()).then_some(partitions))
        .set_target_table_name(config.target_table_name.clone())
        .set_integration_arn(config.integration_arn.clone())
        .build()
}

fn target_from_sdk(config: TargetTableConfig) -> TargetConfig {
    TargetConfig {
        unnest_spec: config.unnest_spec.map(|spec| spec.as_str().to_owned()),
        partition_spec: config
            .partition_spec
            .unwrap_or_default()
            .into_iter()
            .map(|field| PartitionField {
                field_name: field.field_name,
                function_spec: field.function_spec,
                conversion_spec: field.conversion_spec,
            })
            .collect(),
        target_table_name: config.target_table_name,
        integration_arn: config.integration_arn,
    }
}

fn source_to_sdk(config: &SourceConfig) -> SourceTableConfig {
    let list = |items: &[String]| (!items.is_empty()).then(|| items.to_vec());
    SourceTableConfig::builder()
        .set_fields(list(&config.fields))
        .set_filter_predicate(config.filter_predicate.clone())
        .set_primary_key(list(&config.primary_key))
        .set_record_update_field(config.record_update_field.clone())
        .build()
}

fn source_from_sdk(config: SourceTableConfig) -> SourceConfig {
    SourceConfig {
        fields: config.fields.unwrap_or_default(),
        filter_predicate: config.filter_predicate,
        primary_key: config.primary_key.unwrap_or_default(),
        record_update_field: config.record_update_field,
    }
}
