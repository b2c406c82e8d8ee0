//! Every parameter of the product, once: the same name means the same in all templates.

use zeroetl_properties::{
    AccountId, DatabaseName, DynamoDbTableName, FieldName, ForceUpdate, PartitionFunction,
    TargetTableName, TimestampConversion, UnnestSpec,
};

use crate::{
    config::{
        Architecture, AttributeName, BucketName, KeyType, KmsKey, KmsKeyArn, LOG_RETENTION_DAYS,
        PolicyArn, RECOVERY_PERIOD_DAYS, REFRESH_INTERVAL_MINUTES,
    },
    model::{Constraint, Group, Parameter, ParameterName},
};

macro_rules! parameters {
    ($($constant:ident = $name:literal;)+) => {
        $(pub(in super::super) const $constant: ParameterName = ParameterName::fixed($name);)+
    };
}

parameters! {
    SOURCE_ACCOUNT_ID = "SourceAccountId";
    TARGET_ACCOUNT_ID = "TargetAccountId";
    SOURCE_TABLE_NAME = "SourceTableName";
    PARTITION_KEY_NAME = "PartitionKeyName";
    PARTITION_KEY_TYPE = "PartitionKeyType";
    SORT_KEY_NAME = "SortKeyName";
    SORT_KEY_TYPE = "SortKeyType";
    SOURCE_KMS_KEY_ARN = "SourceKmsKeyArn";
    RECOVERY_PERIOD_IN_DAYS = "RecoveryPeriodInDays";
    DATABASE_NAME = "DatabaseName";
    BUCKET_NAME = "BucketName";
    TARGET_KMS_KEY_ARN = "TargetKmsKeyArn";
    TARGET_TABLE_NAME = "TargetTableName";
    UNNEST_SPEC = "UnnestSpec";
    PARTITION_FIELD = "PartitionField";
    PARTITION_FUNCTION = "PartitionFunction";
    PARTITION_CONVERSION = "PartitionConversion";
    ENABLE_HYBRID = "EnableHybrid";
    LAKE_FORMATION_MANAGED = "LakeFormationManaged";
    PROVIDER_CODE_BUCKET = "ProviderCodeBucket";
    PROVIDER_CODE_KEY = "ProviderCodeKey";
    PROVIDER_ARCHITECTURE = "ProviderArchitecture";
    LOG_RETENTION_IN_DAYS = "LogRetentionInDays";
    PERMISSIONS_BOUNDARY_ARN = "PermissionsBoundaryArn";
    FORCE_UPDATE = "ForceUpdate";
    INTEGRATION_NAME = "IntegrationName";
    REFRESH_INTERVAL_MINUTES_NAME = "RefreshIntervalMinutes";
    INTEGRATION_KMS_KEY_ID = "IntegrationKmsKeyId";
}

const SOURCE: Group = Group("Source table");
const TARGET: Group = Group("Lakehouse");
const LAYOUT: Group = Group("Layout of the Iceberg table");
const CATALOG: Group = Group("Data Catalog");
const PROVIDER: Group = Group("Provider of the custom resources");
const INTEGRATION: Group = Group("Integration");

fn parameter(
    name: ParameterName,
    label: &'static str,
    group: Group,
    description: &str,
    constraint: Constraint,
    expected: impl Into<String>,
) -> Parameter {
    Parameter {
        name,
        label,
        group,
        description: description.to_owned(),
        default: None,
        constraint,
        expected: expected.into(),
    }
}

impl Parameter {
    fn or(mut self, default: &impl ToString) -> Self {
        self.default = Some(default.to_string());
        self
    }
}

fn pattern(pattern: &str) -> Constraint {
    Constraint::Pattern {
        pattern: pattern.to_owned(),
        min_length: None,
        max_length: None,
    }
}

/// A pattern, or nothing.
pub(in super::super) fn pattern_or_empty(pattern: &str) -> Constraint {
    self::pattern(&format!("^$|{pattern}"))
}

fn allowed<'a>(words: impl IntoIterator<Item = &'a str>) -> Constraint {
    Constraint::Allowed(words.into_iter().map(str::to_owned).collect())
}

