//! For tests: an account whose requests get recorded answers.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_types::body::SdkBody;

use super::account::Account;
use super::testing::login;

/// An account whose requests get these answers, in this order.
pub(crate) fn account(answers: &[(u16, String)]) -> (Account, StaticReplayClient) {
    let answers: Vec<_> = answers
        .iter()
        .map(|answer| (answer.clone(), None))
        .collect();
    replay_with_length(&answers)
}

/// The same, for answers to `HEAD`, whose length is told by a header only.
pub(crate) fn replay_with_length(
    answers: &[((u16, String), Option<&str>)],
) -> (Account, StaticReplayClient) {
    let events = answers.iter().map(|((status, body), length)| {
        let request = http::Request::builder()
            .uri("https://aws.test")
            .body(SdkBody::empty());
        let mut answer = http::Response::builder().status(*status);
        if let Some(length) = length {
            answer = answer.header("content-length", *length);
        }
        let answer = answer.body(SdkBody::from(body.as_str()));
        ReplayEvent::new(request.unwrap(), answer.unwrap())
    });
    let client = StaticReplayClient::new(events.collect());
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(client.clone())
        .build();
    (
        Account {
            login: login(),
            config,
        },
        client,
    )
}

/// The bodies of what was asked.
pub(crate) fn asked(client: &StaticReplayClient) -> Vec<String> {
    let bodies = client
        .actual_requests()
        .map(|request| request.body().bytes().unwrap_or_default());
    bodies
        .map(|body| String::from_utf8(body.to_vec()).unwrap())
        .collect()
}
