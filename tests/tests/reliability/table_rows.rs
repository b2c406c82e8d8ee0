//! The state table of `Custom::IntegrationTableProperties`, row by row.

use std::time::Duration;

use serde_json::{Value, json};
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, Reply};
use zeroetl_tests::blackbox::glue::Operation::{CreateTable, DeleteTable, GetTable, UpdateTable};
use zeroetl_tests::blackbox::samples::{TABLE, database, table};

fn full() -> Value {
    json!({ "UnnestSpec": "FULL", "TargetTableName": "orders" })
}

fn by_day() -> Value {
    json!([{ "FieldName": "at", "FunctionSpec": "day", "ConversionSpec": "epoch_sec" }])
}

fn make(world: &World, config: Value) -> (CfnRequest, Reply) {
    let create = world.create(TABLE, table("sales", "Orders", config));
    let reply = world.send(&create).success();
    (create, reply)
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
fn create_where_nothing_is_creates() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let outcome = world.send(&create);
    let reply = outcome.success();
    assert_eq!(live(&world, "Orders"), Some(full()));
    let operations = outcome.operations();
    assert_eq!(operations.first(), Some(&GetTable));
    assert_eq!(operations.iter().filter(|one| one.is_write()).count(), 1);
    assert_eq!(reply.attribute("ResourceArn"), database("sales"));
    assert_eq!(reply.attribute("TableName"), "Orders");
    assert_eq!(reply.attribute("TargetTableName"), "orders");
    assert_eq!(reply.attribute("UnnestSpec"), "FULL");
}

#[test]
fn create_of_what_is_equal_is_one_read() {
    let world = World::start();
    let (create, _) = make(&world, full());
    for again in [create.clone(), create.renewed(&world.replies)] {
        let outcome = world.send(&again);
        outcome.success();
        assert_eq!(outcome.operations(), [GetTable]);
    }
    let other_owner = world.send(&world.create(TABLE, create.properties.clone()));
    other_owner.success();
    assert_eq!(other_owner.operations(), [GetTable]);
}

#[test]
fn create_that_meets_other_values_fails_and_its_delete_leaves_them_alone() {
    let world = World::start();
    let theirs = json!({ "UnnestSpec": "NOUNNEST" });
    world
        .glue
        .tables(|tables| tables.set(&database("sales"), "Orders", theirs.clone()));
    let create = world.create(TABLE, table("sales", "Orders", full()));
    let outcome = world.send(&create);
    let reply = outcome.failed();
    assert_eq!(outcome.writes(), 0);
    assert!(reply.reason.contains("AdoptExisting"), "{}", reply.reason);
    for delete in [
        create.delete(&world.replies, &reply.physical_id),
        create.delete_by_invented_id(&world.replies),
    ] {
        let outcome = world.send(&delete);
        outcome.success();
        assert_eq!(outcome.writes(), 0);
    }
    assert_eq!(live(&world, "Orders"), Some(theirs));
}

#[test]
fn create_may_adopt_other_values() {
    let world = World::start();
    let theirs = json!({ "UnnestSpec": "NOUNNEST" });
    world
        .glue
        .tables(|tables| tables.set(&database("sales"), "Orders", theirs));
    let mut properties = table("sales", "Orders", full());
    properties["AdoptExisting"] = json!(true);
    let outcome = world.send(&world.create(TABLE, properties));
    outcome.success();
    assert!(outcome.operations().contains(&UpdateTable));
    assert_eq!(live(&world, "Orders"), Some(full()));
}

#[test]
fn update_where_nothing_is_makes_it_again() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    let other = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    let outcome = world.send(&create.update(&world.replies, &reply.physical_id, other));
    assert_eq!(outcome.success().physical_id, reply.physical_id);
    assert!(outcome.operations().contains(&CreateTable));
    assert_eq!(
        live(&world, "Orders"),
        Some(json!({ "UnnestSpec": "TOPLEVEL" }))
    );
}

#[test]
fn update_to_what_is_live_is_one_read() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    let same = create.properties.clone();
    let outcome = world.send(&create.update(&world.replies, &reply.physical_id, same));
    outcome.success();
    assert_eq!(outcome.operations(), [GetTable]);
}

#[test]
fn update_sends_the_whole_configuration() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    let other = json!({ "UnnestSpec": "TOPLEVEL", "PartitionSpec": by_day() });
    let properties = table("sales", "Orders", other.clone());
    let outcome = world.send(&create.update(&world.replies, &reply.physical_id, properties));
    assert_eq!(outcome.success().physical_id, reply.physical_id);
    assert_eq!(live(&world, "Orders"), Some(other));
}

