//! The events of one operation: each read once, oldest first, as lines for people, and searched for
//! the resource that failed first.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::aws_error::AwsError;
use super::cloudformation::{CloudFormation, Event, STACK_TYPE};
use crate::visible::one_line;

/// A place in a stack's events: everything newer belongs to the operation that is followed.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    seen: BTreeSet<String>,
}

impl Tail {
    /// Begins after the newest event, for an operation that is about to start.
    pub(crate) async fn from_now(
        api: &impl CloudFormation,
        stack_id: &str,
    ) -> Result<Self, AwsError> {
        let page = api.events(stack_id, None).await?;
        Ok(Self {
            seen: page.events.into_iter().map(|event| event.id).collect(),
        })
    }

    /// Begins before the first event of the operation with this token, which is under way.
    pub(crate) async fn from_operation(
        api: &impl CloudFormation,
        stack_id: &str,
        token: &str,
    ) -> Result<Self, AwsError> {
        let mut tail = Self::default();
        let mut next = None;
        loop {
            let page = api.events(stack_id, next).await?;
            let older = page
                .events
                .into_iter()
                .filter(|event| event.token.as_deref() != Some(token));
            tail.seen.extend(older.map(|event| event.id));
            next = page.next;
            if !tail.seen.is_empty() || next.is_none() {
                return Ok(tail);
            }
        }
    }

    /// The events since the last call, oldest first.
    pub(crate) async fn read(
        &mut self,
        api: &impl CloudFormation,
        stack_id: &str,
    ) -> Result<Vec<Event>, AwsError> {
        let mut fresh = Vec::new();
        let mut next = None;
        loop {
            let page = api.events(stack_id, next).await?;
            let before = page.events.len();
            let unseen: Vec<_> = page
                .events
                .into_iter()
                .filter(|event| !self.seen.contains(&event.id))
                .collect();
            let met_known = unseen.len() < before;
            fresh.extend(unseen);
            next = page.next;
            if met_known || next.is_none() {
                break;
            }
        }
        // Pages can overlap when an event arrives between two of them.
        fresh.retain(|event| self.seen.insert(event.id.clone()));
        fresh.reverse();
        Ok(fresh)
    }
}

/// One event as a line.
pub(crate) fn line(event: &Event) -> String {
    let time = event.time.get(11..19).unwrap_or("--:--:--");
    let mut line = format!(
        "  {time}  {:<24} {}  {}",
        event.status, event.logical_id, event.resource_type
    );
    if event.status == "DELETE_SKIPPED" {
        // CloudFormation may have made the name up, and nothing else tells it any more.
        let _ = write!(line, "  `{}` is kept", event.physical_id);
    }
    if let Some(reason) = event.reason.as_deref().filter(|_| tells_more(event)) {
        line.push_str("\n            ");
        line.push_str(&one_line(reason));
    }
    line
}

/// Reasons such as "Resource creation Initiated" only repeat the status.
fn tells_more(event: &Event) -> bool {
    event.status.contains("FAILED") || event.status.contains("ROLLBACK")
}

/// The stack's own last event, which says how the operation stands.
pub(crate) fn stack_status<'a>(events: &'a [Event], stack_id: &str) -> Option<&'a str> {
    events
        .iter()
        .rev()
        .find(|event| event.resource_type == STACK_TYPE && event.physical_id == stack_id)
        .map(|event| event.status.as_str())
}

/// The resources that failed by themselves, first one first. Those that CloudFormation cancelled
/// because another one failed are not among them.
pub(crate) fn failures<'a>(events: &'a [Event], stack_id: &str) -> Vec<&'a Event> {
    events
        .iter()
        .filter(|event| event.status.ends_with("_FAILED"))
        .filter(|event| event.physical_id != stack_id)
        .filter(|event| !is_cancelled(event))
        .collect()
}

/// Why the stack itself failed, without any of its resources: a validation, or a lacking right.
pub(crate) fn own_failure<'a>(events: &'a [Event], stack_id: &str) -> Option<&'a str> {
    let own = events.iter().filter(|event| event.physical_id == stack_id);
    own.filter(|event| event.status.ends_with("_FAILED"))
        .find_map(|event| event.reason.as_deref())
}

