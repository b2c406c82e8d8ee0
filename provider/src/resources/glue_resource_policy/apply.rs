//! Create and Update: own statements as wanted, everybody else's as they are.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroetl_properties::{EnableHybrid, GlueResourcePolicyProperties, Mode, Problems};

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
    ports::{CallError, CallErrorKind, Condition, LivePolicy},
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
    /// The properties before had `EnableHybrid` on, as those have that are rolled back.
    hybrid_before: bool,
}

pub(super) async fn apply(request: Request<'_>, world: World<'_>) -> Result<Applied, Failure> {
    let wanted = Wanted::read(request, world)?;
    if !wanted.problems.is_empty() && !request.update {
        return Err(wanted.refused());
    }
    let mut race = Race::new(world.deadline);
    let mut principals = Principals::new(world.deadline);
    let mut hybrid = wanted.properties.enable_hybrid;
    let mut hashless = false;
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
        let mut document = observed(live.as_ref()).map_err(unseen)?;
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
        let condition = match live.as_ref().map(|live| live.hash.clone()) {
            None => Condition::Absent,
            Some(Some(hash)) => Condition::Unchanged(hash),
            Some(None) if hashless => return Err(without_hash()),
            Some(None) => {
                hashless = true;
                continue;
            }
        };
        let before = live.as_ref().map_or(0, |live| live.text.len());
        let shared_before = sharing::allows_sharing(&document);
        document = wanted.merged(&document);
        wanted.means_the_same(&document)?;
        let draft = Draft {
            marker: &wanted.marker,
            document: &document,
            before,
        };
        let text = draft.sized(MAX_BYTES)?;
        match world.glue.put(&text, &condition, hybrid).await {
            Ok(hash) => {
                sharing::warn_if_blocked(&document, shared_before);
                return Ok(wanted.applied(request, hash));
            }
            Err(error) if Race::lost(&error) => race.again().await?,
            Err(error) if wanted.hybrid_before && insists_on_hybrid(&error, hybrid) => {
                hybrid = EnableHybrid::True;
            }
            Err(error) => principals.wait_or_explain(error, &draft).await?,
        }
    }
}

/// The live policy as a document.
fn observed(live: Option<&LivePolicy>) -> Result<Document, Failure> {
    let Some(live) = live else {
        return Ok(Document::empty());
    };
    Document::parse(&live.text).map_err(|error| {
        Failure::untouched(
            ReasonKind::PolicyNotJson,
            format!("{error}; nothing was changed, correct or delete the policy by hand"),
        )
    })
}

/// A write without the hash of what was read would lose what somebody else writes in between.
pub(super) fn without_hash() -> Failure {
    Failure::untouched(
        ReasonKind::NoHash,
        "`glue:GetResourcePolicy` answered twice without `PolicyHash`; nothing was changed, since somebody \
         else's write could be lost; try again",
    )
}

/// Whether Glue refuses `FALSE`, because the account shares through Lake Formation by now. Where the
/// stack goes back, or goes away, `TRUE` is sent: what it wished before must not hold it.
pub(super) fn insists_on_hybrid(error: &CallError, sent: EnableHybrid) -> bool {
    let insists = sent == EnableHybrid::False
        && error.kind == CallErrorKind::Invalid
        && error.mentions("hybrid");
    if insists {
        tracing::warn!("Glue takes no `EnableHybrid` `FALSE` any longer; `TRUE` is sent");
    }
    insists
}

impl Wanted {
    fn read(request: Request<'_>, world: World<'_>) -> Result<Self, Failure> {
        let (properties, mut problems) = GlueResourcePolicyProperties::read(request.properties);
        if let (Some(properties), Some(home)) = (&properties, world.home) {
            problems.extend(lint(&properties.policy_document.statement, home));
        }
        let (mut changes, mut hybrid_before) = (false, false);
        if request.update {
            waive_unchanged(&mut problems, request.old_properties, request.properties);
            let old = GlueResourcePolicyProperties::read(request.old_properties).0;
            hybrid_before = old
                .as_ref()
                .is_some_and(|old| old.enable_hybrid == EnableHybrid::True);
            changes = old != properties;
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
            hybrid_before,
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

    /// Under an older `Version` than 2012-10-17, which belongs to whoever has statements there, policy
    /// variables are plain text.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    fn means_the_same(&self, merged: &Document) -> Result<(), Failure> {
        const VARIABLES_SINCE: &str = "2012-10-17";
        let version = merged.key("Version");
        let version = version.as_ref().and_then(Value::as_str).unwrap_or("none");
        let with_variable = |statement: &&Value| statement.to_string().contains("${");
        match self.own.iter().find(with_variable) {
            Some(statement) if version != VARIABLES_SINCE => Err(Failure::untouched(
                ReasonKind::OlderVersion,
                format!(
                    "the live document has `Version` `{version}`, and the statement with the Sid `{}` uses a \
                     policy variable (`${{…}}`), which is plain text before `{VARIABLES_SINCE}`; nothing was \
                     changed: do without the variable, or have the document's owners raise its `Version`",
                    statement["Sid"].as_str().unwrap_or_default()
                ),
            )),
            _ => Ok(()),
        }
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
