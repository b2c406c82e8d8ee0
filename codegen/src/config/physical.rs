//! The physical names that a config leads to. Each depends on one table at most, so adding,
//! removing or reordering tables renames nothing.

use super::{Config, Table};
use crate::plan::StackKind;

impl Config {
    /// The name of a stack: `<project>-<environment>-<kind>`.
    pub fn stack_name(&self, kind: StackKind) -> String {
        format!("{}-{}", self.prefix(), kind.as_str())
    }

    /// The name of a table's integration: `<project>-<environment>-<table>`.
    pub fn integration_name(&self, table: &Table) -> String {
        format!("{}-{}", self.prefix(), table.name)
    }

    /// What opens every physical name: `<project>-<environment>`.
    pub fn prefix(&self) -> String {
        format!("{}-{}", self.project, self.environment)
    }
}