fn is_cancelled(event: &Event) -> bool {
    event.reason.as_deref().is_some_and(|reason| {
        let reason = reason.to_lowercase();
        reason.starts_with("resource") && reason.contains("cancelled")
    })
}

/// The resources that CloudFormation left in place because the template retains them.
pub(crate) fn retained(events: &[Event]) -> Vec<&Event> {
    events
        .iter()
        .filter(|event| event.status == "DELETE_SKIPPED")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::{FakeCloudFormation, STACK_ID, event};

    fn ids(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.id.as_str()).collect()
    }

    #[tokio::test]
    async fn every_event_is_read_once_and_oldest_first_over_several_pages() {
        let api = FakeCloudFormation::with_page_size(2);
        api.add_events([event("old", "A", "CREATE_COMPLETE")]);
        let mut tail = Tail::from_now(&api, STACK_ID).await.unwrap();
        let names = ["1", "2", "3", "4", "5"];
        api.add_events(names.map(|id| event(id, "A", "UPDATE_IN_PROGRESS")));
        assert_eq!(ids(&tail.read(&api, STACK_ID).await.unwrap()), names);
        assert!(tail.read(&api, STACK_ID).await.unwrap().is_empty());
        api.add_events([event("6", "A", "UPDATE_COMPLETE")]);
        assert_eq!(ids(&tail.read(&api, STACK_ID).await.unwrap()), ["6"]);
    }

    #[tokio::test]
    async fn an_operation_under_way_is_read_from_its_own_first_event() {
        let api = FakeCloudFormation::with_page_size(2);
        let with = |id, token: &str| Event {
            token: Some(token.to_owned()),
            ..event(id, "A", "UPDATE_IN_PROGRESS")
        };
        api.add_events([with("1", "zeroetl-old"), with("2", "zeroetl-new")]);
        api.add_events([with("3", "zeroetl-new"), with("4", "zeroetl-new")]);
        let mut tail = Tail::from_operation(&api, STACK_ID, "zeroetl-new")
            .await
            .unwrap();
        assert_eq!(
            ids(&tail.read(&api, STACK_ID).await.unwrap()),
            ["2", "3", "4"]
        );
    }

    #[test]
    fn the_first_real_failure_is_found_among_cancelled_ones() {
        let because = |id, logical, reason: &str| Event {
            reason: Some(reason.to_owned()),
            ..event(id, logical, "CREATE_FAILED")
        };
        let stack = Event {
            physical_id: STACK_ID.to_owned(),
            ..event("9", "demo", "CREATE_FAILED")
        };
        let events = [
            because("1", "Role", "Resource creation cancelled"),
            because("2", "Bucket", "demo-bucket already exists"),
            because(
                "3",
                "Database",
                "Resource creation Initiated, but cancelled in the end",
            ),
            because("4", "Function", "no such key"),
            stack,
        ];
        let found: Vec<_> = failures(&events, STACK_ID)
            .iter()
            .map(|event| event.logical_id.as_str())
            .collect();
        assert_eq!(found, ["Bucket", "Function"]);
    }

    #[test]
    fn a_line_shows_the_time_and_gives_reasons_only_where_they_say_something() {
        let mut shown = Event {
            time: "2026-11-21T03:04:05Z".to_owned(),
            resource_type: "AWS::S3::Bucket".to_owned(),
            reason: Some("Resource creation Initiated".to_owned()),
            ..event("1", "Bucket", "CREATE_IN_PROGRESS")
        };
        assert_eq!(
            line(&shown),
            "  03:04:05  CREATE_IN_PROGRESS       Bucket  AWS::S3::Bucket"
        );
        shown.status = "CREATE_FAILED".to_owned();
        shown.reason = Some("it already exists".to_owned());
        assert_eq!(
            line(&shown),
            "  03:04:05  CREATE_FAILED            Bucket  AWS::S3::Bucket\n            it already exists"
        );
        shown.status = "DELETE_SKIPPED".to_owned();
        shown.physical_id = "demo-bucket-1x2y".to_owned();
        assert_eq!(
            line(&shown),
            "  03:04:05  DELETE_SKIPPED           Bucket  AWS::S3::Bucket  `demo-bucket-1x2y` is kept"
        );
    }
}
