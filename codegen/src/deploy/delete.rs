//! One stack deleted and followed until it is gone. Never touches what its template retains.

use std::time::SystemTime;

use super::account::Login;
use super::aws_error::AwsError;
use super::change_set;
use super::cloudformation::{CloudFormation, Stack};
use super::events::Tail;
use super::failure::Failure;
use super::operation::{Ended, LostSight, follow};
use super::progress::Progress;

/// Why a stack is not gone.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// The deletion could not be started.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Contact was lost.
    #[error(transparent)]
    LostSight(#[from] LostSight),
    /// A resource could not be deleted.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Deletes the stack.
pub(crate) async fn delete(
    api: &impl CloudFormation,
    stack: &Stack,
    login: &Login,
    progress: &impl Progress,
) -> Result<Ended, DeleteError> {
    progress.line(&format!(
        "deleting `{}` in account {} ({})",
        stack.name, login.account, login.region
    ));
    let token = change_set::name(&stack.name, "delete", SystemTime::now());
    let tail = Tail::from_now(api, &stack.id).await?;
    api.delete_stack(&stack.id, Some(&token)).await?;
    let ended = follow(api, stack, tail, progress).await?;
    if ended.stack.status == "DELETE_COMPLETE" {
        Ok(ended)
    } else {
        Err(Failure::of(api, &ended, login, false).await.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::cloudformation::Event;
    use crate::deploy::testing::{FakeCloudFormation, Lines, event, login, stack_event};

    #[tokio::test(start_paused = true)]
    async fn a_failed_deletion_names_the_resource_and_its_reason() {
        let api = FakeCloudFormation::default();
        api.set_status("CREATE_COMPLETE");
        let failed = Event {
            reason: Some("integration `orders` still uses the table".to_owned()),
            ..event("1", "TableProperties", "DELETE_FAILED")
        };
        api.then("DELETE_FAILED", [failed, stack_event("2", "DELETE_FAILED")]);
        let error = delete(&api, &api.snapshot(), &login(), &Lines::default()).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("`TableProperties`"), "{error}");
        assert!(
            error.contains("integration `orders` still uses the table"),
            "{error}"
        );
        assert!(error.contains("run `zeroetl destroy` again"), "{error}");
    }
}
