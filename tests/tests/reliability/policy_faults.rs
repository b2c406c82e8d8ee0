//! Races on the one policy, and calls that fail or lie.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, stack_id};
use zeroetl_tests::blackbox::glue::Operation::{DeletePolicy, GetPolicy, PutPolicy};
use zeroetl_tests::blackbox::glue::{Fault, GlueError, PolicyStore};
use zeroetl_tests::blackbox::samples::{
    POLICY, catalog, document, foreign_policy, policy, statement, statement_with_sid, tables_in,
};
use zeroetl_tests::blackbox::{World, WorldOptions, at_once};

const LONG: Duration = Duration::from_mins(1);

fn tables(world: &World) -> Vec<String> {
    let mut all = tables_in(&world.glue.statements());
    all.sort();
    all
}

/// Somebody else adds a statement.
fn add(policy: &mut PolicyStore, table: &str) {
    let live = policy
        .live()
        .and_then(|live| serde_json::from_str::<Value>(&live.text).ok());
    let mut all = live.unwrap_or_else(|| document(&[]));
    if let Value::Array(list) = &mut all["Statement"] {
        list.push(statement(table));
    }
    policy.set(Some(&all.to_string()));
}

#[test]
fn an_edit_between_read_and_write_is_merged_not_lost() {
    let world = World::start();
    world.glue.interlude(PutPolicy, 4, {
        let mut count = 0;
        move |policy, _| {
            count += 1;
            add(policy, &format!("Foreign{count}"));
        }
    });
    let outcome = world.send(
        &world
            .create(POLICY, policy(&[statement("Orders")]))
            .within(LONG),
    );
    outcome.success();
    let expected = ["Foreign1", "Foreign2", "Foreign3", "Foreign4", "Orders"];
    assert_eq!(tables(&world), expected);
}

#[test]
fn a_policy_that_appears_between_read_and_write_is_not_overwritten() {
    let world = World::start();
    world.glue.interlude(PutPolicy, 1, |policy, _| {
        policy.set(Some(&foreign_policy()));
    });
    world
        .send(
            &world
                .create(POLICY, policy(&[statement("Orders")]))
                .within(LONG),
        )
        .success();
    assert_eq!(world.glue.statements().len(), 6);
}

#[test]
fn a_policy_that_vanishes_between_read_and_write_is_made_again() {
    for not_found in [false, true] {
        let world = World::start();
        world.glue.policy(|policy| {
            policy.set(Some(&foreign_policy()));
            policy.rules.vanished_is_not_found = not_found;
        });
        world
            .glue
            .interlude(PutPolicy, 1, |policy, _| policy.set(None));
        world
            .send(
                &world
                    .create(POLICY, policy(&[statement("Orders")]))
                    .within(LONG),
            )
            .success();
        assert_eq!(tables(&world), ["Orders"], "not found: {not_found}");
    }
}

#[test]
fn a_policy_that_vanishes_before_its_delete_is_success() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(LONG);
    let made = world.send(&create).success();
    world
        .glue
        .interlude(DeletePolicy, 1, |policy, _| policy.set(None));
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
}

#[test]
fn a_statement_that_appears_before_the_delete_is_kept() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(LONG);
    let made = world.send(&create).success();
    world
        .glue
        .interlude(DeletePolicy, 1, |policy, _| add(policy, "Foreign"));
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(tables(&world), ["Foreign"]);
}

#[test]
fn conflicts_without_end_are_given_up_within_bounds() {
    let world = World::start();
    world.glue.interlude(PutPolicy, usize::MAX, {
        let mut count = 0;
        move |policy, _| {
            count += 1;
            add(policy, &format!("F{}", count % 7));
            policy.set(Some(
                &document(&[statement(&format!("F{}", count % 7))]).to_string(),
            ));
        }
    });
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(Duration::from_secs(15));
    let outcome = world.send(&create);
    outcome.failed();
    assert!(
        outcome.writes() > 2 && outcome.writes() < 200,
        "{} writes",
        outcome.writes()
    );
}

