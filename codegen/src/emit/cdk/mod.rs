//! The generated half of the npm package: what has to agree with the provider and the templates.
//!
//! Made from the property types of the custom resources and from the templates of the product: the
//! `Cfn` constructs with their types and documents, the statements and properties that the stacks
//! consist of, and the limits of what a user may give. How these become constructs is written by
//! hand, in `cdk-constructs/src/core`.

mod body;
mod code;
mod limits;
mod resource;
mod schema;
mod stack;
mod text;
mod ts_code;

use std::collections::BTreeMap;

use zeroetl_properties::ResourceSchema;

use self::{schema::CustomResource, ts_code::TsCode};
use crate::model::Template;

pub use text::NotAName;

/// The folder of the generated files, in the package.
pub const FOLDER: &str = "src/generated";

/// What the package is generated from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The custom resources.
    pub resources: &'a [ResourceSchema],
    /// The product's template of the source stack.
    pub source: &'a Template,
    /// The product's template of the target stack.
    pub target: &'a Template,
    /// The product's template of the integration stack.
    pub integration: &'a Template,
    /// The Regions that have zero-ETL integrations.
    pub regions: &'a [&'a str],
}

/// Why the package cannot be generated. Each is a mistake of ours, and none of a user.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that TypeScript does not take.
    #[error(transparent)]
    Name(#[from] NotAName),
    /// A template could not be filled.
    #[error("a template of the constructs could not be filled")]
    Render(#[from] askama::Error),
    /// A schema with a construction that has no TypeScript type here.
    #[error(
        "the schema of `{type_name}` has a type for `{property}` that is not known; add it to `emit::cdk::schema`"
    )]
    UnknownSchema {
        /// The custom resource.
        type_name: &'static str,
        /// The property.
        property: String,
    },
    /// An optional property without a word on what happens where it is left out.
    #[error(
        "`{property}` is optional, but nothing says what happens without it; add it to `DEFAULTS` in `emit::cdk::resource`"
    )]
    NoDefault {
        /// The property.
        property: String,
    },
    /// A value that depends on something that the constructs pass on under no name.
    #[error(
        "the {stack} stack has {what}, for which the constructs have no argument; add it to `emit::cdk::stack`"
    )]
    NoArgument {
        /// The stack.
        stack: &'static str,
        /// The value.
        what: String,
    },
    /// A resource of the templates that the constructs know nothing of.
    #[error(
        "the {stack} stack has the resource `{resource}`, and no construct for it; add it to `emit::cdk::stack`"
    )]
    NoConstruct {
        /// The stack.
        stack: &'static str,
        /// The resource.
        resource: String,
    },
    /// Something that the constructs take from the templates is not there.
    #[error("the {stack} stack has no `{path}`; correct `emit::cdk::stack`")]
    Missing {
        /// The stack.
        stack: &'static str,
        /// Where it was looked for.
        path: String,
    },
}

/// The generated files by path inside `cdk-constructs/`.
pub fn files(inputs: &Inputs<'_>) -> Result<BTreeMap<String, String>, Error> {
    let resources: Vec<CustomResource> = inputs
        .resources
        .iter()
        .map(CustomResource::read)
        .collect::<Result<_, _>>()?;
    let mut files = BTreeMap::new();
    let mut add = |name: &str, text: String| {
        files.insert(format!("{FOLDER}/{name}.ts"), finished(&text));
    };
    add("choices", resource::choices(&resources)?);
    for resource in &resources {
        add(
            &format!("cfn-{}", kebab(resource.short_name())),
            resource::resource(resource)?,
        );
    }
    add("source-body", stack::source(inputs.source)?);
    add("target-body", stack::target(inputs.target)?);
    add("integration-body", stack::integration(inputs.integration)?);
    add(
        "limits",
        limits::limits(
            &[inputs.source, inputs.target, inputs.integration],
            inputs.regions,
        )?,
    );
    Ok(files)
}

/// The first lines of a generated file.
fn header(from: &'static str) -> TsCode {
    TsCode::header(crate::emit::cfn::GENERATOR, from)
}

/// One final newline, and no line that ends in a space.
fn finished(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// `GlueResourcePolicy` becomes `glue-resource-policy`.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests;
