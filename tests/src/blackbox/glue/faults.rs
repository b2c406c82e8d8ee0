//! What can go wrong with one call.

use std::fmt;
use std::time::Duration;

use super::GlueError;

/// What happens to a call instead of the ordinary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing special; a place holder in a script.
    None,
    /// The call is refused, without an effect.
    Refuse(GlueError),
    /// The call takes effect, and then this error is answered.
    EffectThenRefuse(GlueError),
    /// The connection ends without a byte, without an effect.
    Close,
    /// The call takes effect, and the connection ends without a byte.
    EffectThenClose,
    /// No answer ever, without an effect.
    Hang,
    /// The call takes effect, and no answer ever comes.
    EffectThenHang,
    /// The answer comes this much later.
    Slow(Duration),
    /// A read sees what was there before the last change; a write is not harmed.
    Stale,
    /// The call takes effect, and the answer is not JSON.
    Garbage,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse(error) => f.write_str(&error.code),
            Self::EffectThenRefuse(error) => write!(f, "effect, then {}", error.code),
            Self::Slow(time) => write!(f, "slow by {time:?}"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl Fault {
    /// Throttling.
    pub fn throttled() -> Self {
        Self::Refuse(GlueError::new("ThrottlingException", "Rate exceeded"))
    }

    /// An internal error.
    pub fn internal() -> Self {
        Self::Refuse(GlueError::server(500, "InternalServiceException"))
    }

    /// An internal error after the fact.
    pub fn internal_after_effect() -> Self {
        Self::EffectThenRefuse(GlueError::server(500, "InternalServiceException"))
    }

    /// A permission that is missing, or has not arrived yet.
    pub fn access_denied(action: &str) -> Self {
        Self::Refuse(GlueError::new(
            "AccessDeniedException",
            format!(
                "User: arn:aws:sts::111122223333:assumed-role/zeroetl-provider/zeroetl-provider is \
                 not authorized to perform: glue:{action} because no identity-based policy allows \
                 the glue:{action} action"
            ),
        ))
    }

    /// A principal that is unknown, or not known yet.
    pub fn unknown_principal(principal: &str) -> Self {
        Self::Refuse(GlueError::new(
            "InvalidInputException",
            format!("Invalid principal in policy: \"AWS\":\"{principal}\""),
        ))
    }

    /// A condition that does not hold, whatever the state says.
    pub fn condition_failed() -> Self {
        Self::Refuse(GlueError::new(
            "ConditionCheckFailureException",
            "Policy condition check failed",
        ))
    }
}
