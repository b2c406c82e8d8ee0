//! One stack made as the plan wants it: change set, execution, events, result. Knows one stack and
//! nothing of the others.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::account::Login;
use super::aws_error::{AwsError, Problem};
use super::change_set::{self, Readiness};
use super::cloudformation::{
    ChangeSet, CloudFormation, MadeChangeSet, NewChangeSet, Stack, Template, Validated,
};
use super::events::{Tail, failures};
use super::failure::Failure;
use super::operation::{LostSight, follow};
use super::progress::Progress;
use super::rollout::Permits;
use super::stack_state::is_success;

/// A stack to make or to update.
#[derive(Debug, Clone)]
pub(crate) struct Wanted<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where its template is.
    pub template: Template,
    /// The template's parameters.
    pub parameters: BTreeMap<String, String>,
    /// The stack as it stands, its shell included.
    pub standing: Option<Stack>,
    /// Whether it is to be created, not updated.
    pub creates: bool,
    /// Whether retained resources of an earlier life are taken in.
    pub import_existing: bool,
    /// Whether what was changed or deleted by hand is put back.
    pub revert_drift: bool,
    /// What may be ended or replaced.
    pub permits: &'a Permits,
    /// In whose account.
    pub login: &'a Login,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    /// The stack afterwards.
    pub stack: Stack,
    /// Whether anything was changed.
    pub changed: bool,
}

