//! The steps of a deployment, computed before the first is carried out: from what is deployed, what
//! is live and what is wanted. Pure.

use std::collections::BTreeSet;

use super::consent::Consent;
use super::drift::Drift;
use super::variant::{Marks, marked, without_custom_resources};
use crate::deploy::{
    Reload, Retirement, TABLE_PROPERTIES, Template, relayouts, retirement, retirement_of_all,
};
use crate::plan::StackKind;

/// One step of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A stack of ours whose creation failed, and which holds nothing, is deleted.
    DeleteEmpty(StackKind),
    /// The integration stack is deleted, since none of its integrations may stay.
    EndAll {
        /// The source tables whose replication ends.
        ends: Vec<String>,
    },
    /// Integrations leave their stack; the others stay.
    End {
        /// The integration stack's template without them.
        template: String,
        /// The source tables whose replication ends.
        ends: Vec<String>,
    },
    /// A stack is made, or updated, to a template.
    Apply(Apply),
    /// Changed policies are given time to spread.
    Spread,
}

impl Step {
    /// The template that the step brings, and to which stack.
    pub(crate) fn template(&self) -> Option<(StackKind, &str)> {
        match self {
            Self::End { template, .. } => Some((StackKind::Integration, template)),
            Self::Apply(apply) => Some((apply.kind, &apply.template)),
            Self::DeleteEmpty(_) | Self::EndAll { .. } | Self::Spread => None,
        }
    }
}

/// A stack and the template that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Apply {
    /// The stack.
    pub(crate) kind: StackKind,
    /// The template, JSON.
    pub(crate) template: String,
    /// A new value for the template's parameter `ForceUpdate`.
    pub(crate) force: Option<String>,
    /// Whether what was changed or deleted by hand is put back.
    pub(crate) revert_drift: bool,
    /// What is special about this template.
    pub(crate) purpose: Purpose,
}

/// Why a stack gets a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It is the wanted one, perhaps with a permission for this run.
    Wanted,
    /// It leaves the custom resources out while their function is made again.
    WithoutCustomResources,
    /// It takes the permission of this run out again.
    WithdrawConsent,
}

/// A stack before the deployment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// Whether its creation failed and it holds nothing.
    pub(crate) empty: bool,
    /// What it was made from.
    pub(crate) deployed: Option<&'a Template>,
    /// What it is to be made from.
    pub(crate) wanted: &'a Template,
}

/// All three stacks before the deployment, and what the user asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before<'a> {
    /// The source stack.
    pub(crate) source: Known<'a>,
    /// The target stack.
    pub(crate) target: Known<'a>,
    /// The integration stack.
    pub(crate) integration: Known<'a>,
    /// What was changed by hand.
    pub(crate) drift: &'a Drift,
    /// Whether what exists outside the stacks is taken in.
    pub(crate) import_existing: bool,
    /// A value of `ForceUpdate` that no run before has used.
    pub(crate) force: &'a str,
}

/// The steps, in order, and the consents without which the first may not be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    /// In the order in which they are taken.
    pub(crate) steps: Vec<Step>,
    /// What somebody has to permit.
    pub(crate) consents: Vec<Consent>,
}

/// Computes the steps.
pub(crate) fn steps(before: &Before<'_>) -> Steps {
    let mut all = Steps::default();
    for (kind, known) in before.in_order() {
        if known.empty {
            all.steps.push(Step::DeleteEmpty(kind));
        }
    }
    ending(before, &mut all);
    let layouts = layouts(before, &mut all);

    all.steps
        .push(Step::Apply(before.wanted(StackKind::Source)));
    let marks = before.marks(layouts);
    if before.drift.provider_gone {
        all.steps.push(Step::Apply(Apply {
            template: without_custom_resources(before.target.wanted).to_string(),
            revert_drift: true,
            purpose: Purpose::WithoutCustomResources,
            ..before.wanted(StackKind::Target)
        }));
    }
    let template =
        |marks: &Marks| marked(before.target.wanted, before.target.deployed, marks).to_string();
    all.steps.push(Step::Apply(Apply {
        template: template(&marks),
        force: marks.force.clone(),
        ..before.wanted(StackKind::Target)
    }));
    all.steps.push(Step::Spread);
    all.steps
        .push(Step::Apply(before.wanted(StackKind::Integration)));
    if marks.permit() {
        let without = Marks {
            force: marks.force.clone(),
            ..Marks::default()
        };
        all.steps.push(Step::Apply(Apply {
            template: template(&without),
            revert_drift: false,
            purpose: Purpose::WithdrawConsent,
            ..before.wanted(StackKind::Target)
        }));
    }
    all
}

