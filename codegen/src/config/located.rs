//! What was read, with the place of every part: complete or not, so that `check` can compare what
//! is there even when something else is missing.

use zeroetl_properties::{
    AccountId, DatabaseName, DynamoDbTableName, FieldName, PartitionFunction, Region,
    TargetTableName, TimestampConversion, UnnestSpec,
};

use super::{
    fields::{Chosen, Located},
    names::{AttributeName, BucketName, KmsKey, KmsKeyArn, NamePart, PolicyArn, Profile},
    types::{
        Architecture, Company, Config, Flow, Integration, Key, KeyType, PartitionBy, Source, Table,
        Target,
    },
};

/// A part that may be missing, or wrong, which is noted already.
pub(super) type Maybe<T> = Option<Located<T>>;

#[derive(Debug)]
pub(super) struct LocatedConfig {
    pub(super) flow: Maybe<Flow>,
    pub(super) project: Maybe<NamePart>,
    pub(super) environment: Maybe<NamePart>,
    pub(super) region: Maybe<Region>,
    pub(super) source: Option<LocatedSource>,
    pub(super) target: Option<LocatedTarget>,
    pub(super) integration: LocatedIntegration,
    pub(super) permissions_boundary_arn: Maybe<PolicyArn>,
    pub(super) tables: Vec<LocatedTable>,
}

#[derive(Debug)]
pub(super) struct LocatedSource {
    pub(super) account: Maybe<AccountId>,
    pub(super) profile: Maybe<Profile>,
    pub(super) kms_key_arn: Maybe<KmsKeyArn>,
    pub(super) recovery_period_in_days: Chosen,
}

#[derive(Debug)]
pub(super) struct LocatedTarget {
    pub(super) account: Maybe<AccountId>,
    pub(super) profile: Maybe<Profile>,
    pub(super) database: Maybe<DatabaseName>,
    pub(super) bucket: Maybe<BucketName>,
    pub(super) kms_key_arn: Maybe<KmsKeyArn>,
    pub(super) enable_hybrid: bool,
    pub(super) lake_formation_managed: bool,
    pub(super) provider_architecture: Maybe<Architecture>,
    pub(super) log_retention_in_days: i64,
}

#[derive(Debug)]
pub(super) struct LocatedIntegration {
    pub(super) refresh_interval_minutes: Chosen,
    pub(super) kms_key_id: Maybe<KmsKey>,
}

#[derive(Debug)]
pub(super) struct LocatedTable {
    /// The table's path: `table[1]`.
    pub(super) path: String,
    pub(super) name: Maybe<DynamoDbTableName>,
    pub(super) partition_key: Option<LocatedKey>,
    pub(super) sort_key: Option<LocatedKey>,
    pub(super) unnest: Maybe<UnnestSpec>,
    pub(super) target_name: Maybe<TargetTableName>,
    pub(super) partition_by: Vec<LocatedPartition>,
    /// Where the list of partitions stands.
    pub(super) partition_span: std::ops::Range<usize>,
}

#[derive(Debug)]
pub(super) struct LocatedKey {
    pub(super) name: Maybe<AttributeName>,
    pub(super) key_type: Maybe<KeyType>,
}

#[derive(Debug)]
pub(super) struct LocatedPartition {
    pub(super) span: std::ops::Range<usize>,
    pub(super) field: Maybe<FieldName>,
    pub(super) function: Maybe<PartitionFunction>,
    pub(super) conversion: Maybe<TimestampConversion>,
}

fn bare<T>(part: Maybe<T>) -> Option<T> {
    part.map(|located| located.value)
}

impl LocatedConfig {
    /// The config, when no part that has to be there is missing.
    pub(super) fn into_config(self) -> Option<Config> {
        Some(Config {
            flow: bare(self.flow).unwrap_or_default(),
            project: bare(self.project)?,
            environment: bare(self.environment)?,
            region: bare(self.region)?,
            source: self.source?.into_source()?,
            target: self.target?.into_target()?,
            integration: Integration {
                refresh_interval_minutes: self.integration.refresh_interval_minutes.value,
                kms_key_id: bare(self.integration.kms_key_id),
            },
            company: Company {
                permissions_boundary_arn: bare(self.permissions_boundary_arn),
            },
            tables: self
                .tables
                .into_iter()
                .map(LocatedTable::into_table)
                .collect::<Option<_>>()?,
        })
    }
}

impl LocatedSource {
    fn into_source(self) -> Option<Source> {
        Some(Source {
            account: bare(self.account)?,
            profile: bare(self.profile),
            kms_key_arn: bare(self.kms_key_arn),
            recovery_period_in_days: self.recovery_period_in_days.value,
        })
    }
}

impl LocatedTarget {
    fn into_target(self) -> Option<Target> {
        Some(Target {
            account: bare(self.account)?,
            profile: bare(self.profile),
            database: bare(self.database)?,
            bucket: bare(self.bucket),
            kms_key_arn: bare(self.kms_key_arn),
            enable_hybrid: self.enable_hybrid,
            lake_formation_managed: self.lake_formation_managed,
            provider_architecture: bare(self.provider_architecture).unwrap_or_default(),
            log_retention_in_days: self.log_retention_in_days,
        })
    }
}

impl LocatedTable {
    fn into_table(self) -> Option<Table> {
        let sort_key = match self.sort_key {
            Some(key) => Some(key.into_key()?),
            None => None,
        };
        Some(Table {
            name: bare(self.name)?,
            partition_key: self.partition_key?.into_key()?,
            sort_key,
            unnest: bare(self.unnest).unwrap_or(super::types::unnest()),
            target_name: bare(self.target_name),
            partition_by: self
                .partition_by
                .into_iter()
                .map(LocatedPartition::into_partition)
                .collect::<Option<_>>()?,
        })
    }
}

impl LocatedKey {
    fn into_key(self) -> Option<Key> {
        Some(Key {
            name: bare(self.name)?,
            key_type: bare(self.key_type).unwrap_or_default(),
        })
    }
}

impl LocatedPartition {
    fn into_partition(self) -> Option<PartitionBy> {
        Some(PartitionBy {
            field: bare(self.field)?,
            function: bare(self.function)?,
            conversion: bare(self.conversion),
        })
    }
}