fn one_of(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn choice(words: &[&str]) -> (Constraint, String) {
    (
        allowed(words.iter().copied()),
        format!("Type {}.", one_of(words)),
    )
}

fn between(bounds: &std::ops::RangeInclusive<i64>) -> Constraint {
    Constraint::Between(*bounds.start(), *bounds.end())
}

pub(in super::super) fn source_account_id() -> Parameter {
    parameter(
        SOURCE_ACCOUNT_ID,
        "Source account",
        SOURCE,
        "Account that owns the DynamoDB table. It may be this account.",
        pattern(AccountId::PATTERN),
        "Type the 12 digits of the account id.",
    )
}

pub(in super::super) fn target_account_id() -> Parameter {
    parameter(
        TARGET_ACCOUNT_ID,
        "Target account",
        TARGET,
        "Account that owns the Glue database. It may be this account.",
        pattern(AccountId::PATTERN),
        "Type the 12 digits of the account id.",
    )
}

pub(in super::super) fn source_table_name() -> Parameter {
    parameter(
        SOURCE_TABLE_NAME,
        "Table",
        SOURCE,
        "Name of the DynamoDB table, the same in all three stacks. Table properties take no name \
         longer than 128 characters.",
        pattern(DynamoDbTableName::PATTERN),
        "Type 3 to 128 letters, digits, underscores, dots or hyphens.",
    )
    .or(&"Orders")
}

pub(in super::super) fn partition_key_name() -> Parameter {
    parameter(
        PARTITION_KEY_NAME,
        "Partition key",
        SOURCE,
        "Name of the table's partition key.",
        pattern(AttributeName::PATTERN),
        "Type 1 to 255 characters without colons and control characters.",
    )
    .or(&"PK")
}

pub(in super::super) fn partition_key_type() -> Parameter {
    key_type(
        PARTITION_KEY_TYPE,
        "Type of the partition key",
        "partition key",
    )
}

pub(in super::super) fn sort_key_name() -> Parameter {
    parameter(
        SORT_KEY_NAME,
        "Sort key",
        SOURCE,
        "Name of the table's sort key; empty for a table without one.",
        pattern_or_empty(AttributeName::PATTERN),
        "Type up to 255 characters without colons and control characters.",
    )
    .or(&"SK")
}

pub(in super::super) fn sort_key_type() -> Parameter {
    key_type(
        SORT_KEY_TYPE,
        "Type of the sort key",
        "sort key, where there is one",
    )
}

fn key_type(name: ParameterName, label: &'static str, what: &str) -> Parameter {
    let words: Vec<&str> = KeyType::ALL.iter().map(|case| case.as_str()).collect();
    let (constraint, _) = choice(&words);
    parameter(
        name,
        label,
        SOURCE,
        &format!("Type of the table's {what}: S for text, N for numbers, B for bytes."),
        constraint,
        "Type S, N or B.",
    )
    .or(&KeyType::default().as_str())
}

pub(in super::super) fn source_kms_key_arn() -> Parameter {
    parameter(
        SOURCE_KMS_KEY_ARN,
        "Key of the table",
        SOURCE,
        "Customer key that encrypts the table, as key ARN of this account; empty for the key that \
         DynamoDB owns. Zero-ETL does not support the AWS-managed key. The key policy must allow \
         glue.amazonaws.com the actions kms:Decrypt and kms:DescribeKey, with the conditions \
         aws:SourceAccount equal to this account and aws:SourceArn like \
         arn:aws:glue:<region>:<this account>:integration:*.",
        pattern_or_empty(KmsKeyArn::PATTERN),
        "Type the ARN of a key, arn:aws:kms:<region>:<account>:key/<key id>, not of an alias.",
    )
    .or(&"")
}

pub(in super::super) fn recovery_period_in_days() -> Parameter {
    parameter(
        RECOVERY_PERIOD_IN_DAYS,
        "Recovery period",
        SOURCE,
        "Days back to which the table can be restored. Exports fail when they are due after more \
         than that.",
        between(&RECOVERY_PERIOD_DAYS),
        "Type a number from 1 to 35.",
    )
    .or(&35)
}

pub(in super::super) fn database_name() -> Parameter {
    parameter(
        DATABASE_NAME,
        "Database",
        TARGET,
        "Name of the Glue database. Glue takes a hyphen here, but not in an integration.",
        pattern(DatabaseName::PATTERN),
        "Type 1 to 255 lower-case letters, digits or underscores.",
    )
}

pub(in super::super) fn bucket_name() -> Parameter {
    parameter(
        BUCKET_NAME,
        "Bucket",
        TARGET,
        "Name of the new bucket; empty to have one made up.",
        pattern_or_empty(BucketName::PATTERN),
        "Type 3 to 63 lower-case letters, digits or hyphens, with a letter or digit at both ends.",
    )
    .or(&"")
}

pub(in super::super) fn target_kms_key_arn() -> Parameter {
    parameter(
        TARGET_KMS_KEY_ARN,
        "Key of the bucket",
        TARGET,
        "Customer key that encrypts the bucket, as key ARN; empty for the key that S3 owns. The \
         key policy must allow the role in the output TargetRoleArn, directly or by trusting the \
         IAM policies of this account, the actions kms:Decrypt, kms:DescribeKey and \
         kms:GenerateDataKey.",
        pattern_or_empty(KmsKeyArn::PATTERN),
        "Type the ARN of a key, arn:aws:kms:<region>:<account>:key/<key id>, not of an alias.",
    )
    .or(&"")
}

pub(in super::super) fn target_table_name() -> Parameter {
    parameter(
        TARGET_TABLE_NAME,
        "Iceberg table",
        LAYOUT,
        "Name of the Iceberg table in the database; empty for the name that Glue makes up.",
        pattern_or_empty(TargetTableName::PATTERN),
        "Type up to 128 lower-case letters, digits or underscores, no underscore at the start.",
    )
    .or(&"")
}

pub(in super::super) fn unnest_spec() -> Parameter {
    let words: Vec<&str> = UnnestSpec::ALL.iter().map(|case| case.as_str()).collect();
    let (constraint, expected) = choice(&words);
    parameter(
        UNNEST_SPEC,
        "Unnesting",
        LAYOUT,
        "How nested attributes become columns. TOPLEVEL: top-level attributes become columns. \
         FULL: every leaf becomes a column. NOUNNEST: everything but the keys becomes one column.",
        constraint,
        expected,
    )
    .or(&UnnestSpec::TopLevel)
}

pub(in super::super) fn partition_field() -> Parameter {
    parameter(
        PARTITION_FIELD,
        "Partition column",
        LAYOUT,
        "Column that the Iceberg table is partitioned by; empty for buckets of the primary key.",
        Constraint::Pattern {
            pattern: format!("^$|{}", FieldName::PATTERN),
            min_length: None,
            max_length: Some(FieldName::MAX_LENGTH),
        },
        "Type up to 128 characters without control characters.",
    )
    .or(&"")
}

pub(in super::super) fn partition_function() -> Parameter {
    let words: Vec<&str> = PartitionFunction::ALL
        .iter()
        .map(|case| case.as_str())
        .collect();
    parameter(
        PARTITION_FUNCTION,
        "Partition function",
        LAYOUT,
        "What is made of the partition column. Set it together with PartitionField.",
        allowed(std::iter::once("").chain(words.iter().copied())),
        format!("Type {}, or nothing.", one_of(&words)),
    )
    .or(&"")
}

pub(in super::super) fn partition_conversion() -> Parameter {
    let words: Vec<&str> = TimestampConversion::ALL
        .iter()
        .map(|case| case.as_str())
        .collect();
    parameter(
        PARTITION_CONVERSION,
        "Partition conversion",
        LAYOUT,
        "How times are written in the partition column. Set it with year, month, day and hour, \
         never with identity.",
        allowed(std::iter::once("").chain(words.iter().copied())),
        format!("Type {}, or nothing.", one_of(&words)),
    )
    .or(&"")
}

pub(in super::super) fn enable_hybrid() -> Parameter {
    let (constraint, expected) = choice(&["TRUE", "FALSE"]);
    parameter(
        ENABLE_HYBRID,
        "Hybrid access",
        CATALOG,
        "Keeps shares of Lake Formation working beside the catalog policy. Glue insists on TRUE \
         once such shares exist.",
        constraint,
        expected,
    )
    .or(&"TRUE")
}

pub(in super::super) fn lake_formation_managed() -> Parameter {
    let (constraint, expected) = choice(&["No", "Yes"]);
    parameter(
        LAKE_FORMATION_MANAGED,
        "Governed by Lake Formation",
        CATALOG,
        "Yes where Lake Formation governs the database: registers the bucket and grants to the \
         target role. Whoever deploys must be able to grant in Lake Formation.",
        constraint,
        expected,
    )
    .or(&"No")
}

pub(in super::super) fn provider_code_bucket() -> Parameter {
    parameter(
        PROVIDER_CODE_BUCKET,
        "Bucket of the code",
        PROVIDER,
        "Bucket with the provider's zip, in the Region of this stack.",
        pattern("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        "Type the name of a bucket.",
    )
}

pub(in super::super) fn provider_code_key() -> Parameter {
    parameter(
        PROVIDER_CODE_KEY,
        "Key of the code",
        PROVIDER,
        "Key of the provider's zip in its bucket. New code needs a new key.",
        pattern("^[!-~]{1,1024}$"),
        "Type 1 to 1024 printable ASCII characters without spaces.",
    )
}

pub(in super::super) fn provider_architecture() -> Parameter {
    let words: Vec<&str> = Architecture::ALL.iter().map(|case| case.as_str()).collect();
    let (constraint, expected) = choice(&words);
    parameter(
        PROVIDER_ARCHITECTURE,
        "Architecture",
        PROVIDER,
        "Architecture that the provider's zip was built for.",
        constraint,
        expected,
    )
    .or(&Architecture::default().as_str())
}

pub(in super::super) fn log_retention_in_days() -> Parameter {
    let words: Vec<String> = LOG_RETENTION_DAYS.iter().map(ToString::to_string).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    parameter(
        LOG_RETENTION_IN_DAYS,
        "Log retention",
        PROVIDER,
        "Days for which the provider's log is kept.",
        Constraint::AllowedNumbers(LOG_RETENTION_DAYS.to_vec()),
        format!("Type {}.", one_of(&words)),
    )
    .or(&30)
}

pub(in super::super) fn permissions_boundary_arn() -> Parameter {
    parameter(
        PERMISSIONS_BOUNDARY_ARN,
        "Permissions boundary",
        PROVIDER,
        "ARN of the policy that bounds the two roles that the stack makes; empty for none.",
        pattern_or_empty(PolicyArn::PATTERN),
        "Type the ARN of a managed policy, arn:aws:iam::<account>:policy/<name>.",
    )
    .or(&"")
}

pub(in super::super) fn force_update() -> Parameter {
    parameter(
        FORCE_UPDATE,
        "Compare and mend",
        PROVIDER,
        "Any other value than before makes the custom resources compare the catalog policy and the \
         table properties with what is live, and mend them. It means nothing else.",
        Constraint::Pattern {
            pattern: "^[ -~]*$".to_owned(),
            min_length: None,
            max_length: Some(ForceUpdate::MAX_LENGTH),
        },
        "Type up to 256 printable ASCII characters, such as the time.",
    )
    .or(&"")
}

pub(in super::super) fn integration_name() -> Parameter {
    parameter(
        INTEGRATION_NAME,
        "Integration",
        INTEGRATION,
        "Name of the integration, unique in this account and Region. A change replaces the \
         integration.",
        pattern("^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$"),
        "Type 1 to 128 letters, digits, underscores, dots or hyphens, first a letter or digit.",
    )
}

pub(in super::super) fn refresh_interval_minutes() -> Parameter {
    parameter(
        REFRESH_INTERVAL_MINUTES_NAME,
        "Refresh interval",
        INTEGRATION,
        "Minutes between two refreshes. A change replaces the integration.",
        between(&REFRESH_INTERVAL_MINUTES),
        "Type a number from 15 to 8640.",
    )
    .or(&15)
}

pub(in super::super) fn integration_kms_key_id() -> Parameter {
    parameter(
        INTEGRATION_KMS_KEY_ID,
        "Key of the integration",
        INTEGRATION,
        "Customer key for the integration: a key id, an alias, or the ARN of either; empty for \
         the key that Glue owns. A change replaces the integration.",
        pattern_or_empty(KmsKey::PATTERN),
        "Type a key id, an alias such as alias/my-key, or the ARN of either.",
    )
    .or(&"")
}