impl<'a> Before<'a> {
    fn in_order(&self) -> [(StackKind, Known<'a>); 3] {
        [
            (StackKind::Source, self.source),
            (StackKind::Target, self.target),
            (StackKind::Integration, self.integration),
        ]
    }

    fn wanted(&self, kind: StackKind) -> Apply {
        let known = match kind {
            StackKind::Source => self.source,
            StackKind::Target => self.target,
            StackKind::Integration => self.integration,
        };
        Apply {
            kind,
            template: known.wanted.to_string(),
            force: None,
            revert_drift: self.drift.native.contains(&kind),
            purpose: Purpose::Wanted,
        }
    }

    fn marks(&self, allow_resync: BTreeSet<String>) -> Marks {
        let known = |id: &String| {
            let deployed = self.target.deployed;
            deployed.is_some_and(|deployed| deployed.resources.contains_key(id))
        };
        let properties = self
            .target
            .wanted
            .of_type(TABLE_PROPERTIES)
            .map(|(id, _)| id.to_owned());
        Marks {
            allow_resync,
            // What the stack has already is its own.
            adopt_existing: properties
                .filter(|id| self.import_existing && !known(id))
                .collect(),
            force: self.drift.custom.then(|| self.force.to_owned()),
        }
    }
}

/// The integrations that have to go first, with the consents for that.
fn ending(before: &Before<'_>, all: &mut Steps) {
    let Some(deployed) = before.integration.deployed else {
        return;
    };
    let wanted = before.integration.wanted;
    let everything = before
        .target
        .deployed
        .and_then(|target| retirement_of_all(deployed, wanted, (target, before.target.wanted)));
    let lost: Vec<Reload> = before
        .drift
        .integrations
        .iter()
        .map(|(id, why)| Reload {
            logical_id: id.clone(),
            properties: vec![why.clone()],
        })
        .collect();
    let Some(Retirement {
        removed,
        reloaded,
        interim,
    }) = everything.or_else(|| retirement(deployed, wanted, &lost))
    else {
        return;
    };
    let tables = |ids: &mut dyn Iterator<Item = &String>| -> Vec<String> {
        ids.map(|id| source_table(deployed, id)).collect()
    };
    if !removed.is_empty() {
        all.consents
            .push(Consent::Removal(tables(&mut removed.iter())));
    }
    if !reloaded.is_empty() {
        all.consents.push(Consent::Reload(reloaded.clone()));
    }
    let ends = tables(
        &mut removed
            .iter()
            .chain(reloaded.iter().map(|reload| &reload.logical_id)),
    );
    all.steps.push(match interim {
        Some(template) => Step::End { template, ends },
        None => Step::EndAll { ends },
    });
}

/// The source table of an integration, as its ARN names it; the logical id where it does not.
fn source_table(template: &Template, id: &str) -> String {
    let arn = template
        .resources
        .get(id)
        .and_then(|resource| resource.properties.get("SourceArn"))
        .map(ToString::to_string)
        .unwrap_or_default();
    let table = arn.split_once(":table/").map(|(_, rest)| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        &rest[..end.unwrap_or(rest.len())]
    });
    table
        .filter(|name| !name.is_empty())
        .unwrap_or(id)
        .to_owned()
}

/// The table properties whose layout changes under a live integration, with the consent for that.
fn layouts(before: &Before<'_>, all: &mut Steps) -> BTreeSet<String> {
    let mut found = match (before.target.deployed, before.integration.deployed) {
        (Some(target), Some(integration)) => relayouts(target, before.target.wanted, integration),
        _ => Vec::new(),
    };
    for (id, what) in &before.drift.layouts {
        if !found.iter().any(|reload| &reload.logical_id == id) {
            found.push(Reload {
                logical_id: id.clone(),
                properties: vec![what.clone()],
            });
        }
    }
    let ids = found.iter().map(|one| one.logical_id.clone()).collect();
    if !found.is_empty() {
        all.consents.push(Consent::Relayout(found));
    }
    ids
}

#[cfg(test)]
mod tests;
