//! A template as CloudFormation gives it back, parsed once, where it is read. What cannot be read
//! stays visible as such, so that nobody takes it for a template that holds nothing. Pure.

mod yaml;

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// What CloudFormation says that a stack was made from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deployed {
    /// A template, understood.
    Read(Box<Template>),
    /// A text that is no template that we understand, and why.
    Unreadable(String),
}

/// A template, understood: JSON, or YAML with its short intrinsics written out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Template {
    /// The declarations of its parameters, by name.
    pub(crate) parameters: IndexMap<String, Value>,
    /// Its resources, by logical id, in the template's order.
    pub(crate) resources: IndexMap<String, Resource>,
    /// Its metadata.
    pub(crate) metadata: Map<String, Value>,
    /// The whole, as JSON, for a template that is made from this one.
    pub(crate) document: Value,
}

/// A resource of a template.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Resource {
    /// Its type.
    pub(crate) kind: String,
    /// Its properties.
    pub(crate) properties: Map<String, Value>,
    /// The logical ids of the resources that come first.
    pub(crate) depends_on: Vec<String>,
    /// `Delete`, `Retain`, `RetainExceptOnCreate`, `Snapshot`.
    pub(crate) deletion_policy: Option<String>,
    /// The same, for a resource that an update replaces.
    pub(crate) update_replace_policy: Option<String>,
    /// The condition under which it is made.
    pub(crate) condition: Option<String>,
    /// Its metadata.
    pub(crate) metadata: Map<String, Value>,
}

impl Deployed {
    /// Reads a template's text.
    pub(crate) fn parse(text: &str) -> Self {
        match Template::parse(text) {
            Ok(template) => Self::Read(Box::new(template)),
            Err(why) => Self::Unreadable(why),
        }
    }

    /// The template, where it could be read.
    pub(crate) fn read(&self) -> Option<&Template> {
        match self {
            Self::Read(template) => Some(template),
            Self::Unreadable(_) => None,
        }
    }
}

impl Template {
    /// Reads a template's text; says why it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let document = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?
        } else {
            yaml::parse(text)?
        };
        Self::of(document)
    }

    fn of(document: Value) -> Result<Self, String> {
        let Value::Object(whole) = &document else {
            return Err("it is no template: an object was expected".to_owned());
        };
        let part = |name: &str| match whole.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(part)) => Ok(part.clone()),
            Some(_) => Err(format!("its `{name}` is no object")),
        };
        let mut resources = IndexMap::new();
        for (id, value) in part("Resources")? {
            if id.starts_with("Fn::") {
                return Err(format!("its resources are made by `{id}`"));
            }
            let resource = Resource::of(&value).map_err(|why| format!("its `{id}` {why}"))?;
            resources.insert(id, resource);
        }
        Ok(Self {
            parameters: part("Parameters")?.into_iter().collect(),
            resources,
            metadata: part("Metadata")?,
            document,
        })
    }

    /// The resources of a type.
    pub(crate) fn of_type<'a>(
        &'a self,
        kind: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Resource)> {
        let all = self.resources.iter();
        all.filter(move |(_, resource)| resource.kind == kind)
            .map(|(id, resource)| (id.as_str(), resource))
    }

    /// A value as text, with the parameters' values in it; `None` where more than parameters would have
    /// to be known. Pseudo parameters stay as they are.
    pub(crate) fn text(
        &self,
        value: &Value,
        parameters: &BTreeMap<String, String>,
    ) -> Option<String> {
        let parameter = |name: &str| {
            let default = || {
                let default = self.parameters.get(name)?.get("Default")?;
                Some(default.as_str()?.to_owned())
            };
            parameters.get(name).cloned().or_else(default)
        };
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Object(call) => match call.iter().next()? {
                (key, Value::String(name)) if key == "Ref" => parameter(name),
                (key, Value::String(text)) if key == "Fn::Sub" => {
                    let names = self.parameters.keys();
                    Some(
                        names.fold(text.clone(), |text, name| match parameter(name) {
                            Some(value) => text.replace(&format!("${{{name}}}"), &value),
                            None => text,
                        }),
                    )
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Which blueprint of ours it was made from, by its own word.
    pub(crate) fn blueprint(&self) -> Option<&str> {
        self.metadata.get("zeroetl")?.get("Blueprint")?.as_str()
    }
}

impl Resource {
    fn of(value: &Value) -> Result<Self, String> {
        let Value::Object(whole) = value else {
            return Err("is no object".to_owned());
        };
        let text = |name: &str| whole.get(name).and_then(Value::as_str).map(str::to_owned);
        let object = |name: &str| match whole.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object.clone()),
            Some(_) => Err(format!("has a `{name}` that is no object")),
        };
        let depends_on = match whole.get("DependsOn") {
            Some(Value::String(id)) => vec![id.clone()],
            Some(Value::Array(ids)) => ids
                .iter()
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        Ok(Self {
            kind: text("Type").ok_or("has no type")?,
            properties: object("Properties")?,
            depends_on,
            deletion_policy: text("DeletionPolicy"),
            update_replace_policy: text("UpdateReplacePolicy"),
            condition: text("Condition"),
            metadata: object("Metadata")?,
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.document.fmt(f)
    }
}

/// Whether two values of a template mean the same to CloudFormation, which makes a text of every
/// scalar: `15` and `"15"`, `true` and `"true"`.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (one, other) => one == other || scalar(one).is_some_and(|one| scalar(other) == Some(one)),
    }
}

/// The names of the properties that do not mean the same, in the old order, new ones last.
pub(crate) fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let added = new.keys().filter(|name| !old.contains_key(*name));
    old.keys()
        .chain(added)
        .filter(|name| match (old.get(*name), new.get(*name)) {
            (Some(old), Some(new)) => !same(old, new),
            (old, new) => old != new,
        })
        .cloned()
        .collect()
}

