//! What a stack's status allows: to create, to update, to wait, or nothing until somebody repairs
//! it. Pure: a table from status to verdict, and the commands that help.

use super::account::Login;
use super::cloudformation::{Event, Stack};

/// Opens the token of every operation that this program starts, so that a later run knows its own.
pub(crate) const TOKEN_PREFIX: &str = "zeroetl-";

/// What can be done with a stack, judged by its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There is none, or only the shell that a change set left: create it.
    Create,
    /// It stands: update it.
    Update,
    /// An operation is under way.
    Busy,
    /// Nothing can be done before somebody repairs it.
    Stuck(Repair),
}

/// What gets a stack out of a state that it cannot leave by an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    /// Its creation failed and was taken back.
    DeleteEmpty,
    /// Its creation failed, and something of it is left.
    Delete,
    /// Its deletion failed half-way.
    DeleteAgain,
    /// Its rollback failed half-way.
    ContinueRollback,
    /// It was left as it failed, on somebody's wish.
    RollBack,
    /// A status that this version does not know.
    Look,
}

/// Judges a stack's status; `None` is a stack that does not exist.
pub(crate) fn judge(status: Option<&str>) -> Verdict {
    let Some(status) = status else {
        return Verdict::Create;
    };
    match status {
        "DELETE_COMPLETE" | "REVIEW_IN_PROGRESS" => Verdict::Create,
        "CREATE_COMPLETE"
        | "UPDATE_COMPLETE"
        | "UPDATE_ROLLBACK_COMPLETE"
        | "IMPORT_COMPLETE"
        | "IMPORT_ROLLBACK_COMPLETE" => Verdict::Update,
        "ROLLBACK_COMPLETE" => Verdict::Stuck(Repair::DeleteEmpty),
        "CREATE_FAILED" | "ROLLBACK_FAILED" => Verdict::Stuck(Repair::Delete),
        "DELETE_FAILED" => Verdict::Stuck(Repair::DeleteAgain),
        "UPDATE_ROLLBACK_FAILED" | "IMPORT_ROLLBACK_FAILED" => {
            Verdict::Stuck(Repair::ContinueRollback)
        }
        "UPDATE_FAILED" => Verdict::Stuck(Repair::RollBack),
        _ if status.ends_with("_IN_PROGRESS") => Verdict::Busy,
        _ => Verdict::Stuck(Repair::Look),
    }
}

/// Whether the status means that a create or update did what it was meant to do.
pub(crate) fn is_success(status: &str) -> bool {
    matches!(
        status,
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE"
    )
}

/// Whether an operation is under way. The shell of an unexecuted change set is not.
pub(crate) fn is_busy(status: &str) -> bool {
    judge(Some(status)) == Verdict::Busy
}

/// The token of the operation under way, when it is one of ours; `newest` comes first.
pub(crate) fn own_token(newest: &[Event]) -> Option<&str> {
    let token = newest.first()?.token.as_deref()?;
    token.starts_with(TOKEN_PREFIX).then_some(token)
}

impl Repair {
    /// What to do, with the command. `failed` are the resources that failed in the last operation.
    pub(crate) fn advice(self, stack: &str, failed: &[String], login: &Login) -> String {
        let command = |verb: &str| {
            format!(
                "`aws cloudformation {verb} --stack-name {stack} {}`",
                login.cli_flags()
            )
        };
        match self {
            Self::DeleteEmpty => {
                "its creation failed and was taken back: remove the cause and run \
                                  `zeroetl deploy` again, which deletes the empty stack first"
                    .to_owned()
            }
            Self::Delete => format!(
                "its creation failed, so it can only be deleted: {}, then run `zeroetl deploy` again",
                command("delete-stack")
            ),
            Self::DeleteAgain => format!(
                "its deletion failed: see why by {}, remove the cause, and run `zeroetl destroy` \
                 again",
                command("describe-stack-events")
            ),
            Self::ContinueRollback if failed.is_empty() => format!(
                "its rollback failed: see why by {}, remove the cause, and run {}",
                command("describe-stack-events"),
                command("continue-update-rollback")
            ),
            Self::ContinueRollback => format!(
                "its rollback failed: remove the cause and run {}; or leave what failed as it is, by \
                 `aws cloudformation continue-update-rollback --stack-name {stack} \
                 --resources-to-skip {} {}`, and then run `zeroetl deploy`, which compares and mends \
                 it",
                command("continue-update-rollback"),
                failed.join(" "),
                login.cli_flags()
            ),
            Self::RollBack => format!(
                "an update failed and was not rolled back: run {} first",
                command("rollback-stack")
            ),
            Self::Look => format!(
                "this version of zeroetl does not know that status; look at it by {}",
                command("describe-stacks")
            ),
        }
    }
}

