//! What the resources need from outside: traits and plain types. No SDK, no HTTP.

mod calls;
mod catalog_policy;
mod error;
mod home;
mod integrations;
mod stack_resources;
mod table_properties;

use std::pin::Pin;

pub use calls::{CallLog, CallRecord};
pub use catalog_policy::{CatalogPolicy, Condition, LivePolicy};
pub use error::{CallError, CallErrorKind};
pub use home::{Home, NotAFunctionArn};
pub use integrations::{Integration, Integrations};
pub use stack_resources::{StackResource, StackResources};
pub use table_properties::{
    PartitionField, SourceConfig, TableConfig, TableKey, TableProperties, TargetConfig,
};

use crate::deadline::Deadline;

/// The answer of a call, still to come.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + 'a>>;

/// All of Glue that the resources use.
///
/// # Contract
///
/// Calls end by the deadline. What a repetition cures (throttling, server faults, lost
/// connections, a permission that was granted a moment ago) has been repeated within it when an
/// error comes back. A write that ended in an error may have taken effect.
pub trait Glue: CatalogPolicy + TableProperties + Integrations {}

impl<T: CatalogPolicy + TableProperties + Integrations> Glue for T {}

/// Every service that the resources use.
pub trait Services: Glue + StackResources {}

impl<T: Glue + StackResources> Services for T {}

/// Opens the services for one request.
pub trait Connect {
    /// The services in the Region of `home`; their calls end by `deadline` and are noted in `calls`.
    ///
    /// # Errors
    ///
    /// Missing credentials, or no Region to go to.
    fn connect<'a>(
        &'a self,
        home: Option<&Home>,
        deadline: Deadline,
        calls: &'a CallLog,
    ) -> Result<Box<dyn Services + 'a>, CallError>;
}
