//! Table properties when Glue fails, lags, or says less than one would like.

use std::time::Duration;

use serde_json::{Value, json};
use zeroetl_tests::blackbox::glue::Operation::{
    CreateTable, DeleteTable, GetTable, Inbound, UpdateTable,
};
use zeroetl_tests::blackbox::glue::{CreateOfExisting, Fault, GlueError};
use zeroetl_tests::blackbox::samples::{TABLE, database, table};
use zeroetl_tests::blackbox::{World, at_once};

const LONG: Duration = Duration::from_mins(1);

fn full() -> Value {
    json!({ "UnnestSpec": "FULL", "TargetTableName": "orders" })
}

fn live(world: &World, name: &str) -> Option<Value> {
    let arn = database("sales");
    world.glue.tables(|tables| {
        tables
            .live(&arn, name)
            .and_then(|entry| entry.target.clone())
    })
}

#[test]
fn both_not_found_errors_mean_absent() {
    for other_error in [false, true] {
        let world = World::start();
        world
            .glue
            .tables(|tables| tables.rules.absent_is_resource_not_found = other_error);
        let create = world
            .create(TABLE, table("sales", "Orders", full()))
            .within(LONG);
        let made = world.send(&create).success();
        let delete = create.delete(&world.replies, &made.physical_id);
        world.send(&delete).success();
        world.send(&delete.renewed(&world.replies)).success();
        // Gone between the read and the write.
        let made = world.send(&create.renewed(&world.replies)).success();
        let other = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
        let update = create.update(&world.replies, &made.physical_id, other);
        let name = if other_error {
            "ResourceNotFoundException"
        } else {
            "EntityNotFoundException"
        };
        world
            .glue
            .script(UpdateTable, [Fault::Refuse(GlueError::new(name, "gone"))]);
        world.send(&update).reply();
        world
            .glue
            .script(DeleteTable, [Fault::Refuse(GlueError::new(name, "gone"))]);
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
    }
}

#[test]
fn a_create_that_overwrites_and_one_that_refuses_end_alike() {
    for existing in [CreateOfExisting::Refused, CreateOfExisting::Overwrites] {
        let world = World::start();
        world
            .glue
            .tables(|tables| tables.rules.create_of_existing = existing);
        // The first Create's reply is lost after its effect; a second one finds the pair there.
        world.glue.script(CreateTable, [Fault::EffectThenClose]);
        let create = world
            .create(TABLE, table("sales", "Orders", full()))
            .within(LONG);
        world.send(&create).success();
        assert_eq!(live(&world, "Orders"), Some(full()), "{existing:?}");
    }
}

#[test]
fn a_read_that_lags_behind_a_write_is_waited_for() {
    let world = World::start();
    world
        .glue
        .tables(|tables| tables.rules.reads_until_visible = 3);
    let create = world
        .create(TABLE, table("sales", "Orders", full()))
        .within(LONG);
    let made = world.send(&create).success();
    let other = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    world
        .send(&create.update(&world.replies, &made.physical_id, other))
        .success();
    assert_eq!(
        live(&world, "Orders"),
        Some(json!({ "UnnestSpec": "TOPLEVEL" }))
    );
}

#[test]
fn a_write_that_glue_ignores_is_failed() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let create = create.within(Duration::from_secs(6));
    let made = world.send(&create).success();
    world
        .glue
        .tables(|tables| tables.rules.ignores_writes = true);
    let other = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    let update = create.update(&world.replies, &made.physical_id, other);
    world.send(&update).failed();
    world.send(&update.rollback(&world.replies)).success();
    world
        .send(
            &world
                .create(TABLE, table("sales", "Users", full()))
                .within(create.timeout),
        )
        .failed();
}

#[test]
fn the_owner_that_glue_adds_is_ignored_and_sent_back() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let made = world.send(&create).success();
    let arn = world
        .glue
        .tables(|tables| tables.integrate(&database("sales"), "Orders", "ACTIVE"));
    let same = create.properties.clone();
    let outcome = world.send(&create.update(&world.replies, &made.physical_id, same));
    outcome.success();
    assert_eq!(outcome.writes(), 0);
    let config = json!({ "UnnestSpec": "FULL", "TargetTableName": "orders_2" });
    let update = create.update(
        &world.replies,
        &made.physical_id,
        table("sales", "Orders", config),
    );
    world.send(&update).success();
    let owner = live(&world, "Orders").map(|mut target| target["IntegrationArn"].take());
    assert_eq!(owner, Some(json!(arn)));
}

#[test]
fn a_replacement_that_fails_takes_its_new_pair_back() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let create = create.within(Duration::from_secs(8));
    let made = world.send(&create).success();
    // The new pair is made, and no read ever shows it.
    world
        .glue
        .tables(|tables| tables.rules.reads_until_visible = 10_000);
    let update = create.update(
        &world.replies,
        &made.physical_id,
        table("sales", "Users", full()),
    );
    let failed = world.send(&update).failed();
    assert_eq!(failed.physical_id, made.physical_id);
    assert_eq!(live(&world, "Users"), None);
    assert_eq!(live(&world, "Orders"), Some(full()));
}

