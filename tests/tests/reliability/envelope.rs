//! The reply as CloudFormation reads it.

use serde_json::json;
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, stack_id};
use zeroetl_tests::blackbox::samples::{POLICY, TABLE, policy, statement, table};

#[test]
fn every_request_gets_exactly_one_reply() {
    let world = World::start();
    for (kind, good, bad) in [
        (
            POLICY,
            policy(&[statement("Orders")]),
            json!({ "PolicyDocument": 7 }),
        ),
        (
            TABLE,
            table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
            json!({}),
        ),
    ] {
        let create = world.create(kind, good.clone());
        let made = world.send(&create).success();
        world
            .send(&create.update(&world.replies, &made.physical_id, good))
            .success();
        world
            .send(&create.update(&world.replies, &made.physical_id, bad.clone()))
            .failed();
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
        world.send(&world.create(kind, bad)).failed();
    }
}

#[test]
fn identifiers_are_copied_verbatim() {
    let world = World::start();
    for logical_id in [
        "Plain",
        "MitÜmlaut",
        "Quote\"Back\\slash",
        "日本語",
        "tab\tnul\u{1}",
    ] {
        let stack = format!("{}-{logical_id}", stack_id("odd"));
        let properties = policy(&[statement("Orders")]);
        let mut create = CfnRequest::create_in(&world.replies, &stack, "R", POLICY, properties);
        create.logical_id = logical_id.to_owned();
        let made = world.send(&create).success();
        world
            .send(&create.delete(&world.replies, &made.physical_id))
            .success();
    }
}

#[test]
fn the_put_has_no_content_type_and_a_content_length() {
    let world = World::start();
    let outcome = world.send(&world.create(POLICY, policy(&[statement("Orders")])));
    outcome.success();
    let put = &outcome.puts[0];
    assert_eq!(put.header("content-type").unwrap_or_default(), "");
    assert_eq!(
        put.header("content-length"),
        Some(put.body.len().to_string().as_str())
    );
    assert_eq!(put.header("transfer-encoding"), None);
}

#[test]
fn the_url_is_used_byte_for_byte() {
    let world = World::start();
    let mut create = world.create(POLICY, policy(&[statement("Orders")]));
    // Lower-case escapes, escapes of characters that need none, a space as `+`, a bare pipe's
    // escape: any tidying up breaks the signature.
    let (path, query) = create
        .url
        .split_once('?')
        .expect("a signed URL has a query");
    let path = path.replacen("arn%3A", "%61rn%3a%2e%2E%2fx+y%20z~!$'()*,;@", 1);
    create.url = format!("{path}?{query}&empty=&x=%7e+%c3%a9");
    let outcome = world.send(&create);
    outcome.success();
    let target = &create.url[create.url[7..].find('/').expect("a path") + 7..];
    assert_eq!(outcome.puts[0].target, target);
}

#[test]
fn data_is_flat_and_never_carries_the_policy() {
    let world = World::start();
    let outcome = world.send(&world.create(POLICY, policy(&[statement("Orders")])));
    let reply = outcome.success();
    assert!(!reply.data.is_empty());
    for (key, value) in &reply.data {
        assert!(value.is_string(), "`{key}` is {value}");
        assert!(
            !value.to_string().contains("Effect"),
            "`{key}` carries the policy"
        );
    }
}

#[test]
fn an_event_that_fits_no_struct_is_answered() {
    let world = World::start();
    let good = world.create(POLICY, policy(&[statement("Orders")]));
    let old_update = "an Update without old properties and id";
    for (name, key, value) in [
        ("no properties", "ResourceProperties", None),
        (
            "properties are text",
            "ResourceProperties",
            Some(json!("text")),
        ),
        (
            "properties are null",
            "ResourceProperties",
            Some(json!(null)),
        ),
        ("unknown request type", "RequestType", Some(json!("Import"))),
        (old_update, "RequestType", Some(json!("Update"))),
    ] {
        let request = good.renewed(&world.replies);
        let mut event = request.event();
        let members = event.as_object_mut().expect("an event is an object");
        match value {
            Some(value) => members.insert(key.to_owned(), value),
            None => members.remove(key),
        };
        let outcome = world.send_text(&request, event.to_string());
        assert_eq!(outcome.puts.len(), 1, "{name}: {:?}", outcome.lambda);
        let reply = outcome.reply();
        if name != old_update {
            assert!(!reply.success, "{name}");
        }
    }
}

#[test]
fn create_gets_an_id_that_the_same_resource_gets_again() {
    let world = World::start();
    for (kind, properties) in [
        (POLICY, policy(&[statement("Orders")])),
        (
            TABLE,
            table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
        ),
    ] {
        let create = world.create(kind, properties);
        let first = world.send(&create).success();
        let again = world.send(&create.renewed(&world.replies)).success();
        assert_eq!(first.physical_id, again.physical_id);
    }
}

#[test]
fn delete_answers_with_the_requests_id() {
    let world = World::start();
    for kind in [POLICY, TABLE, "Custom::Other"] {
        let create = world.create(kind, json!({}));
        for id in ["x", "an id with spaces", "\"\\\u{85}ü", &"z".repeat(1024)] {
            let reply = world.send(&create.delete(&world.replies, id)).success();
            assert_eq!(reply.physical_id, id);
        }
    }
}

#[test]
fn scalars_may_be_text_or_not() {
    let world = World::start();
    let as_text = table("sales", "Orders", json!({ "UnnestSpec": "FULL" }));
    for (name, value) in [
        ("text", json!("TRUE")),
        ("boolean", json!(true)),
        ("small", json!("true")),
    ] {
        let mut properties = as_text.clone();
        properties["AdoptExisting"] = value.clone();
        let request = world.create(TABLE, properties);
        // The player turns scalars into text; put the value itself back.
        let mut event = request.event();
        event["ResourceProperties"]["AdoptExisting"] = value;
        let outcome = world.send_text(&request, event.to_string());
        let reply = outcome.reply();
        assert!(reply.success, "{name}: {}", reply.reason);
    }
}

#[test]
fn the_service_token_and_the_timeout_may_stand_among_the_properties() {
    let world = World::start();
    for (kind, mut properties) in [
        (POLICY, policy(&[statement("Orders")])),
        (
            TABLE,
            table("sales", "Orders", json!({ "UnnestSpec": "FULL" })),
        ),
    ] {
        properties["ServiceTimeout"] = json!(60);
        world.send(&world.create(kind, properties)).success();
    }
}
