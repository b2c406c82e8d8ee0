//! Create and Update: one pair, laid out as wanted.

use std::{collections::BTreeMap, time::Duration};

use zeroetl_properties::{IntegrationTableProperties as Properties, Problems};

use super::{
    compare::{same, unnest},
    identity::{self, Meaning},
    leftovers,
    wanted::Wanted,
    write::{Done, Permission, Write},
};
use crate::{
    ports::TableKey,
    resource::{Applied, Failure, PhysicalId, ReasonKind, Request, World, waive_unchanged},
};

/// What taking a new pair back may need at the end of a replacement that failed.
const TAKE_BACK: Duration = Duration::from_secs(3);

pub(super) async fn apply(request: Request<'_>, world: World<'_>) -> Result<Applied, Failure> {
    let wanted = Wanted::read(request.properties);
    let old = Wanted::read(request.old_properties);
    let problems = problems(request);
    let refused = || Failure::untouched(ReasonKind::BadProperties, problems.to_string());
    let Some(key) = wanted.key.as_ref() else {
        return Err(refused());
    };
    if !request.update && !problems.is_empty() {
        return Err(refused());
    }
    let id = id_after(request, key, old.key.as_ref());
    let same_identity = request.physical_id == Some(&id);
    let permission = match (same_identity, wanted.adopt_existing) {
        (false, false) => Permission::None,
        _ if wanted.allow_resync || old.allow_resync => Permission::Resync,
        _ => Permission::Change,
    };
    // A part of the time is kept, to take back what would otherwise have no owner.
    let reserve = TAKE_BACK.min(world.deadline.remaining() / 4);
    let deadline = world.deadline.earlier_by(reserve);
    let write = Write {
        glue: world.glue,
        key,
        wanted: &wanted.config,
        permission,
        deadline,
    };
    let mut done = Done::Nothing;
    let (glue, config) = (world.glue, &wanted.config);
    let work = async {
        let live = match glue.get(key).await {
            Ok(live) => live,
            // Problems that stay are the better answer, whatever keeps us from looking.
            Err(error) => {
                return Err(if problems.is_empty() {
                    error.into()
                } else {
                    refused()
                });
            }
        };
        let is_live = live.as_ref().is_some_and(|live| same(live, config));
        // Going back to what is live needs no check; asking again for the same does.
        let changes = old != wanted;
        if !(problems.is_empty() || (is_live && changes)) {
            return Err(refused());
        }
        write.run(live, &mut done).await
    };
    let result = deadline.bound(work).await.unwrap_or_else(|| {
        Err(Failure::touched(
            ReasonKind::OutOfTime,
            "Glue was too slow; try again",
        ))
    });
    if let Err(failure) = result {
        let written = done != Done::Nothing;
        let taken_back = !same_identity && take_back(world, &write, done).await;
        return Err(Failure {
            untouched: !written || taken_back,
            ..failure
        });
    }
    if same_identity {
        leftovers::remove(world, key, &old).await;
    }
    Ok(Applied {
        id,
        data: attributes(key, &wanted),
    })
}

/// Undoes what was done for a pair that CloudFormation will never hear of. Whether nothing of it
/// can be left.
async fn take_back(world: World<'_>, write: &Write<'_>, done: Done) -> bool {
    let key = write.key;
    let mut certain = true;
    let undone = match done {
        Done::Nothing => Ok(()),
        Done::Made => world.glue.remove(key).await,
        Done::Changed(before) => match world.glue.get(key).await {
            Ok(Some(live)) if !same(&live, &before) => world.glue.update(key, &before).await,
            other => other.map(|_| ()),
        },
        Done::Making => {
            // What hangs may still take effect: the id says so, and the Delete looks again.
            certain = false;
            match world.glue.get(key).await {
                Ok(Some(live)) if same(&live, write.wanted) => world.glue.remove(key).await,
                other => other.map(|_| ()),
            }
        }
    };
    if let Err(error) = &undone {
        tracing::error!(
            code = error.code,
            "table properties could not be taken back"
        );
    }
    certain && undone.is_ok()
}

fn problems(request: Request<'_>) -> Problems {
    let mut problems = Properties::parse(request.properties)
        .err()
        .unwrap_or_default();
    if request.update {
        waive_unchanged(&mut problems, request.old_properties, request.properties);
    }
    problems
}

/// The id after this request. The request's own stays as long as it is about the same pair.
fn id_after(request: Request<'_>, key: &TableKey, old: Option<&TableKey>) -> PhysicalId {
    let new = || identity::id(key);
    let Some(id) = request.physical_id.filter(|_| request.update) else {
        return new();
    };
    let same = match identity::meaning(id, Some(key)) {
        Meaning::Pair(pair) => pair == *key,
        Meaning::Digest | Meaning::Refused | Meaning::Unfamiliar => old == Some(key),
    };
    if same { id.clone() } else { new() }
}

fn attributes(key: &TableKey, wanted: &Wanted) -> BTreeMap<&'static str, String> {
    let target = wanted.config.target.as_ref();
    let name = target.and_then(|target| target.target_table_name.clone());
    let mut data = BTreeMap::from([
        ("ResourceArn", key.resource_arn.clone()),
        ("TableName", key.table_name.clone()),
        ("UnnestSpec", unnest(&wanted.config).to_owned()),
    ]);
    data.extend(name.map(|name| ("TargetTableName", name)));
    data
}
