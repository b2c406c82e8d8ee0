//! Others write the same policy. Every write names the version it is based on; who loses reads
//! again and merges again, until it wins or there is no more time.

use std::time::Duration;

use crate::{
    backoff::Backoff,
    deadline::Deadline,
    ports::{CallError, CallErrorKind},
    resource::{Failure, ReasonKind},
};

/// The most times that one request merges. Twenty owners at once need a handful.
const MOST_TRIES: u32 = 60;

/// The tries of one request.
pub(super) struct Race {
    deadline: Deadline,
    pauses: Backoff,
    tries: u32,
}

impl Race {
    pub(super) fn new(deadline: Deadline) -> Self {
        let pauses = Backoff::new(Duration::from_millis(40), Duration::from_secs(2));
        Self {
            deadline,
            pauses,
            tries: 1,
        }
    }

    /// Whether the error tells that somebody else was first, or the policy vanished.
    pub(super) fn lost(error: &CallError) -> bool {
        matches!(
            error.kind,
            CallErrorKind::ConditionFailed | CallErrorKind::NotFound
        )
    }

    /// Waits for the next try, or gives up.
    pub(super) async fn again(&mut self) -> Result<(), Failure> {
        let tries = self.tries;
        if tries >= MOST_TRIES || !self.pauses.wait(self.deadline).await {
            return Err(Failure::touched(
                ReasonKind::Contended,
                format!("{tries} tries were overtaken by other writers; try again"),
            ));
        }
        self.tries += 1;
        Ok(())
    }
}
