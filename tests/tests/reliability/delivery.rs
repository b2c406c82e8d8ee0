//! The way of the reply: what counts as delivered, what is tried again, what Lambda is told.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use zeroetl_tests::blackbox::samples::{POLICY, policy, statement};
use zeroetl_tests::blackbox::{
    LambdaResult, PutFault, ResponseServer, World, free_port, signed_url,
};

#[test]
fn a_put_is_tried_again_after_what_may_pass() {
    let world = World::start();
    let cases: [(&str, Vec<PutFault>); 8] = [
        ("500", vec![PutFault::Status(500)]),
        ("503 four times", vec![PutFault::Status(503); 4]),
        ("408", vec![PutFault::Status(408)]),
        ("429", vec![PutFault::Status(429); 2]),
        ("reset", vec![PutFault::Close; 3]),
        ("hung once", vec![PutFault::Hang]),
        (
            "mixed",
            vec![
                PutFault::Close,
                PutFault::Status(502),
                PutFault::Status(500),
            ],
        ),
        ("403 once", vec![PutFault::Status(403)]),
    ];
    for (name, faults) in cases {
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        let expected = faults.len() + 1;
        world.replies.script(&create.request_id, faults);
        let outcome = world.send(&create);
        outcome.success();
        assert_eq!(outcome.puts.len(), expected, "{name}");
        let first = &outcome.puts[0].body;
        assert!(
            outcome.puts.iter().all(|put| put.body == *first),
            "{name}: bodies differ"
        );
    }
}

#[test]
fn a_403_is_tried_at_most_twice() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    world
        .replies
        .script(&create.request_id, vec![PutFault::Status(403); 20]);
    let outcome = world.send(&create);
    assert!(
        (1..=2).contains(&outcome.puts.len()),
        "{} PUTs",
        outcome.puts.len()
    );
    assert!(
        matches!(outcome.lambda, LambdaResult::Error(_)),
        "{:?}",
        outcome.lambda
    );
}

#[test]
fn other_refusals_are_not_delivery() {
    let world = World::start();
    for status in [400, 404, 411] {
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        world
            .replies
            .script(&create.request_id, vec![PutFault::Status(status); 50]);
        let outcome = world.send(&create);
        assert!(
            matches!(outcome.lambda, LambdaResult::Error(_)),
            "{status}: {:?}",
            outcome.lambda
        );
    }
}

#[test]
fn any_2xx_is_delivery() {
    let world = World::start();
    for status in [200, 201, 204] {
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        world
            .replies
            .script(&create.request_id, [PutFault::Status(status)]);
        let outcome = world.send(&create);
        outcome.success();
        assert_eq!(outcome.puts.len(), 1);
    }
}

#[test]
fn a_redirect_is_neither_followed_nor_delivery() {
    let world = World::start();
    for status in [301, 302, 307, 308] {
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        world
            .replies
            .script(&create.request_id, vec![PutFault::Redirect(status); 50]);
        let outcome = world.send(&create.within(Duration::from_secs(8)));
        assert!(
            matches!(outcome.lambda, LambdaResult::Error(_)),
            "{status}: {:?}",
            outcome.lambda
        );
    }
    assert!(world.replies.strays().is_empty(), "a redirect was followed");
}

#[test]
fn an_unreachable_response_server_is_an_error_towards_lambda() {
    let world = World::start();
    let mut create = world.create(POLICY, policy(&[statement("Orders")]));
    let nowhere = SocketAddr::from(([127, 0, 0, 1], free_port()));
    create.url = signed_url(nowhere, &create.stack_id, "Resource", &create.request_id);
    create.timeout = Duration::from_secs(6);
    let outcome = world.send(&create);
    assert!(
        matches!(outcome.lambda, LambdaResult::Error(_)),
        "{:?}",
        outcome.lambda
    );
    assert!(outcome.elapsed < create.timeout);
}

#[test]
fn a_server_that_comes_back_gets_the_reply() {
    let world = World::start();
    let port = free_port();
    let mut create = world.create(POLICY, policy(&[statement("Orders")]));
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    create.url = signed_url(address, &create.stack_id, "Resource", &create.request_id);
    let late = thread::spawn(move || {
        thread::sleep(Duration::from_millis(1_200));
        ResponseServer::start_on(port)
    });
    let outcome = world.send(&create);
    let server = late.join().expect("the late server starts");
    assert!(outcome.lambda.is_success(), "{:?}", outcome.lambda);
    assert_eq!(server.puts(&create.request_id).len(), 1);
}

#[test]
fn the_pauses_between_attempts_grow() {
    let world = World::start();
    let mut gaps = Vec::new();
    for _ in 0..4 {
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        world
            .replies
            .script(&create.request_id, vec![PutFault::Status(500); 4]);
        let outcome = world.send(&create);
        outcome.success();
        let at: Vec<Instant> = outcome.puts.iter().map(|put| put.at).collect();
        gaps.push(
            at.windows(2)
                .map(|pair| pair[1] - pair[0])
                .collect::<Vec<_>>(),
        );
    }
    let sum = |index: usize| gaps.iter().map(|gap| gap[index]).sum::<Duration>();
    assert!(
        sum(3) > sum(0),
        "the last pauses are no longer than the first: {gaps:?}"
    );
    let first: Vec<Duration> = gaps.iter().map(|gap| gap[1]).collect();
    assert!(
        first
            .iter()
            .any(|gap| gap.abs_diff(first[0]).as_millis() > 2),
        "no jitter: {first:?}"
    );
}

#[test]
fn lambda_hears_success_once_a_reply_is_delivered_even_a_failed_one() {
    let world = World::start();
    let outcome = world.send(&world.create(POLICY, serde_json::json!({})));
    outcome.failed();
    assert!(outcome.lambda.is_success());
}

#[test]
fn a_reply_that_was_lost_after_it_arrived_is_sent_again_alike() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    world
        .replies
        .script(&create.request_id, [PutFault::KeepAndClose]);
    let outcome = world.send(&create);
    assert!(outcome.lambda.is_success());
    let bodies: Vec<&Vec<u8>> = outcome.puts.iter().map(|put| &put.body).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[test]
fn lambdas_retry_of_an_undelivered_event_is_the_last_chance() {
    let world = World::start();
    let create = world
        .create(POLICY, policy(&[statement("Orders")]))
        .within(Duration::from_secs(6));
    world
        .replies
        .script(&create.request_id, vec![PutFault::Status(403); 2]);
    let first = world.send(&create);
    assert!(
        matches!(first.lambda, LambdaResult::Error(_)),
        "{:?}",
        first.lambda
    );
    world.replies.clear_script(&create.request_id);
    let second = world.send(&create);
    second.success();
    assert_eq!(second.writes(), 0, "the first call had done the work");
}

#[test]
fn a_second_delivery_of_a_request_gets_the_same_reply() {
    let world = World::start();
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let first = world.send(&create);
    let second = world.send(&create);
    assert_eq!(first.success(), second.success());
    assert_eq!(first.puts[0].body, second.puts[0].body);
    assert_eq!(second.writes(), 0);
}
