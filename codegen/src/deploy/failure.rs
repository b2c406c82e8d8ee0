//! An operation that failed, told so that somebody can act: which resource failed first, its whole
//! reason, and what to do next.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::account::Login;
use super::cloudformation::{CloudFormation, Event, STACK_TYPE, Validated};
use super::events::{failures, own_failure};
use super::operation::Ended;
use super::stack_state::{Verdict, judge};
use crate::visible::one_line;

/// A failed operation on a stack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    /// The stack's name.
    pub stack: String,
    /// The status it ended in.
    pub status: String,
    /// The first resource that failed by itself, or the stack's own reason.
    pub cause: Cause,
    /// Others that failed by themselves, and what a validation found.
    pub others: Vec<String>,
    /// What to do.
    pub advice: Vec<String>,
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A resource failed.
    Resource {
        /// Its logical id.
        logical_id: String,
        /// Its type.
        resource_type: String,
        /// Its status.
        status: String,
        /// CloudFormation's words, in full.
        reason: String,
    },
    /// No resource is known to have failed.
    Stack(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stack `{}` ended as `{}`: ", self.stack, self.status)?;
        match &self.cause {
            Cause::Resource {
                logical_id,
                resource_type,
                status,
                reason,
            } => {
                write!(
                    f,
                    "`{logical_id}` ({resource_type}) is `{status}`: {reason}"
                )?;
            }
            Cause::Stack(reason) => f.write_str(reason)?,
        }
        for other in &self.others {
            write!(f, "\n  also: {other}")?;
        }
        for advice in &self.advice {
            write!(f, "\n  next: {advice}")?;
        }
        Ok(())
    }
}

impl Failure {
    /// Reads the end of a create, update or delete, and asks for what a validation found.
    pub(crate) async fn of(
        api: &impl CloudFormation,
        ended: &Ended,
        login: &Login,
        imported: bool,
    ) -> Self {
        Self::told(
            ended,
            &findings(api, &ended.events, &ended.stack.id).await,
            login,
            imported,
        )
    }

    fn told(ended: &Ended, findings: &[String], login: &Login, imported: bool) -> Self {
        let failed = failures(&ended.events, &ended.stack.id);
        let cause = match failed.first() {
            Some(event) => Cause::Resource {
                logical_id: event.logical_id.clone(),
                resource_type: event.resource_type.clone(),
                status: event.status.clone(),
                reason: reason(event).into_owned(),
            },
            None => Cause::Stack(
                one_line(
                    own_failure(&ended.events, &ended.stack.id)
                        .or(ended.stack.reason.as_deref())
                        .unwrap_or(NO_REASON),
                )
                .into_owned(),
            ),
        };
        let first = failed.first().map(|event| event.logical_id.as_str());
        let others = failed
            .iter()
            .skip(1)
            .filter(|event| Some(event.logical_id.as_str()) != first)
            .map(|event| format!("`{}`: {}", event.logical_id, reason(event)))
            .chain(findings.iter().cloned())
            .collect();
        let mut advice = vec![next_step(ended, login)];
        let taken = failed
            .iter()
            .any(|event| already_exists(&event.resource_type, &reason(event)));
        if taken
            || findings
                .iter()
                .any(|finding| already_exists(finding, finding))
        {
            advice.push(existing(imported));
        }
        advice.extend(failed.iter().find_map(|event| flag_for(&reason(event))));
        Self {
            stack: ended.stack.name.clone(),
            status: ended.stack.status.clone(),
            cause,
            others,
            advice,
        }
    }
}

const NO_REASON: &str = "no reason given";

fn reason(event: &Event) -> Cow<'_, str> {
    one_line(event.reason.as_deref().unwrap_or(NO_REASON))
}

