//! The state table of `Custom::GlueResourcePolicy`, row by row, with the calls that each row makes.

use serde_json::json;
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, Reply};
use zeroetl_tests::blackbox::glue::Operation::{self, DeletePolicy, GetPolicy, PutPolicy};
use zeroetl_tests::blackbox::glue::{Absent, Fault};
use zeroetl_tests::blackbox::samples::{
    POLICY, catalog, database, foreign_policy, policy, statement, statement_with_sid, tables_in,
};

const READ: [Operation; 1] = [GetPolicy];
const READ_PUT: [Operation; 2] = [GetPolicy, PutPolicy];
const READ_DELETE: [Operation; 2] = [GetPolicy, DeletePolicy];

fn made(world: &World) -> (CfnRequest, Reply) {
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let reply = world.send(&create).success();
    (create, reply)
}

#[test]
fn create_without_a_policy_is_one_read_and_one_write() {
    let world = World::start();
    for absent in [Absent::Error, Absent::EmptyBody] {
        world.glue.policy(|policy| {
            policy.set(None);
            policy.rules.absent = absent;
        });
        let outcome = world.send(&world.create(POLICY, policy(&[statement("Orders")])));
        outcome.success();
        assert_eq!(outcome.operations(), READ_PUT, "{absent:?}");
        let put = &outcome.calls[1].input;
        assert_eq!(put["PolicyExistsCondition"], "NOT_EXIST");
        assert_eq!(put.get("PolicyHashCondition"), None);
    }
}

#[test]
fn create_beside_others_puts_with_the_hash_that_was_read() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let hash = world
        .glue
        .policy(|policy| policy.live().map(|live| live.hash.clone()));
    let outcome = world.send(&world.create(POLICY, policy(&[statement("Orders")])));
    outcome.success();
    assert_eq!(outcome.operations(), READ_PUT);
    assert_eq!(
        outcome.calls[1].input["PolicyHashCondition"].as_str(),
        hash.as_deref()
    );
}

#[test]
fn a_no_op_is_one_read() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let (create, reply) = made(&world);
    let again = world.send(&create.renewed(&world.replies));
    again.success();
    assert_eq!(again.operations(), READ);
    let same = create.properties.clone();
    let update = world.send(&create.update(&world.replies, &reply.physical_id, same));
    update.success();
    assert_eq!(update.operations(), READ);
}

#[test]
fn an_update_that_changes_nothing_in_glue_writes_nothing() {
    let world = World::start();
    let (create, reply) = made(&world);
    // What a touch property does: the properties change, their meaning does not.
    let mut touched = create.properties.clone();
    touched["EnableHybrid"] = json!("TRUE");
    let update = world.send(&create.update(&world.replies, &reply.physical_id, touched));
    update.success();
    assert_eq!(update.operations(), READ);
}

#[test]
fn another_spelling_of_the_same_is_not_written() {
    let world = World::start();
    let one = json!({
        "Effect": "Allow",
        "Principal": { "AWS": ["444455556666", "arn:aws:iam::555566667777:root"] },
        "Action": ["glue:CreateInboundIntegration"],
        "Resource": [catalog(), database("sales")],
    });
    let create = world.create(POLICY, policy(&[one, statement("Orders")]));
    let reply = world.send(&create).success();
    // As Glue may give it back.
    let mut live = world.glue.document().expect("a policy");
    live["Statement"][0]["Principal"]["AWS"] =
        json!(["555566667777", "arn:aws:iam::444455556666:root"]);
    live["Statement"][0]["Action"] = json!("glue:CreateInboundIntegration");
    live["Statement"][0]["Resource"] = json!([database("sales"), catalog()]);
    live["Statement"][1]["Condition"]["StringEquals"]["aws:SourceArn"] =
        json!([live["Statement"][1]["Condition"]["StringEquals"]["aws:SourceArn"].take()]);
    let statements = live["Statement"].as_array_mut().expect("a list");
    statements.reverse();
    world
        .glue
        .policy(|policy| policy.set(Some(&live.to_string())));
    let same = create.properties.clone();
    let update = world.send(&create.update(&world.replies, &reply.physical_id, same));
    update.success();
    assert_eq!(update.operations(), READ);
}

#[test]
fn the_document_may_be_json_text() {
    let world = World::start();
    let object = policy(&[statement_with_sid("A", "Orders")]);
    let create = world.create(POLICY, object.clone());
    let reply = world.send(&create).success();
    let text = json!({ "PolicyDocument": object["PolicyDocument"].to_string() });
    let update = world.send(&create.update(&world.replies, &reply.physical_id, text));
    update.success();
    assert_eq!(update.operations(), READ);
}

#[test]
fn exclusive_refuses_to_write_while_others_exist() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let mut properties = policy(&[statement("Orders")]);
    properties["Mode"] = json!("Exclusive");
    let outcome = world.send(&world.create(POLICY, properties));
    outcome.failed();
    assert_eq!(outcome.operations(), READ);
}

#[test]
fn exclusive_accepts_what_is_already_as_wanted() {
    let world = World::start();
    let (create, reply) = made(&world);
    let mut live = world.glue.document().expect("a policy");
    let list = live["Statement"].as_array_mut().expect("a list");
    list.push(statement("Foreign"));
    world
        .glue
        .policy(|policy| policy.set(Some(&live.to_string())));
    let mut exclusive = create.properties.clone();
    exclusive["Mode"] = json!("Exclusive");
    let update = world.send(&create.update(&world.replies, &reply.physical_id, exclusive));
    update.success();
    assert_eq!(update.writes(), 0);
}

