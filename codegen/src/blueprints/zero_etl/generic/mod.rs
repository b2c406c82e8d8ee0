//! The product for everybody: one table, and everything that differs is a parameter.

pub(super) mod parameters;
mod rules;

use self::parameters as p;
use super::{
    Stacks,
    input::{Input, Optional},
    integration::{self, IntegrationInputs, IntegrationTable},
    source::{self, KeyInput, SourceInputs, SourceTable},
    target::{self, PartitionInput, TargetInputs, TargetTable},
};
use crate::model::{ConditionName, Origin, ParameterName, Template, Test, Value};

/// What the templates for everybody say of how to change them.
pub const INSTEAD: &str =
    "set the parameters, or generate templates of your own from a config file with `zeroetl`";

const HAS_SORT_KEY: ConditionName = ConditionName::fixed("HasSortKey");
const HAS_SOURCE_KEY: ConditionName = ConditionName::fixed("HasSourceKmsKey");
const HAS_BUCKET_NAME: ConditionName = ConditionName::fixed("HasBucketName");
const HAS_TARGET_KEY: ConditionName = ConditionName::fixed("HasTargetKmsKey");
const HAS_TARGET_TABLE_NAME: ConditionName = ConditionName::fixed("HasTargetTableName");
const HAS_PARTITION: ConditionName = ConditionName::fixed("HasPartition");
const HAS_CONVERSION: ConditionName = ConditionName::fixed("HasPartitionConversion");
const HAS_FORCE_UPDATE: ConditionName = ConditionName::fixed("HasForceUpdate");
pub(super) const HAS_BOUNDARY: ConditionName = ConditionName::fixed("HasPermissionsBoundary");
const IS_LAKE_FORMATION_MANAGED: ConditionName = ConditionName::fixed("IsLakeFormationManaged");
pub(super) const HAS_INTEGRATION_KEY: ConditionName = ConditionName::fixed("HasIntegrationKmsKey");

/// The templates of the product.
pub fn product() -> Stacks {
    Stacks {
        source: source(),
        target: target(),
        integration: integration(),
    }
}

fn origin(blueprint: &'static str) -> Origin {
    Origin {
        blueprint,
        instead: INSTEAD,
    }
}

fn given(name: ParameterName) -> Input {
    Input::Parameter(name)
}

/// A parameter that may be empty.
fn optional(condition: ConditionName, name: ParameterName) -> Optional<Input> {
    Optional::When(condition, Input::Parameter(name))
}

/// The condition that a parameter is not empty.
fn when_set(template: &mut Template, condition: ConditionName, name: &ParameterName) {
    template
        .conditions
        .insert(condition, Test::is_set(Value::reference(name)));
}

fn source() -> Template {
    let key = |name, key_type| KeyInput {
        name: given(name),
        key_type: given(key_type),
    };
    let table = SourceTable {
        suffix: None,
        name: given(p::SOURCE_TABLE_NAME),
        partition_key: key(p::PARTITION_KEY_NAME, p::PARTITION_KEY_TYPE),
        sort_key: Optional::When(HAS_SORT_KEY, key(p::SORT_KEY_NAME, p::SORT_KEY_TYPE)),
    };
    let inputs = SourceInputs {
        tables: vec![table],
        kms_key_arn: optional(HAS_SOURCE_KEY, p::SOURCE_KMS_KEY_ARN),
        recovery_period_in_days: given(p::RECOVERY_PERIOD_IN_DAYS),
    };
    let mut template = source::template(&inputs, origin("zero_etl/source"));
    template.parameters = vec![
        p::source_table_name(),
        p::partition_key_name(),
        p::partition_key_type(),
        p::sort_key_name(),
        p::sort_key_type(),
        p::source_kms_key_arn(),
        p::recovery_period_in_days(),
    ];
    template.rules = vec![rules::sort_key_differs_from_partition_key()];
    when_set(&mut template, HAS_SORT_KEY, &p::SORT_KEY_NAME);
    when_set(&mut template, HAS_SOURCE_KEY, &p::SOURCE_KMS_KEY_ARN);
    template
}

