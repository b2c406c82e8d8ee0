//! The contract between the handler and a resource, and the list of all resources.

use std::{collections::BTreeMap, pin::Pin};

use serde_json::Value;

pub use crate::protocol::{LogicalId, PhysicalId, StackId};
use crate::{
    deadline::Deadline,
    ports::{Glue, Home, StackResources},
    resources::{glue_resource_policy::GlueResourcePolicy, integration_table_properties},
};

mod digest;
mod failure;
mod waiver;

pub use digest::digest;
pub use failure::{Failure, ReasonKind};
pub use waiver::waive_unchanged;

/// What is asked of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The stack that asks.
    pub stack_id: &'a StackId,
    /// The resource in its template.
    pub logical_id: &'a LogicalId,
    /// Absent on Create.
    pub physical_id: Option<&'a PhysicalId>,
    /// Whether something is changed that was made before.
    pub update: bool,
    /// The properties as they came.
    pub properties: &'a Value,
    /// The properties before an Update, null otherwise.
    pub old_properties: &'a Value,
}

/// What a resource may use.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Glue, whose calls end by the deadline.
    pub glue: &'a dyn Glue,
    /// What else the stack of the request holds.
    pub stack: &'a dyn StackResources,
    /// Where the catalog is, where the function knows it. An `apply` always does.
    pub home: Option<&'a Home>,
    /// Until when the work may take.
    pub deadline: Deadline,
}

/// A resource that is as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The id from now on. Another id than the request's is a replacement.
    pub id: PhysicalId,
    /// What `GetAtt` returns.
    pub data: BTreeMap<&'static str, String>,
}

/// How it comes out, once it has.
pub type Outcome<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + 'a>>;

/// One `Custom::` type.
///
/// # Contract
///
/// Both operations are idempotent: the same request may come again after it succeeded, and after
/// it stopped half-way. `apply` leaves everything alone that is not the resource's own. `cleanup`
/// succeeds when the thing is gone or was never made, and never fails because of properties.
///
/// # Errors
///
/// A [`Failure`] says whether anything may have been written.
pub trait Resource {
    /// `Custom::…`.
    fn type_name(&self) -> &'static str;

    /// Create and Update.
    fn apply<'a>(&'a self, request: Request<'a>, world: World<'a>) -> Outcome<'a, Applied>;

    /// Delete.
    fn cleanup<'a>(&'a self, request: Request<'a>, world: World<'a>) -> Outcome<'a, ()>;

    /// The id of a Create that ended in `failure`. CloudFormation sends a Delete with it.
    fn id_of_failed_create(&self, request: Request<'_>, failure: &Failure) -> PhysicalId;
}

/// Every resource that the function serves.
pub const ALL: [&dyn Resource; 2] = [
    &GlueResourcePolicy,
    &integration_table_properties::IntegrationTableProperties,
];

/// The resource of this type.
pub fn find(type_name: &str) -> Option<&'static dyn Resource> {
    ALL.into_iter()
        .find(|resource| resource.type_name() == type_name)
}
