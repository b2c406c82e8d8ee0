//! Variants of the target stack's template that last for one step of a deployment: a permission, a
//! forced update, or the stack without its custom resources. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::deploy::{CATALOG_POLICY, TABLE_PROPERTIES, Template, undepend};

const FORCE_UPDATE: &str = "ForceUpdate";

/// What one deployment writes into the custom resources beyond what the config says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The table properties that may load their table again.
    pub(crate) allow_resync: BTreeSet<String>,
    /// The table properties that may take over what exists.
    pub(crate) adopt_existing: BTreeSet<String>,
    /// A new value that makes the custom resources compare and mend live state.
    pub(crate) force: Option<String>,
}

impl Marks {
    /// Whether a permission is among them that must not outlive the deployment.
    pub(crate) fn permit(&self) -> bool {
        !self.allow_resync.is_empty() || !self.adopt_existing.is_empty()
    }
}

/// The wanted template with the marks. Values of `ForceUpdate` that are deployed stay as they are:
/// taking them out would be one more update.
pub(crate) fn marked(wanted: &Template, deployed: Option<&Template>, marks: &Marks) -> Value {
    let mut document = wanted.document.clone();
    for (id, resource) in &wanted.resources {
        if resource.kind != TABLE_PROPERTIES && resource.kind != CATALOG_POLICY {
            continue;
        }
        let Some(properties) = properties(&mut document, id) else {
            continue;
        };
        for (name, ids) in [
            ("AllowResync", &marks.allow_resync),
            ("AdoptExisting", &marks.adopt_existing),
        ] {
            if ids.contains(id) {
                properties.insert(name.to_owned(), json!(true));
            }
        }
        // A template that takes the value from a parameter is forced by that parameter.
        if properties.contains_key(FORCE_UPDATE) {
            continue;
        }
        let standing = deployed
            .and_then(|deployed| deployed.resources.get(id)?.properties.get(FORCE_UPDATE))
            .filter(|value| value.is_string())
            .cloned();
        if let Some(value) = marks.force.clone().map(Value::String).or(standing) {
            properties.insert(FORCE_UPDATE.to_owned(), value);
        }
    }
    document
}

fn properties<'a>(document: &'a mut Value, id: &str) -> Option<&'a mut Map<String, Value>> {
    document
        .get_mut("Resources")?
        .get_mut(id)?
        .get_mut("Properties")?
        .as_object_mut()
}

/// The template without its custom resources and without whatever speaks of them, for the time in
/// which their function is made again: CloudFormation changes no `ServiceToken`.
pub(crate) fn without_custom_resources(wanted: &Template) -> Value {
    let mut gone: BTreeSet<String> = wanted
        .resources
        .iter()
        .filter(|(_, resource)| resource.kind.starts_with("Custom::"))
        .map(|(id, _)| id.clone())
        .collect();
    let mut document = wanted.document.clone();
    // What speaks of something that is gone goes as well, until nothing does.
    loop {
        let speaking = |section: &str| -> Vec<String> {
            let entries = document.get(section).and_then(Value::as_object);
            let entries = entries.into_iter().flatten();
            entries
                .filter(|(id, entry)| gone.contains(*id) || speaks(entry, &gone))
                .map(|(id, _)| id.clone())
                .collect()
        };
        let (resources, outputs) = (speaking("Resources"), speaking("Outputs"));
        if resources.is_empty() && outputs.is_empty() {
            return document;
        }
        if let Some(left) = document.get_mut("Resources").and_then(Value::as_object_mut) {
            undepend(left, |id| resources.iter().any(|gone| gone == id));
        }
        for (section, ids) in [("Resources", &resources), ("Outputs", &outputs)] {
            if let Some(entries) = document.get_mut(section).and_then(Value::as_object_mut) {
                entries.retain(|id, _| !ids.contains(id));
                if entries.is_empty()
                    && let Some(whole) = document.as_object_mut()
                {
                    whole.shift_remove(section);
                }
            }
        }
        gone.extend(resources);
    }
}

