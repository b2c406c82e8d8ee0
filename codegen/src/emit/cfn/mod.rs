//! CloudFormation templates, as JSON and as YAML, from one and the same value.

mod context;
mod document;
mod expression;
mod suppressions;
mod text;

pub use document::document;
pub use expression::value;
pub(crate) use text::Plain;
pub use text::{EmitError, GENERATOR, to_json, to_yaml};
