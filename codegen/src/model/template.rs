//! A whole template.

use indexmap::IndexMap;

use super::{
    ConditionName, LogicalId, OutputName, Parameter, Resource, Rule, TemplateContext, Test, Value,
};

/// Where a template came from, for its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The blueprint that made it, such as `zero_etl/source`.
    pub blueprint: &'static str,
    /// What to run, or to change, instead of editing the output.
    pub instead: &'static str,
}

/// A value that a stack shows to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// What it is.
    pub description: &'static str,
    /// The value.
    pub value: Value,
}

/// One template: what CloudFormation needs to make a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Where it came from.
    pub origin: Origin,
    /// What the stack is, up to 1,024 bytes.
    pub description: String,
    /// Why it is as it is.
    pub context: Option<TemplateContext>,
    /// What the user can set, in the order of the form.
    pub parameters: Vec<Parameter>,
    /// What has to hold between parameters.
    pub rules: Vec<Rule>,
    /// Named tests that resources and values refer to.
    pub conditions: IndexMap<ConditionName, Test>,
    /// The resources. A second resource with the id of a first one is a defect.
    pub resources: Vec<Resource>,
    /// What the stack shows to others.
    pub outputs: IndexMap<OutputName, Output>,
}

impl Template {
    /// A template with nothing in it yet.
    pub fn new(origin: Origin, description: impl Into<String>) -> Self {
        Self {
            origin,
            description: description.into(),
            context: None,
            parameters: Vec::new(),
            rules: Vec::new(),
            conditions: IndexMap::new(),
            resources: Vec::new(),
            outputs: IndexMap::new(),
        }
    }

    /// Adds an output.
    pub fn output(&mut self, name: OutputName, description: &'static str, value: Value) {
        self.outputs.insert(name, Output { description, value });
    }

    /// The resource with this id.
    pub fn resource(&self, id: &LogicalId) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.id == *id)
    }
}