/// Why a stack is not as wanted.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A call failed before the operation began.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// CloudFormation refused the change set; nothing was touched.
    #[error(
        "CloudFormation refuses the change to stack `{stack}`, and nothing was touched: {reason}{findings}"
    )]
    Refused {
        /// The stack's name.
        stack: String,
        /// CloudFormation's words.
        reason: String,
        /// What its validation found, each on its line.
        findings: String,
    },
    /// Somebody else works at the stack.
    #[error(
        "stack `{stack}` was changed by somebody else after this run had looked at it, and this run \
         changed nothing of it ({said}); wait until that deployment is through (`zeroetl status` \
         shows it), then run the same command again"
    )]
    Meanwhile {
        /// The stack's name.
        stack: String,
        /// CloudFormation's words.
        said: String,
    },
    /// CloudFormation would do more than anybody permitted.
    #[error(
        "CloudFormation would change more of stack `{stack}` than was permitted, and nothing of it \
         was touched:\n{}", .dangers.join("\n")
    )]
    Dangers {
        /// The stack's name.
        stack: String,
        /// Each with the flag that permits it.
        dangers: Vec<String>,
    },
    /// Contact was lost.
    #[error(transparent)]
    LostSight(#[from] LostSight),
    /// The operation failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

const PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// Makes or updates the stack.
pub(crate) async fn apply(
    api: &impl CloudFormation,
    wanted: &Wanted<'_>,
    progress: &impl Progress,
) -> Result<Applied, ApplyError> {
    let template = match &wanted.template {
        Template::Inline(text) | Template::Url(text) => text,
    };
    let new = NewChangeSet {
        // A stack that was deleted and made again by somebody else has another id.
        stack: match &wanted.standing {
            Some(stack) if !wanted.creates => stack.id.clone(),
            _ => wanted.name.to_owned(),
        },
        name: change_set::name(wanted.name, template, SystemTime::now()),
        creates: wanted.creates,
        template: wanted.template.clone(),
        parameters: wanted.parameters.clone(),
        import_existing: wanted.import_existing,
        revert_drift: wanted.revert_drift,
    };
    let made = api.create_change_set(&new).await;
    let made = made.map_err(|error| meanwhile(wanted.name, error))?;
    let (readiness, change_set) = wait(api, &made.id).await?;
    match (readiness, &wanted.standing) {
        (Readiness::Refused(reason), _) => Err(refuse(api, wanted, &made, reason).await),
        (Readiness::NoChanges, Some(stack)) => {
            api.delete_change_set(&made.id).await?;
            progress.line("  no changes");
            Ok(Applied {
                stack: stack.clone(),
                changed: false,
            })
        }
        _ => execute(api, wanted, &new, &made, &change_set, progress).await,
    }
}

async fn wait(api: &impl CloudFormation, id: &str) -> Result<(Readiness, ChangeSet), AwsError> {
    let mut pause = PAUSE;
    loop {
        let change_set = api.change_set(id).await?;
        match change_set::readiness(&change_set) {
            Readiness::Pending => {
                tokio::time::sleep(pause).await;
                pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            }
            settled => return Ok((settled, change_set)),
        }
    }
}

async fn execute(
    api: &impl CloudFormation,
    wanted: &Wanted<'_>,
    new: &NewChangeSet,
    made: &MadeChangeSet,
    change_set: &ChangeSet,
    progress: &impl Progress,
) -> Result<Applied, ApplyError> {
    for line in change_set::lines(&change_set.changes) {
        progress.line(&line);
    }
    let dangers = change_set::dangers(&change_set.changes, wanted.permits);
    if !dangers.is_empty() {
        let _ = api.delete_change_set(&made.id).await;
        return Err(ApplyError::Dangers {
            stack: wanted.name.to_owned(),
            dangers,
        });
    }
    let tail = Tail::from_now(api, &made.stack_id).await?;
    // A create that fails takes back what it made, also where the template retains it: nothing is
    // left that would stand in the way of the next attempt. What was imported must stay.
    let imports = change_set
        .changes
        .iter()
        .any(|change| change.action == "Import");
    let executed = api.execute(&made.id, &new.name, imports).await;
    if let Err(error) = executed {
        let _ = api.delete_change_set(&made.id).await;
        return Err(meanwhile(wanted.name, error));
    }
    let before = wanted.standing.clone().unwrap_or_else(|| Stack {
        id: made.stack_id.clone(),
        name: wanted.name.to_owned(),
        status: "REVIEW_IN_PROGRESS".to_owned(),
        reason: None,
        outputs: BTreeMap::new(),
        protected: false,
        changed_at: String::new(),
        parameters: BTreeMap::new(),
    });
    let ended = follow(
        api,
        &Stack {
            id: made.stack_id.clone(),
            ..before
        },
        tail,
        progress,
    )
    .await?;
    if is_success(&ended.stack.status) {
        // CloudFormation succeeds although it could not delete what left the stack.
        for orphan in failures(&ended.events, &ended.stack.id) {
            progress.line(&format!(
                "  WARNING: `{}` left the stack but could not be deleted; it is still there",
                orphan.logical_id
            ));
        }
        Ok(Applied {
            stack: ended.stack,
            changed: true,
        })
    } else {
        let failure = Failure::of(api, &ended, wanted.login, wanted.import_existing).await;
        Err(failure.into())
    }
}

/// What CloudFormation answers when a stack, or a change set, is not any more what it was when this
/// run looked at it.
fn meanwhile(stack: &str, error: AwsError) -> ApplyError {
    let Problem::Refused { code, message } = &error.problem else {
        return error.into();
    };
    let codes = [
        "AlreadyExistsException",
        "InvalidChangeSetStatus",
        "ChangeSetNotFound",
        "ChangeSetNotFoundException",
        "OperationInProgressException",
    ];
    let says = [
        "_IN_PROGRESS state",
        "already exists and cannot be created again",
        "does not exist",
    ];
    if codes.contains(&code.as_str()) || says.iter().any(|says| message.contains(says)) {
        ApplyError::Meanwhile {
            stack: stack.to_owned(),
            said: message.clone(),
        }
    } else {
        error.into()
    }
}

/// Tidies up after a change set that CloudFormation refused, and gathers why it did.
async fn refuse(
    api: &impl CloudFormation,
    wanted: &Wanted<'_>,
    made: &MadeChangeSet,
    reason: String,
) -> ApplyError {
    // Only some refusals come with findings, and not everybody may read them.
    let findings = api
        .findings(Validated::ChangeSet(&made.id))
        .await
        .unwrap_or_default();
    let findings = findings
        .iter()
        .fold(String::new(), |text, line| text + "\n  " + line);
    // A shell that was made for the change set stays: somebody else's change set may wait in it by
    // now, and deleting the shell would delete that one, too. The next run uses the shell again.
    let _ = api.delete_change_set(&made.id).await;
    ApplyError::Refused {
        stack: wanted.name.to_owned(),
        reason,
        findings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::cloudformation::Change;
    use crate::deploy::testing::{
        FakeCloudFormation, Lines, change_set, event, login, stack_event,
    };

    const NOTHING: &Permits = &Permits {
        reload: false,
        removal: false,
        deployed: None,
    };

    fn wanted(login: &Login, standing: Option<Stack>) -> Wanted<'_> {
        Wanted {
            name: "demo",
            template: Template::Inline("{}".to_owned()),
            parameters: BTreeMap::new(),
            creates: standing.is_none(),
            standing,
            import_existing: false,
            revert_drift: false,
            permits: NOTHING,
            login,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_changes_is_success_and_executes_nothing() {
        let api = FakeCloudFormation::default();
        api.set_status("CREATE_COMPLETE");
        api.next_change_set(change_set(
            "FAILED",
            "The submitted information didn't contain changes.",
        ));
        let login = login();
        let applied = apply(
            &api,
            &wanted(&login, Some(api.snapshot())),
            &Lines::default(),
        )
        .await;
        assert!(!applied.unwrap().changed);
        assert_eq!(
            api.calls(),
            ["create_change_set UPDATE", "delete_change_set"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_change_set_is_deleted_alone_and_tells_its_findings() {
        let api = FakeCloudFormation::default();
        api.next_change_set(change_set("FAILED", "Early validation failed"));
        api.find("Table: /Properties/Billing: unsupported property");
        let login = login();
        let error = apply(&api, &wanted(&login, None), &Lines::default())
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "CloudFormation refuses the change to stack `demo`, and nothing was touched: FAILED: \
             Early validation failed\n  Table: /Properties/Billing: unsupported property"
        );
        assert_eq!(
            api.calls(),
            ["create_change_set CREATE", "delete_change_set"],
            "a shell may hold somebody else's change set"
        );
    }

    #[test]
    fn a_second_deployment_at_the_same_time_is_told_as_such() {
        let refused = |code: &str, message: &str| {
            let problem = Problem::Refused {
                code: code.to_owned(),
                message: message.to_owned(),
            };
            let error = AwsError {
                call: "cloudformation:CreateChangeSet",
                account: login().to_string(),
                problem,
            };
            meanwhile("demo", error).to_string()
        };
        for (code, message) in [
            ("AlreadyExistsException", "Stack [demo] already exists"),
            ("InvalidChangeSetStatus", "ChangeSet is in OBSOLETE"),
            (
                "ValidationError",
                "Stack:demo is in CREATE_IN_PROGRESS state and can not be updated.",
            ),
        ] {
            let text = refused(code, message);
            assert!(text.contains("by somebody else"), "{text}");
            assert!(text.contains("run the same command again"), "{text}");
        }
        let text = refused("ValidationError", "Template format error");
        assert!(!text.contains("somebody else"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_create_names_the_first_failed_resource_and_its_whole_reason() {
        let api = FakeCloudFormation::default();
        api.next_change_set(change_set("CREATE_COMPLETE", ""));
        let mut failed = event("2", "Bucket", "CREATE_FAILED");
        failed.reason = Some("demo-bucket already exists".to_owned());
        "AWS::S3::Bucket".clone_into(&mut failed.resource_type);
        api.then(
            "ROLLBACK_IN_PROGRESS",
            [stack_event("1", "CREATE_IN_PROGRESS"), failed],
        );
        api.then("ROLLBACK_COMPLETE", [stack_event("3", "ROLLBACK_COMPLETE")]);
        let login = login();
        let error = apply(&api, &wanted(&login, None), &Lines::default())
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`Bucket`"), "{text}");
        assert!(text.contains("demo-bucket already exists"), "{text}");
        assert!(text.contains("--import-existing"), "{text}");
        assert_eq!(
            api.calls(),
            ["create_change_set CREATE", "execute taking back"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_takes_back_everything_on_failure_unless_it_imports_something() {
        let login = login();
        let calls = async |action: &str| {
            let api = FakeCloudFormation::default();
            let change = Change {
                action: action.to_owned(),
                ..Change::default()
            };
            api.next_change_set(ChangeSet {
                changes: vec![change],
                ..change_set("CREATE_COMPLETE", "")
            });
            api.then("CREATE_COMPLETE", [stack_event("1", "CREATE_COMPLETE")]);
            let wanted = Wanted {
                import_existing: true,
                ..wanted(&login, None)
            };
            assert!(
                apply(&api, &wanted, &Lines::default())
                    .await
                    .unwrap()
                    .changed
            );
            api.calls()
        };
        let create = "create_change_set CREATE importing";
        assert_eq!(calls("Import").await, [create, "execute keeping"]);
        assert_eq!(calls("Add").await, [create, "execute taking back"]);
    }
}