#[test]
fn a_layout_change_under_a_live_integration_needs_permission() {
    for config in [
        json!({ "UnnestSpec": "TOPLEVEL", "TargetTableName": "orders" }),
        {
            let mut config = full();
            config["PartitionSpec"] = by_day();
            config
        },
    ] {
        let world = World::start();
        let (create, reply) = make(&world, full());
        let arn = world
            .glue
            .tables(|tables| tables.integrate(&database("sales"), "Orders", "ACTIVE"));
        let mut properties = table("sales", "Orders", config.clone());
        let update = create.update(&world.replies, &reply.physical_id, properties.clone());
        let outcome = world.send(&update);
        let reason = outcome.reason();
        assert_eq!(outcome.writes(), 0);
        for word in ["AllowResync", arn.as_str()] {
            assert!(reason.contains(word), "no `{word}` in: {reason}");
        }
        properties["AllowResync"] = json!(true);
        let update = create.update(&world.replies, &reply.physical_id, properties);
        world.send(&update).success();
        let mut expected = config;
        expected["IntegrationArn"] = json!(arn);
        assert_eq!(live(&world, "Orders"), Some(expected));
        // What the update was permitted, its rollback is.
        world.send(&update.rollback(&world.replies)).success();
        let mut expected = full();
        expected["IntegrationArn"] = json!(arn);
        assert_eq!(live(&world, "Orders"), Some(expected));
    }
}

#[test]
fn another_table_name_under_a_live_integration_is_no_change_of_layout() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    world
        .glue
        .tables(|tables| tables.integrate(&database("sales"), "Orders", "ACTIVE"));
    let config = json!({ "UnnestSpec": "FULL", "TargetTableName": "orders_2" });
    let properties = table("sales", "Orders", config);
    world
        .send(&create.update(&world.replies, &reply.physical_id, properties))
        .success();
    let name = live(&world, "Orders").map(|mut target| target["TargetTableName"].take());
    assert_eq!(name, Some(json!("orders_2")));
}

#[test]
fn a_failed_integration_does_not_count_as_using_the_table() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    world
        .glue
        .tables(|tables| tables.integrate(&database("sales"), "Orders", "FAILED"));
    let properties = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    let update = create.update(&world.replies, &reply.physical_id, properties);
    world.send(&update).success();
    world
        .send(&update.delete(&world.replies, &reply.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), None);
}

#[test]
fn a_changed_identity_is_a_replacement() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    let update = create.update(
        &world.replies,
        &reply.physical_id,
        table("sales", "Users", full()),
    );
    let replaced = world.send(&update).success();
    assert_ne!(replaced.physical_id, reply.physical_id);
    // The old pair stays until CloudFormation sends the Delete for it.
    assert_eq!(live(&world, "Orders"), Some(full()));
    assert_eq!(live(&world, "Users"), Some(full()));
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), None);
    assert_eq!(live(&world, "Users"), Some(full()));
    world
        .send(&update.delete(&world.replies, &replaced.physical_id))
        .success();
    assert_eq!(live(&world, "Users"), None);
}

#[test]
fn a_replacement_that_is_rolled_back_leaves_the_old_pair() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    let update = create.update(
        &world.replies,
        &reply.physical_id,
        table("sales", "Users", full()),
    );
    let replaced = world.send(&update).success();
    // The stack rolls back: an Update with swapped properties, then the Delete of the new id.
    let mut back = update.rollback(&world.replies);
    back.physical_id = Some(replaced.physical_id.clone());
    assert_eq!(world.send(&back).success().physical_id, reply.physical_id);
    world
        .send(&update.delete(&world.replies, &replaced.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), Some(full()));
    assert_eq!(live(&world, "Users"), None);
}

#[test]
fn a_replacement_that_meets_other_values_fails_with_the_old_id() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    let theirs = json!({ "UnnestSpec": "NOUNNEST" });
    world
        .glue
        .tables(|tables| tables.set(&database("sales"), "Users", theirs.clone()));
    let update = create.update(
        &world.replies,
        &reply.physical_id,
        table("sales", "Users", full()),
    );
    let failed = world.send(&update).failed();
    assert_eq!(failed.physical_id, reply.physical_id);
    world.send(&update.rollback(&world.replies)).success();
    assert_eq!(live(&world, "Users"), Some(theirs));
    assert_eq!(live(&world, "Orders"), Some(full()));
}

#[test]
fn a_retained_old_pair_stays_after_a_replacement() {
    // `UpdateReplacePolicy: Retain` is the absence of the Delete for the old id.
    let world = World::start();
    let (create, reply) = make(&world, full());
    let update = create.update(
        &world.replies,
        &reply.physical_id,
        table("sales", "Users", full()),
    );
    let replaced = world.send(&update).success();
    world
        .send(&update.delete(&world.replies, &replaced.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), Some(full()));
}

#[test]
fn an_unfamiliar_id_is_kept_while_the_identity_stays() {
    let world = World::start();
    let (create, _) = make(&world, full());
    let properties = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    let update = create.update(&world.replies, "an older version's id", properties);
    assert_eq!(
        world.send(&update).success().physical_id,
        "an older version's id"
    );
}