fn target() -> Template {
    let partition = PartitionInput {
        field: given(p::PARTITION_FIELD),
        function: given(p::PARTITION_FUNCTION),
        conversion: optional(HAS_CONVERSION, p::PARTITION_CONVERSION),
    };
    let table = TargetTable {
        suffix: None,
        name: given(p::SOURCE_TABLE_NAME),
        target_name: optional(HAS_TARGET_TABLE_NAME, p::TARGET_TABLE_NAME),
        unnest: given(p::UNNEST_SPEC),
        partitions: Optional::When(HAS_PARTITION, vec![partition]),
    };
    let inputs = TargetInputs {
        source_account: given(p::SOURCE_ACCOUNT_ID),
        database: given(p::DATABASE_NAME),
        bucket: optional(HAS_BUCKET_NAME, p::BUCKET_NAME),
        kms_key_arn: optional(HAS_TARGET_KEY, p::TARGET_KMS_KEY_ARN),
        enable_hybrid: given(p::ENABLE_HYBRID),
        lake_formation_managed: Optional::When(IS_LAKE_FORMATION_MANAGED, ()),
        provider_code_bucket: given(p::PROVIDER_CODE_BUCKET),
        provider_code_key: given(p::PROVIDER_CODE_KEY),
        provider_architecture: given(p::PROVIDER_ARCHITECTURE),
        log_retention_in_days: given(p::LOG_RETENTION_IN_DAYS),
        permissions_boundary_arn: optional(HAS_BOUNDARY, p::PERMISSIONS_BOUNDARY_ARN),
        force_update: optional(HAS_FORCE_UPDATE, p::FORCE_UPDATE),
        tables: vec![table],
    };
    let mut template = target::template(&inputs, origin("zero_etl/target"));
    template.parameters = vec![
        p::source_account_id(),
        p::source_table_name(),
        p::database_name(),
        p::bucket_name(),
        p::target_kms_key_arn(),
        p::target_table_name(),
        p::unnest_spec(),
        p::partition_field(),
        p::partition_function(),
        p::partition_conversion(),
        p::enable_hybrid(),
        p::lake_formation_managed(),
        p::provider_code_bucket(),
        p::provider_code_key(),
        p::provider_architecture(),
        p::log_retention_in_days(),
        p::permissions_boundary_arn(),
        p::force_update(),
    ];
    template.rules = rules::partition();
    when_set(&mut template, HAS_BUCKET_NAME, &p::BUCKET_NAME);
    when_set(&mut template, HAS_TARGET_KEY, &p::TARGET_KMS_KEY_ARN);
    when_set(&mut template, HAS_TARGET_TABLE_NAME, &p::TARGET_TABLE_NAME);
    when_set(&mut template, HAS_PARTITION, &p::PARTITION_FIELD);
    when_set(&mut template, HAS_CONVERSION, &p::PARTITION_CONVERSION);
    when_set(&mut template, HAS_BOUNDARY, &p::PERMISSIONS_BOUNDARY_ARN);
    when_set(&mut template, HAS_FORCE_UPDATE, &p::FORCE_UPDATE);
    template.conditions.insert(
        IS_LAKE_FORMATION_MANAGED,
        Test::Equals(
            Value::reference(&p::LAKE_FORMATION_MANAGED),
            Value::from("Yes"),
        ),
    );
    template
}

fn integration() -> Template {
    let table = IntegrationTable {
        suffix: None,
        name: given(p::SOURCE_TABLE_NAME),
        integration_name: given(p::INTEGRATION_NAME),
    };
    let inputs = IntegrationInputs {
        target_account: given(p::TARGET_ACCOUNT_ID),
        database: given(p::DATABASE_NAME),
        refresh_interval_minutes: given(p::REFRESH_INTERVAL_MINUTES_NAME),
        kms_key_id: optional(HAS_INTEGRATION_KEY, p::INTEGRATION_KMS_KEY_ID),
        tables: vec![table],
    };
    let mut template = integration::template(&inputs, origin("zero_etl/integration"));
    template.parameters = vec![
        p::source_table_name(),
        p::target_account_id(),
        p::database_name(),
        p::integration_name(),
        p::refresh_interval_minutes(),
        p::integration_kms_key_id(),
    ];
    when_set(
        &mut template,
        HAS_INTEGRATION_KEY,
        &p::INTEGRATION_KMS_KEY_ID,
    );
    template
}
