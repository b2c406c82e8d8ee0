//! Parameters are closed and explained, and take just what the config takes.

use serde_json::{Value as Json, json};
use zeroetl_codegen::{config, emit::cfn, model};

use super::{EXAMPLE, keys, product};

fn all() -> Vec<(String, Json)> {
    product()
        .iter()
        .flat_map(|template| template["Parameters"].as_object().unwrap().clone())
        .collect()
}

#[test]
fn every_parameter_is_closed_and_explained() {
    for (name, parameter) in all() {
        let closed = parameter.get("AllowedPattern").is_some()
            || parameter.get("AllowedValues").is_some()
            || (parameter.get("MinValue").is_some() && parameter.get("MaxValue").is_some());
        assert!(closed, "{name} takes anything");
        if parameter["Type"] == "Number" {
            assert!(
                parameter.get("AllowedPattern").is_none(),
                "{name}: a number has no pattern"
            );
        }
        assert!(
            parameter["Description"].as_str().unwrap().len() > 20,
            "{name}"
        );
        assert!(
            parameter["ConstraintDescription"]
                .as_str()
                .unwrap()
                .starts_with("Type "),
            "{name}"
        );
    }
}

#[test]
fn every_parameter_has_a_label_and_a_group() {
    for template in product() {
        let interface = &template["Metadata"]["AWS::CloudFormation::Interface"];
        let mut grouped: Vec<&str> = interface["ParameterGroups"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| group["Parameters"].as_array().unwrap())
            .map(|name| name.as_str().unwrap())
            .collect();
        let mut names = keys(&template["Parameters"]);
        assert_eq!(keys(&interface["ParameterLabels"]), names);
        names.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, names);
    }
}

#[test]
fn a_parameter_means_the_same_in_every_template() {
    let all = all();
    for (name, parameter) in &all {
        for (_, other) in all.iter().filter(|(other, _)| other == name) {
            assert_eq!(parameter, other, "{name}");
        }
    }
}

#[test]
fn defaults_are_taken_by_their_own_parameter() {
    for (name, parameter) in all() {
        let Some(default) = parameter.get("Default") else {
            continue;
        };
        if let Some(pattern) = parameter["AllowedPattern"].as_str() {
            assert!(matches(pattern, default.as_str().unwrap()), "{name}");
        }
        if let Some(allowed) = parameter["AllowedValues"].as_array() {
            assert!(allowed.contains(default), "{name}");
        }
    }
}

/// `CloudFormation` matches the whole value.
fn matches(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(&format!(r"\A(?:{pattern})\z"))
        .unwrap()
        .is_match(text)
}

/// What the parameter of the product takes.
fn parameter_takes(name: &str, text: &str) -> bool {
    let all = all();
    let (_, parameter) = all.iter().find(|(other, _)| other == name).unwrap();
    let length = text.chars().count() as u64;
    parameter["MaxLength"]
        .as_u64()
        .is_none_or(|most| length <= most)
        && parameter["AllowedPattern"]
            .as_str()
            .is_none_or(|pattern| matches(pattern, text))
        && parameter["AllowedValues"].as_array().is_none_or(|allowed| {
            allowed.iter().any(|it| {
                it.as_str() == Some(text)
                    || (it.is_number() && *it == json!(text.parse::<i64>().ok()))
            })
        })
        && parameter["MinValue"]
            .as_i64()
            .is_none_or(|least| text.parse().is_ok_and(|n: i64| n >= least))
        && parameter["MaxValue"]
            .as_i64()
            .is_none_or(|most| text.parse().is_ok_and(|n: i64| n <= most))
}

/// What the key of the config takes; `line` is what a line of the example becomes.
fn key_takes(line: &str, with: &str) -> bool {
    assert!(EXAMPLE.contains(line), "{line}");
    config::parse("c", &EXAMPLE.replace(line, with)).is_ok()
}

/// `line` of the example becomes `<key> = "<value>"`.
fn assert_alike(parameter: &str, line: &str, key: &str, values: &[&str]) {
    for value in values {
        let text = value.replace("\\t", "\t");
        assert_eq!(
            parameter_takes(parameter, &text),
            key_takes(line, &format!("{key} = \"{value}\"")),
            "{parameter} and `{key}`: `{value}`"
        );
    }
}

/// The same for numbers.
fn assert_alike_in_numbers(parameter: &str, line: &str, key: &str, values: &[i64]) {
    for value in values {
        assert_eq!(
            parameter_takes(parameter, &value.to_string()),
            key_takes(line, &format!("{key} = {value}")),
            "{parameter} and `{key}`: {value}"
        );
    }
}

