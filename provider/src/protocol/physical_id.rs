//! The name under which CloudFormation knows a resource.

use std::fmt;

use serde::Serialize;

/// A physical id: never empty. CloudFormation takes at most 1,024 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PhysicalId(String);

impl PhysicalId {
    /// The most bytes that CloudFormation takes.
    pub const MAX_BYTES: usize = 1024;

    /// The id, unless it is empty: CloudFormation would replace an empty one, and hide the Reason
    /// behind a complaint about it.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        Some(text.into()).filter(|text| !text.is_empty()).map(Self)
    }

    /// An id made of fixed text and a digest.
    pub(crate) fn fixed(prefix: &'static str, digest: &str) -> Self {
        Self(format!("{prefix}:{digest}"))
    }

    /// The id with its text changed.
    pub(super) fn map(self, change: impl FnOnce(String) -> String) -> Self {
        Self(change(self.0))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhysicalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_empty() {
        assert_eq!(PhysicalId::new(""), None);
        assert_eq!(PhysicalId::new("x").unwrap().as_str(), "x");
    }
}
