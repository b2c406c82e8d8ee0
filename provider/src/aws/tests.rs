//! What goes over the wire, and what the answers mean. Replayed: no server, no clock.

use std::time::Duration;

use aws_sdk_glue::Client;
use aws_smithy_http_client::test_util::{NeverClient, ReplayEvent, StaticReplayClient};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use zeroetl_properties::EnableHybrid;

use super::{
    Aws, Endpoints,
    caller::Caller,
    client::{Session, cloudformation_config, glue_config},
};
use crate::{
    deadline::Deadline,
    environment::Keys,
    ports::{
        CallErrorKind, CallLog, CatalogPolicy, Condition, Connect, Integrations, LivePolicy,
        PartitionField, SourceConfig, StackResource, StackResources, TableConfig, TableKey,
        TableProperties, TargetConfig,
    },
};

fn keys() -> Keys {
    Keys {
        access_key_id: "AKIAEXAMPLE".to_owned(),
        secret_access_key: "example".to_owned(),
        session_token: Some("token".to_owned()),
    }
}

/// Glue that answers with these statuses and bodies, in order.
fn replay(answers: &[(u16, Value)]) -> StaticReplayClient {
    let answers = answers
        .iter()
        .map(|(status, body)| (*status, body.to_string()));
    replay_texts(answers.collect())
}

/// The same with bodies that need not be JSON.
fn replay_texts(answers: Vec<(u16, String)>) -> StaticReplayClient {
    let answers = answers.into_iter().map(|(status, body)| {
        let request = http::Request::builder().body(SdkBody::empty()).unwrap();
        let answer = http::Response::builder()
            .status(status)
            .body(SdkBody::from(body))
            .unwrap();
        ReplayEvent::new(request, answer)
    });
    StaticReplayClient::new(answers.collect())
}

fn client(http: impl aws_sdk_glue::config::HttpClient + 'static) -> Client {
    Client::from_conf(glue_config(http, &keys(), "us-east-1".to_owned(), None))
}

fn session<'a>(client: &'a Client, calls: &'a CallLog, time: Duration) -> Session<'a> {
    Session {
        client,
        aws: Box::leak(Box::new(nowhere())),
        home: None,
        caller: Caller::new(Deadline::after(time), calls),
    }
}

/// Services that nobody has asked anything yet.
fn nowhere() -> Aws {
    let http = crate::http::client().unwrap();
    Aws::new(http, Some(keys()), None, Endpoints::default())
}

/// The operations and bodies that were sent.
fn sent(http: &StaticReplayClient) -> Vec<(String, Value)> {
    http.actual_requests()
        .map(|request| {
            let target = request.headers().get("x-amz-target").unwrap();
            let operation = target.strip_prefix("AWSGlue.").unwrap().to_owned();
            (
                operation,
                serde_json::from_slice(request.body().bytes().unwrap()).unwrap(),
            )
        })
        .collect()
}

fn error(code: &str) -> (u16, Value) {
    (400, json!({"__type": code, "Message": "why"}))
}

const TIME: Duration = Duration::from_mins(1);