#[test]
fn a_lost_reply_to_a_put_is_recognised_as_success() {
    let faults = [
        Fault::EffectThenClose,
        Fault::internal_after_effect(),
        Fault::EffectThenHang,
    ];
    let cases = faults
        .into_iter()
        .flat_map(|fault| [(fault.clone(), None), (fault, Some(foreign_policy()))]);
    at_once(cases, |(fault, foreign)| {
        let world = World::start();
        world.glue.policy(|policy| policy.set(foreign.as_deref()));
        world.glue.script(PutPolicy, [fault.clone()]);
        let create = world
            .create(POLICY, policy(&[statement("Orders")]))
            .within(LONG);
        let reply = world.send(&create).success();
        let hash = world
            .glue
            .policy(|policy| policy.live().map(|live| live.hash.clone()));
        assert_eq!(
            Some(reply.attribute("PolicyHash")),
            hash.as_deref(),
            "{fault:?}"
        );
        let ours = tables(&world)
            .iter()
            .filter(|table| *table == "Orders")
            .count();
        assert_eq!(ours, 1, "{fault:?}");
    });
}

#[test]
fn a_lost_reply_to_a_delete_is_recognised_as_success() {
    for fault in [Fault::EffectThenClose, Fault::internal_after_effect()] {
        let world = World::start();
        let create = world
            .create(POLICY, policy(&[statement("Orders")]))
            .within(LONG);
        let made = world.send(&create).success();
        world.glue.script(DeletePolicy, [fault]);
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
        assert_eq!(world.glue.document(), None);
    }
}

#[test]
fn a_stale_read_does_no_harm() {
    let world = World::start();
    add_foreign_then_ours(&world);
    let create = world
        .create(POLICY, policy(&[statement("Users")]))
        .within(LONG);
    world.glue.script(GetPolicy, [Fault::Stale, Fault::Stale]);
    world.send(&create).success();
    assert_eq!(tables(&world), ["Foreign", "Orders", "Users"]);
}

fn add_foreign_then_ours(world: &World) {
    world.glue.policy(|policy| add(policy, "Foreign"));
    world
        .send(&world.create(POLICY, policy(&[statement("Orders")])))
        .success();
}

#[test]
fn a_policy_that_a_read_does_not_show_is_never_overwritten() {
    // With metadata encryption Glue may hide the policy from who lacks the key.
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let hidden = GlueError::new("EntityNotFoundException", "Policy not found");
    world.glue.always(GetPolicy, Fault::Refuse(hidden));
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(Duration::from_secs(8));
    world.send(&create).failed();
    assert_eq!(world.glue.statements().len(), 5);
}

#[test]
fn throttling_and_server_errors_are_tried_more_than_three_times() {
    let cases = [
        Fault::throttled(),
        Fault::internal(),
        Fault::Close,
        Fault::Refuse(GlueError::server(503, "ServiceUnavailable")),
        Fault::Refuse(GlueError::new("OperationTimeoutException", "timed out")),
    ];
    at_once(cases, |fault| {
        let world = World::start();
        world.glue.script(GetPolicy, vec![fault.clone(); 5]);
        world.glue.script(PutPolicy, vec![fault.clone(); 5]);
        let create = world
            .create(POLICY, policy(&[statement("Orders")]))
            .within(LONG);
        let made = world.send(&create).success();
        world.glue.script(DeletePolicy, vec![fault.clone(); 5]);
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
        assert_eq!(world.glue.document(), None, "{fault:?}");
    });
}

#[test]
fn an_answer_that_is_not_json_is_no_crash() {
    let world = World::start();
    world.glue.always(GetPolicy, Fault::Garbage);
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(Duration::from_secs(6));
    let outcome = world.send(&create);
    outcome.failed();
    assert_eq!(outcome.writes(), 0);
}

#[test]
fn a_permission_that_has_not_arrived_yet_is_waited_for() {
    let world = World::start();
    world.glue.script(
        GetPolicy,
        vec![Fault::access_denied("GetResourcePolicy"); 2],
    );
    world.glue.script(
        PutPolicy,
        vec![Fault::access_denied("PutResourcePolicy"); 2],
    );
    world
        .send(
            &world
                .create(POLICY, policy(&[statement("Orders")]))
                .within(LONG),
        )
        .success();
}

#[test]
fn a_permission_that_never_arrives_is_named() {
    let world = World::start();
    world
        .glue
        .always(PutPolicy, Fault::access_denied("PutResourcePolicy"));
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(Duration::from_secs(6));
    let reason = world.send(&create).reason();
    assert!(reason.contains("glue:PutResourcePolicy"), "{reason}");
}

