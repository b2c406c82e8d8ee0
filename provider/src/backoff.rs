//! Pauses between attempts: growing, and drawn at random, so that those who failed together do
//! not come back together.

use std::time::Duration;

use crate::deadline::Deadline;

/// The pauses of one series of attempts.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Pauses that start around `first`, double each time, and never exceed `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            next: first,
            longest,
        }
    }

    /// The next pause: somewhere between half of its turn's length and the whole.
    pub fn pause(&mut self) -> Duration {
        let whole = self.next.min(self.longest);
        self.next = (self.next * 2).min(self.longest);
        let half = whole / 2;
        half + half.mul_f64(fastrand::f64())
    }

    /// Waits for the next pause. `false` when the deadline leaves no room for it.
    pub async fn wait(&mut self, deadline: Deadline) -> bool {
        let pause = self.pause();
        let room = deadline.remaining() > pause;
        if room {
            tokio::time::sleep(pause).await;
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(2);

    #[test]
    fn pauses_grow_up_to_the_longest() {
        for _ in 0..100 {
            let mut backoff = Backoff::new(Duration::from_millis(100), LONGEST);
            let pauses: Vec<_> = (0..8).map(|_| backoff.pause()).collect();
            assert!(pauses[0] >= Duration::from_millis(50));
            assert!(pauses[0] <= Duration::from_millis(100));
            assert!(pauses[3] >= Duration::from_millis(400));
            assert!(pauses.iter().all(|pause| *pause <= LONGEST));
            assert!(pauses[7] >= LONGEST / 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_pause_runs_into_the_deadline() {
        let deadline = Deadline::after(Duration::from_millis(120));
        let mut backoff = Backoff::new(Duration::from_millis(100), LONGEST);
        assert!(backoff.wait(deadline).await);
        assert!(!backoff.wait(deadline).await);
        assert!(!deadline.passed());
    }
}
