//! Silence about the signed URL. Every test here and elsewhere also searches, when its world ends,
//! all that the process wrote at TRACE and all that Lambda was told.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use zeroetl_tests::blackbox::glue::{Fault, Operation};
use zeroetl_tests::blackbox::samples::{POLICY, TABLE, policy, statement, table};
use zeroetl_tests::blackbox::{PutFault, World, WorldOptions, at_once, free_port, signed_url};

/// Requests that end in every way there is, short of a hang.
fn provoke(world: &World) {
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let made = world.send(&create);
    world.send(&create.update(&world.replies, "id", json!({ "PolicyDocument": "{" })));
    world.send(&create.delete(&world.replies, "id"));
    assert_eq!(made.puts.len(), 1);
    world.send(&world.create(
        TABLE,
        table("sales", "Orders", json!({ "UnnestSpec": "SIDEWAYS" })),
    ));
    world.send(&world.create("Custom::Other", json!({})));
    for faults in [
        vec![PutFault::Status(403); 5],
        vec![PutFault::Redirect(307); 5],
        vec![PutFault::Close, PutFault::Status(500)],
        vec![PutFault::Status(404); 5],
    ] {
        let request = create
            .renewed(&world.replies)
            .within(Duration::from_secs(4));
        world.replies.script(&request.request_id, faults);
        world.send(&request);
    }
    let mut lost = create
        .renewed(&world.replies)
        .within(Duration::from_secs(4));
    let nowhere = SocketAddr::from(([127, 0, 0, 1], free_port()));
    lost.url = signed_url(nowhere, &lost.stack_id, "Resource", &lost.request_id);
    world.send(&lost);
}

#[test]
fn the_signed_url_never_leaves_at_any_log_level() {
    let levels = [
        "error",
        "info",
        "debug",
        "trace",
        "lambda_runtime=trace,hyper=trace,trace",
    ];
    at_once(levels, |level| {
        let options = WorldOptions {
            environment: Vec::new(),
            ..WorldOptions::default()
        };
        let options = options
            .with("RUST_LOG", level)
            .with("AWS_LAMBDA_LOG_LEVEL", "TRACE")
            .with(
                "AWS_LAMBDA_LOG_FORMAT",
                if level == "debug" { "Text" } else { "JSON" },
            )
            .with("RUST_BACKTRACE", "full");
        // The world searches everything when it ends.
        provoke(&World::start_with(&options));
    });
}

#[test]
fn broken_events_do_not_show_the_url_they_carry() {
    let world = World::start();
    let request = world.create(POLICY, policy(&[statement("Orders")]));
    let event = request.event();
    let text = event.to_string();
    let mut wrong_types = event.clone();
    wrong_types["StackId"] = json!(5);
    let mut in_wrong_place = event.clone();
    in_wrong_place["LogicalResourceId"] = json!([request.url]);
    let mut https = event.clone();
    https["ResponseURL"] = json!(request.url.replace("http://", "https://"));
    let mut other_scheme = event.clone();
    other_scheme["ResponseURL"] = json!(request.url.replace("http://", "ftp://"));
    let mut plain_http = event;
    plain_http["ResponseURL"] = json!(request.url.replace("127.0.0.1", "203.0.113.1"));
    for body in [
        text[..text.len() - 3].to_owned(),
        text.replace("\"RequestType\":\"Create\"", "\"RequestType\":5"),
        text.replace("\"StackId\"", "\"StackIds\""),
        text.replace("?X-Amz", " ?X-Amz"),
        json!({ "Records": [{ "Sns": { "Message": text } }] }).to_string(),
        json!([request.url]).to_string(),
        json!(request.url).to_string(),
        wrong_types.to_string(),
        in_wrong_place.to_string(),
        https.to_string(),
        other_scheme.to_string(),
        plain_http.to_string(),
    ] {
        // The world searches everything when it ends.
        world.invoke(0, body.into_bytes(), Duration::from_secs(4));
    }
}

#[test]
fn credentials_of_the_function_never_leave() {
    let world = World::start();
    provoke(&world);
    world.glue.always(
        Operation::GetPolicy,
        Fault::access_denied("GetResourcePolicy"),
    );
    world.send(
        &world
            .create(POLICY, policy(&[statement("Orders")]))
            .within(Duration::from_secs(4)),
    );
    let output = world.output().all();
    for secret in ["example-secret-access-key", "example-session-token"] {
        assert!(!output.contains(secret), "`{secret}` is in the output");
    }
}

#[test]
fn policies_are_not_logged_above_debug() {
    let options = WorldOptions {
        environment: Vec::new(),
        ..WorldOptions::default()
    };
    let world = World::start_with(&options.with("RUST_LOG", "info"));
    let create = world.create(POLICY, policy(&[statement("VerySpecialTable")]));
    let made = world.send(&create).success();
    world
        .send(&create.delete(&world.replies, &made.physical_id))
        .success();
    let output = world.output().all();
    assert!(
        !output.contains("VerySpecialTable"),
        "a policy is in the log:\n{output}"
    );
}
