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
    overtaken::Overtaken,
    ports::{CallErrorKind, TableConfig, TableKey},
    resource::{Failure, ReasonKind, Request, World},
};

pub(super) async fn cleanup(request: Request<'_>, world: World<'_>) -> Result<(), Failure> {
    let wanted = Wanted::read(request.properties);
    let given = wanted.key.as_ref();
    let meaning = request
        .physical_id
        .map_or(Meaning::Unfamiliar, |id| meaning(id, given));
    let (key, ours) = match (meaning.clone(), given) {
        (Meaning::Pair(key), _) => (key, true),
        // The id of another pair than the one in the properties: nobody knows which.
        (Meaning::Digest | Meaning::Refused, _)
        | (Meaning::Unfamiliar | Meaning::Unfinished, None) => return Ok(()),
        (Meaning::Unfamiliar | Meaning::Unfinished, Some(key)) => (key.clone(), false),
    };
    let Some(live) = look(world, &key, meaning == Meaning::Unfamiliar).await? else {
        return Ok(());
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

/// The pair, absent where it is gone. A Delete with an id that this provider did not give looks more than
/// once.
async fn look(
    world: World<'_>,
    key: &TableKey,
    unfamiliar: bool,
) -> Result<Option<TableConfig>, Failure> {
    let mut overtaken = Overtaken::new(world.deadline);
    loop {
        match world.glue.get(key).await {
            Ok(Some(live)) => return Ok(Some(live)),
            Ok(None) if unfamiliar && overtaken.again().await => {}
            Ok(None) => {
                if unfamiliar {
                    tracing::warn!(
                        table = key.table_name,
                        target = key.resource_arn,
                        "a Delete with an id that this provider did not give found nothing; a Create that \
                         is still under way may leave the properties of this table"
                    );
                }
                return Ok(None);
            }
            // Glue has nothing under a name that it does not take: a Delete never fails validation.
            Err(error) if error.kind == CallErrorKind::Invalid => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
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
