//! The Sids of owned statements.

use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, stack_id};
use zeroetl_tests::blackbox::samples::{POLICY, policy, statement, statement_with_sid};

fn sids(world: &World) -> Vec<String> {
    world
        .glue
        .statements()
        .iter()
        .map(|one| one["Sid"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_sid_is_the_marker_then_the_authors_sid_or_the_index() {
    let world = World::start();
    let statements = [
        statement("A"),
        statement_with_sid("Mine", "B"),
        statement("C"),
        statement_with_sid("0", "D"),
        statement_with_sid("N0", "E"),
    ];
    let reply = world
        .send(&world.create(POLICY, policy(&statements)))
        .success();
    let owner = reply.attribute("Owner");
    let expected: Vec<String> = ["N0", "SMine", "N2", "S0", "SN0"]
        .iter()
        .map(|tail| format!("{owner}{tail}"))
        .collect();
    assert_eq!(sids(&world), expected);
}

#[test]
fn the_marker_is_letters_and_digits() {
    let world = World::start();
    let stack = stack_id("Stack-with_odd.name");
    for name in ["A", "Ünïcode", "x y"] {
        let properties = policy(&[statement("A")]);
        let request = CfnRequest::create_in(&world.replies, &stack, name, POLICY, properties);
        let reply = world.send(&request).success();
        let owner = reply.attribute("Owner");
        assert!(
            !owner.is_empty() && owner.chars().all(|c| c.is_ascii_alphanumeric()),
            "{owner}"
        );
    }
}

#[test]
fn the_marker_follows_from_stack_and_logical_id_alone() {
    let world = World::start();
    let stack = stack_id("one");
    let owner = |stack: &str, name: &str, table: &str| {
        let properties = policy(&[statement(table)]);
        let request = CfnRequest::create_in(&world.replies, stack, name, POLICY, properties);
        world.send(&request).success().attribute("Owner").to_owned()
    };
    let first = owner(&stack, "A", "Orders");
    assert_eq!(owner(&stack, "A", "Users"), first);
    assert_ne!(owner(&stack, "B", "Orders"), first);
    assert_ne!(owner(&stack_id("one"), "A", "Orders"), first);
}

#[test]
fn the_physical_id_is_stable_for_the_life_of_the_resource() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("A")]));
    let made = world.send(&create).success();
    let mut last = create.clone();
    for table in ["B", "C", "D"] {
        last = last.update(
            &world.replies,
            &made.physical_id,
            policy(&[statement(table)]),
        );
        assert_eq!(world.send(&last).success().physical_id, made.physical_id);
    }
}

#[test]
fn a_foreign_sid_that_looks_a_little_like_ours_is_left_alone() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("A")]));
    let made = world.send(&create).success();
    let owner = made.attribute("Owner").to_owned();
    let mut live = world.glue.document().expect("a policy");
    let shorter = owner[..owner.len() - 1].to_owned();
    for sid in [
        format!("{shorter}N0"),
        format!("x{owner}N0"),
        owner.to_lowercase(),
        shorter,
    ] {
        let list = live["Statement"].as_array_mut().expect("a list");
        list.push(statement_with_sid(&sid, "Foreign"));
    }
    world
        .glue
        .policy(|policy| policy.set(Some(&live.to_string())));
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(sids(&world).len(), 4);
}
