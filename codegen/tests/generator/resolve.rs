//! Resolves a template as CloudFormation does, from the emitted document alone: parameters with
//! their defaults, conditions, functions. What a resource is only known as when it exists becomes
//! `<Id>` and `<Id.Attribute>`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

/// The values that stand for one deployment of a stack.
pub(crate) struct Deployment<'a> {
    document: &'a Json,
    values: BTreeMap<String, Json>,
}

impl<'a> Deployment<'a> {
    /// In `account`, with parameters over the defaults.
    pub(crate) fn new(document: &'a Json, account: &str, parameters: &[(&str, &str)]) -> Self {
        let mut values = BTreeMap::from(
            [
                ("AWS::AccountId", account),
                ("AWS::Partition", "aws"),
                ("AWS::Region", "us-east-1"),
                ("AWS::StackId", "the-stack-id"),
                ("AWS::StackName", "the-stack"),
            ]
            .map(|(name, value)| (name.to_owned(), json!(value))),
        );
        for (name, parameter) in document["Parameters"].as_object().into_iter().flatten() {
            if let Some(default) = parameter.get("Default") {
                values.insert(name.clone(), default.clone());
            }
        }
        for (name, value) in parameters {
            let known = document["Parameters"].get(name);
            assert!(known.is_some(), "there is no parameter `{name}`");
            let number = value
                .parse::<i64>()
                .ok()
                .filter(|_| known.unwrap()["Type"] == "Number");
            values.insert(
                (*name).to_owned(),
                number.map_or_else(|| json!(value), |n| json!(n)),
            );
        }
        Self { document, values }
    }

    /// The resources that exist, resolved.
    pub(crate) fn resources(&self) -> Map<String, Json> {
        let mut existing = Map::new();
        for (id, resource) in self.document["Resources"].as_object().unwrap() {
            let exists = resource
                .get("Condition")
                .is_none_or(|name| self.condition(name));
            if exists {
                let mut resolved = self.resolve(resource).unwrap();
                resolved.as_object_mut().unwrap().remove("Condition");
                existing.insert(id.clone(), resolved);
            }
        }
        existing
    }

    /// The only resource of a type.
    pub(crate) fn the(&self, resource_type: &str) -> Json {
        let mut of_type: Vec<Json> = self
            .resources()
            .into_values()
            .filter(|it| it["Type"] == resource_type)
            .collect();
        assert_eq!(of_type.len(), 1, "{resource_type}");
        of_type.remove(0)
    }

    /// The outputs, resolved.
    pub(crate) fn outputs(&self) -> BTreeMap<String, Json> {
        let outputs = self.document["Outputs"].as_object().unwrap();
        outputs
            .iter()
            .map(|(name, output)| (name.clone(), self.resolve(&output["Value"]).unwrap()))
            .collect()
    }

    /// The messages of the assertions that fail.
    pub(crate) fn broken_rules(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for rule in self.document["Rules"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, it)| it)
        {
            if rule
                .get("RuleCondition")
                .is_some_and(|when| !self.holds(when))
            {
                continue;
            }
            for assertion in rule["Assertions"].as_array().unwrap() {
                if !self.holds(&assertion["Assert"]) {
                    broken.push(assertion["AssertDescription"].as_str().unwrap().to_owned());
                }
            }
        }
        broken
    }

    fn condition(&self, name: &Json) -> bool {
        self.holds(&self.document["Conditions"][name.as_str().unwrap()])
    }

    fn holds(&self, test: &Json) -> bool {
        let (function, arguments) = single(test).expect("a test is one function");
        let all = || arguments.as_array().unwrap().iter();
        match function {
            "Fn::Equals" => self.text(&arguments[0]) == self.text(&arguments[1]),
            "Fn::Not" => !self.holds(&arguments[0]),
            "Fn::And" => all().all(|test| self.holds(test)),
            "Fn::Or" => all().any(|test| self.holds(test)),
            "Fn::Contains" => {
                let items = arguments[0].as_array().unwrap();
                items
                    .iter()
                    .any(|item| self.text(item) == self.text(&arguments[1]))
            }
            "Condition" => self.condition(arguments),
            other => panic!("`{other}` is no test"),
        }
    }

    fn text(&self, value: &Json) -> String {
        match self.resolve(value).expect("no text") {
            Json::String(text) => text,
            other => other.to_string(),
        }
    }

    /// The value; `None` for `AWS::NoValue`.
    pub(crate) fn resolve(&self, value: &Json) -> Option<Json> {
        if let Some((function, arguments)) = single(value) {
            match function {
                "Ref" if arguments == "AWS::NoValue" => return None,
                "Ref" => return Some(self.reference(arguments.as_str().unwrap())),
                "Fn::GetAtt" => return Some(get_att(arguments)),
                "Fn::Sub" => return Some(json!(self.substitute(arguments.as_str().unwrap()))),
                "Fn::Join" => {
                    let separator = arguments[0].as_str().unwrap();
                    let items = self.resolve(&arguments[1]).unwrap();
                    let items = items.as_array().unwrap().iter();
                    let items: Vec<String> = items.map(|item| self.text(item)).collect();
                    return Some(json!(items.join(separator)));
                }
                "Fn::Split" => {
                    let separator = arguments[0].as_str().unwrap();
                    return Some(self.text(&arguments[1]).split(separator).collect());
                }
                "Fn::If" => {
                    let branch = if self.condition(&arguments[0]) { 1 } else { 2 };
                    return self.resolve(&arguments[branch]);
                }
                _ => assert!(
                    !function.starts_with("Fn::"),
                    "`{function}` is not known here"
                ),
            }
        }
        Some(match value {
            Json::Array(items) => items.iter().filter_map(|item| self.resolve(item)).collect(),
            Json::Object(map) => map
                .iter()
                .filter_map(|(key, item)| Some((key.clone(), self.resolve(item)?)))
                .collect::<Map<_, _>>()
                .into(),
            other => other.clone(),
        })
    }

    fn reference(&self, name: &str) -> Json {
        let resource = self.document["Resources"].get(name);
        match (self.values.get(name), resource) {
            (Some(value), None) => value.clone(),
            (None, Some(_)) => json!(format!("<{name}>")),
            _ => panic!("`{name}` has no value: a parameter without default?"),
        }
    }

    fn substitute(&self, text: &str) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').expect("`${` is closed");
            done.push_str(before);
            match name.split_once('.') {
                Some((id, attribute)) => {
                    done.push_str(get_att(&json!([id, attribute])).as_str().unwrap());
                }
                None => done.push_str(&self.text(&json!({ "Ref": name }))),
            }
            rest = after;
        }
        done + rest
    }
}

fn get_att(arguments: &Json) -> Json {
    json!(format!(
        "<{}.{}>",
        arguments[0].as_str().unwrap(),
        arguments[1].as_str().unwrap()
    ))
}

/// The key and value of an object with one key.
fn single(value: &Json) -> Option<(&str, &Json)> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.iter().next().map(|(key, value)| (key.as_str(), value))
}
