//! Events that nobody should send, and that come anyway.

use std::time::Duration;

use serde_json::json;
use zeroetl_tests::blackbox::glue::{Fault, Operation};
use zeroetl_tests::blackbox::samples::{POLICY, TABLE, policy, statement, table};
use zeroetl_tests::blackbox::{LambdaResult, World};

const LIMIT: Duration = Duration::from_secs(10);

fn lives_on(world: &World) {
    world
        .send(&world.create(POLICY, policy(&[statement("Orders")])))
        .success();
}

#[test]
fn a_body_that_is_no_event_is_an_error_towards_lambda() {
    let world = World::start();
    let bodies: [&[u8]; 9] = [
        b"{}",
        b"null",
        b"[]",
        b"\"text\"",
        b"42",
        b"{\"RequestType\":\"Create\"}",
        b"{\"ResponseURL\":\"not a url\",\"RequestType\":\"Create\"}",
        b"{\"detail-type\":\"Scheduled Event\",\"source\":\"aws.events\"}",
        b"{\"a\":\"\xff\xfe\"}",
    ];
    for body in bodies {
        let result = world.invoke(0, body.to_vec(), LIMIT);
        let text = String::from_utf8_lossy(body);
        assert!(
            matches!(result, LambdaResult::Error(_)),
            "{text}: {result:?}"
        );
        lives_on(&world);
    }
}

#[test]
fn a_body_that_is_not_json_is_an_error_towards_lambda() {
    let world = World::start();
    let request = world.create(POLICY, policy(&[statement("Orders")]));
    let whole = request.event().to_string();
    for text in [
        whole[..whole.len() - 2].to_owned(),
        format!("{whole}x"),
        String::new(),
    ] {
        let outcome = world.send_text(&request, text);
        // Either it was answered, or Lambda knows.
        if outcome.puts.is_empty() {
            assert!(
                matches!(outcome.lambda, LambdaResult::Error(_)),
                "{:?}",
                outcome.lambda
            );
        }
        lives_on(&world);
    }
}

#[test]
fn an_sns_envelope_is_an_error_towards_lambda() {
    let world = World::start();
    let request = world.create(POLICY, policy(&[statement("Orders")]));
    let envelope = json!({ "Records": [{
        "EventSource": "aws:sns", "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:us-east-1:111122223333:topic:1",
        "Sns": {
            "Type": "Notification", "MessageId": "1", "Subject": "AWS CloudFormation custom resource",
            "TopicArn": "arn:aws:sns:us-east-1:111122223333:topic",
            "Message": request.event().to_string(),
        },
    }] });
    let outcome = world.send_text(&request, envelope.to_string());
    assert!(
        matches!(outcome.lambda, LambdaResult::Error(_)),
        "{:?}",
        outcome.lambda
    );
    assert!(outcome.puts.is_empty());
    lives_on(&world);
}

#[test]
fn unknown_types_fail_on_create_and_update_and_succeed_on_delete() {
    let world = World::start();
    for kind in [
        "AWS::CloudFormation::CustomResource",
        "Custom::GlueResourcePolicy2",
        "Custom::X",
        "",
    ] {
        let create = world.create(kind, json!({ "PolicyDocument": "x" }));
        let outcome = world.send(&create);
        let reply = outcome.failed();
        for name in [POLICY, TABLE] {
            assert!(reply.reason.contains(name), "{kind}: {}", reply.reason);
        }
        world
            .send(&create.update(&world.replies, &reply.physical_id, json!({})))
            .failed();
        let delete = world.send(&create.delete(&world.replies, &reply.physical_id));
        delete.success();
        assert!(delete.calls.is_empty() && outcome.calls.is_empty());
    }
}

/// Lists in lists, `depth` of them.
fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn json_nested_ten_thousand_deep_is_answered() {
    let world = World::start();
    for kind in [POLICY, TABLE] {
        for place in ["\"PolicyDocument\"", "\"Unknown\"", "\"TargetTableConfig\""] {
            let mut create = world.create(kind, json!({ "Marker": "here" }));
            create.timeout = LIMIT;
            let deep = |text: String| {
                text.replace(
                    "\"Marker\":\"here\"",
                    &format!("{place}:{}", nested(10_000)),
                )
            };
            let outcome = world.send_text(&create, deep(create.event().to_string()));
            let reply = outcome.failed();
            let delete = create.delete(&world.replies, &reply.physical_id);
            world
                .send_text(&delete, deep(delete.event().to_string()))
                .success();
        }
    }
    lives_on(&world);
}

#[test]
fn a_document_of_deep_json_text_is_answered() {
    let world = World::start();
    let create = world.create(POLICY, json!({ "PolicyDocument": nested(10_000) }));
    let reply = world.send(&create).failed();
    world
        .send(&create.delete(&world.replies, &reply.physical_id))
        .success();
}

#[test]
fn a_delete_with_deep_properties_still_removes_its_statements() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&create).success();
    let mut delete = create.delete(&world.replies, &made.physical_id);
    delete.properties = json!({ "Marker": "here" });
    let text = delete.event().to_string();
    let deep = text.replace("\"here\"", &nested(10_000));
    world.send_text(&delete, deep).success();
    assert_eq!(world.glue.document(), None);
}

#[test]
fn a_request_whose_url_has_expired_is_not_worked_on() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let late = create
        .event()
        .to_string()
        .replace("X-Amz-Date=2099", "X-Amz-Date=2019");
    let outcome = world.send_text(&create, late);
    let LambdaResult::Error(error) = &outcome.lambda else {
        panic!("{:?}", outcome.lambda);
    };
    assert!(format!("{error:?}").contains("expired"), "{error:?}");
    assert!(outcome.calls.is_empty() && outcome.puts.is_empty());
    lives_on(&world);
}

#[test]
fn a_stack_of_another_account_or_region_is_refused() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let elsewhere = |account: &str, region: &str| {
        let parts: Vec<&str> = create.stack_id.split(':').collect();
        let rest = parts[5..].join(":");
        format!("arn:aws:cloudformation:{region}:{account}:{rest}")
    };
    for stack in [
        elsewhere("999999999999", "us-east-1"),
        elsewhere("111122223333", "eu-west-1"),
    ] {
        let mut forged = create.renewed(&world.replies);
        forged.stack_id = stack;
        let outcome = world.send(&forged);
        let reply = outcome.failed();
        let reason = outcome.reason();
        assert!(
            reason.contains("the stack is of another account or Region"),
            "{reason}"
        );
        assert!(outcome.calls.is_empty());
        // The Delete that follows must not hold the stack.
        let outcome = world.send(&forged.delete(&world.replies, &reply.physical_id));
        outcome.success();
        assert!(outcome.calls.is_empty());
    }
}

#[test]
fn a_call_that_hangs_is_named_with_its_object_and_its_time() {
    let world = World::start();
    world.glue.always(Operation::GetTable, Fault::Hang);
    let create = world
        .create(TABLE, table("lake", "Orders", json!({})))
        .within(Duration::from_secs(3));
    let outcome = world.send(&create);
    outcome.failed();
    let reason = outcome.reason();
    for part in [
        "glue:GetIntegrationTableProperties",
        "`Orders`",
        "database/lake",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
    assert!(reason.contains(" ms") || reason.contains(" s;"), "{reason}");
}
