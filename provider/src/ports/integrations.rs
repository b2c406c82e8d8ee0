//! The integrations that write into a target.

use super::Call;

/// One inbound integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its own ARN.
    pub arn: String,
    /// What it reads from: a `DynamoDB` table, or a connection.
    pub source_arn: String,
    /// `ACTIVE`, `DELETING`, ….
    pub status: String,
}

/// The inbound integrations of the account.
pub trait Integrations {
    /// Every inbound integration of this target, all pages of them. An unknown target has none.
    ///
    /// # Errors
    ///
    /// `AccessDenied` for `glue:DescribeInboundIntegrations`.
    fn inbound<'a>(&'a self, target_arn: &'a str) -> Call<'a, Vec<Integration>>;
}
