//! Create and Update: own statements as wanted, everybody else's as they are.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroetl_properties::{GlueResourcePolicyProperties, Mode, Problems};

use super::{
    MAX_BYTES,
    document::Document,
    id,
    lint::lint,
    meaning::same_statements,
    owner::Marker,
    race::Race,
    refusal::{Draft, Principals},
    sharing,
    wanted::own_statements,
};
use crate::{
    ports::{Condition, LivePolicy},
    resource::{Applied, Failure, ReasonKind, Request, World, waive_unchanged},
};

/// What the template asks for.
struct Wanted {
    marker: Marker,
    properties: GlueResourcePolicyProperties,
    own: Vec<Value>,
    problems: Problems,
    /// The Update asks for something else than the one before it did.
    changes: bool,
}

pub(super) async fn apply(request: Request<'_>, world: World<'_>) -> Result<Applied, Failure> {
    let wanted = Wanted::read(request, world)?;
    if !wanted.problems.is_empty() && !request.update {
        return Err(wanted.refused());
    }
    let mut race = Race::new(world.deadline);
    let mut principals = Principals::new(world.deadline);
    loop {
        let read = world.glue.read().await.map_err(Failure::from);
        // Problems that stay are the better answer, whatever keeps us from looking.
        let unseen = |failure| {
            if wanted.problems.is_empty() {
                failure
            } else {
                wanted.refused()
            }
        };
        let live = read.map_err(unseen)?;
        let (mut document, condition) = observed(live.as_ref()).map_err(unseen)?;
        if live.is_some() && wanted.is_live(&document) {
            if !wanted.problems.is_empty() && !wanted.changes {
                return Err(wanted.refused());
            }
            tracing::debug!("own statements are as wanted");
            let hash = live.and_then(|live| live.hash).unwrap_or_default();
            return Ok(wanted.applied(request, hash));
        }
        if !wanted.problems.is_empty() {
            return Err(wanted.refused());
        }
        wanted.may_write(&document)?;
        let before = live.as_ref().map_or(0, |live| live.text.len());
        let shared_before = sharing::allows_sharing(&document);
        document = wanted.merged(&document);
        let draft = Draft {
            marker: &wanted.marker,
            document: &document,
            before,
        };
        let text = draft.sized(MAX_BYTES)?;
        let hybrid = wanted.properties.enable_hybrid;
        match world.glue.put(&text, &condition, hybrid).await {
            Ok(hash) => {
                sharing::warn_if_blocked(&document, shared_before);
                return Ok(wanted.applied(request, hash));
            }
            Err(error) if Race::lost(&error) => race.again().await?,
            Err(error) => principals.wait_or_explain(error, &draft).await?,
        }
    }
}

/// The live policy, and what must still hold when it is replaced.
fn observed(live: Option<&LivePolicy>) -> Result<(Document, Condition), Failure> {
    let Some(live) = live else {
        return Ok((Document::empty(), Condition::Absent));
    };
    let document = Document::parse(&live.text).map_err(|error| {
        Failure::untouched(
            ReasonKind::PolicyNotJson,
            format!("{error}; nothing was changed, correct or delete the policy by hand"),
        )
    })?;
    Ok((document, Condition::Unchanged(live.hash.clone())))
}

impl Wanted {
    fn read(request: Request<'_>, world: World<'_>) -> Result<Self, Failure> {
        let (properties, mut problems) = GlueResourcePolicyProperties::read(request.properties);
        if let (Some(properties), Some(home)) = (&properties, world.home) {
            problems.extend(lint(&properties.policy_document.statement, home));
        }
        let mut changes = false;
        if request.update {
            waive_unchanged(&mut problems, request.old_properties, request.properties);
            changes = GlueResourcePolicyProperties::read(request.old_properties).0 != properties;
        }
        let Some(properties) = properties else {
            return Err(Failure::untouched(
                ReasonKind::BadProperties,
                problems.to_string(),
            ));
        };
        let marker = Marker::of(request.stack_id, request.logical_id);
        let own = own_statements(&marker, &properties.policy_document);
        Ok(Self {
            marker,
            properties,
            own,
            problems,
            changes,
        })
    }

    fn refused(&self) -> Failure {
        Failure::untouched(ReasonKind::BadProperties, self.problems.to_string())
    }

    /// Whether the live document already says what is wanted.
    fn is_live(&self, document: &Document) -> bool {
        let live: Vec<Value> = document
            .own(&self.marker)
            .map(super::document::Statement::value)
            .collect();
        // A statement that could not be read is not live.
        self.own.len() == self.properties.policy_document.statement.len()
            && !self.own.is_empty()
            && same_statements(&live, &self.own)
            && self.frame(document).iter().all(|(key, value)| {
                document
                    .key(key)
                    .is_some_and(|live| live.as_str() == Some(value.as_str()))
            })
    }

    /// The keys beside `Statement` that are ours to set: none while others have statements in the
    /// document, because they chose them.
    fn frame(&self, document: &Document) -> Vec<(&'static str, String)> {
        if document.foreign(&self.marker).next().is_some() {
            return Vec::new();
        }
        let given = &self.properties.policy_document;
        let version = given
            .version
            .map(|version| ("Version", version.as_str().to_owned()));
        let id = given.id.clone().map(|id| ("Id", id));
        version.into_iter().chain(id).collect()
    }

    fn may_write(&self, document: &Document) -> Result<(), Failure> {
        let foreign: Vec<&str> = document
            .foreign(&self.marker)
            .map(|statement| statement.sid.as_deref().unwrap_or("without a Sid"))
            .collect();
        if self.properties.mode == Mode::Merge || foreign.is_empty() {
            return Ok(());
        }
        let (count, own) = (foreign.len(), self.own.len());
        let names = foreign
            .iter()
            .map(|sid| format!("`{sid}`"))
            .collect::<Vec<_>>()
            .join(", ");
        Err(Failure::untouched(
            ReasonKind::ForeignStatements,
            format!(
                "{count} beside our {own}, `Mode` is `Exclusive`, nothing was changed; use `Merge` \
                 to keep them, or remove them: {names}"
            ),
        ))
    }

    fn merged(&self, document: &Document) -> Document {
        let mut merged = document.with(&self.marker, &self.own);
        for (key, value) in self.frame(document) {
            merged.set(key, &value);
        }
        if merged.key("Version").is_none() && document.statements.is_empty() {
            merged.set("Version", "2012-10-17");
        }
        merged
    }

    fn applied(&self, request: Request<'_>, hash: String) -> Applied {
        let owner = self.marker.to_string();
        Applied {
            id: id(request, &self.marker),
            data: BTreeMap::from([("PolicyHash", hash), ("Owner", owner)]),
        }
    }
}