/// What CloudFormation's validation found when it failed a stack before any of its resources. Best
/// effort: not everybody may ask.
pub(crate) async fn findings(
    api: &impl CloudFormation,
    events: &[Event],
    stack_id: &str,
) -> Vec<String> {
    let Some(first) = events
        .first()
        .filter(|_| failures(events, stack_id).is_empty())
    else {
        return Vec::new();
    };
    let operation = Validated::Operation {
        stack_id,
        since: &first.time,
    };
    api.findings(operation).await.unwrap_or_default()
}

/// Whether a table, bucket or database of that name is there that the stack does not own.
fn already_exists(resource_type: &str, reason: &str) -> bool {
    let kept = [
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
        "AWS::Glue::Database",
    ];
    let says = [
        "already exists",
        "AlreadyExists",
        "already owned by you",
        "AlreadyOwnedByYou",
    ];
    kept.iter().any(|kept| resource_type.contains(kept))
        && says.iter().any(|says| reason.contains(says))
}

/// The provider names the property that permits what it refused; we have a flag for each.
fn flag_for(reason: &str) -> Option<String> {
    if reason.contains("`AllowResync`") {
        Some("`zeroetl deploy --allow-reload` permits it for one run".to_owned())
    } else if reason.contains("`AdoptExisting`") {
        Some("`zeroetl deploy --import-existing` takes over what is there".to_owned())
    } else {
        None
    }
}

fn existing(imported: bool) -> String {
    if imported {
        "CloudFormation could not take what exists into the stack; rename it, or remove it"
            .to_owned()
    } else {
        "what exists may be left from an earlier deployment (tables, bucket and database outlive \
         `zeroetl destroy`): then take it in by `zeroetl deploy --import-existing`; if it is somebody \
         else's, choose another name in the config file"
            .to_owned()
    }
}

/// The resources that failed on the way back: their last event of the operation is a failure.
pub(crate) fn stuck_resources(events: &[Event]) -> Vec<String> {
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    let rolling_back = |event: &&Event| event.status != "UPDATE_ROLLBACK_IN_PROGRESS";
    for event in events
        .iter()
        .skip_while(rolling_back)
        .filter(|event| event.resource_type != STACK_TYPE)
    {
        last.insert(&event.logical_id, &event.status);
    }
    let failed = last
        .into_iter()
        .filter(|(_, status)| *status == "UPDATE_FAILED");
    failed.map(|(id, _)| id.to_owned()).collect()
}

