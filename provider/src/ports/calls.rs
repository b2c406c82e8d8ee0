//! Which calls a request made, and how long they took: for the log.

use std::{cell::RefCell, fmt, time::Duration};

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
pub struct CallLog(RefCell<Vec<CallRecord>>);

impl CallLog {
    /// Notes one more attempt.
    pub fn note(&self, record: CallRecord) {
        self.0.borrow_mut().push(record);
    }

    /// How many attempts there were.
    pub fn count(&self) -> usize {
        self.0.borrow().len()
    }
}

impl fmt::Display for CallLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, call) in self.0.borrow().iter().enumerate() {
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
