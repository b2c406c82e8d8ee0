//! The catalog policy of the fake: one document, its version, and the rules of the real one.

use serde_json::Value;
use zeroetl_properties::EnableHybrid;

use super::{FakeGlue, Quirk, State, error};
use crate::ports::{Call, CallError, CallErrorKind, CatalogPolicy, Condition, LivePolicy};

const PUT: &str = "glue:PutResourcePolicy";
const DELETE: &str = "glue:DeleteResourcePolicy";

impl State {
    /// Replaces the policy as somebody else would.
    pub(crate) fn set_policy(&mut self, text: Option<&str>) {
        self.before = self.policy.take();
        self.policy = text.map(ToOwned::to_owned);
        self.version += 1;
    }

    fn hash(&self) -> String {
        format!("version-{}", self.version)
    }

    fn holds(&self, action: &'static str, condition: &Condition) -> Result<(), CallError> {
        let holds = match condition {
            Condition::Absent => self.policy.is_none(),
            Condition::Unchanged(hash) => self.policy.is_some() && *hash == self.hash(),
        };
        if holds {
            Ok(())
        } else {
            Err(error(action, CallErrorKind::ConditionFailed, ""))
        }
    }

    fn check(&self, text: &str, hybrid: EnableHybrid) -> Result<(), CallError> {
        let refuse = |message: &str| Err(error(PUT, CallErrorKind::Invalid, message));
        let document: Value = serde_json::from_str(text).unwrap();
        if text.len() > 10_240 {
            return refuse("Resource policy size is limited to 10240 bytes");
        }
        if document["Statement"].as_array().is_none_or(Vec::is_empty) {
            return refuse("Statement is empty");
        }
        if self.quirks.contains(&Quirk::HybridRequired) && hybrid == EnableHybrid::False {
            return refuse("EnableHybrid must be TRUE");
        }
        for name in &self.unknown_principals {
            if text.contains(name) {
                let named = if self.quirks.contains(&Quirk::NamesPrincipals) {
                    *name
                } else {
                    ""
                };
                return refuse(&format!("Invalid principal in policy {named}"));
            }
        }
        Ok(())
    }
}

impl CatalogPolicy for &FakeGlue {
    fn read(&self) -> Call<'_, Option<LivePolicy>> {
        Box::pin(self.call("glue:GetResourcePolicy", |state| {
            let hash = Some(state.hash()).filter(|_| !state.quirks.contains(&Quirk::WithoutHash));
            Ok(state.policy.clone().map(|text| LivePolicy { text, hash }))
        }))
    }

    fn put<'a>(
        &'a self,
        text: &'a str,
        condition: &'a Condition,
        hybrid: EnableHybrid,
    ) -> Call<'a, String> {
        Box::pin(self.call(PUT, move |state| {
            state.puts.push((condition.clone(), hybrid));
            state.holds(PUT, condition)?;
            state.check(text, hybrid)?;
            state.set_policy(Some(text));
            Ok(state.hash())
        }))
    }

    fn delete<'a>(&'a self, hash: &'a str) -> Call<'a, ()> {
        Box::pin(self.call(DELETE, move |state| {
            if state.policy.is_none() {
                return Err(error(DELETE, CallErrorKind::NotFound, ""));
            }
            state.holds(DELETE, &Condition::Unchanged(hash.to_owned()))?;
            state.set_policy(None);
            Ok(())
        }))
    }
}