/// Whether a value refers to one of these logical ids.
fn speaks(value: &Value, ids: &BTreeSet<String>) -> bool {
    let first = |name: &str| name.split('.').next().is_some_and(|id| ids.contains(id));
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| match (key.as_str(), value) {
                ("DependsOn", _) => false,
                ("Ref" | "Fn::GetAtt", Value::String(name)) => first(name),
                ("Fn::GetAtt", Value::Array(names)) => {
                    names.first().and_then(Value::as_str).is_some_and(first)
                }
                ("Fn::Sub", Value::String(text)) => ids.iter().any(|id| {
                    text.contains(&format!("${{{id}}}")) || text.contains(&format!("${{{id}."))
                }),
                (_, value) => speaks(value, ids),
            }),
        Value::Array(values) => values.iter().any(|value| speaks(value, ids)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &Value) -> Template {
        Template::parse(&document.to_string()).unwrap()
    }

    fn target() -> Value {
        json!({
            "Resources": {
                "Function": { "Type": "AWS::Lambda::Function", "DependsOn": ["Role", "Policy"] },
                "Role": { "Type": "AWS::IAM::Role", "DependsOn": "Orders" },
                "Policy": { "Type": CATALOG_POLICY, "Properties": { "Mode": "Merge" } },
                "Orders": { "Type": TABLE_PROPERTIES, "DependsOn": "Policy",
                    "Properties": { "TableName": "Orders" } },
                "Sales": { "Type": TABLE_PROPERTIES, "Properties": { "TableName": "Sales" } },
                "Alarm": { "Type": "AWS::CloudWatch::Alarm",
                    "Properties": { "AlarmName": { "Fn::Sub": "x-${Policy.Owner}" } } },
            },
            "Outputs": {
                "Hash": { "Value": { "Fn::GetAtt": ["Policy", "PolicyHash"] } },
                "Function": { "Value": { "Ref": "Function" } },
            },
        })
    }

    #[test]
    fn a_permission_reaches_the_resource_that_needs_it_and_no_other() {
        let marks = Marks {
            allow_resync: BTreeSet::from(["Orders".to_owned()]),
            ..Marks::default()
        };
        assert!(marks.permit());
        let mut expected = target();
        expected["Resources"]["Orders"]["Properties"]["AllowResync"] = json!(true);
        assert_eq!(marked(&read(&target()), None, &marks), expected);
    }

    #[test]
    fn a_deployed_force_stays_and_a_new_one_reaches_every_custom_resource() {
        let wanted = read(&target());
        assert_eq!(marked(&wanted, None, &Marks::default()), target());
        let forced = |deployed: Option<&Template>, value: &str| {
            let marks = Marks {
                force: Some(value.to_owned()),
                ..Marks::default()
            };
            marked(&wanted, deployed, &marks)
        };
        let once = forced(None, "1");
        for id in ["Policy", "Orders", "Sales"] {
            assert_eq!(once["Resources"][id]["Properties"]["ForceUpdate"], "1");
        }
        let later = marked(&wanted, Some(&read(&once)), &Marks::default());
        assert_eq!(later, once, "the next deployment changes nothing");
        let again = forced(Some(&read(&once)), "2");
        assert_eq!(
            again["Resources"]["Policy"]["Properties"]["ForceUpdate"],
            "2"
        );
    }

    #[test]
    fn without_custom_resources_nothing_speaks_of_them() {
        assert_eq!(
            without_custom_resources(&read(&target())),
            json!({
                "Resources": {
                    "Function": { "Type": "AWS::Lambda::Function", "DependsOn": ["Role"] },
                    "Role": { "Type": "AWS::IAM::Role" },
                },
                "Outputs": { "Function": { "Value": { "Ref": "Function" } } },
            })
        );
    }
}
