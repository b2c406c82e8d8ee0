//! At most 4,096 bytes, whatever is to be said.

use std::time::Duration;

use serde_json::{Map, Value, json};
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, REPLY_LIMIT, stack_id};
use zeroetl_tests::blackbox::glue::{Fault, GlueError, Operation};
use zeroetl_tests::blackbox::samples::{
    POLICY, TABLE, policy, statement, statement_with_sid, table,
};
use zeroetl_tests::blackbox::{LambdaResult, World};

/// Properties that are wrong in so many places, with names of this text, that the reason alone
/// would be far too long.
fn wrong(text: &str, count: usize) -> Value {
    let keys: Map<String, Value> = (0..count)
        .map(|index| (format!("{text}{index}"), json!(text)))
        .collect();
    Value::Object(keys)
}

/// A Glue that refuses everything with this message.
fn refuse_with(world: &World, message: &str) {
    let error = GlueError::new("InvalidInputException", message);
    world
        .glue
        .always(Operation::GetPolicy, Fault::Refuse(error.clone()));
    world.glue.always(Operation::GetTable, Fault::Refuse(error));
}

#[test]
fn a_reply_never_exceeds_4096_bytes() {
    let world = World::start();
    // Texts that grow when they are escaped, or when they are cut at the wrong place.
    let texts = [
        "a",
        "\"",
        "\\",
        "\u{1}",
        "ü",
        "日",
        "🦀",
        "e\u{301}",
        "\u{2028}",
        "</script>",
    ];
    for text in texts {
        for repeat in [1, 40, 400, 1_500, 9_000] {
            refuse_with(&world, &text.repeat(repeat));
            for (kind, properties) in [
                (POLICY, policy(&[statement("Orders")])),
                (
                    TABLE,
                    table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
                ),
                (TABLE, wrong(&text.repeat(repeat % 300), 60)),
            ] {
                let create = world
                    .create(kind, properties)
                    .within(Duration::from_secs(5));
                let reply = world.send(&create).failed();
                assert!(reply.size <= REPLY_LIMIT);
            }
        }
    }
}

#[test]
fn every_length_around_the_limit_is_answered() {
    let world = World::start();
    for length in (2_900..4_100).step_by(5) {
        refuse_with(&world, &"ü".repeat(length / 2));
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        world.send(&create.within(Duration::from_secs(5))).failed();
    }
}

#[test]
fn long_identifiers_eat_into_the_reason_and_stay_whole() {
    let world = World::start();
    for (stack, id) in [(1_000, "\""), (1_500, "x"), (200, "\\"), (1, "ü")] {
        let stack = format!("{}{}", stack_id("long"), "s".repeat(stack));
        let create = CfnRequest::create_in(
            &world.replies,
            &stack,
            "Resource",
            TABLE,
            json!({ "x": "y" }),
        );
        let id = id.repeat(1024 / id.len());
        let update = create.update(&world.replies, &id, wrong("ü", 200));
        let reply = world.send(&update).failed();
        assert_eq!(reply.physical_id, id);
        world.send(&create.delete(&world.replies, &id)).success();
    }
}

#[test]
fn identifiers_that_cannot_fit_do_not_stop_the_process() {
    let world = World::start();
    let stack = format!("{}{}", stack_id("long"), "s".repeat(5_000));
    let outcome = world.send(&CfnRequest::create_in(
        &world.replies,
        &stack,
        "R",
        TABLE,
        json!({}),
    ));
    // No reply that CloudFormation accepts exists; one that is too long at least ends the wait.
    let told = !outcome.puts.is_empty() || matches!(outcome.lambda, LambdaResult::Error(_));
    assert!(
        told,
        "neither CloudFormation nor Lambda heard of it: {:?}",
        outcome.lambda
    );
    world
        .send(&world.create(TABLE, table("sales", "Orders", json!({}))))
        .success();
}

#[test]
fn a_hostile_document_does_not_make_the_reply_too_long() {
    let world = World::start();
    let statements: Vec<Value> = (0..40)
        .map(|index| {
            let mut one = statement_with_sid(&format!("Sid{index}"), "Orders");
            one["Resource"] = json!(format!("arn:aws:s3:::{}", "🦀".repeat(200)));
            one
        })
        .collect();
    let reply = world
        .send(&world.create(POLICY, policy(&statements)))
        .failed();
    assert!(reply.size <= REPLY_LIMIT);
}
