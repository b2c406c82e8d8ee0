//! The reply, and its budget: CloudFormation refuses a body over 4,096 bytes, and then waits.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Event, LogicalId, PhysicalId, StackId};

/// The most bytes that a reply may have.
pub const MAX_BYTES: usize = 4096;

/// The ids of the request leave no room for an answer that CloudFormation would read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ids of the request alone make a reply of {0} bytes; at most {MAX_BYTES} are read")]
pub struct IdsTooLong(pub usize);

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Done.
    Success,
    /// Not done, for the reason given.
    Failed,
}

/// One reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reply {
    /// How it went.
    pub status: Status,
    /// Why it failed. Cut to fit; its end always stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The resource.
    pub physical_resource_id: PhysicalId,
    /// Verbatim from the request.
    pub stack_id: StackId,
    /// Verbatim from the request.
    pub request_id: String,
    /// Verbatim from the request.
    pub logical_resource_id: LogicalId,
    /// What `GetAtt` returns.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<&'static str, String>,
}

/// Why something failed, and where the full story is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    story: String,
    pointer: String,
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}{}", self.story, self.pointer))
    }
}

impl Reply {
    /// The answer that all is well.
    pub fn success(event: &Event, id: PhysicalId, data: BTreeMap<&'static str, String>) -> Self {
        Self {
            status: Status::Success,
            reason: None,
            physical_resource_id: id,
            stack_id: event.stack_id.clone(),
            request_id: event.request_id.clone(),
            logical_resource_id: event.logical_id.clone(),
            data,
        }
    }

    /// The answer that it failed. The reason ends with the log stream and the Lambda request.
    ///
    /// The CDK command line looks for `CloudWatch Log Stream: <name>` followed by a space.
    pub fn failed(event: &Event, id: PhysicalId, story: &str, stream: &str, request: &str) -> Self {
        let pointer = format!(" CloudWatch Log Stream: {stream} {request}");
        Self {
            status: Status::Failed,
            reason: Some(Reason {
                story: story.to_owned(),
                pointer,
            }),
            ..Self::success(event, id, BTreeMap::new())
        }
    }

    /// The body: at most [`MAX_BYTES`].
    ///
    /// Cut in this order: the story, the pointer to the log, then attributes from the last one.
    /// The ids are never touched.
    pub fn into_body(self) -> Result<String, IdsTooLong> {
        let mut reply = self.for_xml();
        reply.fit()
    }

    /// Without characters that XML 1.0 cannot carry: CloudFormation takes them, and from then on no client
    /// can read the stack's events
    /// (<https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1601>).
    fn for_xml(self) -> Self {
        let reason = self.reason.map(|reason| Reason {
            story: carried(reason.story),
            pointer: carried(reason.pointer),
        });
        let data = self.data.into_iter();
        Self {
            reason,
            physical_resource_id: self.physical_resource_id.map(carried),
            data: data.map(|(name, value)| (name, carried(value))).collect(),
            ..self
        }
    }

    fn fit(&mut self) -> Result<String, IdsTooLong> {
        if let Some(reason) = self.reason.take() {
            let frame = Self {
                reason: Some(Reason::default()),
                ..self.clone()
            }
            .json()
            .len();
            let room = MAX_BYTES.saturating_sub(frame);
            let pointer = cut(&reason.pointer, room);
            let story = cut(&reason.story, room - escaped(&pointer));
            self.reason = Some(Reason { story, pointer });
        }
        while self.json().len() > MAX_BYTES && self.data.pop_last().is_some() {}
        let body = self.json();
        if body.len() <= MAX_BYTES {
            Ok(body)
        } else {
            Err(IdsTooLong(body.len()))
        }
    }

