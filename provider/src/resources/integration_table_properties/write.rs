//! Writes a configuration, and believes it only when it reads back.

use std::time::Duration;

use super::{
    compare::{over, same, same_layout, unnest, with_layout_of},
    usage::{named, users},
};
use crate::{
    backoff::Backoff,
    deadline::Deadline,
    ports::{CallError, CallErrorKind, Glue, TableConfig, TableKey},
    resource::{Failure, ReasonKind},
};

/// What was done, and so what would undo it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Done {
    /// Nothing was written.
    Nothing,
    /// The pair was to be made; nobody knows whether it was.
    Making,
    /// The pair was made.
    Made,
    /// The pair had these values before.
    Changed(TableConfig),
}

/// What came of one attempt.
enum Turn {
    /// This was written.
    Written(TableConfig),
    /// This was there already, but for what may not change.
    There(TableConfig),
    /// It was not made, because this was there.
    Found(TableConfig),
    /// It was not changed, because nothing was there.
    Vanished,
}

/// The most attempts, should the pair come and go between a read and a write.
const MOST_TURNS: usize = 5;

/// What may be done with properties that are there and different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// Nothing: they may be somebody else's.
    None,
    /// Anything but a change of layout under a live integration.
    Change,
    /// Anything.
    Resync,
}

/// Which layout is written.
enum Layout {
    /// The one that is asked for.
    Wanted,
    /// The one that is live.
    Live,
}

/// One pair on its way to one configuration.
pub(super) struct Write<'a> {
    pub(super) glue: &'a dyn Glue,
    pub(super) key: &'a TableKey,
    pub(super) wanted: &'a TableConfig,
    pub(super) permission: Permission,
    /// Whether the layout that is live stays where it cannot be changed without a reload.
    pub(super) keep_layout: bool,
    pub(super) deadline: Deadline,
}

/// Whether Glue looked at the request and said no, so that no attempt of it was written. Any other
/// error may hide an earlier attempt whose answer was lost.
fn refused(error: &CallError) -> bool {
    matches!(error.kind, CallErrorKind::Invalid | CallErrorKind::NotFound)
}

impl Write<'_> {
    /// Makes the live configuration `wanted`, and gives what it is then: the layout may be the one
    /// that was live. `done` tells how far it came, also when it fails or is dropped.
    pub(super) async fn run(
        &self,
        mut live: Option<TableConfig>,
        done: &mut Done,
    ) -> Result<TableConfig, Failure> {
        for _ in 0..MOST_TURNS {
            let turn = match live {
                None => self.make(done).await?,
                Some(live) if same(&live, self.wanted) => return Ok(self.wanted.clone()),
                Some(live) => self.change(live, done).await?,
            };
            match turn {
                Turn::Written(written) => return self.settle(written).await,
                Turn::There(there) => return Ok(there),
                Turn::Found(found) => live = Some(found),
                Turn::Vanished => live = None,
            }
        }
        let table = &self.key.table_name;
        let detail = format!("the properties of `{table}` came and went; try again");
        Err(Failure::touched(ReasonKind::Contended, detail))
    }

    /// Makes the pair. Glue has no error for one that is there after all, so a refusal is followed
    /// by a look.
    async fn make(&self, done: &mut Done) -> Result<Turn, Failure> {
        *done = Done::Making;
        let error = match self.glue.create(self.key, self.wanted).await {
            Ok(()) => {
                *done = Done::Made;
                return Ok(Turn::Written(self.wanted.clone()));
            }
            Err(error) => error,
        };
        if !matches!(error.kind, CallErrorKind::Invalid | CallErrorKind::Other) {
            return Err(error.into());
        }
        let found = self.glue.get(self.key).await?;
        if found.is_some() || refused(&error) {
            *done = Done::Nothing;
        }
        found.map_or_else(|| Err(error.into()), |live| Ok(Turn::Found(live)))
    }

    /// Changes the pair, whose values are `live`.
    async fn change(&self, live: TableConfig, done: &mut Done) -> Result<Turn, Failure> {
        let wanted = match self.may_change(&live).await? {
            Layout::Wanted => self.wanted.clone(),
            Layout::Live => with_layout_of(&live, self.wanted),
        };
        if same(&live, &wanted) {
            return Ok(Turn::There(wanted));
        }
        let config = over(&live, &wanted);
        *done = Done::Changed(live);
        let Err(error) = self.glue.update(self.key, &config).await else {
            return Ok(Turn::Written(wanted));
        };
        if refused(&error) {
            *done = Done::Nothing;
        }
        if error.kind == CallErrorKind::NotFound {
            Ok(Turn::Vanished)
        } else {
            Err(error.into())
        }
    }

    async fn may_change(&self, live: &TableConfig) -> Result<Layout, Failure> {
        let table = &self.key.table_name;
        if self.permission == Permission::None {
            return Err(Failure::untouched(
                ReasonKind::OtherValues,
                format!(
                    "`{table}` in `{}`; nothing was changed; set `AdoptExisting` to take them \
                     over, or remove them first",
                    self.key.resource_arn
                ),
            ));
        }
        let free = self.permission == Permission::Resync && !self.keep_layout;
        if free || same_layout(live, self.wanted) {
            return Ok(Layout::Wanted);
        }
        let users = users(self.glue, self.key, live).await?;
        if users.is_empty() {
            return Ok(Layout::Wanted);
        }
        if self.keep_layout {
            tracing::warn!(
                table,
                "the live layout is not the one of the properties, and stays: another one could reload the \
                 whole table; set `AllowResync` to permit that"
            );
            return Ok(Layout::Live);
        }
        let (before, after) = (unnest(live), unnest(self.wanted));
        let change = if before == after {
            "another `PartitionSpec`".to_owned()
        } else {
            format!("`UnnestSpec` `{after}` instead of `{before}`")
        };
        Err(Failure::untouched(
            ReasonKind::Resync,
            format!(
                "{change} for `{table}`, which {} uses; Glue may read and write every row again; \
                 set `AllowResync` to permit it",
                named(&users)
            ),
        ))
    }

    /// Reads back until what is live is what was written.
    async fn settle(&self, written: TableConfig) -> Result<TableConfig, Failure> {
        let mut pauses = Backoff::new(Duration::from_millis(100), Duration::from_secs(3));
        loop {
            let live = self.glue.get(self.key).await?;
            if live.as_ref().is_some_and(|live| same(live, &written)) {
                return Ok(written);
            }
            if !pauses.wait(self.deadline).await {
                let table = &self.key.table_name;
                let seen = if live.is_some() {
                    "other values"
                } else {
                    "nothing"
                };
                return Err(Failure::touched(
                    ReasonKind::NotSettled,
                    format!("`{table}` still reads back with {seen}; try again"),
                ));
            }
        }
    }
}
