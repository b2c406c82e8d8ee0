//! A Glue with real state and real conditions, over its own JSON protocol on loopback. Faults are
//! scripted per operation. What AWS leaves open is a setting, and the stricter reading its default.
//! Knows nothing of CloudFormation.

mod calls;
mod faults;
mod policy;
mod server;
mod table_properties;

pub use calls::{Call, Operation};
pub use faults::Fault;
pub use policy::{Absent, PolicyRules, PolicyStore, StoredPolicy};
pub use server::Glue;
pub use table_properties::{
    CreateOfExisting, Inbound, Pair, TableProperties, TableRules, TableStore,
};

use serde_json::{Value, json};

/// An error as Glue answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlueError {
    /// The HTTP status.
    pub status: u16,
    /// The name in `__type`.
    pub code: String,
    /// For people.
    pub message: String,
}

impl GlueError {
    /// A client error.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// A server error.
    pub fn server(status: u16, code: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: "the service had a problem".to_owned(),
        }
    }

    fn body(&self) -> Value {
        json!({ "__type": self.code, "Message": self.message })
    }
}

type GlueResult = Result<Value, GlueError>;
