//! `zeroetl.toml`: what a user wants, checked once, with every mistake shown where it stands.
//!
//! Reads TOML and nothing else: it knows no template and no AWS call. Whoever holds a [`Config`]
//! need not check any part of it again.

mod advice;
mod check;
mod error;
mod fields;
mod located;
mod names;
mod parse;
mod physical;
mod regions;
mod schema;
mod suggest;
mod syntax;
mod types;

pub use error::{LoadError, Mistakes, Problem};
pub use names::{AttributeName, BucketName, KmsKey, KmsKeyArn, NamePart, PolicyArn, Profile};
pub use parse::{load, parse};
pub use regions::{SUPPORTED_REGIONS, is_supported};
pub use schema::schema;
pub use types::{
    Architecture, Company, Config, Flow, Integration, Key, KeyType, LOG_RETENTION_DAYS,
    PartitionBy, RECOVERY_PERIOD_DAYS, REFRESH_INTERVAL_MINUTES, Source, Table, Target,
};