const IN_SOURCE: &str = "profile = \"source-admin\"";
const IN_TARGET: &str = "profile = \"target-admin\"";
const IN_INTEGRATION: &str = "refresh_interval_minutes = 15";
const KEY: &str = "arn:aws:kms:us-east-1:111111111111:key/mrk-0f";
const ALIAS: &str = "arn:aws:kms:us-east-1:111111111111:alias/x";

fn long(length: usize) -> String {
    "a".repeat(length)
}

#[test]
fn parameters_and_keys_of_the_source_take_the_same() {
    let accounts = [
        "111111111111",
        "11111111111",
        "1111111111111",
        "11111111111a",
        "",
    ];
    assert_alike(
        "SourceAccountId",
        "account = \"111111111111\"",
        "account",
        &accounts,
    );
    // A longer table name is refused in a config for the sake of the integration's name.
    let tables = [
        "Orders",
        "ab",
        "a.b-c_D",
        "a b",
        "größe",
        &long(100),
        &long(129),
    ];
    assert_alike("SourceTableName", "name = \"Orders\"", "name", &tables);
    let keys = [
        "id",
        "it's ${x} `",
        "größe",
        "a:b",
        "a\\tb",
        &long(255),
        &long(256),
    ];
    assert_alike("PartitionKeyName", "name = \"PK\"", "name", &keys);
    let chinese = "arn:aws-cn:kms:us-east-1:111111111111:key/1";
    let arns = [KEY, ALIAS, chinese, "alias/x", ""];
    assert_alike("SourceKmsKeyArn", IN_SOURCE, "kms_key_arn", &arns);
    let days = [0, 1, 35, 36];
    assert_alike_in_numbers(
        "RecoveryPeriodInDays",
        IN_SOURCE,
        "recovery_period_in_days",
        &days,
    );
}

#[test]
fn parameters_and_keys_of_the_target_take_the_same() {
    let databases = ["db", "my_db1", "my-db", "MyDb", &long(255), &long(256)];
    let line = "database = \"orders_lakehouse_dev\"";
    assert_alike("DatabaseName", line, "database", &databases);
    let buckets = [
        "my-bucket",
        "ab",
        "-ab",
        "ab-",
        "My",
        "a.b.c",
        &long(63),
        &long(64),
        "",
    ];
    assert_alike("BucketName", IN_TARGET, "bucket", &buckets);
    let tables = [
        "orders",
        "_orders",
        "Orders",
        "or-ders",
        "0",
        &long(128),
        &long(129),
        "",
    ];
    assert_alike(
        "TargetTableName",
        "target_name = \"orders\"",
        "target_name",
        &tables,
    );
    let specs = ["TOPLEVEL", "FULL", "NOUNNEST", "TOP_LEVEL", "full"];
    assert_alike("UnnestSpec", "unnest = \"TOPLEVEL\"", "unnest", &specs);
    let architectures = ["x86_64", "arm64", "arm"];
    assert_alike(
        "ProviderArchitecture",
        IN_TARGET,
        "provider_architecture",
        &architectures,
    );
    let days = [1, 2, 30, 3653, 3654];
    assert_alike_in_numbers(
        "LogRetentionInDays",
        IN_TARGET,
        "log_retention_in_days",
        &days,
    );
}

#[test]
fn parameters_and_keys_of_the_integration_take_the_same() {
    let keys = [
        KEY,
        ALIAS,
        "alias/my-key",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "mrk-1234567890abcdef1234567890abcdef",
        "mrk-123",
        "my key",
        "",
    ];
    assert_alike("IntegrationKmsKeyId", IN_INTEGRATION, "kms_key_id", &keys);
    let minutes = [14, 15, 8640, 8641];
    let key = "refresh_interval_minutes";
    assert_alike_in_numbers("RefreshIntervalMinutes", IN_INTEGRATION, key, &minutes);
}

#[test]
fn the_names_that_a_config_makes_are_taken_by_the_product() {
    for name in ["orders-lakehouse-dev-Orders", "a", "p-e-order.items_2"] {
        assert!(parameter_takes("IntegrationName", name), "{name}");
    }
    for name in ["", "-a", "a b", &"a".repeat(129)] {
        assert!(!parameter_takes("IntegrationName", name), "{name}");
    }
}

#[test]
fn no_template_has_a_defect() {
    let product = zeroetl_codegen::blueprints::zero_etl::product();
    for (kind, template) in product.in_order() {
        assert_eq!(model::validate(template), [], "{kind:?}");
        // What CloudFormation takes without a bucket in between.
        let json = cfn::to_json(&cfn::document(template)).unwrap();
        assert!(json.len() < 51_200, "{kind:?} has {} bytes", json.len());
    }
}
