//! Create and Update: one pair, laid out as wanted.

use std::{collections::BTreeMap, time::Duration};

use zeroetl_properties::{IntegrationTableProperties as Properties, Problems};

use super::{
    compare::{same, same_layout, unnest},
    identity::{self, Meaning},
    wanted::Wanted,
    write::{Done, Permission, Write},
};
use crate::{
    ports::{TableConfig, TableKey},
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
        // A rollback, or an update of something else, never fails for a layout that somebody changed.
        keep_layout: same_layout(&old.config, &wanted.config) && !wanted.allow_resync,
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
            format!(
                "the properties of `{}` in `{}`; try again",
                key.table_name, key.resource_arn
            ),
        ))
    });
    let effective = match result {
        Ok(effective) => effective,
        Err(failure) => {
            let (written, uncertain) = (done != Done::Nothing, done == Done::Making);
            let taken_back = !same_identity && take_back(world, &write, done).await;
            let left = request.update && !same_identity && uncertain;
            return Err(Failure {
                untouched: !written || taken_back,
                detail: if left {
                    format!("{}; {}", failure.detail, may_be_left(key))
                } else {
                    failure.detail
                },
                ..failure
            });
        }
    };
    if same_identity && let Some(left) = old.key.as_ref().filter(|left| *left != key) {
        // The id stays and the pair changes only where a replacement that failed is rolled back.
        tracing::warn!(why = may_be_left(left), "a replacement was rolled back");
    }
    Ok(Applied {
        id,
        data: attributes(key, &effective),
    })
}

/// What to say of a pair that nobody knows to be there.
fn may_be_left(key: &TableKey) -> String {
    format!(
        "properties of `{}` in `{}` may have been made and are left alone; remove them by `aws glue \
         delete-integration-table-properties` if nothing wants them",
        key.table_name, key.resource_arn
    )
}

/// Undoes what was done for a pair that CloudFormation will never hear of. Whether nothing of it
/// can be left. A write that nobody answered is left alone: the pair may be somebody else's.
async fn take_back(world: World<'_>, write: &Write<'_>, done: Done) -> bool {
    let key = write.key;
    let undone = match done {
        Done::Nothing => Ok(()),
        Done::Made => world.glue.remove(key).await,
        Done::Changed(before) => match world.glue.get(key).await {
            Ok(Some(live)) if !same(&live, &before) => world.glue.update(key, &before).await,
            other => other.map(|_| ()),
        },
        Done::Making => return false,
    };
    if let Err(error) = &undone {
        tracing::error!(
            code = error.code,
            "table properties could not be taken back"
        );
    }
    undone.is_ok()
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
        Meaning::Digest | Meaning::Refused | Meaning::Unfinished | Meaning::Unfamiliar => {
            old == Some(key)
        }
    };
    if same { id.clone() } else { new() }
}

fn attributes(key: &TableKey, config: &TableConfig) -> BTreeMap<&'static str, String> {
    let target = config.target.as_ref();
    let name = target.and_then(|target| target.target_table_name.clone());
    let mut data = BTreeMap::from([
        ("ResourceArn", key.resource_arn.clone()),
        ("TableName", key.table_name.clone()),
        ("UnnestSpec", unnest(config).to_owned()),
    ]);
    data.extend(name.map(|name| ("TargetTableName", name)));
    data
}
