//! One folder per `Custom::` type: its state table and its pure logic. They see the world through
//! `ports` and nothing else.

pub mod glue_resource_policy;
pub mod integration_table_properties;
