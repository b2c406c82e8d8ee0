//! Whether another resource of the stack holds a pair. Glue keeps no owner of a pair, so the stack is
//! asked: a logical id that was renamed, a construct that moved and two resources that swap tables
//! leave a Delete for a pair that somebody else holds by now.

use std::time::Duration;

use super::identity::{Meaning, meaning};
use crate::{
    ports::{StackResource, TableKey},
    resource::{PhysicalId, Request, World},
};

/// The longest that the list is waited for. It takes one short call; where it is denied, as by the
/// role of an older template, a Delete does not wait for a permission that never comes.
const LONGEST_LOOK: Duration = Duration::from_secs(6);

/// The logical id of another resource of the stack that holds the pair.
///
/// Where the list cannot be had, nobody is known to hold it, and the log says so.
pub(super) async fn holder(
    request: Request<'_>,
    world: World<'_>,
    key: &TableKey,
) -> Option<String> {
    let allowed = LONGEST_LOOK.min(world.deadline.remaining() / 3);
    let look = world.stack.list(request.stack_id.as_str());
    let why = match world.deadline.at_most(allowed).bound(look).await {
        Some(Ok(resources)) => {
            let own = request.logical_id.as_str();
            return resources
                .into_iter()
                .find(|one| one.logical_id != own && holds(one, key))
                .map(|one| one.logical_id);
        }
        Some(Err(error)) => error.to_string(),
        None => format!("no answer within {} ms", allowed.as_millis()),
    };
    tracing::warn!(
        why,
        "nobody knows whether another resource of the stack holds the table properties; they are removed \
         as if none did"
    );
    None
}

/// Whether a resource holds the pair: its id is that of the pair, and it is not going itself.
fn holds(resource: &StackResource, key: &TableKey) -> bool {
    let going = resource.status.starts_with("DELETE_");
    let id = resource
        .physical_id
        .as_deref()
        .and_then(|id| PhysicalId::new(id.to_owned()));
    !going && id.is_some_and(|id| meaning(&id, Some(key)) == Meaning::Pair(key.clone()))
}
