//! Requests of tests, and the world they run in.

use std::time::Duration;

use serde_json::Value;

use super::FakeGlue;
use crate::{
    deadline::Deadline,
    ports::Home,
    resource::{Applied, Failure, LogicalId, PhysicalId, Request, Resource, StackId, World},
};

/// One request of a test.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    stack: StackId,
    logical: LogicalId,
    id: Option<PhysicalId>,
    update: bool,
    properties: Value,
    old: Value,
}

impl Asked {
    /// A Create.
    pub(crate) fn create(properties: &Value) -> Self {
        Self {
            stack: StackId::new("stack"),
            logical: LogicalId::new("Resource"),
            id: None,
            update: false,
            properties: properties.clone(),
            old: Value::Null,
        }
    }

    /// The same of another resource.
    pub(crate) fn of(mut self, logical: &str) -> Self {
        self.logical = LogicalId::new(logical);
        self
    }

    /// An Update of the resource with this id.
    pub(crate) fn update(id: &PhysicalId, old: &Value, properties: &Value) -> Self {
        let old = old.clone();
        Self {
            id: Some(id.clone()),
            update: true,
            old,
            ..Self::create(properties)
        }
    }

    /// A Delete with this id.
    pub(crate) fn delete(id: &str, properties: &Value) -> Self {
        Self {
            id: PhysicalId::new(id),
            ..Self::create(properties)
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            stack_id: &self.stack,
            logical_id: &self.logical,
            physical_id: self.id.as_ref(),
            update: self.update,
            properties: &self.properties,
            old_properties: &self.old,
        }
    }

    /// Create or Update through `resource`.
    pub(crate) async fn apply(
        &self,
        resource: &dyn Resource,
        glue: &FakeGlue,
    ) -> Result<Applied, Failure> {
        let home = home();
        resource.apply(self.request(), world(&glue, &home)).await
    }

    /// Delete through `resource`.
    pub(crate) async fn cleanup(
        &self,
        resource: &dyn Resource,
        glue: &FakeGlue,
    ) -> Result<(), Failure> {
        let home = home();
        resource.cleanup(self.request(), world(&glue, &home)).await
    }

    /// The id that a failed Create answers with.
    pub(crate) fn failed_id(&self, resource: &dyn Resource, failure: &Failure) -> PhysicalId {
        resource.id_of_failed_create(self.request(), failure)
    }
}

fn home() -> Home {
    Home::of_function("arn:aws:lambda:us-east-1:111111111111:function:f").unwrap()
}

/// Two minutes with this Glue.
fn world<'a>(glue: &'a &FakeGlue, home: &'a Home) -> World<'a> {
    World {
        glue,
        stack: glue,
        home: Some(home),
        deadline: Deadline::after(Duration::from_mins(2)),
    }
}
