//! The table properties of the fake.

use super::{FakeGlue, Quirk, State, error};
use crate::ports::{Call, CallErrorKind, TableConfig, TableKey, TableProperties, TargetConfig};

const CREATE: &str = "glue:CreateIntegrationTableProperties";
const UPDATE: &str = "glue:UpdateIntegrationTableProperties";

impl State {
    /// Sets the properties of a pair as somebody else would.
    pub(crate) fn set_table(&mut self, key: &TableKey, config: TableConfig) {
        self.tables.retain(|(known, _)| known != key);
        self.tables.push((key.clone(), config));
    }

    fn table(&self, key: &TableKey) -> Option<TableConfig> {
        self.tables
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, config)| config.clone())
    }
}

impl FakeGlue {
    /// The live properties of a pair.
    pub(crate) fn table(&self, key: &TableKey) -> Option<TableConfig> {
        self.state.borrow().table(key)
    }

    /// The integration becomes the owner of the pair, as Glue notes it.
    pub(crate) fn own(&self, key: &TableKey, integration: &str) {
        let mut state = self.state.borrow_mut();
        let mut config = state.table(key).unwrap_or_default();
        config
            .target
            .get_or_insert_with(TargetConfig::default)
            .integration_arn = Some(integration.to_owned());
        state.set_table(key, config);
    }
}

impl TableProperties for &FakeGlue {
    fn get<'a>(&'a self, key: &'a TableKey) -> Call<'a, Option<TableConfig>> {
        Box::pin(self.call("glue:GetIntegrationTableProperties", |state| {
            Ok(state.table(key))
        }))
    }

    fn create<'a>(&'a self, key: &'a TableKey, config: &'a TableConfig) -> Call<'a, ()> {
        Box::pin(self.call(CREATE, |state| {
            if state.quirks.contains(&Quirk::CreateRefusesExisting) && state.table(key).is_some() {
                return Err(error(CREATE, CallErrorKind::Invalid, "already exists"));
            }
            state.set_table(key, config.clone());
            Ok(())
        }))
    }

    fn update<'a>(&'a self, key: &'a TableKey, config: &'a TableConfig) -> Call<'a, ()> {
        Box::pin(self.call(UPDATE, |state| {
            if state.table(key).is_none() {
                return Err(error(UPDATE, CallErrorKind::NotFound, ""));
            }
            if !state.quirks.contains(&Quirk::IgnoresUpdates) {
                state.set_table(key, config.clone());
            }
            Ok(())
        }))
    }

    fn remove<'a>(&'a self, key: &'a TableKey) -> Call<'a, ()> {
        Box::pin(
            self.call("glue:DeleteIntegrationTableProperties", move |state| {
                state.tables.retain(|(known, _)| known != key);
                Ok(())
            }),
        )
    }
}
