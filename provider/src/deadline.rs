//! Until when something may take. Everything that waits is given one of these.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

/// A moment after which nobody waits any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline `time` from now.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// What is left, zero when it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    pub fn passed(self) -> bool {
        self.remaining().is_zero()
    }

    /// The same deadline, `time` earlier.
    #[must_use]
    pub fn earlier_by(self, time: Duration) -> Self {
        Self(self.0.checked_sub(time).unwrap_or_else(Instant::now))
    }

    /// The earlier one of this deadline and `time` from now.
    #[must_use]
    pub fn at_most(self, time: Duration) -> Self {
        self.min(Self::after(time))
    }

    /// What `future` gives, unless the deadline passes first.
    pub async fn bound<F: Future>(self, future: F) -> Option<F::Output> {
        timeout_at(self.0, future).await.ok()
    }
}

/// The moments one request has to keep.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The work, its own tidying included, ends here.
    pub work: Deadline,
    /// Work that has not ended by itself is stopped.
    pub stop: Deadline,
    /// The reply is delivered by then, or not at all.
    pub reply: Deadline,
    /// Whether there is time to do anything but answer.
    pub enough: bool,
}

/// With less than this on arrival nothing is begun.
const TOO_LITTLE: Duration = Duration::from_secs(1);
/// What the process needs at the very end to hand its result to Lambda.
const HAND_OVER: Duration = Duration::from_millis(100);

impl Clock {
    /// The moments of a request that has `lambda` until Lambda ends the process, and `service`
    /// until CloudFormation stops waiting.
    ///
    /// A fifth of the time, at least 0.4 and at most 10 seconds, is kept for the reply, so that
    /// some attempts at delivering it fit.
    pub fn start(lambda: Duration, service: Option<Duration>) -> Self {
        let total = service.map_or(lambda, |service| service.min(lambda));
        let reserve = (total / 5).clamp(Duration::from_millis(400), Duration::from_secs(10));
        // However little a template grants, a reply leaves: it says so.
        let answer = total.max(TOO_LITTLE).min(lambda);
        Self {
            work: Deadline::after(total.saturating_sub(reserve)),
            stop: Deadline::after(total.saturating_sub(reserve * 3 / 4)),
            reply: Deadline::after(answer.saturating_sub(HAND_OVER.min(answer / 2))),
            enough: total >= TOO_LITTLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn the_earlier_of_both_deadlines_counts() {
        let clock = Clock::start(120 * SECOND, Some(10 * SECOND));
        assert_eq!(clock.work.remaining(), 8 * SECOND);
        assert!(clock.reply.remaining() < 10 * SECOND);
        let clock = Clock::start(120 * SECOND, Some(3600 * SECOND));
        assert_eq!(clock.work.remaining(), 110 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn three_seconds_leave_more_than_two_for_the_work() {
        let clock = Clock::start(3 * SECOND, None);
        assert!(clock.enough && clock.work.remaining() > 2 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn under_a_second_is_not_enough() {
        assert!(!Clock::start(Duration::from_millis(999), None).enough);
        let none = Clock::start(60 * SECOND, Some(Duration::ZERO));
        assert!(!none.enough && none.reply.remaining() > SECOND / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_outlives_its_deadline() {
        let deadline = Deadline::after(SECOND);
        assert_eq!(deadline.bound(std::future::pending::<()>()).await, None);
        assert!(deadline.passed());
        assert_eq!(Deadline::after(SECOND).bound(async { 7 }).await, Some(7));
    }
}
