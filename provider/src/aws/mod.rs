//! The only user of the AWS SDK: adapters for the ports, and what its errors mean.

mod caller;
mod catalog_policy;
mod client;
mod errors;
mod http_client;
mod integrations;
mod stack_resources;
mod table_properties;

pub use client::{Aws, Endpoints};

#[cfg(test)]
mod tests;