fn key() -> TableKey {
    TableKey {
        resource_arn: "arn:aws:glue:r:a:database/db".to_owned(),
        table_name: "T".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn policy_calls_send_exactly_what_was_asked() {
    let http = replay(&[
        (200, json!({"PolicyInJson": "{}", "PolicyHash": "h1"})),
        (200, json!({"PolicyHash": "h2"})),
        (200, json!({"PolicyHash": "h3"})),
        (200, json!({})),
    ]);
    let (client, calls) = (client(http.clone()), CallLog::default());
    let glue = session(&client, &calls, TIME);
    let live = LivePolicy {
        text: "{}".to_owned(),
        hash: Some("h1".to_owned()),
    };
    assert_eq!(glue.read().await.unwrap(), Some(live));
    let absent = glue
        .put("{1}", &Condition::Absent, EnableHybrid::True)
        .await;
    assert_eq!(absent.unwrap(), "h2");
    let unchanged = Condition::Unchanged("h2".to_owned());
    assert_eq!(
        glue.put("{2}", &unchanged, EnableHybrid::False)
            .await
            .unwrap(),
        "h3"
    );
    glue.delete("h3").await.unwrap();
    let expected = [
        ("GetResourcePolicy", json!({})),
        (
            "PutResourcePolicy",
            json!({
                "PolicyInJson": "{1}", "PolicyExistsCondition": "NOT_EXIST", "EnableHybrid": "TRUE",
            }),
        ),
        (
            "PutResourcePolicy",
            json!({
                "PolicyInJson": "{2}", "PolicyHashCondition": "h2",
                "PolicyExistsCondition": "MUST_EXIST", "EnableHybrid": "FALSE",
            }),
        ),
        ("DeleteResourcePolicy", json!({"PolicyHashCondition": "h3"})),
    ];
    assert_eq!(
        sent(&http),
        expected.map(|(operation, body)| (operation.to_owned(), body))
    );
    assert_eq!(calls.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn no_policy_shows_as_an_error_or_as_an_empty_answer() {
    let http = replay(&[
        error("EntityNotFoundException"),
        (200, json!({})),
        (200, json!({"PolicyInJson": "", "PolicyHash": "h"})),
    ]);
    let (client, calls) = (client(http), CallLog::default());
    let glue = session(&client, &calls, TIME);
    for _ in 0..3 {
        assert_eq!(glue.read().await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn table_calls_send_the_whole_configuration() {
    let wire = json!({
        "UnnestSpec": "TOPLEVEL", "TargetTableName": "t", "IntegrationArn": "i",
        "PartitionSpec": [{"FieldName": "f", "FunctionSpec": "day", "ConversionSpec": "iso"}],
    });
    let source = json!({
        "Fields": ["a"], "FilterPredicate": "p", "PrimaryKey": ["k"], "RecordUpdateField": "u",
    });
    let http = replay(&[
        (
            200,
            json!({"TargetTableConfig": wire, "SourceTableConfig": source}),
        ),
        (200, json!({})),
        (200, json!({})),
        (200, json!({})),
    ]);
    let (client, calls) = (client(http.clone()), CallLog::default());
    let glue = session(&client, &calls, TIME);
    let config = TableConfig {
        target: Some(TargetConfig {
            unnest_spec: Some("TOPLEVEL".to_owned()),
            partition_spec: vec![PartitionField {
                field_name: Some("f".to_owned()),
                function_spec: Some("day".to_owned()),
                conversion_spec: Some("iso".to_owned()),
            }],
            target_table_name: Some("t".to_owned()),
            integration_arn: Some("i".to_owned()),
        }),
        source: Some(SourceConfig {
            fields: vec!["a".to_owned()],
            filter_predicate: Some("p".to_owned()),
            primary_key: vec!["k".to_owned()],
            record_update_field: Some("u".to_owned()),
        }),
    };
    assert_eq!(glue.get(&key()).await.unwrap(), Some(config.clone()));
    glue.create(&key(), &config).await.unwrap();
    glue.update(&key(), &TableConfig::default()).await.unwrap();
    glue.remove(&key()).await.unwrap();
    let pair = json!({"ResourceArn": "arn:aws:glue:r:a:database/db", "TableName": "T"});
    let mut whole = pair.clone();
    whole["TargetTableConfig"] = wire;
    whole["SourceTableConfig"] = source;
    let expected = [
        ("GetIntegrationTableProperties", pair.clone()),
        ("CreateIntegrationTableProperties", whole),
        ("UpdateIntegrationTableProperties", pair.clone()),
        ("DeleteIntegrationTableProperties", pair),
    ];
    assert_eq!(
        sent(&http),
        expected.map(|(operation, body)| (operation.to_owned(), body))
    );
}

#[tokio::test(start_paused = true)]
async fn both_not_found_errors_mean_absent() {
    for code in ["EntityNotFoundException", "ResourceNotFoundException"] {
        let http = replay(&[error(code), error(code), error(code)]);
        let (client, calls) = (client(http), CallLog::default());
        let glue = session(&client, &calls, TIME);
        assert_eq!(glue.get(&key()).await.unwrap(), None);
        glue.remove(&key()).await.unwrap();
        assert!(glue.inbound("arn").await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn every_page_of_integrations_is_read() {
    let page = |name: &str, marker: Value| {
        let integration = json!({
            "IntegrationArn": name, "SourceArn": "s", "TargetArn": "t", "Status": "ACTIVE",
            "CreateTime": 1,
        });
        (
            200,
            json!({"InboundIntegrations": [integration], "Marker": marker}),
        )
    };
    let http = replay(&[
        page("1", "m1".into()),
        page("2", "m2".into()),
        page("3", "".into()),
    ]);
    let (client, calls) = (client(http.clone()), CallLog::default());
    let found = session(&client, &calls, TIME).inbound("t").await.unwrap();
    let arns: Vec<_> = found.iter().map(|one| one.arn.as_str()).collect();
    assert_eq!(arns, ["1", "2", "3"]);
    let bodies: Vec<_> = sent(&http).into_iter().map(|(_, body)| body).collect();
    assert_eq!(
        bodies,
        [
            json!({"TargetArn": "t"}),
            json!({"TargetArn": "t", "Marker": "m1"}),
            json!({"TargetArn": "t", "Marker": "m2"}),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn lasting_errors_come_back_at_once_with_their_meaning() {
    for (code, kind) in [
        (
            "ConditionCheckFailureException",
            CallErrorKind::ConditionFailed,
        ),
        ("EntityNotFoundException", CallErrorKind::NotFound),
        ("InvalidInputException", CallErrorKind::Invalid),
        ("ValidationException", CallErrorKind::Invalid),
        ("UnrecognizedClientException", CallErrorKind::Credentials),
        ("ExpiredTokenException", CallErrorKind::Credentials),
        ("SomethingNewException", CallErrorKind::Other),
    ] {
        let http = replay(&[error(code)]);
        let (client, calls) = (client(http), CallLog::default());
        let glue = session(&client, &calls, TIME);
        let error = glue
            .put("{}", &Condition::Absent, EnableHybrid::True)
            .await
            .unwrap_err();
        assert_eq!((error.kind, error.code.as_str()), (kind, code));
        assert_eq!(error.message, "why");
        assert_eq!(error.action, "glue:PutResourcePolicy");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_repetition_cures_is_repeated_more_than_three_times() {
    let passing = [
        error("ThrottlingException"),
        (500, json!({"__type": "InternalServiceException"})),
        (503, json!("no json of Glue's")),
        error("OperationTimeoutException"),
        (429, json!({})),
        error("AccessDeniedException"),
        (200, json!({"PolicyHash": "h"})),
    ];
    let http = replay(&passing);
    let (client, calls) = (client(http), CallLog::default());
    let glue = session(&client, &calls, TIME);
    let hash = glue
        .put("{}", &Condition::Absent, EnableHybrid::True)
        .await
        .unwrap();
    assert_eq!((hash.as_str(), calls.count()), ("h", 7));
    let calls = calls.to_string();
    assert!(calls.starts_with("PutResourcePolicy ") && calls.contains(" ms ThrottlingException, "));
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_is_given_up_after_a_while_and_a_throttled_one_at_the_deadline() {
    for (code, least, most) in [("AccessDeniedException", 25, 30), ("Throttling", 55, 60)] {
        let http = replay(&vec![error(code); 60]);
        let (client, calls) = (client(http), CallLog::default());
        let begun = tokio::time::Instant::now();
        session(&client, &calls, TIME).read().await.unwrap_err();
        let took = begun.elapsed().as_secs();
        assert!((least..=most).contains(&took), "{code}: {took} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_glue_that_hangs_is_tried_several_times_and_left_by_the_deadline() {
    let (client, calls) = (client(NeverClient::new()), CallLog::default());
    let begun = tokio::time::Instant::now();
    let error = session(&client, &calls, TIME).read().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unavailable);
    assert!(calls.count() > 4, "{calls}");
    assert!(begun.elapsed() <= TIME);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_glues_is_asked_for_again() {
    for (status, kind) in [
        (200, CallErrorKind::Unavailable),
        (403, CallErrorKind::AccessDenied),
        (502, CallErrorKind::Unavailable),
        (404, CallErrorKind::Other),
    ] {
        for body in ["<html>", "\"text\"", "{\"PolicyInJson\":7}", "{", "[]"] {
            let http = replay_texts(vec![(status, body.to_owned()); 20]);
            let (client, calls) = (client(http), CallLog::default());
            let glue = session(&client, &calls, Duration::from_secs(1));
            assert_eq!(glue.read().await.unwrap_err().kind, kind, "{status} {body}");
            assert_eq!(
                calls.count() > 1,
                kind != CallErrorKind::Other,
                "{status} {body}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_signed_by_the_functions_own_keys() {
    let http = replay(&[(200, json!({}))]);
    let (client, calls) = (client(http.clone()), CallLog::default());
    session(&client, &calls, TIME).read().await.unwrap();
    let request = http.actual_requests().next().unwrap();
    let header = |name: &str| request.headers().get(name).unwrap();
    assert!(header("authorization").contains("Credential=AKIAEXAMPLE/"));
    assert!(header("authorization").contains("/us-east-1/glue/aws4_request"));
    assert_eq!(header("x-amz-security-token"), "token");
    assert_eq!(request.uri(), "https://glue.us-east-1.amazonaws.com/");
}

#[tokio::test]
async fn nobody_listening_is_told_with_its_cause() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let http = super::http_client::ReqwestClient(crate::http::client().unwrap());
    let client = Client::from_conf(glue_config(
        http,
        &keys(),
        "us-east-1".to_owned(),
        Some(&gone),
    ));
    let calls = CallLog::default();
    let error = session(&client, &calls, Duration::from_millis(400))
        .read()
        .await
        .unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unavailable, "{error}");
    assert!(error.message.contains("refused"), "{error}");
}

fn page(resources: &str, next: &str) -> String {
    format!(
        "<ListStackResourcesResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">\
         <ListStackResourcesResult><StackResourceSummaries>{resources}</StackResourceSummaries>{next}\
         </ListStackResourcesResult></ListStackResourcesResponse>"
    )
}

#[tokio::test]
async fn all_pages_of_a_stacks_resources_are_read() {
    let resource = |logical: &str, physical: &str, status: &str| {
        format!(
            "<member><LogicalResourceId>{logical}</LogicalResourceId>{physical}\
             <ResourceType>Custom::X</ResourceType><ResourceStatus>{status}</ResourceStatus>\
             <LastUpdatedTimestamp>2026-11-27T00:00:00Z</LastUpdatedTimestamp></member>"
        )
    };
    let id = "<PhysicalResourceId>arn|Orders</PhysicalResourceId>";
    let answers = vec![
        (
            200,
            page(
                &resource("A", id, "CREATE_COMPLETE"),
                "<NextToken>more</NextToken>",
            ),
        ),
        (200, page(&resource("B", "", "CREATE_IN_PROGRESS"), "")),
    ];
    let http = replay_texts(answers);
    let aws = nowhere();
    let config = cloudformation_config(http.clone(), &keys(), "us-east-1".to_owned(), None);
    let set = aws
        .cloudformation
        .set(aws_sdk_cloudformation::Client::from_conf(config));
    assert!(set.is_ok());
    let (glue, calls) = (client(replay(&[])), CallLog::default());
    let session = Session {
        aws: &aws,
        ..session(&glue, &calls, TIME)
    };
    let found = session
        .list("arn:aws:cloudformation:stack/s/1")
        .await
        .unwrap();
    let expected = [
        ("A", Some("arn|Orders"), "CREATE_COMPLETE"),
        ("B", None, "CREATE_IN_PROGRESS"),
    ];
    let expected = expected.map(|(logical, physical, status)| StackResource {
        logical_id: logical.to_owned(),
        physical_id: physical.map(ToOwned::to_owned),
        status: status.to_owned(),
    });
    assert_eq!(found, expected);
    let bodies: Vec<String> = http
        .actual_requests()
        .map(|request| String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap())
        .collect();
    assert!(
        bodies[0].contains("Action=ListStackResources"),
        "{bodies:?}"
    );
    assert!(
        bodies[0].contains("StackName=arn%3Aaws%3Acloudformation"),
        "{bodies:?}"
    );
    assert!(bodies[1].contains("NextToken=more"), "{bodies:?}");
}

#[test]
fn what_keeps_a_client_from_being_made_is_told() {
    let connect = |keys: Option<Keys>, region: Option<&str>, endpoint: Option<&str>| {
        let http = crate::http::client().unwrap();
        let glue = Aws::new(
            http,
            keys,
            region.map(ToOwned::to_owned),
            Endpoints {
                glue: endpoint.map(ToOwned::to_owned),
                cloudformation: None,
            },
        );
        let (calls, deadline) = (CallLog::default(), Deadline::after(TIME));
        glue.connect(None, deadline, &calls)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert!(
        connect(None, Some("r"), None)
            .unwrap_err()
            .contains("AWS_ACCESS_KEY_ID")
    );
    assert!(
        connect(Some(keys()), None, None)
            .unwrap_err()
            .contains("AWS_REGION")
    );
    for wrong in ["not a url", "localhost:4566", "/x", "file:///x"] {
        let error = connect(Some(keys()), Some("r"), Some(wrong)).unwrap_err();
        assert!(
            error.contains("AWS_ENDPOINT_URL_GLUE") && error.contains(wrong),
            "{error}"
        );
    }
    assert_eq!(
        connect(Some(keys()), Some("r"), Some("http://127.0.0.1:4566")),
        Ok(())
    );
}
