//! Delete: the pair goes, unless an integration or another resource of the stack still needs it, or it
//! is not ours.

use std::time::Duration;

use super::{
    compare::same,
    holders::holder,
    identity::{Meaning, meaning},
    usage::{is_going, named, users},
    wanted::Wanted,
};
use crate::{
    backoff::Backoff,
    ports::{CallErrorKind, TableConfig, TableKey},
    resource::{Failure, ReasonKind, Request, World},
};

pub(super) async fn cleanup(request: Request<'_>, world: World<'_>) -> Result<(), Failure> {
    let wanted = Wanted::read(request.properties);
    let given = wanted.key.as_ref();
    let meaning = request
        .physical_id
        .map_or(Meaning::Unfamiliar, |id| meaning(id, given));
    let (key, ours) = match (meaning, given) {
        (Meaning::Pair(key), _) => (key, true),
        // The id of another pair than the one in the properties: nobody knows which.
        (Meaning::Digest | Meaning::Refused, _) | (Meaning::Unfamiliar, None) => return Ok(()),
        (Meaning::Unfamiliar, Some(key)) => (key.clone(), false),
    };
    let live = match world.glue.get(&key).await {
        Ok(Some(live)) => live,
        Ok(None) => return Ok(()),
        // Glue has nothing under a name that it does not take: a Delete never fails validation.
        Err(error) if error.kind == CallErrorKind::Invalid => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if !ours && !same(&live, &wanted.config) {
        tracing::info!("the table properties are not ours; they are left alone");
        return Ok(());
    }
    if let Some(holder) = holder(request, world, &key).await {
        tracing::info!(
            holder,
            table = key.table_name,
            "another resource of the stack holds the table properties; they stay"
        );
        return Ok(());
    }
    wait_for_integrations(world, &key, &live).await?;
    world.glue.remove(&key).await.map_err(Failure::from)
}

/// Waits for integrations that are going; one that stays is a reason to stop at once.
async fn wait_for_integrations(
    world: World<'_>,
    key: &TableKey,
    live: &TableConfig,
) -> Result<(), Failure> {
    let mut pauses = Backoff::new(Duration::from_millis(500), Duration::from_secs(5));
    loop {
        let users = users(world.glue, key, live).await?;
        if users.is_empty() {
            return Ok(());
        }
        let staying = users.iter().any(|user| !is_going(user));
        if staying || !pauses.wait(world.deadline).await {
            let advice = if staying {
                "delete it first, since without the properties it would load the whole table anew"
            } else {
                "it is still being deleted; try again when it is gone"
            };
            return Err(Failure::untouched(
                ReasonKind::InUse,
                format!("{} uses `{}`; {advice}", named(&users), key.table_name),
            ));
        }
    }
}
