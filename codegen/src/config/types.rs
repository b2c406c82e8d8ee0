//! The config as types. The comments here become the descriptions in the JSON schema.

use schemars::JsonSchema;
use serde::Serialize;
use zeroetl_properties::{
    AccountId, DatabaseName, DynamoDbTableName, FieldName, PartitionFunction, Region,
    TargetTableName, TimestampConversion, UnnestSpec,
};

use super::names::{AttributeName, BucketName, KmsKey, KmsKeyArn, NamePart, PolicyArn, Profile};

/// The days for which DynamoDB can keep a table's past.
pub const RECOVERY_PERIOD_DAYS: std::ops::RangeInclusive<i64> = 1..=35;
/// The minutes that Glue takes between two refreshes.
pub const REFRESH_INTERVAL_MINUTES: std::ops::RangeInclusive<i64> = 15..=8640;
/// The days for which `CloudWatch` can keep a log.
pub const LOG_RETENTION_DAYS: &[i64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// DynamoDB tables and the lakehouse in another account that they are replicated to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "zeroetl.toml")]
pub struct Config {
    /// The way that the tables go.
    #[serde(default)]
    pub flow: Flow,
    /// Opens every physical name, together with the environment.
    pub project: NamePart,
    /// Which of several installations of the project this is, such as `dev`.
    pub environment: NamePart,
    /// The Region of all three stacks. It must have `AWS::Glue::Integration`.
    #[schemars(schema_with = "super::schema::region")]
    pub region: Region,
    /// The account of the DynamoDB tables.
    pub source: Source,
    /// The account of the lakehouse. It may be the same account.
    pub target: Target,
    /// What all integrations share.
    #[serde(default)]
    pub integration: Integration,
    /// What the company demands of every stack.
    #[serde(default)]
    pub company: Company,
    /// The DynamoDB tables, in any order.
    #[serde(rename = "table")]
    #[schemars(length(min = 1))]
    pub tables: Vec<Table>,
}

/// The source account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The account that owns the DynamoDB tables.
    pub account: AccountId,
    /// The AWS profile for it. Used by `deploy`, `status` and `destroy` only.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// A customer key that encrypts the tables. Without one DynamoDB's own key does.
    #[serde(default)]
    pub kms_key_arn: Option<KmsKeyArn>,
    /// How many days back the tables can be restored.
    #[serde(default = "recovery_period_in_days")]
    #[schemars(range(min = 1, max = 35))]
    pub recovery_period_in_days: i64,
}

/// The target account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The account that owns bucket and database.
    pub account: AccountId,
    /// The AWS profile for it. Used by `deploy`, `status` and `destroy` only.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// The Glue database to be made.
    pub database: DatabaseName,
    /// The bucket to be made. Without a name CloudFormation finds one.
    #[serde(default)]
    pub bucket: Option<BucketName>,
    /// A customer key that encrypts the bucket. Without one S3's own key does.
    #[serde(default)]
    pub kms_key_arn: Option<KmsKeyArn>,
    /// Keeps Lake Formation's shares working beside the catalog policy. Glue insists on it once
    /// such shares exist.
    #[serde(default = "enable_hybrid")]
    pub enable_hybrid: bool,
    /// Lake Formation governs the database: registers the location and grants to the target role.
    #[serde(default)]
    pub lake_formation_managed: bool,
    /// The architecture of the provider function.
    #[serde(default)]
    pub provider_architecture: Architecture,
    /// How many days the provider's log is kept.
    #[serde(default = "log_retention_in_days")]
    #[schemars(schema_with = "super::schema::log_retention")]
    pub log_retention_in_days: i64,
}

/// What all integrations share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// Minutes between two refreshes. A change replaces the integrations.
    #[serde(default = "refresh_interval_minutes")]
    #[schemars(range(min = 15, max = 8640))]
    pub refresh_interval_minutes: i64,
    /// A customer key for the integrations. Without one Glue's own key is used.
    #[serde(default)]
    pub kms_key_id: Option<KmsKey>,
}

impl Default for Integration {
    fn default() -> Self {
        Self {
            refresh_interval_minutes: refresh_interval_minutes(),
            kms_key_id: None,
        }
    }
}

/// What the company demands of every stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// The permissions boundary of the roles that the stacks make: a policy of the target account, or
    /// one of AWS.
    #[serde(default)]
    pub permissions_boundary_arn: Option<PolicyArn>,
}

/// One DynamoDB table and how it is laid out in the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The DynamoDB table to be made.
    pub name: DynamoDbTableName,
    /// Its partition key.
    pub partition_key: Key,
    /// Its sort key, if it has one.
    #[serde(default)]
    pub sort_key: Option<Key>,
    /// How nested attributes become columns.
    #[serde(default = "unnest")]
    pub unnest: UnnestSpec,
    /// The Iceberg table. Without a name Glue finds one.
    #[serde(default)]
    pub target_name: Option<TargetTableName>,
    /// How the Iceberg table is partitioned. Without it Glue uses buckets of the primary key.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub partition_by: Vec<PartitionBy>,
}

/// A key attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The attribute's name.
    pub name: AttributeName,
    /// The attribute's type.
    #[serde(rename = "type", default)]
    pub key_type: KeyType,
}

/// One partition of the Iceberg table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartitionBy {
    /// The column.
    pub field: FieldName,
    /// What is made of it.
    pub function: PartitionFunction,
    /// How the time is written in the source: required with a time function, refused with
    /// `identity`.
    #[serde(default)]
    pub conversion: Option<TimestampConversion>,
}

macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$case_about:meta])* $case:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
        pub enum $name {
            $($(#[$case_about])* #[serde(rename = $word)] $case,)+
        }

        impl $name {
            /// Every case.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The word as AWS spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$case => $word,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = zeroetl_properties::UnknownChoice;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|case| case.as_str() == word).ok_or_else(|| {
                    zeroetl_properties::UnknownChoice {
                        value: word.to_owned(),
                        allowed: Self::ALL.iter().map(|case| case.as_str()).collect(),
                    }
                })
            }
        }
    };
}

choice! {
    /// The way that the tables go.
    Flow {
        /// Glue zero-ETL to a lakehouse: Iceberg on S3, in the Glue Data Catalog.
        #[default]
        ZeroEtl = "zero-etl",
    }
}

choice! {
    /// The type of a key attribute.
    KeyType {
        /// Text.
        #[default]
        Text = "S",
        /// A number.
        Number = "N",
        /// Bytes.
        Binary = "B",
    }
}

choice! {
    /// The architecture of the provider function.
    Architecture {
        /// Intel and AMD.
        #[default]
        X86_64 = "x86_64",
        /// Graviton.
        Arm64 = "arm64",
    }
}

pub(super) const fn recovery_period_in_days() -> i64 {
    35
}

pub(super) const fn log_retention_in_days() -> i64 {
    30
}

pub(super) const fn refresh_interval_minutes() -> i64 {
    15
}

pub(super) const fn enable_hybrid() -> bool {
    true
}

pub(super) const fn unnest() -> UnnestSpec {
    UnnestSpec::TopLevel
}