#[test]
fn exclusive_writes_where_nobody_else_is() {
    let world = World::start();
    let mut properties = policy(&[statement("Orders")]);
    properties["Mode"] = json!("Exclusive");
    let create = world.create(POLICY, properties.clone());
    let reply = world.send(&create).success();
    properties["PolicyDocument"]["Statement"][0] = statement("Users");
    world
        .send(&create.update(&world.replies, &reply.physical_id, properties))
        .success();
    assert_eq!(tables_in(&world.glue.statements()), ["Users"]);
}

#[test]
fn delete_of_the_last_statement_deletes_the_policy_with_its_hash() {
    let world = World::start();
    let (create, reply) = made(&world);
    let hash = world
        .glue
        .policy(|policy| policy.live().map(|live| live.hash.clone()));
    let outcome = world.send(&create.delete(&world.replies, &reply.physical_id));
    outcome.success();
    assert_eq!(outcome.operations(), READ_DELETE);
    assert_eq!(
        outcome.calls[1].input["PolicyHashCondition"].as_str(),
        hash.as_deref()
    );
}

#[test]
fn delete_beside_others_puts_the_rest_with_its_hash() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let (create, reply) = made(&world);
    let outcome = world.send(&create.delete(&world.replies, &reply.physical_id));
    outcome.success();
    assert_eq!(outcome.operations(), READ_PUT);
    assert!(outcome.calls[1].input["PolicyHashCondition"].is_string());
}

#[test]
fn delete_succeeds_without_a_write_when_nothing_is_ours() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    for live in [
        None,
        Some(foreign_policy()),
        Some(String::new()),
        Some("not JSON".to_owned()),
    ] {
        world.glue.policy(|policy| policy.set(live.as_deref()));
        let outcome = world.send(&create.delete(&world.replies, "some id"));
        outcome.success();
        assert_eq!(outcome.writes(), 0, "{live:?}");
    }
}

#[test]
fn a_live_policy_that_is_not_json_fails_create_and_update() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    for text in ["not JSON", "[]", "7", "{\"Statement\": 7}"] {
        world.glue.policy(|policy| policy.set(Some(text)));
        let outcome = world.send(&create.renewed(&world.replies));
        outcome.failed();
        assert_eq!(outcome.writes(), 0, "{text}");
        let same = create.properties.clone();
        let outcome = world.send(&create.update(&world.replies, "id", same));
        outcome.failed();
        assert_eq!(outcome.writes(), 0, "{text}");
    }
}

#[test]
fn create_after_delete_works() {
    let world = World::start();
    let (create, reply) = made(&world);
    for _ in 0..3 {
        world
            .send(&create.delete(&world.replies, &reply.physical_id))
            .success();
        assert_eq!(world.glue.document(), None);
        world.send(&create.renewed(&world.replies)).success();
        assert_eq!(tables_in(&world.glue.statements()), ["Orders"]);
    }
}

#[test]
fn a_duplicate_create_succeeds_without_a_second_write() {
    let world = World::start();
    let (create, _) = made(&world);
    let again = world.send(&create);
    again.success();
    assert_eq!(again.writes(), 0);
    assert_eq!(world.glue.statements().len(), 1);
}

#[test]
fn enable_hybrid_is_sent_with_every_put() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.set(Some(&foreign_policy())));
    let (create, reply) = made(&world);
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    for (given, sent) in [
        ("FALSE", "FALSE"),
        ("false", "FALSE"),
        ("true", "TRUE"),
        ("", "TRUE"),
    ] {
        let mut properties = policy(&[statement(&format!("T{given}"))]);
        properties["EnableHybrid"] = json!(given);
        let outcome = world.send(&world.create(POLICY, properties));
        outcome.success();
        assert_eq!(outcome.calls[1].input["EnableHybrid"], sent, "{given}");
    }
    let puts = world
        .glue
        .calls()
        .into_iter()
        .filter(|call| call.operation == PutPolicy);
    for put in puts {
        assert!(put.input["EnableHybrid"].is_string());
    }
}

#[test]
fn a_refused_hybrid_setting_is_named() {
    let world = World::start();
    world
        .glue
        .policy(|policy| policy.rules.hybrid_required = true);
    let mut properties = policy(&[statement("Orders")]);
    properties["EnableHybrid"] = json!("FALSE");
    let create = world.create(POLICY, properties.clone());
    let create = create.within(std::time::Duration::from_secs(6));
    let reason = world.send(&create).reason();
    assert!(
        reason.contains("EnableHybrid") && reason.contains("TRUE"),
        "{reason}"
    );
    properties["EnableHybrid"] = json!("TRUE");
    world.send(&world.create(POLICY, properties)).success();
}

#[test]
fn the_resource_arn_of_the_catalog_is_never_sent() {
    let world = World::start();
    let (create, reply) = made(&world);
    world.glue.script(PutPolicy, [Fault::throttled()]);
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
    for call in world.glue.calls() {
        assert_eq!(call.input.get("ResourceArn"), None, "{}", call.operation);
    }
}

#[test]
fn the_attributes_are_the_live_hash_and_the_owner() {
    let world = World::start();
    let (_, reply) = made(&world);
    let hash = world
        .glue
        .policy(|policy| policy.live().map(|live| live.hash.clone()));
    assert_eq!(Some(reply.attribute("PolicyHash")), hash.as_deref());
    let sid = world.glue.statements()[0]["Sid"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let owner = reply.attribute("Owner");
    assert!(
        !owner.is_empty() && sid.starts_with(owner),
        "`{sid}` does not start with `{owner}`"
    );
}
