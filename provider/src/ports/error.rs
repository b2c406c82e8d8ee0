//! How a call to an AWS service fails, in the terms that matter to a resource.

use std::fmt;

/// What an error means for what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// The thing is not there.
    NotFound,
    /// The document changed since it was read.
    ConditionFailed,
    /// The role may not do that.
    AccessDenied,
    /// The service refuses the request as it is.
    Invalid,
    /// Too many requests, again and again until the deadline.
    Throttled,
    /// Server faults or lost connections, again and again until the deadline.
    Unavailable,
    /// No credentials, or credentials that the service does not know.
    Credentials,
    /// Neither answer nor error by the deadline.
    OutOfTime,
    /// Anything else.
    Other,
}

/// The code of a call that nobody answered.
const SILENCE: &str = "NoAnswer";

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CallError {
    /// The action as IAM names it: `glue:PutResourcePolicy`.
    pub action: &'static str,
    /// What it means.
    pub kind: CallErrorKind,
    /// The service's own code, or a word of ours where the service did not answer.
    pub code: String,
    /// The service's own words.
    pub message: String,
}

impl CallError {
    /// An error that did not come from the service.
    pub fn local(action: &'static str, kind: CallErrorKind, message: impl Into<String>) -> Self {
        let code = match kind {
            CallErrorKind::OutOfTime => "OutOfTime",
            CallErrorKind::Unavailable => SILENCE,
            CallErrorKind::Credentials => "NoCredentials",
            _ => "Failed",
        };
        Self {
            action,
            kind,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// Whether nothing was heard of the service.
    pub fn is_silence(&self) -> bool {
        self.code == SILENCE || self.kind == CallErrorKind::OutOfTime
    }

    /// Whether the service's words contain `word`, in any case.
    pub fn mentions(&self, word: &str) -> bool {
        self.message.to_lowercase().contains(word)
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` failed with {}", self.action, self.code)?;
        if self.message.is_empty() {
            Ok(())
        } else {
            write!(formatter, ": {}", self.message)
        }
    }
}
