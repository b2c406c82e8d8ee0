//! What AWS takes of one stack and of one catalog, and what a config asks for. Neither `generate` nor
//! `deploy` goes beyond.

use std::fmt;

use serde_json::{Value, json};

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
    /// What to do.
    pub advice: String,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the {} stack has {} {}; {} takes {}: {}",
            self.stack.as_str(),
            self.asked,
            self.what,
            self.service,
            self.most,
            self.advice
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
            advice: "split the tables over several config files, each with another `project` or \
                     `environment`"
                .to_owned(),
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

/// Whether the catalog policy is too long even where nobody else has a statement in it: both of our
/// statements as they will be written.
pub fn of_catalog_policy(config: &Config, target: &Value) -> Option<Exceeded> {
    let document = |statements: &[Value]| policy_bytes(&[], statements);
    let place = Place {
        account: config.target.account.as_str(),
        region: config.region.as_str(),
        database: config.target.database.as_str(),
    };
    let statements = own_statements(target, place);
    let asked = document(&statements);
    if asked <= CATALOG_POLICY_BYTES {
        return None;
    }
    let tables = config.tables.len().max(1);
    let arns: usize = config
        .tables
        .iter()
        .map(|table| arn_bytes(config, table.name.as_str()))
        .sum();
    let per_table = 2 * arns / tables;
    let frame = asked.saturating_sub(2 * arns);
    let fit = CATALOG_POLICY_BYTES.saturating_sub(frame) / per_table.max(1);
    Some(Exceeded {
        stack: StackKind::Target,
        what: "bytes of catalog policy",
        asked,
        service: "Glue",
        most: CATALOG_POLICY_BYTES,
        advice: format!(
            "the policy is one per account and Region, whatever the number of config files, and has \
             room for about {fit} of these tables; replicate the others into another target account, \
             by a config file of their own"
        ),
    })
}

/// The bytes of a table's ARN in a statement, with quotes and comma.
fn arn_bytes(config: &Config, table: &str) -> usize {
    let (region, account) = (&config.region, &config.source.account);
    format!("\"arn:aws:dynamodb:{region}:{account}:table/{table}\",").len()
}

/// Where a target stack is deployed.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The account.
    pub account: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The Glue database.
    pub database: &'a str,
}

/// The statements that a target template's provider writes, as they will be: pseudo parameters
/// replaced, and with a Sid as long as the one that the provider gives.
pub fn own_statements(target: &Value, place: Place<'_>) -> Vec<Value> {
    let resources = target.get("Resources").and_then(Value::as_object);
    resources
        .into_iter()
        .flatten()
        .filter(|(_, resource)| resource.get("Type") == Some(&json!("Custom::GlueResourcePolicy")))
        .filter_map(|(_, resource)| {
            resource
                .pointer("/Properties/PolicyDocument/Statement")?
                .as_array()
        })
        .flatten()
        .map(|statement| {
            let mut statement = resolved(statement, place);
            let sid = statement.get("Sid").and_then(Value::as_str).unwrap_or("0");
            // `Zetl`, 16 digits that tell the owner, and a letter.
            statement["Sid"] = json!(format!("Zetl0123456789abcdefS{sid}"));
            statement
        })
        .collect()
}

/// The bytes of a policy of these statements, without needless white space.
pub fn policy_bytes(others: &[&Value], own: &[Value]) -> usize {
    let all: Vec<&Value> = others.iter().copied().chain(own).collect();
    json!({ "Version": "2012-10-17", "Statement": all })
        .to_string()
        .len()
}

fn resolved(value: &Value, place: Place<'_>) -> Value {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get("Fn::Sub") {
                let text = text
                    .replace("${AWS::Partition}", "aws")
                    .replace("${AWS::Region}", place.region)
                    .replace("${AWS::AccountId}", place.account)
                    .replace("${Database}", place.database);
                return Value::String(text);
            }
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), resolved(value, place)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        Value::Array(values) => values.iter().map(|value| resolved(value, place)).collect(),
        scalar => scalar.clone(),
    }
}
