//! What was changed or deleted by hand, sorted by what mends it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::StackKind;

/// What differs between the deployed stacks and what is live.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drift {
    /// The stacks whose native resources a drift-aware change set puts back.
    pub(crate) native: BTreeSet<StackKind>,
    /// Whether the custom resources have to compare and mend live state.
    pub(crate) custom: bool,
    /// The table properties whose live layout is another, by logical id: mending loads again.
    pub(crate) layouts: BTreeMap<String, String>,
    /// Whether the function behind the custom resources is gone.
    pub(crate) provider_gone: bool,
    /// The integrations that are gone or failed, by logical id, and what is wrong with each.
    pub(crate) integrations: BTreeMap<String, String>,
}
