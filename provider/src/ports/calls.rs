//! Which calls a request made, and how long they took: for the log.

use std::{
    cell::{Cell, RefCell},
    fmt,
    time::{Duration, Instant},
};

/// One attempt of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// `GetResourcePolicy`, ….
    pub operation: &'static str,
    /// How long it took.
    pub took: Duration,
    /// `ok`, or the error's code.
    pub outcome: String,
}

/// All attempts of a request, in order.
#[derive(Debug, Default)]
pub struct CallLog {
    done: RefCell<Vec<CallRecord>>,
    /// What is waited for, repetitions included, and since when.
    waiting: Cell<Option<(&'static str, Instant)>>,
}

impl CallLog {
    /// Notes one more attempt.
    pub fn note(&self, record: CallRecord) {
        self.done.borrow_mut().push(record);
    }

    /// Notes that an answer of this action is waited for from now on.
    pub fn wait(&self, action: &'static str) {
        self.waiting.set(Some((action, Instant::now())));
    }

    /// Notes that the answer is there.
    pub fn answered(&self) {
        self.waiting.set(None);
    }

    /// The call that is waited for, as the beginning of a sentence; nothing where none is.
    pub fn waited_for(&self) -> String {
        self.waiting
            .get()
            .map_or_else(String::new, |(action, since)| {
                format!(
                    "no answer to `{action}` for {:.1} s; ",
                    since.elapsed().as_secs_f64()
                )
            })
    }

    /// How many attempts there were.
    pub fn count(&self) -> usize {
        self.done.borrow().len()
    }
}

impl fmt::Display for CallLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, call) in self.done.borrow().iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            let took = call.took.as_millis();
            write!(
                formatter,
                "{separator}{} {took} ms {}",
                call.operation, call.outcome
            )?;
        }
        Ok(())
    }
}
