//! The reply leaves in time, whatever hangs.

use std::time::Duration;

use serde_json::json;
use zeroetl_tests::blackbox::glue::{Fault, Operation};
use zeroetl_tests::blackbox::samples::{POLICY, TABLE, policy, statement, table};
use zeroetl_tests::blackbox::{LambdaResult, PutFault, World, at_once};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_hung_glue_is_answered_before_the_deadline() {
    at_once([Operation::GetPolicy, Operation::PutPolicy], |operation| {
        let world = World::start();
        world.glue.always(operation, Fault::Hang);
        let create = world
            .create(POLICY, policy(&[statement("Orders")]))
            .within(6 * SECOND);
        let outcome = world.send(&create);
        outcome.failed();
        let spare = create.timeout.saturating_sub(outcome.elapsed);
        assert!(spare > SECOND / 2, "{operation}: only {spare:?} to spare");
    });
}

#[test]
fn a_hung_glue_is_answered_for_tables_too() {
    at_once([Operation::GetTable, Operation::CreateTable], |operation| {
        let world = World::start();
        world.glue.always(operation, Fault::Hang);
        let properties = table("sales", "Orders", json!({ "UnnestSpec": "FULL" }));
        let create = world.create(TABLE, properties).within(6 * SECOND);
        let outcome = world.send(&create);
        outcome.failed();
        assert!(outcome.operations().contains(&operation));
        assert!(
            outcome.elapsed + SECOND / 2 < create.timeout,
            "{operation}: {:?}",
            outcome.elapsed
        );
    });
}

#[test]
fn a_delete_that_hangs_is_answered_before_the_deadline() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(6 * SECOND);
    let made = world.send(&create).success();
    world.glue.always(Operation::DeletePolicy, Fault::Hang);
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .failed();
    world.glue.heal();
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(world.glue.document(), None);
}

#[test]
fn one_hung_call_does_not_spend_the_whole_time() {
    let world = World::start();
    world.glue.script(Operation::GetPolicy, [Fault::Hang]);
    world.glue.script(Operation::PutPolicy, [Fault::Hang]);
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(60 * SECOND);
    let outcome = world.send(&create);
    outcome.success();
}

#[test]
fn time_is_left_for_a_reply_that_needs_several_attempts() {
    let world = World::start();
    world.glue.always(Operation::GetPolicy, Fault::Hang);
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(10 * SECOND);
    world
        .replies
        .script(&create.request_id, vec![PutFault::Status(500); 2]);
    let outcome = world.send(&create);
    outcome.failed();
    assert!(outcome.elapsed < create.timeout);
}

#[test]
fn a_hung_put_is_given_up_in_time_for_another() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(12 * SECOND);
    world
        .replies
        .script(&create.request_id, vec![PutFault::Hang; 2]);
    let outcome = world.send(&create);
    outcome.success();
    assert_eq!(outcome.puts.len(), 3);
}

#[test]
fn a_put_that_always_hangs_ends_as_an_error_and_not_as_a_timeout() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(6 * SECOND);
    world
        .replies
        .script(&create.request_id, vec![PutFault::Hang; 50]);
    let outcome = world.send(&create);
    assert!(
        matches!(outcome.lambda, LambdaResult::Error(_)),
        "{:?}",
        outcome.lambda
    );
    assert!(outcome.elapsed < create.timeout);
}

#[test]
fn less_than_a_second_left_is_a_quick_failure_without_a_write() {
    let world = World::start();
    for (kind, properties) in [
        (POLICY, policy(&[statement("Orders")])),
        (
            TABLE,
            table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
        ),
    ] {
        let outcome = world.send(&world.create(kind, properties).within(SECOND * 9 / 10));
        outcome.failed();
        assert_eq!(outcome.writes(), 0);
    }
}

#[test]
fn three_seconds_are_enough_for_a_healthy_request() {
    let world = World::start();
    for (kind, properties) in [
        (POLICY, policy(&[statement("Orders")])),
        (
            TABLE,
            table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
        ),
    ] {
        let create = world.create(kind, properties).within(3 * SECOND);
        let made = world.send(&create).success();
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
    }
}

#[test]
fn service_timeout_is_a_deadline_beside_lambdas() {
    let world = World::start();
    world.glue.always(Operation::GetPolicy, Fault::Hang);
    world.glue.always(Operation::GetTable, Fault::Hang);
    for (kind, mut properties) in [
        (POLICY, policy(&[statement("Orders")])),
        (
            TABLE,
            table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
        ),
    ] {
        properties["ServiceTimeout"] = json!(4);
        let outcome = world.send(&world.create(kind, properties).within(60 * SECOND));
        outcome.failed();
        assert!(
            outcome.elapsed < 4 * SECOND,
            "{kind}: {:?}",
            outcome.elapsed
        );
    }
}

#[test]
fn a_service_timeout_beyond_lambdas_limit_changes_nothing() {
    let world = World::start();
    for value in ["3600", "99999999999999999999", ""] {
        let mut properties = policy(&[statement("Orders")]);
        properties["ServiceTimeout"] = json!(value);
        world
            .send(&world.create(POLICY, properties).within(6 * SECOND))
            .success();
    }
}

#[test]
fn a_slow_glue_is_waited_for() {
    let world = World::start();
    world.glue.always(Operation::GetPolicy, Fault::Slow(SECOND));
    world.glue.always(Operation::PutPolicy, Fault::Slow(SECOND));
    world
        .send(
            &world
                .create(POLICY, policy(&[statement("Orders")]))
                .within(10 * SECOND),
        )
        .success();
}

#[test]
fn a_write_that_hangs_after_its_effect_is_found_by_the_delete_that_follows() {
    let world = World::start();
    world
        .glue
        .always(Operation::PutPolicy, Fault::EffectThenHang);
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(5 * SECOND);
    let reply = world.send(&create).reply();
    assert_eq!(world.glue.statements().len(), 1, "it took effect");
    world.glue.heal();
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    assert_eq!(world.glue.document(), None);
}
