//! A request as CloudFormation sends it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use super::stringify;
use crate::blackbox::response_server::ResponseServer;
use crate::blackbox::{ACCOUNT, REGION};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestType {
    /// Make it.
    Create,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
}

impl RequestType {
    /// As in the event.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
        }
    }
}

/// A number that no one else in this run of the tests has.
pub fn unique_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// One request for one resource of one stack.
#[derive(Debug, Clone)]
pub struct CfnRequest {
    /// Create, Update or Delete.
    pub kind: RequestType,
    /// The stack.
    pub stack_id: String,
    /// CloudFormation's request id, the same again in a duplicate.
    pub request_id: String,
    /// The resource in the template.
    pub logical_id: String,
    /// Such as `Custom::GlueResourcePolicy`.
    pub resource_type: String,
    /// None on Create.
    pub physical_id: Option<String>,
    /// As in the template; sent with every scalar as text.
    pub properties: Value,
    /// Only on Update.
    pub old_properties: Option<Value>,
    /// Where the reply goes.
    pub url: String,
    /// Lambda's limit.
    pub timeout: std::time::Duration,
}

impl CfnRequest {
    /// A Create, in a stack of its own, answered to the given server.
    pub fn create(replies: &ResponseServer, resource_type: &str, properties: Value) -> Self {
        let stack = stack_id(&format!("stack-{}", unique_number()));
        Self::create_in(replies, &stack, "Resource", resource_type, properties)
    }

    /// A Create of one resource of a stack.
    pub fn create_in(
        replies: &ResponseServer,
        stack_id: &str,
        logical_id: &str,
        resource_type: &str,
        properties: Value,
    ) -> Self {
        let request = Self {
            kind: RequestType::Create,
            stack_id: stack_id.to_owned(),
            request_id: String::new(),
            logical_id: logical_id.to_owned(),
            resource_type: resource_type.to_owned(),
            physical_id: None,
            properties,
            old_properties: None,
            url: String::new(),
            timeout: std::time::Duration::from_secs(20),
        };
        request.renewed(replies)
    }

    /// The Update that follows, for a resource that answered with `physical_id`.
    #[must_use]
    pub fn update(&self, replies: &ResponseServer, physical_id: &str, properties: Value) -> Self {
        let mut next = self.clone();
        next.kind = RequestType::Update;
        next.physical_id = Some(physical_id.to_owned());
        next.old_properties = Some(std::mem::replace(&mut next.properties, properties));
        next.renewed(replies)
    }

    /// The Update that takes a failed one back: properties swapped, same id.
    #[must_use]
    pub fn rollback(&self, replies: &ResponseServer) -> Self {
        let mut next = self.clone();
        let old = next.old_properties.take().unwrap_or_else(|| json!({}));
        next.old_properties = Some(std::mem::replace(&mut next.properties, old));
        next.renewed(replies)
    }

    /// The Delete that follows.
    #[must_use]
    pub fn delete(&self, replies: &ResponseServer, physical_id: &str) -> Self {
        let mut next = self.clone();
        next.kind = RequestType::Delete;
        next.physical_id = Some(physical_id.to_owned());
        next.old_properties = None;
        next.renewed(replies)
    }

    /// The Delete with an id that CloudFormation made up, because it never got one.
    #[must_use]
    pub fn delete_by_invented_id(&self, replies: &ResponseServer) -> Self {
        let stack = self.stack_id.split('/').nth(1).unwrap_or("stack");
        let invented = format!("{stack}-{}-{:012X}", self.logical_id, unique_number());
        self.delete(replies, &invented)
    }

    /// The same request with a new request id and URL.
    #[must_use]
    pub fn renewed(&self, replies: &ResponseServer) -> Self {
        let mut next = self.clone();
        next.request_id = format!("0f0e0d0c-0000-4000-8000-{:012x}", unique_number());
        next.url = replies.url(&next.stack_id, &next.logical_id, &next.request_id);
        next
    }

    /// With Lambda's limit set.
    #[must_use]
    pub fn within(mut self, timeout: std::time::Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The event as it reaches the function.
    pub fn event(&self) -> Value {
        let mut event = json!({
            "RequestType": self.kind.name(),
            "ServiceToken": service_token(),
            "ResponseURL": self.url,
            "StackId": self.stack_id,
            "RequestId": self.request_id,
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.resource_type,
            "ResourceProperties": with_token(&self.properties),
        });
        if let Some(id) = &self.physical_id {
            event["PhysicalResourceId"] = json!(id);
        }
        if let Some(old) = &self.old_properties {
            event["OldResourceProperties"] = with_token(old);
        }
        event
    }
}

/// The ARN of a stack of the test account.
pub fn stack_id(name: &str) -> String {
    let number = unique_number();
    format!(
        "arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/51af3dc0-da77-11e4-872e-{number:012x}"
    )
}

/// The function's ARN.
pub fn service_token() -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:zeroetl-provider")
}

fn with_token(properties: &Value) -> Value {
    let Value::Object(properties) = stringify(properties) else {
        return properties.clone();
    };
    let mut all = Map::new();
    all.insert("ServiceToken".to_owned(), json!(service_token()));
    all.extend(properties);
    Value::Object(all)
}
