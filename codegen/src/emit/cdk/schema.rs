//! The JSON schema of a custom resource, read into the types of its construct.

use serde_json::{Map, Value as Json};
use zeroetl_properties::ResourceSchema;

use super::Error;

/// One custom resource.
#[derive(Debug)]
pub(super) struct CustomResource {
    pub(super) type_name: String,
    pub(super) description: String,
    pub(super) properties: Vec<Property>,
    pub(super) structs: Vec<Struct>,
    pub(super) choices: Vec<Choice>,
    pub(super) attributes: Vec<(String, String)>,
}

/// An object inside the properties.
#[derive(Debug)]
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) properties: Vec<Property>,
}

/// One property, named as CloudFormation does.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) default: Option<Json>,
}

/// What a property takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Boolean,
    /// A boolean that the API spells `TRUE` and `FALSE`.
    Flag,
    /// A policy document.
    Document,
    /// One of the words of the choice with this name.
    Choice(String),
    /// The struct with this name.
    Struct(String),
    List(Box<Self>),
}

/// A closed set of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) description: String,
    /// Word and meaning.
    pub(super) cases: Vec<(String, String)>,
}

/// Names that would mean little outside of their schema.
fn public_name(definition: &str) -> &str {
    match definition {
        "Mode" => "GlueResourcePolicyMode",
        "Partition" => "PartitionSpec",
        other => other,
    }
}

impl CustomResource {
    pub(super) fn read(schema: &ResourceSchema) -> Result<Self, Error> {
        let root = schema.properties.clone().to_value();
        let reader = Reader {
            type_name: schema.type_name,
            root: &root,
        };
        let mut structs = Vec::new();
        let mut choices = Vec::new();
        for (name, definition) in root["$defs"].as_object().into_iter().flatten() {
            if let Some(cases) = words(definition) {
                if !is_flag(&cases) {
                    let description = described(definition);
                    choices.push(Choice {
                        name: public_name(name).to_owned(),
                        description,
                        cases,
                    });
                }
            } else if definition["type"] == "object" {
                structs.push(Struct {
                    name: public_name(name).to_owned(),
                    description: described(definition),
                    properties: reader.properties(definition)?,
                });
            }
        }
        Ok(Self {
            type_name: schema.type_name.to_owned(),
            description: described(&root),
            properties: reader.properties(&root)?,
            structs,
            choices,
            attributes: schema
                .attributes
                .iter()
                .map(|(name, about)| ((*name).to_owned(), (*about).to_owned()))
                .collect(),
        })
    }

    /// The name without `Custom::`.
    pub(super) fn short_name(&self) -> &str {
        self.type_name.trim_start_matches("Custom::")
    }
}

struct Reader<'a> {
    type_name: &'static str,
    root: &'a Json,
}

impl Reader<'_> {
    fn properties(&self, schema: &Json) -> Result<Vec<Property>, Error> {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        properties
            .iter()
            .map(|(name, property)| {
                Ok(Property {
                    name: name.clone(),
                    description: described(property),
                    kind: self.kind(name, property)?,
                    required: required.contains(&name.as_str()),
                    default: property.get("default").filter(|it| !it.is_null()).cloned(),
                })
            })
            .collect()
    }

    fn kind(&self, name: &str, schema: &Json) -> Result<Kind, Error> {
        let unknown = || Error::UnknownSchema {
            type_name: self.type_name,
            property: name.to_owned(),
        };
        if let Some(reference) = schema["$ref"].as_str() {
            let definition = reference.trim_start_matches("#/$defs/");
            return self.definition(name, definition);
        }
        // An optional one: itself or null.
        if let Some([one, null]) = schema["anyOf"].as_array().map(Vec::as_slice)
            && null["type"] == "null"
        {
            return self.kind(name, one);
        }
        let kind = match &schema["type"] {
            Json::Array(types) => types.first().and_then(Json::as_str),
            other => other.as_str(),
        };
        match kind {
            Some("string") => Ok(Kind::Text),
            Some("boolean") => Ok(Kind::Boolean),
            Some("array") => Ok(Kind::List(Box::new(self.kind(name, &schema["items"])?))),
            _ => Err(unknown()),
        }
    }

    fn definition(&self, name: &str, definition: &str) -> Result<Kind, Error> {
        let schema = &self.root["$defs"][definition];
        if definition == "PolicyDocument" {
            return Ok(Kind::Document);
        }
        if let Some(cases) = words(schema) {
            let choice = Kind::Choice(public_name(definition).to_owned());
            return Ok(if is_flag(&cases) { Kind::Flag } else { choice });
        }
        if schema["type"] == "object" {
            return Ok(Kind::Struct(public_name(definition).to_owned()));
        }
        self.kind(name, schema)
    }
}

fn described(schema: &Json) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The words of a closed set, with what each means.
fn words(schema: &Json) -> Option<Vec<(String, String)>> {
    let cases = schema["oneOf"].as_array()?;
    cases
        .iter()
        .map(|case| Some((case["const"].as_str()?.to_owned(), described(case))))
        .collect()
}

fn is_flag(cases: &[(String, String)]) -> bool {
    let words: Vec<&str> = cases.iter().map(|(word, _)| word.as_str()).collect();
    words == ["TRUE", "FALSE"]
}
