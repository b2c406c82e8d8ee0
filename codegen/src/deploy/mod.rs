//! Carries out a plan against AWS: change sets, events, order over two accounts. The only room of
//! this crate that names the SDK; it knows neither the config file nor how a template came to be.

mod account;
mod apply;
mod aws_error;
mod change_set;
mod cloudformation;
mod cloudformation_sdk;
mod code_bucket;
mod consent;
mod delete;
mod deployed;
mod events;
mod failure;
mod identity;
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
pub use progress::Progress;
pub use provider_zip::Architecture;
pub use rollout::{DeployError, DeployedStack, Options, rollout};
pub use teardown::{DestroyError, Retained, Teardown};