#[test]
fn a_principal_that_is_not_known_yet_is_waited_for() {
    let world = World::start();
    let role = "arn:aws:iam::444455556666:role/new";
    world
        .glue
        .script(PutPolicy, vec![Fault::unknown_principal(role); 3]);
    let mut one = statement("Orders");
    one["Principal"] = json!({ "AWS": role });
    world
        .send(&world.create(POLICY, policy(&[one])).within(LONG))
        .success();
}

#[test]
fn a_principal_that_never_appears_is_named() {
    let world = World::start();
    let role = "arn:aws:iam::444455556666:role/never";
    world
        .glue
        .policy(|policy| policy.rules.unknown_principals.insert(role.to_owned()));
    let mut one = statement_with_sid("Mine", "Orders");
    one["Principal"] = json!({ "AWS": role });
    let create = world
        .create(POLICY, policy(&[one]))
        .within(Duration::from_secs(6));
    let reason = world.send(&create).reason();
    assert!(reason.contains(role), "{reason}");
}

#[test]
fn a_dead_principal_of_others_is_named() {
    for not_named in [false, true] {
        let world = World::start();
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        let create = create.within(Duration::from_secs(6));
        let made = world.send(&create).success();
        let dead = json!({
            "Sid": "TheirDeadRole", "Effect": "Allow", "Action": "glue:GetTable",
            "Principal": { "AWS": "AROAEXAMPLEEXAMPLE123" }, "Resource": catalog(),
        });
        world.glue.policy(|policy| {
            policy.rules.principal_not_named = not_named;
            let mut all: Value = policy
                .live()
                .and_then(|live| serde_json::from_str(&live.text).ok())
                .expect("a policy");
            all["Statement"]
                .as_array_mut()
                .expect("a list")
                .insert(0, dead);
            policy.set(Some(&all.to_string()));
        });
        let before = world.glue.document();
        let other = policy(&[statement("Users")]);
        let update = create.update(&world.replies, &made.physical_id, other);
        let reason = world.send(&update).reason();
        assert!(reason.contains("TheirDeadRole"), "{reason}");
        let reason = world
            .send(&create.delete(&world.replies, &made.physical_id))
            .reason();
        assert!(reason.contains("TheirDeadRole"), "{reason}");
        assert_eq!(world.glue.document(), before);
    }
}

#[test]
fn a_half_done_update_is_rolled_back() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Old")]))
        .within(Duration::from_secs(5));
    let made = world.send(&create).success();
    world.glue.always(PutPolicy, Fault::EffectThenHang);
    let update = create.update(
        &world.replies,
        &made.physical_id,
        policy(&[statement("New")]),
    );
    let reply = world.send(&update).reply();
    assert_eq!(
        tables(&world),
        ["New"],
        "half done: written, and not known to be"
    );
    world.glue.heal();
    if !reply.success {
        let back = world.send(&update.rollback(&world.replies)).success();
        assert_eq!(back.physical_id, made.physical_id);
        assert_eq!(tables(&world), ["Old"]);
    }
}

#[test]
fn two_resources_of_one_stack_at_once_keep_both_statements() {
    let world = World::start_with(&WorldOptions::default().processes(2));
    let stack = stack_id("parallel");
    for round in 0..5 {
        let requests: Vec<CfnRequest> = (0..2)
            .map(|index| {
                let name = format!("R{index}");
                let properties = policy(&[statement(&name)]);
                CfnRequest::create_in(&world.replies, &stack, &name, POLICY, properties)
                    .within(LONG)
            })
            .collect();
        let both = |requests: &[CfnRequest]| {
            thread::scope(|scope| {
                for (index, request) in requests.iter().enumerate() {
                    let world = &world;
                    scope.spawn(move || world.send_to(index, request).success());
                }
            });
        };
        both(&requests);
        assert_eq!(tables(&world), ["R0", "R1"], "round {round}");
        let deletes: Vec<CfnRequest> = requests
            .iter()
            .map(|request| request.delete_by_invented_id(&world.replies))
            .collect();
        both(&deletes);
        assert_eq!(world.glue.document(), None, "round {round}");
    }
}
