//! What is deployed, in which order, where: the seam between the generator, which makes a plan from
//! a config, and `deploy`, which carries it out. Plain data; knows neither TOML nor the AWS SDK.

use std::collections::BTreeMap;

use crate::{
    blueprints::zero_etl,
    config::Config,
    emit::cfn::{self, EmitError},
    limits::{self, Exceeded},
};

/// The three stacks, in the order in which they are deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StackKind {
    /// The DynamoDB table, in the source account.
    Source,
    /// Bucket, database, role and our custom resources, in the target account.
    Target,
    /// The integration, in the source account.
    Integration,
}

impl StackKind {
    /// All three, in the order in which they are deployed.
    pub const ALL: [Self; 3] = [Self::Source, Self::Target, Self::Integration];

    /// The word that stands for it in file names and at the end of stack names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
            Self::Integration => "integration",
        }
    }
}

/// One stack, ready to be deployed but for the place of the provider's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackPlan {
    /// Which of the three it is.
    pub kind: StackKind,
    /// The stack's name in CloudFormation.
    pub name: String,
    /// The account that it belongs to, 12 digits.
    pub account: String,
    /// The AWS profile to use, from the config; the default credential chain when absent.
    pub profile: Option<String>,
    /// The Region, the same for all three.
    pub region: String,
    /// The template, JSON.
    pub template: String,
    /// Values for the template's parameters. `deploy` adds `ProviderCodeBucket` and
    /// `ProviderCodeKey` to the target stack.
    pub parameters: BTreeMap<String, String>,
}

/// Source and target table, database and integration names: what `status` asks Glue for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePlan {
    /// The DynamoDB table's name.
    pub source_table: String,
    /// The integration's name.
    pub integration: String,
}

/// Everything that one config deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentPlan {
    /// The stacks in the order of deployment; teardown is integration, target, source.
    pub stacks: Vec<StackPlan>,
    /// The Glue database's name, in the target account.
    pub database: String,
    /// The tables, in the order of the config.
    pub tables: Vec<TablePlan>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// AWS would refuse the stacks.
    #[error("the config cannot be deployed:\n  {}", listed(.0))]
    Exceeded(Vec<Exceeded>),
    /// A template could not be written.
    #[error("cannot write the template of the {} stack", .0.as_str())]
    Emit(StackKind, #[source] EmitError),
}

fn listed(exceeded: &[Exceeded]) -> String {
    exceeded
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n  ")
}

/// The plan of a config: the templates with everything fixed but the place of the provider's code.
pub fn plan(config: &Config) -> Result<DeploymentPlan, PlanError> {
    let mut exceeded: Vec<Exceeded> = Vec::new();
    let mut stacks = Vec::new();
    for (kind, template) in zero_etl::stacks(config).in_order() {
        let document = cfn::document(template);
        let text = cfn::to_json(&document).map_err(|error| PlanError::Emit(kind, error))?;
        if kind == StackKind::Target {
            exceeded.extend(limits::of_catalog_policy(config, &document));
        }
        exceeded.extend(limits::of_template(kind, template, text.len()));
        let (account, profile) = match kind {
            StackKind::Source | StackKind::Integration => {
                (&config.source.account, config.source.profile.as_ref())
            }
            StackKind::Target => (&config.target.account, config.target.profile.as_ref()),
        };
        stacks.push(StackPlan {
            kind,
            name: config.stack_name(kind),
            account: account.to_string(),
            profile: profile.map(ToString::to_string),
            region: config.region.to_string(),
            template: text,
            parameters: BTreeMap::new(),
        });
    }
    if !exceeded.is_empty() {
        return Err(PlanError::Exceeded(exceeded));
    }
    let table = |table: &crate::config::Table| TablePlan {
        source_table: table.name.to_string(),
        integration: config.integration_name(table),
    };
    Ok(DeploymentPlan {
        stacks,
        database: config.target.database.to_string(),
        tables: config.tables.iter().map(table).collect(),
    })
}
