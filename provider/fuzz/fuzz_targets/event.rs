//! Any body that Lambda might hand over: it is an event that can be answered, or it is none. Every
//! reply keeps the ids as they came, but for what XML cannot carry in the physical one, fits into
//! CloudFormation's limit, and says nothing of the URL.

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
    assert_eq!(read["PhysicalResourceId"], carried(id.as_str()));
    assert!(read["Reason"].is_string());
});

/// The text with `\u{fffd}` in place of each character that XML 1.0 has no place for.
fn carried(text: &str) -> String {
    let has_place = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let each = text.chars();
    each.map(|c| if has_place(c) { c } else { '\u{fffd}' })
        .collect()
}
