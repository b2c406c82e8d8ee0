use serde_json::json;
use zeroetl_properties::{GLUE_RESOURCE_POLICY, schemas};

use super::*;

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
