//! Statements of others stay as they are, and ours go, whatever was done and however it ends.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, stack_id};
use zeroetl_tests::blackbox::glue::{Fault, Operation};
use zeroetl_tests::blackbox::samples::{
    POLICY, foreign_policy, foreign_policy_of_one, policy, statement, statement_with_sid, tables_in,
};

fn tables(world: &World) -> Vec<String> {
    tables_in(&world.glue.statements())
}

fn set(world: &World, text: &str) {
    world.glue.policy(|policy| policy.set(Some(text)));
}

/// All of a document but its statements that name a table, which are ours.
fn theirs(document: &Value) -> Value {
    let mut rest = document.clone();
    let list = match rest["Statement"].take() {
        Value::Array(list) => list,
        one => vec![one],
    };
    let named = tables_in(&list);
    rest["Statement"] = list
        .into_iter()
        .zip(named)
        .filter(|(_, table)| table == "-")
        .map(|(one, _)| one)
        .collect();
    rest
}

#[test]
fn foreign_statements_keep_their_value() {
    for foreign in [foreign_policy(), foreign_policy_of_one()] {
        let world = World::start();
        set(&world, &foreign);
        let before = theirs(&world.glue.document().expect("a policy"));
        let unchanged = |step: &str| {
            let now = theirs(&world.glue.document().expect("a policy"));
            // As text, so that the order of keys and the spelling of numbers count.
            assert_eq!(now.to_string(), before.to_string(), "{step}");
        };
        let create = world.create(POLICY, policy(&[statement("Orders"), statement("Users")]));
        let made = world.send(&create).success();
        unchanged("create");
        let changed = policy(&[statement("Items")]);
        let update = create.update(&world.replies, &made.physical_id, changed);
        world.send(&update).success();
        unchanged("update");
        assert_eq!(
            tables(&world).iter().filter(|table| *table != "-").count(),
            1
        );
        world
            .send(&update.delete(&world.replies, &made.physical_id))
            .success();
        unchanged("delete");
        assert!(tables(&world).iter().all(|table| table == "-"));
    }
}

#[test]
fn numbers_of_our_own_stay_as_they_were_written() {
    let world = World::start();
    let number = "123456789012345678901234567890";
    let mut own = statement("Orders");
    own["Condition"] = json!({ "NumericLessThan": { "aws:MultiFactorAuthAge": 0 } });
    let text = policy(&[own])["PolicyDocument"].to_string().replace(
        "\"aws:MultiFactorAuthAge\":0",
        &format!("\"aws:MultiFactorAuthAge\":{number}"),
    );
    let create = world.create(POLICY, json!({ "PolicyDocument": text }));
    world.send(&create).success();
    let live = world
        .glue
        .policy(|policy| policy.live().map(|live| live.text.clone()));
    assert!(
        live.as_ref().is_some_and(|text| text.contains(number)),
        "{live:?}"
    );
    // And an equal document is still equal.
    let again = world.send(&create.renewed(&world.replies));
    again.success();
    assert!(again.operations().iter().all(|one| !one.is_write()));
}

#[test]
fn numbers_that_no_float_holds_stay_as_they_are() {
    let world = World::start();
    let number = "123456789012345678901234567890";
    let text = foreign_policy().replace("3600.0", number);
    set(&world, &text);
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    world.send(&create).success();
    let live = world
        .glue
        .policy(|policy| policy.live().map(|live| live.text.clone()));
    assert!(live.is_some_and(|text| text.contains(number)));
}

#[test]
fn delete_with_an_invented_id_removes_exactly_its_own_statements() {
    let world = World::start();
    set(&world, &foreign_policy());
    let before = world.glue.document();
    let stays = world.create(POLICY, policy(&[statement("Stays")]));
    let kept = world.send(&stays).success();
    let goes = world.create(POLICY, policy(&[statement("Goes")]));
    world.send(&goes).success();
    world
        .send(&goes.delete_by_invented_id(&world.replies))
        .success();
    assert_eq!(
        tables(&world).iter().filter(|table| *table != "-").count(),
        1
    );
    assert!(tables(&world).contains(&"Stays".to_owned()));
    world
        .send(&stays.delete(&world.replies, &kept.physical_id))
        .success();
    assert_eq!(
        world.glue.document().map(|d| d.to_string()),
        before.map(|d| d.to_string())
    );
}

#[test]
fn delete_removes_own_statements_even_when_somebody_edited_them() {
    let world = World::start();
    set(&world, &foreign_policy());
    let create = world.create(POLICY, policy(&[statement("Orders"), statement("Users")]));
    let made = world.send(&create).success();
    let mut edited = world.glue.document().expect("a policy");
    let count = edited["Statement"].as_array().map_or(0, Vec::len);
    edited["Statement"][count - 1]["Action"] = json!("glue:Get*");
    edited["Statement"][count - 2]["Condition"] = json!({});
    set(&world, &edited.to_string());
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(world.glue.statements().len(), count - 2);
}

#[test]
fn delete_with_properties_that_cannot_be_used_removes_its_own_statements() {
    let world = World::start();
    set(&world, &foreign_policy());
    let count = world.glue.statements().len();
    for properties in [
        json!({}),
        json!({ "PolicyDocument": "{" }),
        json!({ "Old": { "Schema": 1 } }),
    ] {
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        let made = world.send(&create).success();
        assert_eq!(world.glue.statements().len(), count + 1);
        let mut delete = create.delete(&world.replies, &made.physical_id);
        delete.properties = properties;
        world.send(&delete).success();
        assert_eq!(world.glue.statements().len(), count);
    }
}

