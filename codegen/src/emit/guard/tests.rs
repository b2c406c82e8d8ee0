use serde_json::json;
use zeroetl_properties::{
    GLUE_RESOURCE_POLICY, GlueResourcePolicyProperties, IntegrationTableProperties, Problems,
    schemas,
};

use super::*;

/// What the provider says of properties, but for what its parser leaves to others: the keys of
/// CloudFormation, statements, and what one field of a partition wants of another.
fn problems(case: &cases::Case, properties: &Json) -> Vec<String> {
    let problems = if case.type_name == GLUE_RESOURCE_POLICY {
        GlueResourcePolicyProperties::parse(properties).map(drop)
    } else {
        IntegrationTableProperties::parse(properties).map(drop)
    };
    let problems = problems.err().unwrap_or_else(Problems::default);
    let between = [" beside `identity`", "is required with `"];
    let all = problems.iter().map(ToString::to_string);
    all.filter(|problem| !between.iter().any(|it| problem.contains(it)))
        .collect()
}

#[test]
fn the_tests_take_and_refuse_what_the_provider_does() {
    let all: Vec<cases::Case> = schemas().iter().flat_map(cases::of).collect();
    let mut refused = 0;
    for case in &all {
        for properties in &case.properties {
            let text = properties.to_string();
            if text.contains("\"Ref\"") || text.contains("\"Fn::") {
                continue;
            }
            let problems = problems(case, properties);
            let elsewhere = ["Service", "PolicyDocument refuses"];
            if case.right {
                assert_eq!(problems, [""; 0], "{}", case.name);
            } else if !elsewhere.iter().any(|it| case.name.contains(it)) {
                assert_eq!(problems.len(), 1, "{}: {problems:?}", case.name);
                refused += 1;
            }
        }
    }
    assert!(refused > 25, "{refused}");
}

#[test]
fn every_pattern_and_every_choice_is_tested_from_both_sides() {
    for resource in schemas() {
        let cases = cases::of(&resource);
        let root = resource.properties.to_value();
        for (key, property) in root["properties"].as_object().unwrap() {
            let schema = resolved(&root, property);
            let about = format!(".{key} ");
            let of = |right| {
                let mut all = cases.iter().filter(|case| case.right == right);
                all.any(|case| case.name.contains(&about))
            };
            assert!(of(true), "{key}");
            let checked = schema["pattern"].is_string() || words(schema).is_some();
            assert!(!checked || of(false), "{key}");
        }
    }
}

#[test]
fn every_property_of_both_types_is_known_to_the_rules() {
    let resources = schemas();
    let text = rules(&resources);
    for resource in &resources {
        let root = resource.properties.clone().to_value();
        for name in root["properties"].as_object().unwrap().keys() {
            assert!(text.contains(&format!("when {name} exists")), "{name}");
        }
    }
}

#[test]
fn blocks_are_closed_and_lines_do_not_end_in_a_space() {
    let text = rules(&schemas());
    assert!(text.ends_with("}\n") && text.lines().all(|line| line == line.trim_end()));
    let opened = text.lines().filter(|line| line.ends_with('{')).count();
    let closed = text.lines().filter(|line| line.trim() == "}").count();
    assert_eq!(opened, closed);
}

#[test]
fn hostile_text_makes_no_rule_of_its_own() {
    let hostile = "x\nrule evil when %custom empty {\n}\n";
    let mut resource = schemas()
        .into_iter()
        .find(|it| it.type_name == GLUE_RESOURCE_POLICY)
        .unwrap();
    let mut root = resource.properties.to_value();
    root["description"] = json!(hostile);
    root["properties"]["PolicyDocument"]["description"] = json!(hostile);
    root["properties"][hostile] =
        json!({"type": "string", "pattern": hostile, "description": hostile});
    root["required"] = json!(["PolicyDocument", hostile]);
    resource.properties = root.try_into().unwrap();
    let text = rules(&[resource]);
    let made: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("rule "))
        .collect();
    assert_eq!(made.len(), 1, "{text}");
}
