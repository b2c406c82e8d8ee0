//! What `Custom::GlueResourcePolicy` accepts and refuses.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::samples::{
    POLICY, catalog, database, document, foreign_policy, policy, statement, statement_with_sid,
};

use crate::policy_cases::{refused, with, without};

#[test]
fn wrong_properties_are_refused_with_their_path_before_any_call() {
    let world = World::start();
    for (name, properties, words) in refused() {
        let outcome = world.send(&world.create(POLICY, properties));
        let reason = outcome.reason();
        for word in words {
            assert!(reason.contains(word), "{name}: no {word} in: {reason}");
        }
        assert_eq!(outcome.writes(), 0, "{name}");
    }
    assert_eq!(world.glue.document(), None);
}

#[test]
fn an_update_is_refused_like_a_create() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Live")]));
    let made = world.send(&create).success();
    for (name, properties, words) in refused() {
        let update = create.update(&world.replies, &made.physical_id, properties);
        let outcome = world.send(&update);
        let reason = outcome.reason();
        assert!(
            words.iter().all(|word| reason.contains(word)),
            "{name}: {reason}"
        );
        assert_eq!(outcome.writes(), 0, "{name}");
        // The rollback that follows has the wrong properties as its old ones.
        world.send(&update.rollback(&world.replies)).success();
    }
}

#[test]
fn delete_never_fails_validation() {
    let world = World::start();
    for (_, properties, _) in refused() {
        let create = world.create(POLICY, properties);
        world
            .send(&create.delete(&world.replies, "some id"))
            .success();
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let world = World::start();
    let mut properties = policy(&[
        without("Effect"),
        with("Resource", json!("*")),
        statement_with_sid("not good", "Orders"),
    ]);
    properties["Mode"] = json!("x");
    properties["Unknown"] = json!("y");
    let reason = world.send(&world.create(POLICY, properties)).reason();
    for word in [
        "Statement[0].Effect",
        "Statement[1].Resource",
        "Statement[2].Sid",
        "Mode",
        "`Unknown`",
    ] {
        assert!(reason.contains(word), "no {word} in: {reason}");
    }
}

#[test]
fn what_if_leaves_behind_means_absent() {
    let world = World::start();
    for empty in [json!(""), json!([]), json!({})] {
        let mut properties = policy(&[statement("Orders")]);
        properties["Mode"] = empty.clone();
        properties["EnableHybrid"] = empty.clone();
        let outcome = world.send(&world.create(POLICY, properties));
        outcome.success();
        assert_eq!(outcome.calls[1].input["EnableHybrid"], "TRUE", "{empty}");
    }
}

#[test]
fn one_statement_needs_no_list() {
    let world = World::start();
    let properties = json!({
        "PolicyDocument": { "Version": "2012-10-17", "Statement": statement("Orders") },
    });
    world.send(&world.create(POLICY, properties)).success();
    assert_eq!(world.glue.statements().len(), 1);
}

#[test]
fn an_update_to_what_is_live_succeeds_without_the_checks() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&create).success();
    // An earlier version accepted this; the rollback to it must not fail.
    let mut live = world.glue.document().expect("a policy");
    live["Statement"][0]["Resource"] = json!("*");
    world
        .glue
        .policy(|policy| policy.set(Some(&live.to_string())));
    let properties = policy(&[with("Resource", json!("*"))]);
    let outcome = world.send(&create.update(&world.replies, &made.physical_id, properties));
    outcome.success();
    assert_eq!(outcome.writes(), 0);
}

#[test]
fn a_document_over_10240_bytes_is_refused_with_the_sizes() {
    let world = World::start();
    let theirs: Vec<Value> = (0..30)
        .map(|index| statement(&format!("Foreign{index}")))
        .collect();
    let before = document(&theirs).to_string();
    world.glue.policy(|policy| policy.set(Some(&before)));
    let ours: Vec<Value> = (0..8)
        .map(|index| statement(&format!("Ours{index}")))
        .collect();
    let outcome = world.send(&world.create(POLICY, policy(&ours)));
    let reason = outcome.reason();
    assert_eq!(outcome.writes(), 0);
    for word in ["10240", &before.len().to_string()] {
        assert!(reason.contains(word), "no {word} in: {reason}");
    }
    let numbers = reason
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse::<usize>().ok())
        .filter(|number| *number > 10_240 && *number < 20_000);
    assert!(numbers.count() > 0, "no size after the merge in: {reason}");
}

#[test]
fn a_document_of_exactly_the_limit_is_accepted() {
    let world = World::start();
    let filled = |padding: usize| {
        let mut one = statement("Orders");
        one["Condition"]["StringLike"] = json!({ "aws:PrincipalArn": "x".repeat(padding) });
        world.create(POLICY, policy(&[one]))
    };
    // Find the padding that fills the document to the last byte.
    let probe = filled(100);
    let made = world.send(&probe).success();
    let size = world
        .glue
        .policy(|policy| policy.live().map_or(0, |live| live.text.len()));
    world
        .send(&probe.delete(&world.replies, &made.physical_id))
        .success();
    let padding = 100 + 10_240 - size;
    let fits = filled(padding);
    let made = world.send(&fits).success();
    let size = world
        .glue
        .policy(|policy| policy.live().map_or(0, |live| live.text.len()));
    assert_eq!(size, 10_240);
    world
        .send(&fits.delete(&world.replies, &made.physical_id))
        .success();
    world.send(&filled(padding + 1)).failed();
}

#[test]
fn resources_of_this_catalog_are_accepted() {
    let world = World::start();
    let table = database("sales").replace(":database/", ":table/") + "/*";
    let resources = json!([
        catalog(),
        database("*"),
        table,
        catalog() + "/s3tablescatalog"
    ]);
    world
        .send(&world.create(POLICY, policy(&[with("Resource", resources)])))
        .success();
}

#[test]
fn exclusive_tells_how_many_and_which() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let mut properties = policy(&[statement("Orders")]);
    properties["Mode"] = json!("Exclusive");
    let reason = world.send(&world.create(POLICY, properties)).reason();
    for word in ["5", "Twice", "RAM", "`Merge`"] {
        assert!(reason.contains(word), "no {word} in: {reason}");
    }
}
