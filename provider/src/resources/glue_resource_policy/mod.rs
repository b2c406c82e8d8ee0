//! `Custom::GlueResourcePolicy`: some statements in the catalog's resource policy, never the
//! document.
//!
//! | request | observed | action | reply |
//! | --- | --- | --- | --- |
//! | Create, Update | no policy | put, `NOT_EXIST` | SUCCESS |
//! | Create, Update | policy, own statements as wanted | none | SUCCESS |
//! | Create, Update | policy, `Merge` | put merged, hash | SUCCESS |
//! | Create, Update | foreign statements, `Exclusive`, ours not as wanted | none | FAILED |
//! | Delete | own statements only | delete, hash | SUCCESS |
//! | Delete | own and foreign | put the rest, hash | SUCCESS |
//! | Delete | none of ours, or no policy | none | SUCCESS |

mod apply;
mod cleanup;
mod document;
mod lint;
mod meaning;
mod owner;
mod race;
mod refusal;
mod sharing;
mod wanted;

use self::owner::Marker;
use crate::resource::{Applied, Failure, Outcome, PhysicalId, Request, Resource, World};

/// `Custom::GlueResourcePolicy`.
#[derive(Debug, Clone, Copy)]
pub struct GlueResourcePolicy;

/// The most bytes that Glue takes.
const MAX_BYTES: usize = 10_240;

impl Resource for GlueResourcePolicy {
    fn type_name(&self) -> &'static str {
        zeroetl_properties::GLUE_RESOURCE_POLICY
    }

    fn apply<'a>(&'a self, request: Request<'a>, world: World<'a>) -> Outcome<'a, Applied> {
        Box::pin(apply::apply(request, world))
    }

    fn cleanup<'a>(&'a self, request: Request<'a>, world: World<'a>) -> Outcome<'a, ()> {
        Box::pin(cleanup::cleanup(request, world))
    }

    /// Always the id that a Create that worked would have had: what is removed by a Delete is
    /// found by its marker, whatever the id.
    fn id_of_failed_create(&self, request: Request<'_>, _: &Failure) -> PhysicalId {
        id(request, &Marker::of(request.stack_id, request.logical_id))
    }
}

/// Stable for the life of the resource: what the request says, else made of the marker.
fn id(request: Request<'_>, marker: &Marker) -> PhysicalId {
    request
        .physical_id
        .cloned()
        .unwrap_or_else(|| own_id(marker))
}

/// The id that this provider gives.
fn own_id(marker: &Marker) -> PhysicalId {
    PhysicalId::fixed("glue-resource-policy", marker.as_str())
}

#[cfg(test)]
mod tests;
