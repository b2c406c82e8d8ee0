//! The generator, from the outside: what it makes of a config, and what the templates do when their
//! functions are resolved as CloudFormation does.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod breaks;
mod cases;
mod catalog;
mod command;
mod formats;
mod mistakes;
mod parameters;
mod parity;
mod posture;
mod published;
mod readme;
mod resolve;
mod rooms;
mod rules;
mod scale;
mod stability;
mod subject;
mod surface;

use serde_json::Value as Json;
use zeroetl_codegen::{
    blueprints::zero_etl::{self, Stacks},
    config::{self, Config},
    emit::cfn,
    model::Template,
};

/// The config of the contract.
const EXAMPLE: &str = r#"
project = "orders-lakehouse"
environment = "dev"
region = "us-east-1"

[source]
account = "111111111111"
profile = "source-admin"

[target]
account = "222222222222"
profile = "target-admin"
database = "orders_lakehouse_dev"

[integration]
refresh_interval_minutes = 15

[[table]]
name = "Orders"
partition_key = { name = "PK", type = "S" }
sort_key = { name = "SK", type = "S" }
unnest = "TOPLEVEL"
target_name = "orders"
partition_by = [{ field = "created_at", function = "day", conversion = "iso" }]
"#;

fn example() -> Config {
    parsed(EXAMPLE)
}

fn parsed(text: &str) -> Config {
    config::parse("zeroetl.toml", text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// A config with one `[[table]]` per name.
fn with_tables(names: &[&str]) -> Config {
    let head = EXAMPLE.split("[[table]]").next().unwrap().to_owned();
    let tables = names
        .iter()
        .map(|name| format!("[[table]]\nname = \"{name}\"\npartition_key = {{ name = \"PK\" }}\n"));
    parsed(&(head + &tables.collect::<String>()))
}

fn document(template: &Template) -> Json {
    cfn::document(template)
}

/// Source, target and integration of the product.
fn product() -> [Json; 3] {
    documents(&zero_etl::product())
}

fn of(config: &Config) -> [Json; 3] {
    documents(&zero_etl::stacks(config))
}

fn documents(stacks: &Stacks) -> [Json; 3] {
    [
        document(&stacks.source),
        document(&stacks.target),
        document(&stacks.integration),
    ]
}

/// The keys of an object, in order.
fn keys(value: &Json) -> Vec<&str> {
    value
        .as_object()
        .map(|map| map.keys().map(String::as_str).collect())
        .unwrap_or_default()
}
