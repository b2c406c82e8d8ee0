//! One pair, several resources of a stack: whoever goes leaves what another one holds. Case 1 of the
//! report on table properties.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, Listed, Reply, refusal};
use zeroetl_tests::blackbox::samples::{TABLE, database, table};
use zeroetl_tests::blackbox::{Answer, World};

fn layout() -> Value {
    json!({ "UnnestSpec": "TOPLEVEL" })
}

fn listed(logical_id: &str, physical_id: &str, status: &'static str) -> Listed {
    Listed {
        logical_id: logical_id.to_owned(),
        physical_id: physical_id.to_owned(),
        status,
    }
}

fn live(world: &World, name: &str) -> bool {
    let arn = database("lake");
    world
        .glue
        .tables(|tables| tables.live(&arn, name).is_some())
}

/// A resource of the stack of `first`, made for the table.
fn made(world: &World, first: &CfnRequest, logical_id: &str, name: &str) -> (CfnRequest, Reply) {
    let properties = table("lake", name, layout());
    let create = CfnRequest::create_in(
        &world.replies,
        &first.stack_id,
        logical_id,
        TABLE,
        properties,
    );
    let reply = world.send(&create).success();
    (create, reply)
}

fn first(world: &World) -> CfnRequest {
    world.create(TABLE, table("lake", "Orders", layout()))
}

#[test]
fn a_renamed_logical_id_keeps_the_pair() {
    let world = World::start();
    let old = first(&world);
    let id = world.send(&old).success().physical_id;
    let (new, reply) = made(&world, &old, "Renamed", "Orders");
    assert_eq!(reply.physical_id, id);
    // Two others come first: the holder is on another page.
    world.stacks.set(
        &old.stack_id,
        [
            listed("Bucket", "lake", "CREATE_COMPLETE"),
            listed("Resource", &id, "DELETE_IN_PROGRESS"),
            listed("Renamed", &id, "CREATE_COMPLETE"),
        ],
    );
    let outcome = world.send(&old.delete(&world.replies, &id));
    outcome.success();
    assert!(outcome.operations().iter().all(|one| !one.is_write()));
    assert!(live(&world, "Orders"));
    // The last one takes the pair along.
    world.stacks.set(
        &old.stack_id,
        [listed("Renamed", &id, "DELETE_IN_PROGRESS")],
    );
    world.send(&new.delete(&world.replies, &id)).success();
    assert!(!live(&world, "Orders"));
}

#[test]
fn two_resources_that_swap_their_tables_lose_none() {
    let world = World::start();
    let one = first(&world);
    let orders = world.send(&one).success().physical_id;
    let (other, reply) = made(&world, &one, "Other", "Users");
    let users = reply.physical_id;
    let swapped = |request: &CfnRequest, id: &str, name: &str| {
        let update = request.update(&world.replies, id, table("lake", name, layout()));
        world.send(&update).success().physical_id
    };
    assert_eq!(swapped(&one, &orders, "Users"), users);
    assert_eq!(swapped(&other, &users, "Orders"), orders);
    // CloudFormation cleans up what was replaced.
    world.stacks.set(
        &one.stack_id,
        [
            listed("Resource", &users, "UPDATE_COMPLETE"),
            listed("Other", &orders, "UPDATE_COMPLETE"),
        ],
    );
    world.send(&one.delete(&world.replies, &orders)).success();
    world.send(&other.delete(&world.replies, &users)).success();
    assert!(live(&world, "Orders") && live(&world, "Users"));
}

#[test]
fn throttling_of_the_list_is_ridden_out() {
    let world = World::start();
    let old = first(&world);
    let id = world.send(&old).success().physical_id;
    world
        .stacks
        .set(&old.stack_id, [listed("Renamed", &id, "CREATE_COMPLETE")]);
    world.stacks.fail(
        (0..3)
            .map(|_| refusal(400, "Throttling"))
            .chain([Answer::Close]),
    );
    world.send(&old.delete(&world.replies, &id)).success();
    assert!(live(&world, "Orders"));
    assert!(world.stacks.asked() > 4);
}

#[test]
fn where_the_list_is_denied_the_pair_goes_and_the_log_says_so() {
    let world = World::start();
    let old = first(&world);
    let id = world.send(&old).success().physical_id;
    world
        .stacks
        .fail((0..100).map(|_| refusal(403, "AccessDenied")));
    world.send(&old.delete(&world.replies, &id)).success();
    assert!(!live(&world, "Orders"));
    let log = world.process(0).output().all();
    assert!(
        log.contains("nobody knows whether another resource of the stack holds"),
        "{log}"
    );
}

#[test]
fn only_a_delete_of_what_is_there_asks_cloudformation() {
    let world = World::start();
    let old = first(&world);
    let id = world.send(&old).success().physical_id;
    let update = old.update(&world.replies, &id, table("lake", "Orders", json!({})));
    world.send(&update).success();
    assert_eq!(world.stacks.asked(), 0);
    world.send(&old.delete(&world.replies, &id)).success();
    world.send(&old.delete(&world.replies, &id)).success();
    assert_eq!(world.stacks.asked(), 1);
}