/// Takes the logical ids that are gone out of every `DependsOn` of these resources.
pub(crate) fn undepend(resources: &mut Map<String, Value>, is_gone: impl Fn(&str) -> bool) {
    for resource in resources.values_mut().filter_map(Value::as_object_mut) {
        let empty = match resource.get_mut("DependsOn") {
            Some(Value::Array(ids)) => {
                ids.retain(|id| !id.as_str().is_some_and(&is_gone));
                ids.is_empty()
            }
            Some(Value::String(id)) => is_gone(id),
            _ => false,
        };
        if empty {
            resource.shift_remove("DependsOn");
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const YAML: &str = "
Metadata:
  zeroetl: { Blueprint: zero_etl/integration }
Parameters:
  Minutes: { Type: Number, Default: 15 }
Resources:
  Integration:
    Type: AWS::Glue::Integration
    DependsOn: Other
    DeletionPolicy: Retain
    Properties:
      IntegrationName: !Ref Name
      IntegrationConfig: { RefreshInterval: 15 }
  Other:
    Type: AWS::S3::Bucket
";

    #[test]
    fn yaml_and_json_of_the_same_template_read_the_same() {
        let yaml = Template::parse(YAML).unwrap();
        let json = Template::parse(&yaml.to_string()).unwrap();
        assert_eq!(yaml, json);
        assert_eq!(yaml.blueprint(), Some("zero_etl/integration"));
        let integration = &yaml.resources["Integration"];
        assert_eq!(integration.depends_on, ["Other"]);
        assert_eq!(integration.deletion_policy.as_deref(), Some("Retain"));
        assert_eq!(
            integration.properties["IntegrationName"],
            json!({ "Ref": "Name" })
        );
        assert_eq!(yaml.of_type("AWS::S3::Bucket").count(), 1);
        assert_eq!(yaml.parameters.keys().collect::<Vec<_>>(), ["Minutes"]);
    }

    #[test]
    fn what_cannot_be_read_says_why_and_is_no_empty_template() {
        let why = |text: &str| match Deployed::parse(text) {
            Deployed::Unreadable(why) => why,
            Deployed::Read(template) => panic!("read as {template:?}"),
        };
        assert!(why("{\"Resources\":").contains("it is no JSON"));
        assert!(why("Resources: [").contains("it is no YAML"));
        assert!(why("just words").contains("an object was expected"));
        assert!(why("").contains("an object was expected"));
        assert_eq!(why("Resources: []"), "its `Resources` is no object");
        assert_eq!(why("Resources: {A: {}}"), "its `A` has no type");
        assert!(why("Resources: {'Fn::ForEach::Tables': []}").contains("Fn::ForEach::Tables"));
    }

    #[test]
    fn numbers_and_their_texts_mean_the_same() {
        let one = json!({ "a": [15, true, null], "b": "x" });
        assert!(same(&one, &json!({ "b": "x", "a": ["15", "true", null] })));
        assert!(!same(&one, &json!({ "b": "x", "a": ["15", "true"] })));
        assert!(!same(&json!(null), &json!("null")));
    }
}
