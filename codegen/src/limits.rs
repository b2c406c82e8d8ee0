//! What AWS takes of one stack, and what a config asks for. Generating may go beyond, so that one
//! can look at the result; deploying may not.

use std::fmt;

use crate::{config::Config, model::Template, plan::StackKind};

/// Resources of one stack.
pub const RESOURCES: usize = 500;
/// Bytes of one template.
pub const TEMPLATE_BYTES: usize = 1_000_000;
/// Bytes of the catalog policy, other people's statements included.
pub const CATALOG_POLICY_BYTES: usize = 10_240;

/// A limit of AWS that a config exceeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// The stack that AWS would refuse.
    pub stack: StackKind,
    /// What there is too much of: `resources`.
    pub what: &'static str,
    /// How much the config asks for.
    pub asked: usize,
    /// Who sets the limit.
    pub service: &'static str,
    /// How much AWS takes.
    pub most: usize,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the {} stack has {} {}; {} takes {}: split the tables over several config files",
            self.stack.as_str(),
            self.asked,
            self.what,
            self.service,
            self.most
        )
    }
}

/// The limits that a template exceeds; `bytes` is its length as it will be sent.
pub fn of_template(stack: StackKind, template: &Template, bytes: usize) -> Vec<Exceeded> {
    let exceeded = |what, asked, most| {
        let service = "CloudFormation";
        (asked > most).then_some(Exceeded {
            stack,
            what,
            asked,
            service,
            most,
        })
    };
    [
        exceeded("resources", template.resources.len(), RESOURCES),
        exceeded("bytes of template", bytes, TEMPLATE_BYTES),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the catalog policy is too long in any case: counted are only the ARNs of the tables,
/// which stand in both statements. The provider counts the whole policy before it writes.
pub fn of_catalog_policy(config: &Config) -> Option<Exceeded> {
    let fixed = format!(
        "\"arn:aws:dynamodb:{}:{}:table/\",",
        config.region, config.source.account
    );
    let once: usize = config
        .tables
        .iter()
        .map(|t| fixed.len() + t.name.as_str().len())
        .sum();
    let asked = 2 * once;
    (asked > CATALOG_POLICY_BYTES).then_some(Exceeded {
        stack: StackKind::Target,
        what: "bytes of catalog policy",
        asked,
        service: "Glue",
        most: CATALOG_POLICY_BYTES,
    })
}