#[test]
fn two_stacks_with_the_same_statements_own_one_copy_each() {
    let world = World::start();
    let document = policy(&[statement_with_sid("Same", "Orders"), statement("Users")]);
    let first = world.create(POLICY, document.clone());
    let second = world.create(POLICY, document);
    let one = world.send(&first).success();
    let two = world.send(&second).success();
    assert_eq!(world.glue.statements().len(), 4);
    world
        .send(&first.delete(&world.replies, &one.physical_id))
        .success();
    assert_eq!(world.glue.statements().len(), 2);
    world
        .send(&second.delete(&world.replies, &two.physical_id))
        .success();
    assert_eq!(world.glue.document(), None);
}

#[test]
fn two_resources_of_one_stack_do_not_collide() {
    let world = World::start();
    let stack = stack_id("shared");
    // Names that a careless join of stack and resource would mix up.
    let names = ["A", "AB", "B", "S", "N0", "AS", "a"];
    let requests: Vec<CfnRequest> = names
        .iter()
        .map(|name| {
            let document = policy(&[statement(name)]);
            CfnRequest::create_in(&world.replies, &stack, name, POLICY, document)
        })
        .collect();
    let ids: Vec<String> = requests
        .iter()
        .map(|request| world.send(request).success().physical_id)
        .collect();
    let mut left: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for (request, id) in requests.iter().zip(&ids) {
        let mut live = tables(&world);
        live.sort();
        let mut expected = left.clone();
        expected.sort();
        assert_eq!(live, expected);
        world.send(&request.delete(&world.replies, id)).success();
        left.remove(0);
    }
    assert_eq!(world.glue.document(), None);
}

#[test]
fn a_refused_create_removes_nothing_when_its_delete_follows() {
    let world = World::start();
    set(&world, &foreign_policy());
    let before = world.glue.document();
    let mut properties = policy(&[statement("Orders")]);
    properties["Mode"] = json!("Exclusive");
    let create = world.create(POLICY, properties);
    let outcome = world.send(&create);
    let reply = outcome.failed();
    assert_eq!(outcome.writes(), 0);
    let delete = world.send(&create.delete(&world.replies, &reply.physical_id));
    delete.success();
    assert_eq!(delete.writes(), 0);
    assert_eq!(world.glue.document(), before);
}

#[test]
fn a_failed_create_can_be_deleted_by_the_id_it_answered() {
    let world = World::start();
    set(&world, &foreign_policy());
    let before = world.glue.document();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let create = create.within(std::time::Duration::from_secs(5));
    world
        .glue
        .always(Operation::PutPolicy, Fault::internal_after_effect());
    let reply = world.send(&create).reply();
    world.glue.heal();
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    assert_eq!(world.glue.document(), before);
}

#[test]
fn update_removes_statements_that_the_template_dropped_or_renamed() {
    let world = World::start();
    let first = policy(&[
        statement_with_sid("A", "Orders"),
        statement_with_sid("B", "Users"),
    ]);
    let create = world.create(POLICY, first);
    let made = world.send(&create).success();
    let renamed = policy(&[statement_with_sid("C", "Orders")]);
    let update = create.update(&world.replies, &made.physical_id, renamed);
    assert_eq!(world.send(&update).success().physical_id, made.physical_id);
    assert_eq!(tables(&world), ["Orders"]);
    let statements = world.glue.statements();
    assert!(
        statements[0]["Sid"]
            .as_str()
            .is_some_and(|sid| sid.ends_with('C'))
    );
}

#[test]
fn update_makes_a_policy_that_vanished() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&create).success();
    world.glue.policy(|policy| policy.set(None));
    let changed = policy(&[statement("Orders"), statement("Users")]);
    world
        .send(&create.update(&world.replies, &made.physical_id, changed))
        .success();
    assert_eq!(tables(&world), ["Orders", "Users"]);
}

#[test]
fn without_a_delete_the_statements_stay() {
    // `DeletionPolicy: Retain` is the absence of a Delete; a later owner must not take them away.
    let world = World::start();
    world
        .send(&world.create(POLICY, policy(&[statement("Retained")])))
        .success();
    let other = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&other).success();
    world
        .send(&other.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(tables(&world), ["Retained"]);
}

#[test]
fn both_statements_of_zero_etl_can_be_owned_by_one_resource() {
    let world = World::start();
    let mut create_inbound = statement("Orders");
    create_inbound["Action"] = json!("glue:CreateInboundIntegration");
    create_inbound["Principal"] = json!({ "AWS": "arn:aws:iam::444455556666:root" });
    let create = world.create(POLICY, policy(&[statement("Orders"), create_inbound]));
    let made = world.send(&create).success();
    let actions: Vec<Value> = world
        .glue
        .statements()
        .iter_mut()
        .map(|one| one["Action"].take())
        .collect();
    let expected = [
        "glue:AuthorizeInboundIntegration",
        "glue:CreateInboundIntegration",
    ];
    assert_eq!(actions, expected);
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    assert_eq!(world.glue.document(), None);
}

#[test]
fn the_share_statement_of_lake_formation_survives() {
    let world = World::start();
    set(&world, &foreign_policy());
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&create).success();
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    let shares = |one: &Value| one["Principal"]["Service"] == "ram.amazonaws.com";
    assert!(world.glue.statements().iter().any(shares));
}
