//! What `Custom::IntegrationTableProperties` accepts and refuses.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::glue::Operation::{CreateTable, GetTable, UpdateTable};
use zeroetl_tests::blackbox::samples::{TABLE, catalog, database, table};

use crate::table_cases::{config, refused};

#[test]
fn wrong_properties_are_refused_with_their_path_before_any_call() {
    let world = World::start();
    for (name, properties, words) in refused() {
        let outcome = world.send(&world.create(TABLE, properties));
        let reason = outcome.reason();
        for word in words {
            assert!(reason.contains(word), "{name}: no {word} in: {reason}");
        }
        assert_eq!(outcome.writes(), 0, "{name}");
    }
}

#[test]
fn an_update_is_refused_like_a_create() {
    let world = World::start();
    // Unlike anything that is refused: an Update to what is live is not checked.
    let live = json!({ "UnnestSpec": "TOPLEVEL", "TargetTableName": "live" });
    let create = world.create(TABLE, config(live));
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
        let create = world.create(TABLE, properties);
        world
            .send(&create.delete(&world.replies, "some id"))
            .success();
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let world = World::start();
    let properties = json!({
        "ResourceArn": "x",
        "TargetTableConfig": {
            "UnnestSpec": "x", "TargetTableName": "X",
            "PartitionSpec": [{ "FieldName": "a" }, { "FunctionSpec": "x" }],
        },
        "AdoptExisting": "x",
    });
    let reason = world.send(&world.create(TABLE, properties)).reason();
    for word in [
        "ResourceArn",
        "TableName",
        "TargetTableConfig.UnnestSpec",
        "TargetTableConfig.TargetTableName",
        "TargetTableConfig.PartitionSpec[0].FunctionSpec",
        "TargetTableConfig.PartitionSpec[1].FunctionSpec",
        "AdoptExisting",
    ] {
        assert!(reason.contains(word), "no {word} in: {reason}");
    }
}

#[test]
fn any_glue_arn_is_accepted() {
    let world = World::start();
    let connection = database("x").replace(":database/x", ":connection/salesforce");
    let table_arn = database("x").replace(":database/x", ":table/sales/orders");
    let federated = catalog() + "/s3tablescatalog/bucket";
    for arn in [database("sales"), connection, table_arn, federated] {
        let properties = json!({ "ResourceArn": arn, "TableName": "Orders" });
        world.send(&world.create(TABLE, properties)).success();
    }
}

#[test]
fn every_word_of_the_lists_is_accepted_and_sent() {
    let world = World::start();
    let mut number = 0;
    let mut accepted = |target: Value| {
        number += 1;
        let name = format!("T{number}");
        world
            .send(&world.create(TABLE, table("sales", &name, target.clone())))
            .success();
        let stored = world.glue.tables(|tables| {
            tables
                .live(&database("sales"), &name)
                .and_then(|entry| entry.target.clone())
        });
        assert_eq!(stored, Some(target));
    };
    for word in ["TOPLEVEL", "FULL", "NOUNNEST"] {
        accepted(json!({ "UnnestSpec": word }));
    }
    accepted(json!({ "PartitionSpec": [{ "FieldName": "a", "FunctionSpec": "identity" }] }));
    for function in ["year", "month", "day", "hour"] {
        for conversion in ["epoch_sec", "epoch_milli", "iso"] {
            accepted(json!({ "PartitionSpec": [
                { "FieldName": "a", "FunctionSpec": function, "ConversionSpec": conversion },
                { "FieldName": "a", "FunctionSpec": "identity" },
            ] }));
        }
    }
    for name in ["a".to_owned(), "0_9".to_owned(), "o".repeat(128)] {
        accepted(json!({ "TargetTableName": name }));
    }
}

#[test]
fn the_case_of_the_table_name_is_kept() {
    let world = World::start();
    for name in ["Orders", "orders", "ORDERS", "with.dots-and_more"] {
        world
            .send(&world.create(TABLE, table("sales", name, Value::Null)))
            .success();
    }
    assert_eq!(world.glue.tables(|tables| tables.pairs().len()), 4);
}

#[test]
fn what_if_leaves_behind_means_absent() {
    let world = World::start();
    for (index, empty) in [json!(""), json!([]), json!({})].into_iter().enumerate() {
        let name = format!("T{index}");
        let mut properties = table("sales", &name, json!({ "UnnestSpec": "FULL" }));
        properties["TargetTableConfig"]["PartitionSpec"] = empty.clone();
        properties["TargetTableConfig"]["TargetTableName"] = empty.clone();
        properties["SourceTableConfig"] = empty.clone();
        properties["AdoptExisting"] = empty.clone();
        properties["AllowResync"] = empty.clone();
        world.send(&world.create(TABLE, properties)).success();
        let entry = world
            .glue
            .tables(|tables| tables.live(&database("sales"), &name).cloned())
            .expect("an entry");
        assert_eq!(
            entry.target,
            Some(json!({ "UnnestSpec": "FULL" })),
            "{empty}"
        );
        assert_eq!(entry.source, None, "{empty}");
    }
}

#[test]
fn an_update_to_what_is_live_succeeds_without_the_checks() {
    let world = World::start();
    let create = world.create(TABLE, config(json!({ "UnnestSpec": "FULL" })));
    let made = world.send(&create).success();
    // An earlier version accepted this; the rollback to it must not fail.
    let odd = json!({ "UnnestSpec": "FULL", "TargetTableName": "_Odd" });
    world
        .glue
        .tables(|tables| tables.set(&database("sales"), "Orders", odd.clone()));
    let outcome = world.send(&create.update(&world.replies, &made.physical_id, config(odd)));
    outcome.success();
    assert_eq!(outcome.writes(), 0);
}

#[test]
fn the_physical_id_reads_back_to_the_identity() {
    let world = World::start();
    for (base, name) in [
        ("sales", "Orders"),
        ("sales", "a|b"),
        ("s", "ü%7C"),
        ("x|y", "T"),
    ] {
        let create = world.create(TABLE, table(base, name, json!({ "UnnestSpec": "FULL" })));
        let made = world.send(&create).success();
        let mut delete = create.delete(&world.replies, &made.physical_id);
        delete.properties = json!({});
        world.send(&delete).success();
        assert_eq!(
            world.glue.tables(|tables| tables.pairs()),
            [],
            "{}",
            made.physical_id
        );
    }
}

#[test]
fn identities_that_differ_get_ids_that_differ() {
    let world = World::start();
    let mut ids = Vec::new();
    for (base, name) in [
        ("a", "b"),
        ("a", "B"),
        ("a|b", "c"),
        ("a", "b|c"),
        ("ab", "c"),
        ("a", "bc"),
    ] {
        let create = world.create(TABLE, table(base, name, Value::Null));
        ids.push(world.send(&create).success().physical_id);
    }
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}

#[test]
fn every_write_is_read_back() {
    let world = World::start();
    let create = world.create(TABLE, config(json!({ "UnnestSpec": "FULL" })));
    let made = world.send(&create);
    assert_eq!(made.operations(), [GetTable, CreateTable, GetTable]);
    let other = config(json!({ "UnnestSpec": "TOPLEVEL" }));
    let id = made.success().physical_id;
    let changed = world.send(&create.update(&world.replies, &id, other));
    changed.success();
    let operations = changed.operations();
    assert!(
        operations.ends_with(&[UpdateTable, GetTable]),
        "{operations:?}"
    );
}