/// Why a stack cannot be touched now.
pub(crate) fn stuck(stack: &Stack, repair: Repair, failed: &[String], login: &Login) -> String {
    let advice = repair.advice(&stack.name, failed, login);
    format!("stack `{}` is `{}`: {advice}", stack.name, stack.status)
}

/// Why a stack has to be waited for, when the operation under way is not ours.
pub(crate) fn foreign_operation(stack: &Stack, login: &Login) -> String {
    format!(
        "stack `{}` is `{}` by an operation that zeroetl did not start; wait for its end (`aws \
         cloudformation describe-stacks --stack-name {} {}`), then run the command again",
        stack.name,
        stack.status,
        stack.name,
        login.cli_flags()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::login;

    #[test]
    fn each_status_has_its_verdict() {
        use Verdict::{Busy, Create, Stuck, Update};
        let table = [
            (None, Create),
            (Some("REVIEW_IN_PROGRESS"), Create),
            (Some("CREATE_COMPLETE"), Update),
            (Some("UPDATE_ROLLBACK_COMPLETE"), Update),
            (Some("IMPORT_COMPLETE"), Update),
            (Some("CREATE_IN_PROGRESS"), Busy),
            (Some("ROLLBACK_IN_PROGRESS"), Busy),
            (Some("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), Busy),
            (Some("DELETE_IN_PROGRESS"), Busy),
            (Some("ROLLBACK_COMPLETE"), Stuck(Repair::DeleteEmpty)),
            (Some("ROLLBACK_FAILED"), Stuck(Repair::Delete)),
            (Some("CREATE_FAILED"), Stuck(Repair::Delete)),
            (Some("DELETE_FAILED"), Stuck(Repair::DeleteAgain)),
            (
                Some("UPDATE_ROLLBACK_FAILED"),
                Stuck(Repair::ContinueRollback),
            ),
            (Some("UPDATE_FAILED"), Stuck(Repair::RollBack)),
            (Some("SOMETHING_NEW"), Stuck(Repair::Look)),
        ];
        for (status, expected) in table {
            assert_eq!(judge(status), expected, "{status:?}");
        }
    }

    #[test]
    fn a_failed_rollback_comes_with_the_resources_that_can_be_skipped() {
        let failed = ["PropertiesOrders".to_owned(), "Policy".to_owned()];
        let advice = Repair::ContinueRollback.advice("demo-target", &failed, &login());
        assert!(
            advice.contains(
                "continue-update-rollback --stack-name demo-target --resources-to-skip \
                 PropertiesOrders Policy --region us-east-1"
            ),
            "{advice}"
        );
    }

    #[test]
    fn a_stack_whose_creation_failed_comes_with_the_command_that_deletes_it() {
        let advice = Repair::Delete.advice("demo-target", &[], &login());
        assert_eq!(
            advice,
            "its creation failed, so it can only be deleted: `aws cloudformation delete-stack \
             --stack-name demo-target --region us-east-1 --profile source-admin`, then run `zeroetl \
             deploy` again"
        );
    }

    #[test]
    fn only_an_operation_with_our_token_is_our_own() {
        let event = |token: &str| Event {
            token: Some(token.to_owned()),
            ..Event::default()
        };
        assert_eq!(
            own_token(&[event("zeroetl-1"), event("Console-2")]),
            Some("zeroetl-1")
        );
        assert_eq!(own_token(&[event("Console-2"), event("zeroetl-1")]), None);
        assert_eq!(own_token(&[Event::default()]), None);
        assert_eq!(own_token(&[]), None);
    }
}
