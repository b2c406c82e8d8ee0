//! What a Reason says, beside the problem itself.

use std::time::Duration;

use serde_json::json;
use zeroetl_tests::blackbox::glue::{Fault, Operation};
use zeroetl_tests::blackbox::samples::{POLICY, TABLE, policy, statement, table};
use zeroetl_tests::blackbox::{LOG_STREAM, LambdaResult, Outcome, World, WorldOptions};

fn points_to_the_log(outcome: &Outcome) {
    let reason = outcome.reason();
    // The CDK CLI looks for these words and takes what follows up to the next space.
    let stream = format!("CloudWatch Log Stream: {LOG_STREAM} ");
    assert!(reason.contains(&stream), "{reason}");
    assert!(reason.ends_with(&outcome.lambda_request_id), "{reason}");
}

#[test]
fn a_reason_ends_with_the_log_stream_and_the_lambda_request_id() {
    let world = World::start();
    points_to_the_log(&world.send(&world.create("Custom::Other", json!({}))));
    points_to_the_log(&world.send(&world.create(POLICY, json!({}))));
    points_to_the_log(&world.send(&world.create(TABLE, json!({}))));
    world.glue.always(Operation::GetPolicy, Fault::Hang);
    let hung = world.create(POLICY, policy(&[statement("Orders")]));
    points_to_the_log(&world.send(&hung.within(Duration::from_secs(4))));
    let late = world.create(POLICY, policy(&[statement("Orders")]));
    points_to_the_log(&world.send(&late.within(Duration::from_millis(900))));
}

#[test]
fn a_reason_that_was_cut_still_ends_so() {
    let world = World::start();
    let mut properties = table("sales", "Orders", json!({}));
    for index in 0..300 {
        properties[format!("Unknown{index}ü")] = json!("x");
    }
    let outcome = world.send(&world.create(TABLE, properties));
    points_to_the_log(&outcome);
    assert!(
        outcome.reply().size > 3_900,
        "{} bytes",
        outcome.reply().size
    );
    assert!(
        outcome.reason().contains("Unknown0ü"),
        "the beginning is kept"
    );
}

#[test]
fn a_hung_call_is_named() {
    for operation in [Operation::GetPolicy, Operation::PutPolicy] {
        let world = World::start();
        world.glue.always(operation, Fault::Hang);
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        let reason = world.send(&create.within(Duration::from_secs(5))).reason();
        assert!(reason.contains(operation.name()), "{reason}");
    }
}

#[test]
fn missing_credentials_are_answered() {
    let options = WorldOptions::default()
        .with("AWS_ACCESS_KEY_ID", "")
        .with("AWS_SECRET_ACCESS_KEY", "")
        .with("AWS_SESSION_TOKEN", "");
    let world = World::start_with(&options);
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let reason = world.send(&create.within(Duration::from_secs(8))).reason();
    assert!(reason.to_lowercase().contains("credential"), "{reason}");
}

#[test]
fn an_unreachable_glue_is_answered() {
    let options = WorldOptions::default();
    let options = options.with("AWS_ENDPOINT_URL_GLUE", "http://127.0.0.1:9");
    let world = World::start_with(&options);
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let reason = world.send(&create.within(Duration::from_secs(6))).reason();
    assert!(reason.contains("GetResourcePolicy"), "{reason}");
}

#[test]
fn a_missing_log_stream_is_no_reason_to_fall_silent() {
    let options = WorldOptions::default();
    let world = World::start_with(
        &options
            .with("AWS_LAMBDA_LOG_STREAM_NAME", "")
            .with("AWS_LAMBDA_LOG_GROUP_NAME", ""),
    );
    world.send(&world.create(POLICY, json!({}))).failed();
    world
        .send(&world.create(POLICY, policy(&[statement("Orders")])))
        .success();
}

#[test]
fn account_region_and_partition_come_from_the_functions_own_arn() {
    let arn = "arn:aws-cn:lambda:cn-north-1:999988887777:function:zeroetl-provider";
    let options = WorldOptions {
        function_arn: arn.to_owned(),
        ..WorldOptions::default()
    };
    let world = World::start_with(&options);
    // The environment says `us-east-1`, and so does the statement's resource.
    let mut create = world.create(POLICY, policy(&[statement("Orders")]));
    create.stack_id = create
        .stack_id
        .replace("arn:aws:", "arn:aws-cn:")
        .replace("us-east-1:111122223333", "cn-north-1:999988887777");
    let reason = world.send(&create).reason();
    assert!(
        reason.contains("arn:aws-cn:glue:cn-north-1:999988887777:"),
        "{reason}"
    );
    assert!(
        reason.contains("PolicyDocument.Statement[0].Resource"),
        "{reason}"
    );
}

#[test]
fn a_plain_http_url_is_taken_on_loopback_only() {
    let world = World::start();
    for host in [
        "203.0.113.1",
        "example.com",
        "127.0.0.1.example.com",
        "localhost.example.com",
    ] {
        let mut create = world.create(POLICY, policy(&[statement("Orders")]));
        let port = create
            .url
            .split('/')
            .nth(2)
            .and_then(|host| host.split(':').nth(1));
        let here = format!("127.0.0.1:{}", port.unwrap_or_default());
        create.url = create.url.replace(&here, host);
        let outcome = world.send(&create);
        assert!(
            matches!(outcome.lambda, LambdaResult::Error(_)),
            "{host}: {:?}",
            outcome.lambda
        );
        assert!(
            outcome.elapsed < Duration::from_secs(1),
            "{host}: it was tried"
        );
        assert_eq!(outcome.writes(), 0, "{host}");
    }
}
