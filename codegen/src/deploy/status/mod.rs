//! What stands: the stacks, and what Glue itself says about integration, catalog policy and table
//! properties. Looks, never touches.

pub(super) mod glue;
mod health;
mod look;
pub(super) mod owner;
mod report;
mod text;

pub use health::State;
pub use look::{StatusError, look};
pub use report::{
    CatalogPolicy, IntegrationFault, IntegrationReport, PartitionReport, PropertiesReport, Report,
    StackReport, StatementReport,
};
pub use text::text;
