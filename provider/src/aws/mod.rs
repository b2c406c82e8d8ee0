//! The only user of the AWS SDK: adapters for the ports, and what its errors mean.

mod caller;
mod catalog_policy;
mod client;
mod errors;
mod http_client;
mod integrations;
mod table_properties;

pub use client::AwsGlue;

#[cfg(test)]
mod tests;