#[test]
fn a_half_done_replacement_is_left_alone_and_its_reason_says_so() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let create = create.within(Duration::from_secs(6));
    let made = world.send(&create).success();
    world.glue.always(CreateTable, Fault::EffectThenHang);
    let update = create.update(
        &world.replies,
        &made.physical_id,
        table("sales", "Users", full()),
    );
    let outcome = world.send(&update);
    let reply = outcome.reply();
    world.glue.heal();
    if reply.success {
        world
            .send(&update.delete(&world.replies, &reply.physical_id))
            .success();
        assert_eq!(live(&world, "Users"), None);
    } else {
        // Whose the pair is nobody knows: the rollback removes nothing.
        let reason = outcome.reason();
        assert!(
            reason.contains("`Users`") && reason.contains("may have been made"),
            "{reason}"
        );
        world.send(&update.rollback(&world.replies)).success();
    }
    assert_eq!(live(&world, "Orders"), Some(full()));
}

#[test]
fn throttling_and_server_errors_are_tried_more_than_three_times() {
    at_once(
        [Fault::throttled(), Fault::internal(), Fault::Close],
        |fault| {
            let world = World::start();
            for operation in [GetTable, CreateTable, DeleteTable, Inbound] {
                world.glue.script(operation, vec![fault.clone(); 5]);
            }
            let create = world
                .create(TABLE, table("sales", "Orders", full()))
                .within(LONG);
            let made = world.send(&create).success();
            world
                .send(&create.delete(&world.replies, &made.physical_id))
                .success();
            assert_eq!(live(&world, "Orders"), None, "{fault:?}");
        },
    );
}

#[test]
fn lost_replies_are_recognised() {
    let world = World::start();
    world
        .glue
        .script(CreateTable, [Fault::internal_after_effect()]);
    let create = world
        .create(TABLE, table("sales", "Orders", full()))
        .within(LONG);
    let made = world.send(&create).success();
    world.glue.script(UpdateTable, [Fault::EffectThenClose]);
    let other = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    let update = create.update(&world.replies, &made.physical_id, other);
    world.send(&update).success();
    world.glue.script(DeleteTable, [Fault::EffectThenClose]);
    world
        .send(&update.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), None);
}

#[test]
fn a_denied_look_at_integrations_is_failed_and_named() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let made = world.send(&create).success();
    world
        .glue
        .always(Inbound, Fault::access_denied("DescribeInboundIntegrations"));
    let delete = create.delete(&world.replies, &made.physical_id);
    let outcome = world.send(&delete.within(Duration::from_secs(6)));
    let reason = outcome.reason();
    assert!(
        reason.contains("glue:DescribeInboundIntegrations"),
        "{reason}"
    );
    assert_eq!(outcome.writes(), 0);
}

#[test]
fn delete_succeeds_when_the_database_is_gone() {
    for code in [
        "EntityNotFoundException",
        "ResourceNotFoundException",
        "TargetResourceNotFound",
    ] {
        let world = World::start();
        let create = world.create(TABLE, table("sales", "Orders", full()));
        let made = world.send(&create).success();
        let gone = Fault::Refuse(GlueError::new(code, "Database sales not found"));
        world.glue.always(Inbound, gone.clone());
        if code != "TargetResourceNotFound" {
            world.glue.always(GetTable, gone.clone());
            world.glue.always(DeleteTable, gone);
        }
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
    }
}

#[test]
fn source_settings_are_passed_through() {
    let world = World::start();
    let source = json!({ "Fields": ["a", "b"], "FilterPredicate": "x > 1", "PrimaryKey": ["a"] });
    let mut properties = table("sales", "Orders", Value::Null);
    properties["SourceTableConfig"] = source.clone();
    world.send(&world.create(TABLE, properties)).success();
    let stored = world.glue.tables(|tables| {
        tables
            .live(&database("sales"), "Orders")
            .and_then(|e| e.source.clone())
    });
    assert_eq!(stored, Some(source));
}

#[test]
fn source_and_target_settings_together_are_left_to_glue_to_judge() {
    let world = World::start();
    let mut properties = table("sales", "Orders", full());
    properties["SourceTableConfig"] = json!({ "PrimaryKey": ["a"] });
    let outcome = world.send(&world.create(TABLE, properties));
    let reason = outcome.reason();
    assert!(reason.contains("SourceTableConfig"), "{reason}");
}

#[test]
fn calls_are_made_with_the_functions_own_credentials() {
    let world = World::start();
    world
        .send(&world.create(TABLE, table("sales", "Orders", full())))
        .success();
    for call in world.glue.calls() {
        let authorization = call.authorization.unwrap_or_default();
        assert!(
            authorization.contains("Credential=ASIAEXAMPLEEXAMPLE00/"),
            "{authorization}"
        );
    }
}

#[test]
fn a_refusal_by_glue_is_passed_on() {
    let world = World::start();
    let refusal = GlueError::new(
        "ValidationException",
        "the column `at` is of the wrong sort",
    );
    world.glue.always(CreateTable, Fault::Refuse(refusal));
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let reason = world.send(&create.within(Duration::from_secs(6))).reason();
    assert!(reason.contains("of the wrong sort"), "{reason}");
}
