//! Property types of both custom resources.
//!
//! The provider parses with them what CloudFormation sends; the generator emits types, rules and
//! documents from their JSON schema. Nothing here reads a file, a clock or the network.

mod account;
mod arn;
mod choice;
mod glue_resource_policy;
mod integration_table_properties;
mod json_text;
mod name;
mod names;
mod partition;
mod policy_document;
mod problem;
mod reader;
mod schema;

pub use account::{AccountId, Region};
pub use arn::{Arn, GlueArn};
pub use choice::{
    EnableHybrid, Mode, PartitionFunction, TimestampConversion, UnknownChoice, UnnestSpec,
};
pub use glue_resource_policy::GlueResourcePolicyProperties;
pub use integration_table_properties::{
    IntegrationTableProperties, SourceTableConfig, TargetTableConfig,
};
pub use name::InvalidName;
pub use names::{
    DatabaseName, DynamoDbTableName, FieldName, ForceUpdate, TableName, TargetTableName,
};
pub use partition::{MAX_PARTITIONS, Partition, partition_problems};
pub use policy_document::{PolicyDocument, PolicyVersion};
pub use problem::{Problem, Problems};
pub use reader::{boolean, is_absent, text};
pub use schema::{GLUE_RESOURCE_POLICY, INTEGRATION_TABLE_PROPERTIES, ResourceSchema, schemas};
