//! What a deployment may do only when somebody says so: each consent names what it is for. Pure.

use std::fmt;

use crate::deploy::Reload;
use crate::shell::word;

/// A consent that the steps of a deployment need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Replication ends, for good.
    Removal(Vec<String>),
    /// Integrations are made from scratch, so their tables are loaded from the start.
    Reload(Vec<Reload>),
    /// A layout changes under a live integration, so Glue may load the table from the start.
    Relayout(Vec<Reload>),
    /// The stacks were made for something else than what the config names.
    Deployed {
        /// The database, or the table, that they were made for.
        name: String,
        /// What the config names.
        wanted: String,
    },
}

impl Consent {
    /// The flag that gives it.
    pub fn flag(&self) -> String {
        match self {
            Self::Removal(_) => "--allow-removal".to_owned(),
            Self::Reload(_) | Self::Relayout(_) => "--allow-reload".to_owned(),
            Self::Deployed { name, .. } => format!("--deployed {}", word(name)),
        }
    }
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removal(what) => write!(
                f,
                "the replication of {} ends: the config does not name it any more",
                listed(what.iter().map(|one| format!("`{one}`")))
            ),
            Self::Reload(what) => write!(
                f,
                "Glue cannot change an integration in place, so {} is made again, and its table is \
                 loaded from the start",
                listed(what.iter().map(ToString::to_string))
            ),
            Self::Relayout(what) => write!(
                f,
                "{} changes under a live integration, and Glue may load the table from the start",
                listed(what.iter().map(ToString::to_string))
            ),
            Self::Deployed { name, wanted } => write!(
                f,
                "the stacks of this `project` and `environment` were deployed for `{name}`, and the \
                 config names `{wanted}`: they may be another team's, who then needs another \
                 `project` or `environment` than you"
            ),
        }
    }
}

fn listed(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_consent_names_what_it_is_for_and_its_flag() {
        let reload = vec![Reload {
            logical_id: "Integration".to_owned(),
            properties: vec!["IntegrationConfig".to_owned()],
        }];
        let consents = [
            (
                Consent::Removal(vec!["Orders".to_owned()]),
                "`Orders`",
                "--allow-removal",
            ),
            (
                Consent::Reload(reload.clone()),
                "`Integration` (IntegrationConfig)",
                "--allow-reload",
            ),
            (
                Consent::Deployed {
                    name: "sales".to_owned(),
                    wanted: "orders".to_owned(),
                },
                "`sales`",
                "--deployed sales",
            ),
            (
                Consent::Relayout(reload),
                "`Integration` (IntegrationConfig)",
                "--allow-reload",
            ),
        ];
        for (consent, name, flag) in consents {
            assert!(consent.to_string().contains(name), "{consent}");
            assert_eq!(consent.flag(), flag);
        }
    }
}