fn next_step(ended: &Ended, login: &Login) -> String {
    let stack = &ended.stack;
    match judge(Some(&stack.status)) {
        Verdict::Stuck(repair) => {
            repair.advice(&stack.name, &stuck_resources(&ended.events), login)
        }
        Verdict::Update => format!(
            "stack `{}` is rolled back to what it was before this update; remove the cause and run \
             `zeroetl deploy` again",
            stack.name
        ),
        _ => "remove the cause and run the command again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::{event, login, stack, stack_event};

    fn because(logical: &str, status: &str, reason: &str) -> Event {
        Event {
            reason: Some(reason.to_owned()),
            resource_type: "AWS::Glue::Database".to_owned(),
            ..event(logical, logical, status)
        }
    }

    #[test]
    fn the_whole_story_is_told_once() {
        let ended = Ended {
            stack: stack("ROLLBACK_COMPLETE"),
            events: vec![
                because(
                    "Database",
                    "CREATE_FAILED",
                    "AlreadyExistsException: Database orders",
                ),
                because("Bucket", "CREATE_FAILED", "Resource creation cancelled"),
                because("Role", "CREATE_FAILED", "no permission"),
            ],
        };
        let text = Failure::told(&ended, &[], &login(), false).to_string();
        assert_eq!(
            text,
            "stack `demo` ended as `ROLLBACK_COMPLETE`: `Database` (AWS::Glue::Database) is \
             `CREATE_FAILED`: AlreadyExistsException: Database orders\n  also: `Role`: no \
             permission\n  next: its creation failed and was taken back: remove the cause and run \
             `zeroetl deploy` again, which deletes the empty stack first\n  next: what exists may be left from an \
             earlier deployment (tables, bucket and database outlive `zeroetl destroy`): then take \
             it in by `zeroetl deploy --import-existing`; if it is somebody else's, choose another \
             name in the config file"
        );
    }

    #[test]
    fn an_integration_that_exists_is_not_offered_to_be_taken_in() {
        let mut failed = because(
            "Integration",
            "CREATE_FAILED",
            "HandlerErrorCode: AlreadyExists",
        );
        "AWS::Glue::Integration".clone_into(&mut failed.resource_type);
        let ended = Ended {
            stack: stack("ROLLBACK_COMPLETE"),
            events: vec![failed],
        };
        assert!(
            !Failure::told(&ended, &[], &login(), false)
                .to_string()
                .contains("--import-existing")
        );
    }

    #[test]
    fn only_what_failed_on_the_way_back_can_be_skipped() {
        let of = |id, status| because(id, status, "no");
        let mut rollback = stack_event("r", "UPDATE_ROLLBACK_IN_PROGRESS");
        rollback.token = None;
        let events = [
            of("Bucket", "UPDATE_FAILED"),
            of("Policy", "UPDATE_COMPLETE"),
            rollback,
            of("Bucket", "UPDATE_COMPLETE"),
            of("Policy", "UPDATE_FAILED"),
            stack_event("e", "UPDATE_ROLLBACK_FAILED"),
        ];
        assert_eq!(stuck_resources(&events), ["Policy"]);
    }

    #[test]
    fn what_the_provider_asks_permission_for_is_answered_with_our_flag() {
        let advice = |reason: &str| {
            let ended = Ended {
                stack: stack("UPDATE_ROLLBACK_COMPLETE"),
                events: vec![because("TableProperties", "UPDATE_FAILED", reason)],
            };
            Failure::told(&ended, &[], &login(), false).advice.join(" ")
        };
        assert!(advice("set `AllowResync` to permit it").contains("--allow-reload"));
        assert!(advice("set `AdoptExisting` to take them over").contains("--import-existing"));
    }

    #[test]
    fn an_update_that_was_rolled_back_says_so_of_its_own_stack_alone() {
        let ended = Ended {
            stack: stack("UPDATE_ROLLBACK_COMPLETE"),
            events: vec![because("Function", "UPDATE_FAILED", "bad key")],
        };
        let text = Failure::told(&ended, &[], &login(), false).to_string();
        assert!(
            text.contains("stack `demo` is rolled back to what it was before this update"),
            "{text}"
        );
        assert!(!text.contains("--import-existing"), "{text}");
    }

    #[test]
    fn without_a_failed_resource_the_stacks_own_reason_is_given() {
        let mut ended = Ended {
            stack: stack("ROLLBACK_COMPLETE"),
            events: Vec::new(),
        };
        ended.stack.reason = Some("the role may not be used".to_owned());
        let text = Failure::told(&ended, &[], &login(), false).to_string();
        assert!(
            text.contains("ended as `ROLLBACK_COMPLETE`: the role may not be used"),
            "{text}"
        );
    }

    #[test]
    fn a_validation_that_failed_the_stack_is_told_with_what_it_found() {
        let found = "Bucket: NAME_CONFLICT_VALIDATION: Resource of type 'AWS::S3::Bucket' with \
                     identifier 'lake' already exists.";
        let own = Event {
            reason: Some("Validation failed with 1 error(s).".to_owned()),
            ..stack_event("1", "CREATE_FAILED")
        };
        let ended = Ended {
            stack: stack("ROLLBACK_COMPLETE"),
            events: vec![own],
        };
        let text = Failure::told(&ended, &[found.to_owned()], &login(), false).to_string();
        assert!(
            text.contains(
                "`ROLLBACK_COMPLETE`: Validation failed with 1 error(s).\n  also: Bucket"
            ),
            "{text}"
        );
        assert!(text.contains("--import-existing"), "{text}");
    }
}
