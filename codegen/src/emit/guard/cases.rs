//! Unit tests of the rules for `cfn-guard test`: templates that a rule does not look at, that it
//! takes, and that it refuses, at least one for each check. They are made from the types, never from
//! the rules, so that a rule that is lost is missed.

use serde_json::{Map, Value as Json, json};
use zeroetl_properties::ResourceSchema;

use super::{
    OF_CLOUDFORMATION, resolved, rule_name,
    samples::{
        PROVIDER, Samples, chosen_later, filled_in_later, statement, statements, with, without,
    },
};

/// Resources of one type, each of which keeps the rule of its type, or one that breaks it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) type_name: &'static str,
    pub(super) properties: Vec<Json>,
    pub(super) right: bool,
}

/// The cases of one type.
pub(super) fn of(resource: &ResourceSchema) -> Vec<Case> {
    let root = resource.properties.clone().to_value();
    let mut cases = Cases {
        type_name: resource.type_name,
        root: &root,
        found: Vec::new(),
    };
    let [token, timeout] = OF_CLOUDFORMATION;
    let sample = with(&cases.sample(&root), token, json!(PROVIDER));
    cases.refuse(token, "is required", without(&sample, token));
    let seconds = [json!(1), json!(3600), json!("600"), filled_in_later()];
    cases.take(timeout, seconds.map(|it| with(&sample, timeout, it)).into());
    for seconds in [0, 3601] {
        let what = format!("refuses {seconds}");
        cases.refuse(timeout, &what, with(&sample, timeout, json!(seconds)));
    }
    cases.object(&root, "", &|value| with(&value, token, json!(PROVIDER)));
    cases.found
}

/// All cases as `cfn-guard test` reads them.
pub(super) fn document(resources: &[ResourceSchema]) -> Json {
    let expected = |case: Option<&Case>| -> Map<String, Json> {
        let result = |type_name: &str| match case {
            Some(case) if case.type_name == type_name && case.right => "PASS",
            Some(case) if case.type_name == type_name => "FAIL",
            _ => "SKIP",
        };
        let types = resources.iter().map(|resource| resource.type_name);
        types.map(|it| (rule_name(it), json!(result(it)))).collect()
    };
    let test = |name: &str, input: Map<String, Json>, rules: Map<String, Json>| {
        json!({
            "name": name,
            "input": {"Resources": input},
            "expectations": {"rules": rules},
        })
    };
    let mut other = Map::new();
    other.insert("Bucket".to_owned(), json!({"Type": "AWS::S3::Bucket"}));
    let mut tests = vec![test(
        "a template without these custom resources",
        other,
        expected(None),
    )];
    for case in resources.iter().flat_map(of) {
        let input = case.properties.iter().zip(1..).map(|(properties, number)| {
            let resource = json!({"Type": case.type_name, "Properties": properties});
            (format!("Custom{number}"), resource)
        });
        tests.push(test(&case.name, input.collect(), expected(Some(&case))));
    }
    tests.into()
}

/// Puts a value where it belongs in the properties of a resource.
type Around<'a> = &'a dyn Fn(Json) -> Json;

struct Cases<'a> {
    type_name: &'static str,
    root: &'a Json,
    found: Vec<Case>,
}