#[test]
fn delete_removes_the_pair_once() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    let delete = create.delete(&world.replies, &reply.physical_id);
    let outcome = world.send(&delete);
    outcome.success();
    assert!(outcome.operations().contains(&DeleteTable));
    for again in [delete.clone(), delete.renewed(&world.replies)] {
        world.send(&again).success();
    }
    assert_eq!(live(&world, "Orders"), None);
}

#[test]
fn delete_finds_the_pair_by_its_id_when_the_properties_say_nothing() {
    let world = World::start();
    for properties in [
        json!({}),
        json!({ "TableName": ["x"] }),
        json!({ "TableName": "Other" }),
    ] {
        let (create, reply) = make(&world, full());
        let mut delete = create.delete(&world.replies, &reply.physical_id);
        delete.properties = properties;
        world.send(&delete).success();
        assert_eq!(live(&world, "Orders"), None);
    }
}

#[test]
fn delete_by_an_invented_id_needs_equal_values() {
    let world = World::start();
    let (create, _) = make(&world, full());
    let mut other = create.delete_by_invented_id(&world.replies);
    other.properties = table("sales", "Orders", json!({ "UnnestSpec": "TOPLEVEL" }));
    world.send(&other).success();
    assert_eq!(live(&world, "Orders"), Some(full()));
    world
        .send(&create.delete_by_invented_id(&world.replies))
        .success();
    assert_eq!(live(&world, "Orders"), None);
}

#[test]
fn delete_by_an_invented_id_without_usable_properties_succeeds() {
    let world = World::start();
    let (create, _) = make(&world, full());
    let mut delete = create.delete_by_invented_id(&world.replies);
    for properties in [
        json!({}),
        json!({ "ResourceArn": "x" }),
        json!({ "TableName": "" }),
    ] {
        delete.properties = properties;
        let outcome = world.send(&delete.renewed(&world.replies));
        outcome.success();
        assert_eq!(outcome.writes(), 0);
    }
    assert_eq!(live(&world, "Orders"), Some(full()));
}

#[test]
fn delete_under_a_live_integration_fails_and_names_it() {
    for status in [
        "ACTIVE",
        "CREATING",
        "SYNCING",
        "MODIFYING",
        "NEEDS_ATTENTION",
    ] {
        let world = World::start();
        let (create, reply) = make(&world, full());
        let arn = world
            .glue
            .tables(|tables| tables.integrate(&database("sales"), "Orders", status));
        let delete = create.delete(&world.replies, &reply.physical_id);
        let outcome = world.send(&delete.within(Duration::from_secs(6)));
        let reason = outcome.reason();
        assert!(reason.contains(&arn), "{status}: {reason}");
        assert_eq!(outcome.writes(), 0, "{status}");
    }
}

#[test]
fn delete_waits_for_an_integration_that_is_going() {
    let world = World::start();
    let (create, reply) = make(&world, full());
    world.glue.tables(|tables| {
        tables.integrate(&database("sales"), "Orders", "DELETING");
        tables.inbound[0].looks_left = Some(3);
    });
    let delete = create.delete(&world.replies, &reply.physical_id);
    world.send(&delete.within(Duration::from_mins(1))).success();
    assert_eq!(live(&world, "Orders"), None);
}

#[test]
fn an_integration_of_another_table_or_database_does_not_count() {
    let world = World::start();
    world.glue.tables(|tables| tables.rules.page = 1);
    let (create, reply) = make(&world, full());
    world.glue.tables(|tables| {
        for name in ["OrdersArchive", "orders", "MyOrders", "Order"] {
            tables.integrate(&database("sales"), name, "ACTIVE");
        }
        tables.integrate(&database("sales2"), "Orders", "ACTIVE");
    });
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), None);
}

#[test]
fn an_integration_on_a_later_page_counts() {
    let world = World::start();
    world.glue.tables(|tables| tables.rules.page = 2);
    let (create, reply) = make(&world, full());
    world.glue.tables(|tables| {
        for name in ["A", "B", "C", "D", "Orders"] {
            tables.integrate(&database("sales"), name, "ACTIVE");
        }
    });
    let delete = create.delete(&world.replies, &reply.physical_id);
    world.send(&delete.within(Duration::from_secs(6))).failed();
    assert_eq!(
        live(&world, "Orders").map(|target| target["UnnestSpec"].clone()),
        Some(json!("FULL"))
    );
}

#[test]
fn two_owners_of_one_pair_with_equal_values_are_possible() {
    let world = World::start();
    let (first, one) = make(&world, full());
    let (second, two) = make(&world, full());
    world
        .send(&first.delete(&world.replies, &one.physical_id))
        .success();
    assert_eq!(live(&world, "Orders"), None);
    world
        .send(&second.delete(&world.replies, &two.physical_id))
        .success();
}

#[test]
fn the_effective_unnesting_is_told_where_none_is_set() {
    let world = World::start();
    let create = world.create(TABLE, table("sales", "Orders", Value::Null));
    let reply = world.send(&create).success();
    assert_eq!(reply.attribute("UnnestSpec"), "FULL");
    assert_eq!(reply.attribute("TargetTableName"), "");
}
