//! Many owners at once, over several processes, on one catalog policy.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use zeroetl_tests::blackbox::cloudformation::CfnRequest;
use zeroetl_tests::blackbox::glue::Operation;
use zeroetl_tests::blackbox::samples::{POLICY, catalog, foreign_policy_of_one, policy};
use zeroetl_tests::blackbox::{World, WorldOptions};

/// The shortest statement that tells its owner from all others: the document has 10,240 bytes.
fn short(number: usize) -> Value {
    json!({
        "Effect": "Allow", "Principal": "*", "Action": format!("glue:G{number}"),
        "Resource": catalog(),
    })
}

/// Every process sends the requests of its own owners, one after the other.
fn send_all(world: &World, requests: &[Vec<CfnRequest>]) -> usize {
    let mark = world.glue.mark();
    thread::scope(|scope| {
        for (process, requests) in requests.iter().enumerate() {
            scope.spawn(move || {
                for request in requests {
                    world.send_to(process, request).success();
                }
            });
        }
    });
    let calls = world.glue.operations_since(mark);
    calls
        .into_iter()
        .filter(|operation| operation.is_write())
        .count()
}

fn actions(world: &World) -> Vec<String> {
    let mut all: Vec<String> = world
        .glue
        .statements()
        .iter()
        .map(|one| one["Action"].as_str().unwrap_or_default().to_owned())
        .collect();
    all.sort();
    all
}

fn crowd(processes: usize, owners: usize) {
    let options = WorldOptions {
        environment: Vec::new(),
        ..WorldOptions::default()
    };
    let world = World::start_with(&options.with("RUST_LOG", "info").processes(processes));
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy_of_one())));
    let theirs = world.glue.statements();
    // A pause between read and write that lets the others in.
    world.glue.always(
        Operation::GetPolicy,
        zeroetl_tests::blackbox::glue::Fault::Slow(Duration::from_millis(3)),
    );

    let creates: Vec<Vec<CfnRequest>> = (0..processes)
        .map(|process| {
            (0..owners)
                .map(|owner| {
                    let document = policy(&[short(process * owners + owner)]);
                    world
                        .create(POLICY, document)
                        .within(Duration::from_mins(1))
                })
                .collect()
        })
        .collect();
    let count = processes * owners;
    let tries = send_all(&world, &creates);
    let mut expected: Vec<String> = (0..count).map(|number| format!("glue:G{number}")).collect();
    expected.push("glue:GetTable".to_owned());
    expected.sort();
    assert_eq!(actions(&world), expected);
    println!("{processes} processes, {count} owners: {tries} writes to create them");

    let deletes: Vec<Vec<CfnRequest>> = creates
        .iter()
        .map(|requests| {
            let delete = |one: &CfnRequest| one.delete_by_invented_id(&world.replies);
            requests.iter().rev().map(delete).collect()
        })
        .collect();
    let tries = send_all(&world, &deletes);
    assert_eq!(world.glue.statements(), theirs);
    println!("{processes} processes, {count} owners: {tries} writes to delete them");
}

#[test]
fn two_processes_with_twenty_owners_each_lose_nothing() {
    crowd(2, 20);
}

#[test]
fn three_processes_with_twenty_owners_each_lose_nothing() {
    crowd(3, 20);
}

#[test]
fn four_processes_with_as_many_owners_as_fit_lose_nothing() {
    crowd(4, 17);
}