impl Cases<'_> {
    fn take(&mut self, path: &str, properties: Vec<Json>) {
        self.add(path, "is taken in every form", properties, true);
    }

    fn refuse(&mut self, path: &str, what: &str, properties: Json) {
        self.add(path, what, vec![properties], false);
    }

    fn add(&mut self, path: &str, what: &str, properties: Vec<Json>, right: bool) {
        let of = self.type_name.trim_start_matches("Custom::");
        let dot = if path.is_empty() { "" } else { "." };
        self.found.push(Case {
            name: format!("{of}{dot}{path} {what}"),
            type_name: self.type_name,
            properties,
            right,
        });
    }

    fn object(&mut self, schema: &Json, path: &str, around: Around<'_>) {
        let sample = self.sample(schema);
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let at = |key: &str| match path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        let unknown = with(&sample, "Unknown", json!("value"));
        self.refuse(path, "refuses an unknown key", around(unknown));
        for (key, property) in properties {
            let required = is_required(schema, key);
            if required {
                let rest = without(&sample, key);
                self.refuse(&at(key), "is required", around(rest));
            }
            self.value(property, &at(key), required, &|value| {
                around(with(&sample, key, value))
            });
        }
    }

    fn value(&mut self, schema: &Json, path: &str, required: bool, around: Around<'_>) {
        let root = self.root;
        let schema = resolved(root, schema);
        let mut samples = if schema["type"] == "object" {
            self.object(schema, path, around);
            let sample = self.sample(schema);
            let chosen = chosen_later(&with(&sample, "Unknown", json!("value")));
            Samples {
                right: vec![sample, chosen],
                ..Samples::default()
            }
        } else if schema["type"] == "array" {
            self.list(schema, path, around)
        } else if schema["anyOf"].is_array() {
            policy_documents()
        } else {
            Samples::of(schema, required)
        };
        samples.right.push(filled_in_later());
        self.take(path, samples.right.into_iter().map(around).collect());
        for (what, value) in samples.wrong {
            self.refuse(path, &format!("refuses {what}"), around(value));
        }
    }

    /// Lists as such; what may be in them goes to the cases.
    fn list(&mut self, schema: &Json, path: &str, around: Around<'_>) -> Samples {
        let root = self.root;
        let items = resolved(root, &schema["items"]);
        let item = self.sample(items);
        let mut samples = Samples::default();
        samples.right.push(json!([item]));
        if let Some(most) = schema["maxItems"].as_u64() {
            let mut many: Vec<Json> = (0..most).map(|_| item.clone()).collect();
            samples.right.push(json!(many));
            many.push(item.clone());
            let what = format!("{} items", many.len());
            samples.wrong.push((what, json!(many)));
        }
        if items["type"] == "object" {
            let chosen = chosen_later(&with(&item, "Unknown", json!("value")));
            samples.right.push(json!([chosen, filled_in_later(), item]));
            let path = format!("{path}[]");
            self.object(items, &path, &|value| around(json!([item, value])));
        }
        samples
    }

    /// The least that the rules take.
    fn sample(&self, schema: &Json) -> Json {
        let schema = resolved(self.root, schema);
        if let Some(properties) = schema["properties"].as_object() {
            let required = properties
                .iter()
                .filter(|(key, _)| is_required(schema, key));
            return required
                .map(|(key, property)| (key.clone(), self.sample(property)))
                .collect();
        }
        if schema["type"] == "array" {
            return json!([self.sample(&schema["items"])]);
        }
        if schema["anyOf"].is_array() {
            return policy_document(&json!([statement()]));
        }
        let samples = Samples::of(schema, true);
        samples.right.into_iter().next().unwrap_or(json!("value"))
    }
}

fn is_required(schema: &Json, key: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|all| all.iter().any(|it| it == key))
}

fn policy_document(statement: &Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": statement})
}

/// Documents with one statement, with a list of them, and as text.
fn policy_documents() -> Samples {
    let statements = statements();
    let mut samples = Samples::default();
    let text = policy_document(&json!([statement()])).to_string();
    samples.right.push(json!(text));
    let all = policy_document(&json!(statements.right));
    samples.right.push(all);
    let single = statements.right.iter().map(policy_document);
    samples.right.extend(single);
    for (what, wrong) in statements.wrong {
        let list = policy_document(&json!([statement(), wrong]));
        samples.wrong.push((format!("{what} in a list"), list));
        let single = policy_document(&wrong);
        samples
            .wrong
            .push((format!("{what} in a statement"), single));
    }
    samples
}
