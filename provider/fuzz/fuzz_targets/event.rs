//! Any body that Lambda might hand over: it is an event that can be answered, or it is none. Every
//! reply keeps the ids as they came, fits into CloudFormation's limit, and says nothing of the URL.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use zeroetl_provider::protocol::{Event, PhysicalId, Reply};

const LIMIT: usize = 4096;

fuzz_target!(|body: &str| {
    let Ok(event) = Event::parse(body) else {
        return;
    };
    let _ = event.service_timeout();
    let id = event
        .physical_id
        .clone()
        .or_else(|| PhysicalId::new("id"))
        .expect("an id");
    // The story grows with the input, so that replies fall on both sides of the limit.
    let story = body.repeat(1 + body.len() % 7);
    let reply = Reply::failed(&event, id.clone(), &story, "stream", "request");
    // Ids that leave no room are reported, and not cut.
    let Ok(text) = reply.into_body() else { return };
    assert!(text.len() <= LIMIT, "{} bytes", text.len());
    let read: Value = serde_json::from_str(&text).expect("a reply is JSON");
    assert_eq!(read["StackId"], event.stack_id.as_str());
    assert_eq!(read["LogicalResourceId"], event.logical_id.as_str());
    assert_eq!(read["RequestId"], event.request_id);
    assert_eq!(read["PhysicalResourceId"], id.as_str());
    assert!(read["Reason"].is_string());
});
