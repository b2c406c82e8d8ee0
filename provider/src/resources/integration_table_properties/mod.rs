//! `Custom::IntegrationTableProperties`: how one source table is laid out in the target database.
//!
//! | request | observed | action | reply |
//! | --- | --- | --- | --- |
//! | Create | absent | create, read back | SUCCESS |
//! | Create | equal | none | SUCCESS |
//! | Create | different, `AdoptExisting` | update, read back | SUCCESS |
//! | Create | different | none | FAILED |
//! | Update, same identity | absent | create, read back | SUCCESS |
//! | Update, same identity | equal | none | SUCCESS |
//! | Update, same identity | different, no integration, or no change of layout | update, read back | SUCCESS |
//! | Update, same identity | live layout differs, old and new layout are equal, integration on it | update of the rest with the live layout, warning | SUCCESS |
//! | Update, same identity | layout change (old against new) under a live integration | none without `AllowResync` | FAILED |
//! | Update, new identity | as Create | as Create | SUCCESS, new id |
//! | Delete | absent | none | SUCCESS |
//! | Delete | present, another resource of the stack holds it | none | SUCCESS |
//! | Delete | present, no live integration | delete | SUCCESS |
//! | Delete | present, live integration | none | FAILED |

mod apply;
mod cleanup;
mod compare;
mod holders;
mod identity;
mod usage;
mod wanted;
mod write;

use crate::resource::{
    Applied, Failure, Outcome, PhysicalId, ReasonKind, Request, Resource, World,
};

/// `Custom::IntegrationTableProperties`.
#[derive(Debug, Clone, Copy)]
pub struct IntegrationTableProperties;

impl Resource for IntegrationTableProperties {
    fn type_name(&self) -> &'static str {
        zeroetl_properties::INTEGRATION_TABLE_PROPERTIES
    }

    fn apply<'a>(&'a self, request: Request<'a>, world: World<'a>) -> Outcome<'a, Applied> {
        Box::pin(async move {
            let done = apply::apply(request, world).await;
            done.map_err(|failure| on_pair(failure, request))
        })
    }

    fn cleanup<'a>(&'a self, request: Request<'a>, world: World<'a>) -> Outcome<'a, ()> {
        Box::pin(async move {
            let done = cleanup::cleanup(request, world).await;
            done.map_err(|failure| on_pair(failure, request))
        })
    }

    /// Never the id of the pair: it says whether anything may have been written. Where nothing was,
    /// the Delete that follows removes nothing; else it takes only what equals the properties.
    fn id_of_failed_create(&self, request: Request<'_>, failure: &Failure) -> PhysicalId {
        identity::marker(request, failure.untouched)
    }
}

/// A call that was made in vain names its action; this names what it was made for.
fn on_pair(failure: Failure, request: Request<'_>) -> Failure {
    let in_vain = matches!(
        failure.kind,
        ReasonKind::Unavailable | ReasonKind::Throttled | ReasonKind::OutOfTime
    );
    match wanted::Wanted::read(request.properties).key {
        Some(key) if in_vain && !failure.detail.contains(&key.resource_arn) => Failure {
            detail: format!(
                "{}; it was for `{}` in `{}`",
                failure.detail, key.table_name, key.resource_arn
            ),
            ..failure
        },
        _ => failure,
    }
}

#[cfg(test)]
mod tests;
