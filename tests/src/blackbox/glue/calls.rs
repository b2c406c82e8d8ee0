//! The operations that exist, and the record of each call.

use std::fmt;
use std::time::Instant;

use serde_json::Value;

/// The operations of Glue that this fake has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `GetResourcePolicy`
    GetPolicy,
    /// `PutResourcePolicy`
    PutPolicy,
    /// `DeleteResourcePolicy`
    DeletePolicy,
    /// `GetIntegrationTableProperties`
    GetTable,
    /// `CreateIntegrationTableProperties`
    CreateTable,
    /// `UpdateIntegrationTableProperties`
    UpdateTable,
    /// `DeleteIntegrationTableProperties`
    DeleteTable,
    /// `DescribeInboundIntegrations`
    Inbound,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::GetPolicy,
        Self::PutPolicy,
        Self::DeletePolicy,
        Self::GetTable,
        Self::CreateTable,
        Self::UpdateTable,
        Self::DeleteTable,
        Self::Inbound,
    ];

    /// The API's own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetPolicy => "GetResourcePolicy",
            Self::PutPolicy => "PutResourcePolicy",
            Self::DeletePolicy => "DeleteResourcePolicy",
            Self::GetTable => "GetIntegrationTableProperties",
            Self::CreateTable => "CreateIntegrationTableProperties",
            Self::UpdateTable => "UpdateIntegrationTableProperties",
            Self::DeleteTable => "DeleteIntegrationTableProperties",
            Self::Inbound => "DescribeInboundIntegrations",
        }
    }

    /// The operation behind an `x-amz-target` header.
    pub fn from_target(target: &str) -> Option<Self> {
        let name = target.strip_prefix("AWSGlue.")?;
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
    }

    /// Whether it changes anything.
    pub fn is_write(self) -> bool {
        !matches!(self, Self::GetPolicy | Self::GetTable | Self::Inbound)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One call that came.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which.
    pub operation: Operation,
    /// Its input.
    pub input: Value,
    /// When.
    pub at: Instant,
    /// The `authorization` header.
    pub authorization: Option<String>,
    /// The `user-agent` header.
    pub user_agent: Option<String>,
    /// Whether the state took it in.
    pub took_effect: bool,
}
