//! What the function behind a custom resource wrote about a request that failed. Read as soon as the
//! failure is seen: a rollback deletes the log group together with the function.

use super::cloudformation::{CloudFormation, Event};

const GROUP: &str = "AWS::Logs::LogGroup";
const POINTER: &str = "CloudWatch Log Stream: ";
/// Enough for one request; more hides the reason.
const LINES: usize = 20;

/// The last lines of the log that a failed custom resource points to. Best effort: not everybody may
/// read logs, and they may be gone.
pub(crate) async fn lines(api: &impl CloudFormation, stack_id: &str, event: &Event) -> Vec<String> {
    if !event.resource_type.starts_with("Custom::") || !event.status.ends_with("_FAILED") {
        return Vec::new();
    }
    let Some((stream, request)) = event.reason.as_deref().and_then(pointer) else {
        return Vec::new();
    };
    let resources = api.resources(stack_id).await.unwrap_or_default();
    let groups = resources.iter().filter(|one| one.resource_type == GROUP);
    for group in groups {
        let written = api
            .log(&group.physical_id, stream)
            .await
            .unwrap_or_default();
        let of_request: Vec<_> = written
            .iter()
            .filter(|line| line.contains(request))
            .map(|line| line.trim_end().to_owned())
            .collect();
        if !of_request.is_empty() {
            let first = of_request.len().saturating_sub(LINES);
            return of_request[first..].to_vec();
        }
    }
    Vec::new()
}

/// The log stream and the id of the request that a Reason ends with.
fn pointer(reason: &str) -> Option<(&str, &str)> {
    let mut words = reason.split_once(POINTER)?.1.split(' ');
    Some((words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::{FakeCloudFormation, STACK_ID, event};

    fn failed() -> Event {
        Event {
            resource_type: "Custom::GlueResourcePolicy".to_owned(),
            reason: Some(format!(
                "no. {POINTER}2026/[$LATEST]a request-1 (RequestId: x)"
            )),
            ..event("1", "CatalogPolicy", "CREATE_FAILED")
        }
    }

    #[tokio::test]
    async fn the_lines_of_the_failed_request_are_found_and_no_others() {
        let api = FakeCloudFormation::default();
        api.hold("ProviderLogGroup", GROUP, "CREATE_COMPLETE");
        api.write("request-0 of another\n");
        api.write("request-1 read the policy\n");
        api.write("request-1 refused\n");
        assert_eq!(
            lines(&api, STACK_ID, &failed()).await,
            ["request-1 read the policy", "request-1 refused"]
        );
        let quiet = Event {
            status: "CREATE_COMPLETE".to_owned(),
            ..failed()
        };
        assert!(lines(&api, STACK_ID, &quiet).await.is_empty());
    }
}
