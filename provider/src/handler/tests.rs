//! One request, one reply: through the real handler and the real courier, to a small server.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::{
    fake::FakeGlue,
    ports::{CallError, CallErrorKind, Services},
    resource::{Outcome, World},
};

/// Hands the same fake to every request, or no Glue at all.
struct Fixed(Option<FakeGlue>);

impl Connect for Fixed {
    fn connect<'a>(
        &'a self,
        _: Option<&Home>,
        _: crate::deadline::Deadline,
        _: &'a CallLog,
    ) -> Result<Box<dyn Services + 'a>, CallError> {
        match &self.0 {
            Some(glue) => Ok(Box::new(glue)),
            None => Err(CallError::local(
                "glue:*",
                CallErrorKind::Credentials,
                "no keys",
            )),
        }
    }
}

/// A resource that panics, and one that never ends.
struct Broken;

impl Resource for Broken {
    fn type_name(&self) -> &'static str {
        "Custom::Broken"
    }

    fn apply<'a>(&'a self, request: Request<'a>, _: World<'a>) -> Outcome<'a, Applied> {
        assert!(request.properties.get("Panic").is_none(), "as asked");
        Box::pin(async move {
            tokio::task::yield_now().await;
            assert!(request.properties.get("PanicLater").is_none(), "as asked");
            std::future::pending().await
        })
    }

    fn cleanup<'a>(&'a self, _: Request<'a>, _: World<'a>) -> Outcome<'a, ()> {
        Box::pin(std::future::pending())
    }

    fn id_of_failed_create(&self, _: Request<'_>, failure: &Failure) -> PhysicalId {
        PhysicalId::new(if failure.untouched {
            "untouched"
        } else {
            "touched"
        })
        .unwrap()
    }
}

/// Takes replies; answers with these statuses, then with 200.
struct Replies {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Replies {
    async fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}/a%7Cb?X-Amz-Signature=secret",
            listener.local_addr().unwrap()
        );
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bodies);
        tokio::spawn(async move {
            let mut statuses = statuses.iter();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                let body = loop {
                    let mut part = [0; 8192];
                    let read = stream.read(&mut part).await.unwrap();
                    request.extend_from_slice(&part[..read]);
                    let text = String::from_utf8(request.clone()).unwrap();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    assert!(head.starts_with("PUT /a%7Cb?X-Amz-Signature=secret HTTP/1.1"));
                    let lower = head.to_lowercase();
                    assert!(!lower.contains("content-type") && !lower.contains("chunked"));
                    if lower.contains(&format!("content-length: {}", body.len())) {
                        break body.to_owned();
                    }
                };
                kept.lock()
                    .unwrap()
                    .push(serde_json::from_str(&body).unwrap());
                let status = statuses.next().copied().unwrap_or(200);
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nlocation: /a%7Cb\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { url, bodies }
    }

    fn event(&self, kind: &str, resource_type: &str, properties: &Value) -> Value {
        json!({
            "RequestType": kind, "ResponseURL": self.url, "StackId": "stack", "RequestId": "cfn",
            "LogicalResourceId": "Logical", "ResourceType": resource_type,
            "ResourceProperties": properties,
        })
    }

    fn one(&self) -> Value {
        let bodies = std::mem::take(&mut *self.bodies.lock().unwrap());
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        bodies.into_iter().next().unwrap()
    }
}

fn handler(glue: Option<FakeGlue>) -> Handler<Fixed> {
    let courier = Courier::new(crate::http::client().unwrap());
    Handler {
        find: |name| {
            if name == "Custom::Broken" {
                Some(&Broken)
            } else {
                resource::find(name)
            }
        },
        ..Handler::new(Fixed(glue), courier)
    }
}

fn within(seconds: u64) -> Invocation {
    Invocation {
        request_id: "lambda".to_owned(),
        log_stream: "stream".to_owned(),
        function_arn: "arn:aws:lambda:us-east-1:111111111111:function:f".to_owned(),
        remaining: Duration::from_secs(seconds),
    }
}

const POLICY: &str = "Custom::GlueResourcePolicy";

async fn reason(replies: &Replies, event: &Value, invocation: &Invocation) -> (String, Value) {
    let handler = handler(Some(FakeGlue::default()));
    handler
        .handle(&event.to_string(), invocation)
        .await
        .unwrap();
    let reply = replies.one();
    assert_eq!(
        (&reply["Status"], &reply["RequestId"]),
        (&json!("FAILED"), &json!("cfn"))
    );
    let reason = reply["Reason"].as_str().unwrap().to_owned();
    assert!(
        reason.ends_with(" CloudWatch Log Stream: stream lambda"),
        "{reason}"
    );
    (reason, reply)
}

#[tokio::test]
async fn a_panic_is_answered() {
    let replies = Replies::start(&[]).await;
    for property in ["Panic", "PanicLater"] {
        let event = replies.event("Create", "Custom::Broken", &json!({property: "1"}));
        let (reason, reply) = reason(&replies, &event, &within(10)).await;
        assert!(
            reason.starts_with("the provider failed unexpectedly: "),
            "{reason}"
        );
        assert_eq!(reply["PhysicalResourceId"], "touched");
    }
}

