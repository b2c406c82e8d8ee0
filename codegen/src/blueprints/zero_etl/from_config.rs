//! The stacks of one config file: everything is fixed but the place of the provider's code.

use zeroetl_properties::EnableHybrid;

use super::{
    Stacks,
    generic::parameters,
    ids,
    input::{Input, Optional, Switch},
    integration::{self, IntegrationInputs, IntegrationTable},
    source::{self, KeyInput, SourceInputs, SourceTable},
    target::{self, PartitionInput, TargetInputs, TargetTable},
};
use crate::{
    config::{Config, Key, PartitionBy, Table},
    model::Origin,
};

/// What the templates of a config file say of how to change them.
pub const INSTEAD: &str = "change the config file and run `zeroetl generate --config` again";

/// The templates of a config.
pub fn stacks(config: &Config) -> Stacks {
    let origin = |blueprint| Origin {
        blueprint,
        instead: INSTEAD,
    };
    let mut target = target::template(&target_inputs(config), origin("zero_etl/target"));
    target.parameters.extend([
        parameters::provider_code_bucket(),
        parameters::provider_code_key(),
    ]);
    Stacks {
        source: source::template(&source_inputs(config), origin("zero_etl/source")),
        target,
        integration: integration::template(
            &integration_inputs(config),
            origin("zero_etl/integration"),
        ),
    }
}

fn text(text: &impl ToString) -> Input {
    Input::Text(text.to_string())
}

fn optional<T: ToString>(item: Option<&T>) -> Optional<Input> {
    item.map(|item| text(item)).into()
}

fn source_inputs(config: &Config) -> SourceInputs {
    SourceInputs {
        tables: config.tables.iter().map(source_table).collect(),
        kms_key_arn: optional(config.source.kms_key_arn.as_ref()),
        recovery_period_in_days: Input::Number(config.source.recovery_period_in_days),
    }
}

fn source_table(table: &Table) -> SourceTable {
    SourceTable {
        suffix: ids::suffix_of(table.name.as_str()),
        name: text(&table.name),
        partition_key: key(&table.partition_key),
        sort_key: table.sort_key.as_ref().map(key).into(),
    }
}

fn key(key: &Key) -> KeyInput {
    KeyInput {
        name: text(&key.name),
        key_type: text(&key.key_type.as_str()),
    }
}

fn target_inputs(config: &Config) -> TargetInputs {
    let target = &config.target;
    let enable_hybrid = if target.enable_hybrid {
        EnableHybrid::True
    } else {
        EnableHybrid::False
    };
    TargetInputs {
        source_account: text(&config.source.account),
        database: text(&target.database),
        bucket: optional(target.bucket.as_ref()),
        kms_key_arn: optional(target.kms_key_arn.as_ref()),
        enable_hybrid: text(&enable_hybrid),
        lake_formation_managed: Switch::from(target.lake_formation_managed),
        provider_code_bucket: Input::Parameter(parameters::PROVIDER_CODE_BUCKET),
        provider_code_key: Input::Parameter(parameters::PROVIDER_CODE_KEY),
        provider_architecture: text(&target.provider_architecture.as_str()),
        log_retention_in_days: Input::Number(target.log_retention_in_days),
        permissions_boundary_arn: optional(config.company.permissions_boundary_arn.as_ref()),
        // `deploy` sets it where it sees drift.
        force_update: Optional::Absent,
        tables: config.tables.iter().map(target_table).collect(),
    }
}

fn target_table(table: &Table) -> TargetTable {
    let partitions: Vec<PartitionInput> = table.partition_by.iter().map(partition).collect();
    TargetTable {
        suffix: ids::suffix_of(table.name.as_str()),
        name: text(&table.name),
        target_name: optional(table.target_name.as_ref()),
        unnest: text(&table.unnest),
        partitions: Some(partitions).filter(|list| !list.is_empty()).into(),
    }
}

fn partition(partition: &PartitionBy) -> PartitionInput {
    PartitionInput {
        field: text(&partition.field),
        function: text(&partition.function),
        conversion: optional(partition.conversion.as_ref()),
    }
}

fn integration_inputs(config: &Config) -> IntegrationInputs {
    IntegrationInputs {
        target_account: text(&config.target.account),
        database: text(&config.target.database),
        // CloudFormation's type takes the minutes as text.
        refresh_interval_minutes: text(&config.integration.refresh_interval_minutes),
        kms_key_id: optional(config.integration.kms_key_id.as_ref()),
        tables: config
            .tables
            .iter()
            .map(|table| IntegrationTable {
                suffix: ids::suffix_of(table.name.as_str()),
                name: text(&table.name),
                integration_name: text(&config.integration_name(table)),
            })
            .collect(),
    }
}
