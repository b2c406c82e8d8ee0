//! The log: one JSON object a line, with what one needs to find and to understand a request.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::samples::{
    POLICY, TABLE, document, foreign_policy, policy, statement, table,
};
use zeroetl_tests::blackbox::{World, WorldOptions};

fn quiet() -> WorldOptions {
    WorldOptions {
        environment: Vec::new(),
        ..WorldOptions::default()
    }
}

fn lines(world: &World, wanted: &str) -> Vec<Value> {
    assert!(
        world.wait_for_output(0, |text| text.contains(wanted)),
        "no `{wanted}` in the log"
    );
    let output = world.output().all();
    output
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

#[test]
fn every_line_is_a_json_object_with_a_level() {
    let world = World::start_with(&quiet().with("RUST_LOG", "trace"));
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&create).success();
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    world
        .send(&world.create("Custom::Other", json!({})))
        .failed();
    for line in lines(&world, "Custom::Other") {
        assert!(
            line["level"].is_string() && line["timestamp"].is_string(),
            "{line}"
        );
    }
}

#[test]
fn one_line_tells_who_what_and_how_it_ended() {
    let world = World::start_with(&quiet());
    let outcome = world.send(&world.create(POLICY, policy(&[statement("Orders")])));
    outcome.success();
    let id = outcome.lambda_request_id.as_str();
    let all = lines(&world, "SUCCESS");
    let line = all
        .iter()
        .find(|line| line.to_string().contains("SUCCESS"))
        .unwrap_or_else(|| panic!("no line: {all:?}"))
        .to_string();
    for word in [
        id,
        &outcome.request.request_id,
        &outcome.request.stack_id,
        "\"Resource\"",
        POLICY,
        "GetResourcePolicy",
        "PutResourcePolicy",
    ] {
        assert!(line.contains(word), "no {word} in: {line}");
    }
}

#[test]
fn a_failure_is_an_error_in_the_log() {
    let world = World::start_with(&quiet());
    world.send(&world.create(TABLE, json!({}))).failed();
    let found = lines(&world, "FAILED")
        .into_iter()
        .any(|line| line["level"] == "ERROR");
    assert!(found);
}

#[test]
fn nothing_of_the_payload_is_logged_above_debug() {
    let world = World::start_with(&quiet());
    let mut properties = table("special_database", "SpecialTable", json!({}));
    properties["SpecialKey"] = json!("SpecialValue");
    world.send(&world.create(TABLE, properties)).failed();
    let mut properties = policy(&[statement("SpecialTable")]);
    world
        .send(&world.create(POLICY, properties.clone()))
        .success();
    properties["Mode"] = json!("SpecialMode");
    world.send(&world.create(POLICY, properties)).failed();
    let all = lines(&world, "FAILED");
    for line in all {
        assert!(
            !line.to_string().to_lowercase().contains("special"),
            "{line}"
        );
    }
}

#[test]
fn a_policy_that_blocks_sharing_is_warned_about() {
    let world = World::start_with(&quiet());
    // Another account may read: the account shares, and nothing lets Lake Formation do so.
    let mut shared = statement("Theirs");
    shared["Action"] = json!("glue:GetTable");
    shared["Principal"] = json!({ "AWS": "444455556666" });
    world
        .glue
        .policy(|policy| policy.set(Some(&document(&[shared]).to_string())));
    world
        .send(&world.create(POLICY, policy(&[statement("Orders")])))
        .success();
    let found = lines(&world, "glue:ShareResource")
        .into_iter()
        .any(|line| line["level"] == "WARN");
    assert!(found);
}

#[test]
fn a_policy_that_does_not_block_sharing_is_not_warned_about() {
    for text in [None, Some(foreign_policy())] {
        let world = World::start_with(&quiet());
        world.glue.policy(|policy| policy.set(text.as_deref()));
        world
            .send(&world.create(POLICY, policy(&[statement("Orders")])))
            .success();
        let warned = lines(&world, "SUCCESS")
            .into_iter()
            .any(|line| line["level"] == "WARN");
        assert!(!warned);
    }
}

#[test]
fn delete_of_a_policy_that_is_not_json_warns() {
    let world = World::start();
    world.glue.policy(|policy| policy.set(Some("not JSON")));
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    world
        .send(&create.delete(&world.replies, "some id"))
        .success();
    assert!(
        world.wait_for_output(0, |text| text.contains("WARN")),
        "no warning in the log"
    );
}
