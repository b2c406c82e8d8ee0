//! The one resource policy of the catalog.

use zeroetl_properties::EnableHybrid;

use super::Call;

/// The policy as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePolicy {
    /// The document, as text.
    pub text: String,
    /// Its hash. Without one nothing is written.
    pub hash: Option<String>,
}

/// What must hold for a put to take place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// There is no policy.
    Absent,
    /// There is the policy with this hash.
    Unchanged(String),
}

/// The catalog's resource policy.
pub trait CatalogPolicy {
    /// The policy, absent where there is none.
    fn read(&self) -> Call<'_, Option<LivePolicy>>;

    /// Replaces the whole policy and gives its new hash.
    ///
    /// # Errors
    ///
    /// `ConditionFailed` or `NotFound` when `condition` does not hold; nothing was written then.
    fn put<'a>(
        &'a self,
        text: &'a str,
        condition: &'a Condition,
        hybrid: EnableHybrid,
    ) -> Call<'a, String>;

    /// Deletes the policy with this hash.
    ///
    /// # Errors
    ///
    /// As of `put`.
    fn delete<'a>(&'a self, hash: &'a str) -> Call<'a, ()>;
}
