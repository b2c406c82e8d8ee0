//! Carries out a plan against AWS: change sets, events, order over two accounts. The only room of
//! this crate that names the SDK; it knows neither the config file nor how a template came to be.

mod account;
mod apply;
mod ask;
mod aws_error;
mod by_hand;
mod carry_out;
mod change_set;
mod cloudformation;
mod cloudformation_sdk;
mod code_bucket;
mod delete;
mod deployed;
mod done;
mod drift_detection;
mod events;
mod failure;
mod function_log;
mod hindrance;
mod identity;
mod look;
mod operation;
mod plan_check;
mod progress;
mod provider_zip;
mod relayout;
#[cfg(test)]
mod replay;
mod resource_types;
mod retire;
mod rollout;
mod session;
mod stack_state;
pub mod status;
mod survey;
mod teardown;
#[cfg(test)]
mod testing;
mod uploads;

pub use account::Side;
pub use ask::Ask;
pub(crate) use cloudformation::Drifted;
pub(crate) use deployed::{Template, differing, same, undepend};
pub use progress::Progress;
pub use provider_zip::Architecture;
pub(crate) use relayout::{layout_changes, relayouts};
pub(crate) use resource_types::{CATALOG_POLICY, INTEGRATION, TABLE_PROPERTIES, may_replace};
pub use retire::Reload;
pub(crate) use retire::{Retirement, retirement, retirement_of_all};
pub use rollout::{DeployError, DeployedStack, Options, Permits, rollout};
#[cfg(test)]
pub(crate) use status::PartitionReport;
pub(crate) use status::owner::marker;
pub(crate) use status::{IntegrationReport, PropertiesReport};
pub use teardown::{DestroyError, Destroyed, Retained, Teardown};
