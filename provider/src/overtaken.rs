//! A Delete that may have overtaken its Create. CloudFormation sends it, with an id that it made up, when
//! another resource of the stack fails while the Create still runs: what the Create then writes would
//! have no owner. So such a Delete that finds nothing looks again for a while.

use std::time::Duration;

use crate::{backoff::Backoff, deadline::Deadline};

/// Somewhat longer than a Create waits for a principal.
const LONGEST: Duration = Duration::from_secs(65);

/// The looks of one Delete.
pub(crate) struct Overtaken {
    until: Deadline,
    pauses: Backoff,
}

impl Overtaken {
    /// A Delete that has to be through by `deadline`.
    pub(crate) fn new(deadline: Deadline) -> Self {
        Self {
            until: deadline.at_most(LONGEST.min(deadline.remaining() / 2)),
            pauses: Backoff::new(Duration::from_millis(500), Duration::from_secs(5)),
        }
    }

    /// Waits for the next look; `false` when there have been enough.
    pub(crate) async fn again(&mut self) -> bool {
        self.pauses.wait(self.until).await
    }
}
