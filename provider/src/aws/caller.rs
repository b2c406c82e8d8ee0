//! Makes a call until it succeeds, cannot succeed, or time is up. The SDK's own repetitions are
//! off: they know neither the deadline nor which errors pass by themselves.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use aws_sdk_glue::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::errors::meaning;
use crate::{
    backoff::Backoff,
    deadline::Deadline,
    ports::{CallError, CallErrorKind, CallLog, CallRecord},
};

/// The longest a single attempt may take.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);
/// The shortest: below this an attempt is not worth beginning.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(50);
/// How long a denied call is repeated: a permission granted in the same deployment takes a while
/// until it holds everywhere.
const DENIED_FOR: Duration = Duration::from_secs(30);

/// Makes the calls of one request.
pub(super) struct Caller<'a> {
    deadline: Deadline,
    calls: &'a CallLog,
}

impl<'a> Caller<'a> {
    pub(super) fn new(deadline: Deadline, calls: &'a CallLog) -> Self {
        Self { deadline, calls }
    }

    /// Calls `operation` of Glue until there is a lasting answer.
    pub(super) async fn call<T, E, F>(
        &self,
        action: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut pauses = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        let mut denied_until = None;
        let mut told = None;
        self.calls.wait(action);
        loop {
            let error = match self.attempt(action, Box::pin(attempt())).await {
                Ok(value) => {
                    self.calls.answered();
                    return Ok(value);
                }
                Err(error) => error,
            };
            // What Glue said once tells more than a silence at the very end.
            let error = if error.is_silence() {
                told.take().unwrap_or(error)
            } else {
                error
            };
            let until = match error.kind {
                CallErrorKind::Throttled | CallErrorKind::Unavailable => self.deadline,
                CallErrorKind::AccessDenied => {
                    *denied_until.get_or_insert_with(|| self.deadline.at_most(DENIED_FOR))
                }
                _ => {
                    self.calls.answered();
                    return Err(error);
                }
            };
            tracing::debug!(
                action,
                code = error.code,
                message = error.message,
                "trying again"
            );
            if !pauses.wait(until.earlier_by(SHORTEST_ATTEMPT)).await {
                return Err(error);
            }
            told = Some(error);
        }
    }

    /// One attempt, in half of the time that is left: what hangs leaves room for another.
    async fn attempt<T, E>(
        &self,
        action: &'static str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if self.deadline.passed() {
            return Err(CallError::local(
                action,
                CallErrorKind::OutOfTime,
                "no time was left",
            ));
        }
        let begun = Instant::now();
        let allowed = (self.deadline.remaining() / 2).min(LONGEST_ATTEMPT);
        let result = match self.deadline.at_most(allowed).bound(call).await {
            Some(result) => result.map_err(|error| meaning(action, &error)),
            None => Err(CallError::local(
                action,
                CallErrorKind::Unavailable,
                format!("no answer within {} ms", allowed.as_millis()),
            )),
        };
        let outcome = result
            .as_ref()
            .err()
            .map_or("ok", |error| error.code.as_str())
            .to_owned();
        let operation = action.rsplit(':').next().unwrap_or(action);
        self.calls.note(CallRecord {
            operation,
            took: begun.elapsed(),
            outcome,
        });
        result
    }
}
