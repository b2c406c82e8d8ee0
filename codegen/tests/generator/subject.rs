//! Parts of the product's stacks as they stand in two accounts, by type: what tests look at.

use serde_json::Value as Json;

use super::{product, resolve::Deployment};

pub(crate) const SOURCE: &str = "111111111111";
pub(crate) const TARGET: &str = "222222222222";
pub(crate) const TABLE_ARN: &str = "arn:aws:dynamodb:us-east-1:111111111111:table/Orders";
pub(crate) const CATALOG: &str = "arn:aws:glue:us-east-1:222222222222:catalog";
pub(crate) const REQUIRED: [(&str, &str); 4] = [
    ("SourceAccountId", SOURCE),
    ("DatabaseName", "lake"),
    ("ProviderCodeBucket", "code"),
    ("ProviderCodeKey", "p.zip"),
];

/// One resource of the product's source stack.
pub(crate) fn source(resource_type: &str, parameters: &[(&str, &str)]) -> Json {
    Deployment::new(&product()[0], SOURCE, parameters).the(resource_type)["Properties"].clone()
}

pub(crate) fn target_deployment(parameters: &[(&str, &str)], check: impl Fn(&Deployment<'_>)) {
    let [_, target, _] = product();
    check(&Deployment::new(
        &target,
        TARGET,
        &[&REQUIRED[..], parameters].concat(),
    ));
}

/// One resource of the product's target stack.
pub(crate) fn target(resource_type: &str, parameters: &[(&str, &str)]) -> Json {
    let [_, target, _] = product();
    let parameters = [&REQUIRED[..], parameters].concat();
    Deployment::new(&target, TARGET, &parameters).the(resource_type)["Properties"].clone()
}

pub(crate) fn integration(parameters: &[(&str, &str)]) -> Json {
    let [_, _, integration] = product();
    let required = [
        ("TargetAccountId", TARGET),
        ("DatabaseName", "lake"),
        ("IntegrationName", "orders"),
    ];
    let parameters = [&required[..], parameters].concat();
    let deployment = Deployment::new(&integration, SOURCE, &parameters);
    deployment.the("AWS::Glue::Integration")["Properties"].clone()
}

pub(crate) fn table_statement(account: &str) -> Json {
    let [source, ..] = product();
    let table = Deployment::new(&source, account, &[]).the("AWS::DynamoDB::GlobalTable");
    table["Properties"]["Replicas"][0]["ResourcePolicy"]["PolicyDocument"]["Statement"][0].clone()
}

pub(crate) fn catalog_statements() -> Vec<Json> {
    let policy = target("Custom::GlueResourcePolicy", &[]);
    policy["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap()
        .clone()
}

/// The role that trusts a service.
pub(crate) fn role_of(service: &str, parameters: &[(&str, &str)]) -> Json {
    let [_, target, _] = product();
    let parameters = [&REQUIRED[..], parameters].concat();
    let resources = Deployment::new(&target, TARGET, &parameters).resources();
    let trusts = |role: &&Json| {
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
        many(&trust["Principal"]["Service"]).contains(&service)
    };
    resources.values().find(trusts).unwrap()["Properties"].clone()
}

/// Statements of all inline policies of a role.
pub(crate) fn statements(role: &Json) -> Vec<Json> {
    let policies = role["Policies"].as_array().unwrap().iter();
    policies
        .flat_map(|it| {
            it["PolicyDocument"]["Statement"]
                .as_array()
                .unwrap()
                .clone()
        })
        .collect()
}

pub(crate) fn many(value: &Json) -> Vec<&str> {
    value.as_array().map_or_else(
        || value.as_str().into_iter().collect(),
        |items| items.iter().map(|item| item.as_str().unwrap()).collect(),
    )
}
