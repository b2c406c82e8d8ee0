//! The Lambda function behind our `Custom::` types.
//!
//! `protocol` speaks CloudFormation's language and knows no AWS service. `resources` hold the
//! state tables and see the world through `ports`. `aws` is the only user of the SDK. `handler`
//! puts one request through them and sees to it that exactly one reply leaves.

pub mod aws;
pub mod backoff;
pub mod deadline;
pub mod environment;
#[cfg(test)]
mod fake;
pub mod handler;
pub mod http;
pub mod log;
mod overtaken;
pub mod ports;
pub mod protocol;
pub mod resource;
pub mod resources;
