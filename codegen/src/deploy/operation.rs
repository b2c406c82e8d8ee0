//! One operation of one stack, followed to its end: events as they come, and how it ended. Survives
//! a short loss of contact; knows nothing of what started the operation.

use std::time::Duration;

use super::aws_error::AwsError;
use super::cloudformation::{CloudFormation, Event, Stack};
use super::events::{Tail, line, stack_status};
use super::function_log;
use super::progress::Progress;
use super::stack_state::is_busy;
use crate::visible::one_line;

/// How an operation ended.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// The stack afterwards; the last that was seen of it when it is gone.
    pub stack: Stack,
    /// Its events, oldest first.
    pub events: Vec<Event>,
}

/// Contact was lost while the operation went on.
#[derive(Debug, thiserror::Error)]
#[error(
    "lost sight of stack `{stack}`, and its operation goes on in AWS; run the same command again to \
     follow it to the end"
)]
pub struct LostSight {
    /// The stack's name.
    pub stack: String,
    /// What the last attempt said.
    pub source: AwsError,
}

const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// Attempts in a row that may fail, each with the SDK's own retries.
const LOST_ATTEMPTS: u32 = 5;
/// Looks at a quiet stack without an event of its own before that counts as its end.
const QUIET_LOOKS: u32 = 5;

/// Follows until the stack comes to rest.
pub(crate) async fn follow(
    api: &impl CloudFormation,
    stack: &Stack,
    mut tail: Tail,
    progress: &impl Progress,
) -> Result<Ended, LostSight> {
    let mut ended = Ended {
        stack: stack.clone(),
        events: Vec::new(),
    };
    let mut pause = FIRST_PAUSE;
    let mut lost = 0;
    let mut quiet = 0;
    loop {
        match look(api, &mut ended, &mut tail, progress).await {
            Ok(true) => return Ok(ended),
            Ok(false) => {
                lost = 0;
                // An event of the stack itself ends an operation. Where it does not show, a stack
                // that stays at rest has to do.
                quiet = if is_busy(&ended.stack.status) {
                    0
                } else {
                    quiet + 1
                };
                if quiet > QUIET_LOOKS && ended.stack.status != "REVIEW_IN_PROGRESS" {
                    return Ok(ended);
                }
            }
            Err(source) => {
                lost += 1;
                if lost > LOST_ATTEMPTS || !source.problem.is_passing() {
                    return Err(LostSight {
                        stack: stack.name.clone(),
                        source,
                    });
                }
                progress.line(&format!("  ... {source}; trying again"));
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// One look: prints what is new, and answers whether the operation has ended.
async fn look(
    api: &impl CloudFormation,
    ended: &mut Ended,
    tail: &mut Tail,
    progress: &impl Progress,
) -> Result<bool, AwsError> {
    // The status first: events that belong to an end that it shows are then there to be read.
    match api.stack(&ended.stack.id).await? {
        Some(stack) => ended.stack = stack,
        None => "DELETE_COMPLETE".clone_into(&mut ended.stack.status),
    }
    for event in tail.read(api, &ended.stack.id).await? {
        progress.line(&line(&event));
        for written in function_log::lines(api, &ended.stack.id, &event).await {
            progress.line(&format!("            log: {}", one_line(&written)));
        }
        ended.events.push(event);
    }
    // Right after its start an operation may still show the status of the one before.
    Ok(!is_busy(&ended.stack.status)
        && stack_status(&ended.events, &ended.stack.id) == Some(ended.stack.status.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::{FakeCloudFormation, Lines, STACK_ID, event, stack_event};

    #[tokio::test(start_paused = true)]
    async fn the_status_of_the_operation_before_does_not_end_this_one() {
        let api = FakeCloudFormation::default();
        api.set_status("UPDATE_COMPLETE");
        api.add_events([stack_event("0", "UPDATE_COMPLETE")]);
        let tail = Tail::from_now(&api, STACK_ID).await.unwrap();
        api.then("UPDATE_COMPLETE", []);
        api.then(
            "UPDATE_IN_PROGRESS",
            [stack_event("1", "UPDATE_IN_PROGRESS")],
        );
        api.then(
            "UPDATE_ROLLBACK_COMPLETE",
            [
                event("2", "Table", "UPDATE_FAILED"),
                stack_event("3", "UPDATE_ROLLBACK_COMPLETE"),
            ],
        );
        let lines = Lines::default();
        let ended = follow(&api, &api.snapshot(), tail, &lines).await.unwrap();
        assert_eq!(ended.stack.status, "UPDATE_ROLLBACK_COMPLETE");
        assert_eq!(ended.events.len(), 3);
        assert_eq!(lines.all().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deleted_stack_ends_its_operation_even_when_it_cannot_be_described_any_more() {
        let api = FakeCloudFormation::default();
        api.set_status("DELETE_IN_PROGRESS");
        api.vanish();
        api.add_events([stack_event("1", "DELETE_COMPLETE")]);
        let ended = follow(&api, &api.snapshot(), Tail::default(), &Lines::default())
            .await
            .unwrap();
        assert_eq!(ended.stack.status, "DELETE_COMPLETE");
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_loss_of_contact_is_survived_and_a_long_one_says_how_to_go_on() {
        let api = FakeCloudFormation::default();
        api.set_status("CREATE_COMPLETE");
        api.add_events([stack_event("1", "CREATE_COMPLETE")]);
        api.lose_contact(LOST_ATTEMPTS);
        let ended = follow(&api, &api.snapshot(), Tail::default(), &Lines::default())
            .await
            .unwrap();
        assert_eq!(ended.stack.status, "CREATE_COMPLETE");

        api.lose_contact(LOST_ATTEMPTS + 1);
        let error = follow(&api, &api.snapshot(), Tail::default(), &Lines::default())
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("run the same command again to follow it")
        );
    }
}
