//! What any stack can say: parameters, conditions, rules, resources, values, policies, outputs.
//!
//! Plain data that blueprints build and emitters read. It knows no file format, no disk and no
//! product of ours. All maps keep the order in which they were filled.

mod condition;
mod context;
mod iam;
mod names;
mod parameter;
mod resource;
mod suppression;
mod template;
mod validate;
mod value;

pub use condition::{Assertion, Rule, Test};
pub use context::{Context, Mutability, TemplateContext};
pub use iam::{Effect, IamPolicy, IamStatement, Principal};
pub use names::{ConditionName, InvalidName, LogicalId, OutputName, ParameterName, RuleName};
pub use parameter::{Constraint, Group, Parameter};
pub use resource::{Removal, Resource};
pub use suppression::{Finding, Scanner, Suppression, Wildcard, wildcards};
pub use template::{Origin, Output, Template};
pub use validate::{Defect, Mentioned, validate};
pub use value::{Object, Part, Pseudo, Reference, Value};