    fn json(&self) -> String {
        // Text, text lists and text maps always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The text with `�` in place of what XML 1.0 cannot carry (<https://www.w3.org/TR/xml/#charsets>).
fn carried(text: String) -> String {
    let fits = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(fits) {
        return text;
    }
    let replaced = text
        .chars()
        .map(|one| if fits(one) { one } else { '\u{fffd}' });
    replaced.collect()
}

/// How many bytes `text` takes inside a JSON string.
fn escaped(text: &str) -> usize {
    text.chars().map(escaped_char).sum()
}

fn escaped_char(character: char) -> usize {
    match character {
        '"' | '\\' | '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' => 2,
        control if control < ' ' => 6,
        other => other.len_utf8(),
    }
}

/// As much of `text` as fits into `room` bytes of JSON, ending in `…` where something is missing.
fn cut(text: &str, room: usize) -> String {
    if escaped(text) <= room {
        return text.to_owned();
    }
    let Some(mut room) = room.checked_sub('…'.len_utf8()) else {
        return String::new();
    };
    let fits = |character: &char| match room.checked_sub(escaped_char(*character)) {
        Some(rest) => {
            room = rest;
            true
        }
        None => false,
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn event(stack: &str, request: &str, logical: &str) -> Event {
        let event = json!({
            "RequestType": "Create", "ResponseURL": "https://host/", "StackId": stack,
            "RequestId": request, "LogicalResourceId": logical,
        });
        Event::parse(&event.to_string()).unwrap()
    }

    fn id() -> PhysicalId {
        PhysicalId::new("physical").unwrap()
    }

    #[test]
    fn a_success_has_no_reason_and_flat_data() {
        let data = BTreeMap::from([("Owner", "ZetlA".to_owned())]);
        let body = Reply::success(&event("s", "r", "l"), id(), data)
            .into_body()
            .unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&body).unwrap(),
            json!({
                "Status": "SUCCESS", "PhysicalResourceId": "physical", "StackId": "s",
                "RequestId": "r", "LogicalResourceId": "l", "Data": {"Owner": "ZetlA"},
            })
        );
    }

    #[test]
    fn a_reason_ends_with_the_log_stream_and_the_request() {
        let body = Reply::failed(
            &event("s", "r", "l"),
            id(),
            "it broke;",
            "2026/[$LATEST]a",
            "lambda-1",
        );
        let body: Value = serde_json::from_str(&body.into_body().unwrap()).unwrap();
        assert_eq!(
            body["Reason"],
            "it broke; CloudWatch Log Stream: 2026/[$LATEST]a lambda-1"
        );
        assert_eq!(body["Status"], "FAILED");
    }

    #[test]
    fn no_reply_holds_what_xml_cannot_carry() {
        let wrong = "a\u{1b}[2J\u{0}b\u{fffe}\tc\u{85}😀";
        let id = PhysicalId::new(wrong).unwrap();
        let data = BTreeMap::from([("PolicyHash", wrong.to_owned())]);
        let carried = "a\u{fffd}[2J\u{fffd}b\u{fffd}\tc\u{85}😀";
        let body = Reply::success(&event("s", "r", "l"), id.clone(), data).into_body();
        let body: Value = serde_json::from_str(&body.unwrap()).unwrap();
        assert_eq!(body["PhysicalResourceId"], carried);
        assert_eq!(body["Data"]["PolicyHash"], carried);
        let body = Reply::failed(&event("s", "r", "l"), id, wrong, "log", "1").into_body();
        let body: Value = serde_json::from_str(&body.unwrap()).unwrap();
        assert_eq!(
            body["Reason"],
            format!("{carried} CloudWatch Log Stream: log 1")
        );
    }

    #[test]
    fn a_long_story_is_cut_to_the_last_byte_and_the_pointer_stays() {
        for unit in ["x", "é", "\"", "\n", "\u{1}", "€", "😀"] {
            let reply = Reply::failed(
                &event("s", "r", "l"),
                id(),
                &unit.repeat(5000),
                "stream",
                "lambda",
            );
            let body = reply.into_body().unwrap();
            let unit_bytes = escaped(unit);
            assert!(body.len() <= MAX_BYTES, "{unit:?}: {}", body.len());
            assert!(
                body.len() > MAX_BYTES - unit_bytes,
                "{unit:?}: {}",
                body.len()
            );
            let body: Value = serde_json::from_str(&body).unwrap();
            let reason = body["Reason"].as_str().unwrap();
            assert!(
                reason.ends_with("… CloudWatch Log Stream: stream lambda"),
                "{reason}"
            );
        }
    }

    #[test]
    fn ids_that_leave_no_room_are_reported_and_not_cut() {
        let long = "s".repeat(5000);
        let body = Reply::failed(&event(&long, "r", "l"), id(), "story", "stream", "lambda");
        assert!(matches!(body.into_body(), Err(IdsTooLong(size)) if size > 5000));
    }

    #[test]
    fn a_story_that_just_fits_is_not_cut() {
        let reply = |story: &str| Reply::failed(&event("s", "r", "l"), id(), story, "st", "la");
        let frame = reply("").into_body().unwrap().len();
        let fitting = "x".repeat(MAX_BYTES - frame);
        let body = reply(&fitting).into_body().unwrap();
        assert_eq!((body.len(), body.contains('…')), (MAX_BYTES, false));
        let body = reply(&format!("{fitting}x")).into_body().unwrap();
        assert_eq!((body.len(), body.contains('…')), (MAX_BYTES, true));
    }

    proptest! {
        #[test]
        fn no_reply_exceeds_the_budget_and_the_ids_stay_verbatim(
            story in "\\PC{0,6000}|[\\x00-\\x7f]{0,6000}",
            stream in "\\PC{0,600}",
            stack in "\\PC{0,300}",
            logical in "[\\x00-\\x7f]{0,100}",
            physical in "\\PC{1,250}",
        ) {
            let event = event(&stack, "r", &logical);
            let id = PhysicalId::new(physical.clone()).unwrap();
            let body = Reply::failed(&event, id, &story, &stream, "lambda").into_body().unwrap();
            prop_assert!(body.len() <= MAX_BYTES);
            let body: Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(body["StackId"].as_str(), Some(stack.as_str()));
            prop_assert_eq!(body["LogicalResourceId"].as_str(), Some(logical.as_str()));
            prop_assert_eq!(body["PhysicalResourceId"].as_str(), Some(physical.as_str()));
        }

        #[test]
        fn attributes_that_do_not_fit_are_left_out(length in 0_usize..8000) {
            let data = BTreeMap::from([("A", "a".to_owned()), ("B", "b".repeat(length))]);
            let body = Reply::success(&event("s", "r", "l"), id(), data).into_body().unwrap();
            prop_assert!(body.len() <= MAX_BYTES);
            prop_assert!(body.contains(r#""A":"a""#));
        }
    }
}