#[tokio::test]
async fn work_that_does_not_end_is_stopped_and_answered() {
    let replies = Replies::start(&[]).await;
    for kind in ["Create", "Delete"] {
        let event = replies.event(kind, "Custom::Broken", &json!({"ServiceTimeout": "1"}));
        let (reason, _) = reason(&replies, &event, &within(60)).await;
        assert!(
            reason.starts_with("the work did not finish in time: "),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn too_little_time_is_answered_without_work() {
    let replies = Replies::start(&[]).await;
    for kind in ["Create", "Delete"] {
        let event = replies.event(kind, POLICY, &json!({}));
        let late = Invocation {
            remaining: Duration::from_millis(900),
            ..within(0)
        };
        let (reason, _) = reason(&replies, &event, &late).await;
        assert!(
            reason.starts_with("the request arrived too late: "),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn unknown_types_fail_except_on_delete() {
    let replies = Replies::start(&[]).await;
    for kind in ["Create", "Update", "Refresh"] {
        let event = replies.event(kind, "AWS::CloudFormation::CustomResource", &json!({}));
        let (reason, _) = reason(&replies, &event, &within(10)).await;
        assert!(reason.contains(POLICY) && reason.contains("Custom::IntegrationTableProperties"));
    }
    let event = replies.event("Delete", "Custom::X", &json!({}));
    handler(None)
        .handle(&event.to_string(), &within(10))
        .await
        .unwrap();
    assert_eq!(replies.one()["Status"], "SUCCESS");
}

#[tokio::test]
async fn missing_credentials_and_an_odd_arn_are_answered() {
    let replies = Replies::start(&[]).await;
    let properties = json!({"PolicyDocument": {"Statement": []}});
    let event = replies.event("Create", POLICY, &properties).to_string();
    handler(None).handle(&event, &within(10)).await.unwrap();
    let reason = replies.one()["Reason"].as_str().unwrap().to_owned();
    assert!(
        reason.starts_with("the function has no usable credentials: "),
        "{reason}"
    );
    let homeless = Invocation {
        function_arn: "No header".to_owned(),
        ..within(10)
    };
    handler(None).handle(&event, &homeless).await.unwrap();
    let reason = replies.one()["Reason"].as_str().unwrap().to_owned();
    assert!(
        reason.starts_with("the function does not know its account"),
        "{reason}"
    );
}

#[tokio::test]
async fn an_unknown_request_type_is_answered_with_the_id_of_the_request() {
    let replies = Replies::start(&[]).await;
    let mut event = replies.event("Refresh", POLICY, &json!({}));
    event["PhysicalResourceId"] = "mine".into();
    let (reason, reply) = reason(&replies, &event, &within(10)).await;
    assert!(reason.contains("`Refresh`"), "{reason}");
    assert_eq!(reply["PhysicalResourceId"], "mine");
}

#[tokio::test]
async fn the_signed_url_is_in_no_reason() {
    let replies = Replies::start(&[]).await;
    let event = replies.event("Create", POLICY, &json!({replies.url.clone(): "1"}));
    let (reason, _) = reason(&replies, &event, &within(10)).await;
    assert!(!reason.contains("secret"), "{reason}");
}

#[tokio::test]
async fn what_is_no_event_is_an_error_towards_lambda() {
    for body in ["{}", "[]", r#"{"Records":[]}"#, "7"] {
        let error = handler(None).handle(body, &within(10)).await.unwrap_err();
        assert!(matches!(error, HandlerError::NotAnEvent(_)), "{body}");
    }
}

#[tokio::test]
async fn only_2xx_is_delivered_and_the_attempts_are_bounded() {
    // Statuses of the server, how many PUTs there are, whether it ends well.
    let cases: [(&'static [u16], usize, bool); 7] = [
        (&[204], 1, true),
        (&[500, 503, 429, 408, 502], 6, true),
        (&[403], 2, true),
        (&[403, 500, 403, 200], 3, false),
        (&[307, 200], 1, false),
        (&[304], 1, false),
        (&[400], 1, false),
    ];
    for (statuses, puts, delivered) in cases {
        let replies = Replies::start(statuses).await;
        let event = replies.event("Delete", "Custom::X", &json!({})).to_string();
        let result = handler(None).handle(&event, &within(30)).await;
        assert_eq!(result.is_ok(), delivered, "{statuses:?}");
        let bodies = replies.bodies.lock().unwrap();
        assert_eq!(bodies.len(), puts, "{statuses:?}");
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        if let Err(error) = result {
            let text = format!("{error} {error:?}");
            assert!(
                !text.contains("secret") && !text.contains("127.0.0.1"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_listening_is_an_error_within_the_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!(
        "http://{}/x?X-Amz-Signature=secret",
        listener.local_addr().unwrap()
    );
    drop(listener);
    let replies = Replies {
        url: gone,
        bodies: Arc::default(),
    };
    let event = replies.event("Delete", "Custom::X", &json!({})).to_string();
    let begun = Instant::now();
    let error = handler(None).handle(&event, &within(2)).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(error.to_string().contains("no connection"), "{error}");
}
