//! What a failed replacement may have left behind. It took its new pair back, unless Glue or the
//! time was against it; the rollback that follows is the last request that names that pair.

use std::time::Duration;

use super::{compare::same, usage::users, wanted::Wanted};
use crate::{
    backoff::Backoff,
    ports::TableKey,
    resource::{Failure, World},
};

/// How often it is tried. The rollback itself must not fail for it, nor wait for ever.
const TRIES: u32 = 3;

/// Removes the pair of the old properties, if this Update is about another one.
///
/// An Update keeps its id and changes its identity only when it rolls back a replacement that
/// failed. As with an id that is not ours, the pair goes only if its values are those of the
/// properties, and nothing uses it.
pub(super) async fn remove(world: World<'_>, key: &TableKey, old: &Wanted) {
    let Some(left) = old.key.as_ref().filter(|left| *left != key) else {
        return;
    };
    let mut pauses = Backoff::new(Duration::from_secs(1), Duration::from_secs(4));
    for _ in 0..TRIES {
        match remove_once(world, left, old).await {
            Ok(()) => return,
            Err(failure) => {
                tracing::warn!(
                    why = failure.kind.headline(),
                    "a failed replacement left its pair"
                );
            }
        }
        if !pauses.wait(world.deadline).await {
            return;
        }
    }
}

async fn remove_once(world: World<'_>, left: &TableKey, old: &Wanted) -> Result<(), Failure> {
    let Some(live) = world.glue.get(left).await? else {
        return Ok(());
    };
    if !same(&live, &old.config) || !users(world.glue, left, &live).await?.is_empty() {
        return Ok(());
    }
    world.glue.remove(left).await?;
    tracing::info!("removed what a failed replacement had left");
    Ok(())
}
