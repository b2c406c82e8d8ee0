//! Who a statement belongs to. The answer stands in the policy itself: the Sid of every owned
//! statement opens with a marker, so that any Delete finds exactly its own statements, even with
//! an id that CloudFormation made up, and without any other record.

use std::fmt;

use crate::resource::{LogicalId, StackId, digest};

/// Opens the Sid of every statement of one resource. Letters and digits only, always equally
/// long, so that no marker opens another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker(String);

const PREFIX: &str = "Zetl";
/// Bytes of the digest in a marker: at 64 bits, no two owners of one policy will ever share one.
const DIGEST_BYTES: usize = 8;

impl Marker {
    /// The marker of this resource in this stack.
    pub(super) fn of(stack: &StackId, logical: &LogicalId) -> Self {
        let hex = digest(&[stack.as_str(), logical.as_str()], DIGEST_BYTES);
        Self(format!("{PREFIX}{hex}"))
    }

    /// The Sid of the statement that the author called `sid`, or that stands at `index`.
    pub(super) fn sid(&self, sid: Option<&str>, index: usize) -> String {
        match sid {
            Some(sid) => format!("{}S{sid}", self.0),
            None => format!("{}N{index}", self.0),
        }
    }

    /// Whether the statement with this Sid is the owner's.
    pub(super) fn owns(&self, sid: Option<&str>) -> bool {
        sid.is_some_and(|sid| sid.starts_with(&self.0))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(stack: &str, logical: &str) -> Marker {
        Marker::of(&StackId::new(stack), &LogicalId::new(logical))
    }

    #[test]
    fn a_marker_is_made_of_letters_and_digits_and_never_changes() {
        let stack = "arn:aws:cloudformation:us-east-1:111111111111:stack/s/guid";
        // Live policies hold it: a change of this value orphans every statement out there.
        assert_eq!(marker(stack, "Policy").as_str(), "Zetl0d1c1903ca26e797");
    }

    #[test]
    fn two_resources_never_share_a_marker() {
        assert_ne!(marker("ab", "c"), marker("a", "bc"));
        assert_ne!(marker("a", "b"), marker("a", "c"));
        assert_ne!(marker("a", "b"), marker("c", "b"));
    }

    #[test]
    fn a_sid_that_somebody_edited_behind_the_marker_is_still_the_owners() {
        let marker = marker("a", "b");
        let edited = marker.sid(Some("A"), 0).replace("SA", "X");
        assert!(marker.owns(Some(&edited)), "{edited}");
    }

    #[test]
    fn named_and_unnamed_statements_cannot_meet() {
        let marker = marker("a", "b");
        assert_ne!(marker.sid(Some("0"), 0), marker.sid(None, 0));
        assert!(marker.owns(Some(&marker.sid(Some("A"), 0))));
        assert!(!marker.owns(Some("ZetlOther")) && !marker.owns(None));
    }
}
