//! Why a request failed: a kind that the documentation explains, and the story of this one time.

use std::fmt;

use super::PhysicalId;
use crate::ports::{CallError, CallErrorKind};

macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident = $headline:literal,)+) => {
        /// Every kind of Reason that the provider gives. `docs/operations.md` explains each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ReasonKind { $($(#[$about])* $kind,)+ }

        impl ReasonKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// How every Reason of this kind begins.
            pub const fn headline(self) -> &'static str {
                match self { $(Self::$kind => $headline,)+ }
            }
        }
    };
}

kinds! {
    /// A property is missing, wrong or unknown.
    BadProperties = "the properties are not valid",
    /// The properties are no JSON that can be read.
    Unreadable = "the properties could not be read",
    /// Not one of our types.
    UnknownType = "the resource type is not supported",
    /// Not Create, Update or Delete.
    UnknownRequest = "the request type is not supported",
    /// Nothing was begun.
    TooLate = "the request arrived too late",
    /// The work was stopped.
    OutOfTime = "the work did not finish in time",
    /// A defect of ours.
    Panicked = "the provider failed unexpectedly",
    /// Account and Region are not known.
    NoHome = "the function does not know its account and Region",
    /// The stack is of another account or Region.
    ElsewhereStack = "the stack is of another account or Region",
    /// The live policy came without its hash.
    NoHash = "the catalog policy came without its hash",
    /// Own statements mean something else under the document's version.
    OlderVersion = "the catalog policy has an older `Version`",
    /// No keys, or unknown ones.
    Credentials = "the function has no usable credentials",
    /// The role lacks a permission.
    AccessDenied = "access was denied",
    /// Glue throttled until the end.
    Throttled = "Glue kept throttling",
    /// Glue did not answer until the end.
    Unavailable = "Glue kept failing",
    /// Glue refused the request as it is.
    Refused = "Glue refused the request",
    /// The live policy is not one.
    PolicyNotJson = "the live catalog policy cannot be read",
    /// `Exclusive` met other statements.
    ForeignStatements = "the catalog policy holds statements of others",
    /// Over 10,240 bytes.
    PolicyTooLarge = "the catalog policy would be too large",
    /// Somebody else's dead principal.
    ForeignPrincipal = "Glue refused the policy for a statement of others",
    /// Our principal.
    UnknownPrincipal = "Glue does not know a principal",
    /// `EnableHybrid` is `FALSE` and must not be.
    HybridRequired = "Glue wants `EnableHybrid`",
    /// Lost every race.
    Contended = "other writers kept changing it",
    /// Create met other values.
    OtherValues = "the table already has other properties",
    /// A layout change under a live integration.
    Resync = "the change can reload the whole table",
    /// Delete under a live integration.
    InUse = "an integration still uses the table",
    /// Read back, and never as written.
    NotSettled = "the table properties did not become as written",
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure.
    pub kind: ReasonKind,
    /// This one time: on what, why, what to do.
    pub detail: String,
    /// Whether nothing can have been written.
    pub untouched: bool,
    /// The id to answer a failed Create with, where the resource insists on one.
    pub id: Option<PhysicalId>,
}

impl Failure {
    /// A failure before anything was written.
    pub fn untouched(kind: ReasonKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            untouched: true,
            id: None,
        }
    }

    /// A failure after which something may have been written.
    pub fn touched(kind: ReasonKind, detail: impl Into<String>) -> Self {
        Self {
            untouched: false,
            ..Self::untouched(kind, detail)
        }
    }

    /// What CloudFormation is told.
    pub fn reason(&self) -> String {
        format!("{}: {}", self.kind.headline(), self.detail)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason())
    }
}

/// A failed call, where the resource has nothing better to say. Reads touch nothing; after a write
/// the resource says so.
impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let action = error.action;
        let (kind, advice) = match error.kind {
            CallErrorKind::AccessDenied => (
                ReasonKind::AccessDenied,
                format!("; let the function's role do `{action}`, then try again"),
            ),
            CallErrorKind::Credentials => (
                ReasonKind::Credentials,
                "; check the function's role and environment".to_owned(),
            ),
            CallErrorKind::Throttled => (
                ReasonKind::Throttled,
                "; try again when less is deployed at once".to_owned(),
            ),
            CallErrorKind::Unavailable => (
                ReasonKind::Unavailable,
                "; try again, and check the function's way to Glue".to_owned(),
            ),
            CallErrorKind::OutOfTime => (
                ReasonKind::OutOfTime,
                "; give the function more time, then try again".to_owned(),
            ),
            CallErrorKind::NotFound
            | CallErrorKind::ConditionFailed
            | CallErrorKind::Invalid
            | CallErrorKind::Other => (ReasonKind::Refused, String::new()),
        };
        Self::untouched(kind, format!("{error}{advice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: &str = include_str!("../../../docs/operations.md");

    #[test]
    fn every_reason_is_explained() {
        for kind in ReasonKind::ALL {
            let rows = OPERATIONS.lines().filter(|line| {
                let first = line.split('|').nth(1).unwrap_or_default().trim();
                first == kind.headline()
            });
            assert_eq!(
                rows.count(),
                1,
                "docs/operations.md explains `{}` once",
                kind.headline()
            );
        }
    }

    #[test]
    fn no_reason_is_explained_that_is_never_given() {
        let rows = OPERATIONS
            .lines()
            .filter(|line| line.matches('|').count() == 4);
        for row in rows {
            let first = row.split('|').nth(1).unwrap_or_default().trim();
            let known = ReasonKind::ALL.iter().any(|kind| kind.headline() == first);
            assert!(
                known || first == "Reason begins with" || first.starts_with("---"),
                "{first}"
            );
        }
    }

    #[test]
    fn a_denied_call_says_what_to_permit() {
        let error = CallError {
            action: "glue:PutResourcePolicy",
            kind: CallErrorKind::AccessDenied,
            code: "AccessDeniedException".to_owned(),
            message: "User is not authorized".to_owned(),
        };
        assert_eq!(
            Failure::from(error).reason(),
            "access was denied: `glue:PutResourcePolicy` failed with AccessDeniedException: User \
             is not authorized; let the function's role do `glue:PutResourcePolicy`, then try again"
        );
    }
}
