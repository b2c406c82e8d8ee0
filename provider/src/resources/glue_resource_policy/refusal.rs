//! What Glue's refusal of a policy means. Glue checks the document as a whole, so somebody else's
//! statement can keep ours from being written: then that statement is named.

use std::time::Duration;

use serde_json::Value;

use super::{document::Document, owner::Marker};
use crate::{
    backoff::Backoff,
    deadline::Deadline,
    ports::{CallError, CallErrorKind},
    resource::{Failure, ReasonKind},
};

/// The document that is to be written.
pub(super) struct Draft<'a> {
    pub(super) marker: &'a Marker,
    pub(super) document: &'a Document,
    /// Bytes of the live policy.
    pub(super) before: usize,
}

impl Draft<'_> {
    /// The text, when it has at most `most` bytes.
    pub(super) fn sized(&self, most: usize) -> Result<String, Failure> {
        let text = self.document.text();
        if text.len() <= most {
            return Ok(text);
        }
        Err(Failure::untouched(
            ReasonKind::PolicyTooLarge,
            format!(
                "{}; Glue takes {most}; shorten our statements or remove others",
                self.sizes()
            ),
        ))
    }

    fn sizes(&self) -> String {
        let own: usize = self
            .document
            .own(self.marker)
            .map(|one| one.text().len())
            .sum();
        let after = self.document.text().len();
        format!(
            "{} bytes before, {own} bytes ours, {after} bytes after",
            self.before
        )
    }
}

/// How long a principal may stay unknown: IAM takes a while to tell everybody about a new one.
const UNKNOWN_FOR: Duration = Duration::from_mins(1);

/// Waits for principals that are not known yet.
pub(super) struct Principals {
    deadline: Deadline,
    until: Option<Deadline>,
    pauses: Backoff,
}

impl Principals {
    pub(super) fn new(deadline: Deadline) -> Self {
        let pauses = Backoff::new(Duration::from_millis(500), Duration::from_secs(5));
        Self {
            deadline,
            until: None,
            pauses,
        }
    }

    /// Waits, if the error can pass by itself, else explains it.
    pub(super) async fn wait_or_explain(
        &mut self,
        error: CallError,
        draft: &Draft<'_>,
    ) -> Result<(), Failure> {
        if error.kind != CallErrorKind::Invalid {
            return Err(error.into());
        }
        if !error.mentions("principal") {
            return Err(explain(&error, draft));
        }
        let dead = dead_statements(&error, draft);
        let until = *self
            .until
            .get_or_insert_with(|| self.deadline.at_most(UNKNOWN_FOR));
        let may_pass = dead.is_empty() || (!names_one(&error, draft) && names_principals(draft));
        if may_pass && self.pauses.wait(until).await {
            return Ok(());
        }
        Err(if dead.is_empty() {
            unknown_principal(&error)
        } else {
            foreign_principal(&dead, &error)
        })
    }
}

fn explain(error: &CallError, draft: &Draft<'_>) -> Failure {
    let message = &error.message;
    if error.mentions("hybrid") {
        return Failure::untouched(
            ReasonKind::HybridRequired,
            format!("{message}; set `EnableHybrid` to `TRUE`"),
        );
    }
    if error.mentions("size") || error.mentions("too large") {
        return Failure::untouched(
            ReasonKind::PolicyTooLarge,
            format!("{message}; {}", draft.sizes()),
        );
    }
    Failure::untouched(ReasonKind::Refused, error.to_string())
}

fn unknown_principal(error: &CallError) -> Failure {
    Failure::untouched(
        ReasonKind::UnknownPrincipal,
        format!(
            "{}; check that every principal of our statements exists",
            error.message
        ),
    )
}

fn foreign_principal(dead: &[String], error: &CallError) -> Failure {
    if dead.is_empty() {
        let detail = format!("{}; Glue does not say in which", error.message);
        return Failure::untouched(ReasonKind::ForeignPrincipal, detail);
    }
    Failure::untouched(
        ReasonKind::ForeignPrincipal,
        format!(
            "{}; {}; correct or remove it, it is not ours to change",
            error.message,
            dead.join(", ")
        ),
    )
}

/// The statements of others whose principal is dead, or is named by the error, described.
fn dead_statements(error: &CallError, draft: &Draft<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (index, statement) in draft.document.statements.iter().enumerate() {
        if draft.marker.owns(statement.sid.as_deref()) {
            continue;
        }
        let principals = principals(&statement.value());
        let named = principals.iter().find(|name| quoted(error, name));
        let Some(culprit) = named.or_else(|| principals.iter().find(|name| is_dead(name))) else {
            continue;
        };
        let sid = statement.sid.as_ref().map_or_else(
            || "without a Sid".to_owned(),
            |sid| format!("with Sid `{sid}`"),
        );
        found.push(format!(
            "statement [{index}] {sid} names the principal `{culprit}`"
        ));
    }
    found
}

/// Whether the error names a principal that only others use.
fn names_one(error: &CallError, draft: &Draft<'_>) -> bool {
    let of = |own: bool| {
        let statements = draft.document.statements.iter();
        statements
            .filter(move |one| draft.marker.owns(one.sid.as_deref()) == own)
            .flat_map(|one| principals(&one.value()))
    };
    of(false).any(|name| quoted(error, &name)) && !of(true).any(|name| quoted(error, &name))
}

/// Whether our own statements name a role or a user, which may be new.
fn names_principals(draft: &Draft<'_>) -> bool {
    let names = draft
        .document
        .own(draft.marker)
        .flat_map(|one| principals(&one.value()));
    names
        .into_iter()
        .any(|name| name.contains(":role/") || name.contains(":user/"))
}

/// A word so short as `*` may stand anywhere in a message.
fn quoted(error: &CallError, name: &str) -> bool {
    name.len() > 3 && error.message.contains(name)
}

/// The id that is left of a principal which was deleted.
fn is_dead(name: &str) -> bool {
    const KINDS: [&str; 4] = ["AROA", "AIDA", "AGPA", "AIPA"];
    KINDS.iter().any(|kind| name.starts_with(kind))
        && name.len() >= 16
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Every principal that a statement names.
pub(super) fn principals(statement: &Value) -> Vec<String> {
    let keys = ["Principal", "NotPrincipal"];
    let mut found = Vec::new();
    for value in keys.iter().filter_map(|key| statement.get(key)) {
        let lists: Vec<&Value> = match value {
            Value::Object(kinds) => kinds.values().collect(),
            other => vec![other],
        };
        for list in lists {
            match list {
                Value::Array(names) => found.extend(names.iter().filter_map(Value::as_str)),
                name => found.extend(name.as_str()),
            }
        }
    }
    found.into_iter().map(ToOwned::to_owned).collect()
}
