//! Glue zero-ETL from DynamoDB to a lakehouse: three stacks over two accounts.
//!
//! The bodies of the stacks (`source`, `target`, `integration`) are written once, over `input`s
//! that are a fixed value or a parameter. [`product`] makes the templates that fit everybody, and
//! [`stacks`] those of one config file.

mod arns;
mod context;
mod deployer;
mod from_config;
mod generic;
mod ids;
mod input;
mod integration;
mod outputs;
pub mod service_catalog;
mod source;
mod suppressed;
mod target;

pub use deployer::deployers;
pub use from_config::{INSTEAD as NOTICE_OF_CONFIG, stacks};
pub use generic::{INSTEAD as NOTICE_OF_PRODUCT, product};

use crate::{model::Template, plan::StackKind};

/// The templates of the three stacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stacks {
    /// The DynamoDB tables.
    pub source: Template,
    /// The lakehouse.
    pub target: Template,
    /// The integrations.
    pub integration: Template,
}

impl Stacks {
    /// The three in the order of deployment.
    pub fn in_order(&self) -> [(StackKind, &Template); 3] {
        [
            (StackKind::Source, &self.source),
            (StackKind::Target, &self.target),
            (StackKind::Integration, &self.integration),
        ]
    }
}
