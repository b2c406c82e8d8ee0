//! Guard rules for the custom resources, from the types that the provider parses.
//!
//! No linter knows the properties of a `Custom::` type; with these rules `cfn-guard`, the validator
//! of CDK, hooks and editors do. A value that is known at deployment only is left alone, and so is
//! the empty text that `!If` leaves behind for a property that is not wanted.

mod cases;
mod rules;
mod samples;
mod text;

use serde_json::{Map, Value as Json};
use zeroetl_properties::ResourceSchema;

use self::{
    rules::Rules,
    text::{GuardComment, GuardKey, GuardMessage, GuardPattern, GuardString},
};
use crate::emit::cfn::GENERATOR;

/// Properties that CloudFormation itself has for every custom resource.
const OF_CLOUDFORMATION: [&str; 2] = ["ServiceToken", "ServiceTimeout"];

/// What makes an object one that CloudFormation puts something else in the place of.
const LATER: &str = "[ keys == /^(Ref|Fn::.+)$/ ]";

/// The rules for all custom resources.
pub fn rules(resources: &[ResourceSchema]) -> String {
    let mut rules = Rules::default();
    rules.comment(&format!(
        "{GENERATOR} from the property types of the custom resources."
    ));
    rules.comment("Do not edit; change those and run `cargo xtask generate`.");
    for resource in resources {
        rules.blank();
        custom_resource(&mut rules, resource);
    }
    rules.finish()
}

/// Tests of these rules for `cfn-guard test`.
pub fn unit_tests(resources: &[ResourceSchema]) -> Result<String, serde_saphyr::ser::Error> {
    let about = GuardComment::new(&format!(
        "{GENERATOR} from the property types of the custom resources."
    ));
    let notice = GuardComment::new("Do not edit; change those and run `cargo xtask generate`.");
    let tests = serde_saphyr::to_string(&super::cfn::Plain(&cases::document(resources)))?;
    Ok(format!("{about}\n{notice}\n\n{}\n", tests.trim_end()))
}

fn custom_resource(rules: &mut Rules, resource: &ResourceSchema) {
    let root = resource.properties.clone().to_value();
    let name = variable(resource.type_name);
    for line in described(&root).lines() {
        rules.comment(line);
    }
    let wanted = GuardString::new(resource.type_name);
    rules.line(&format!("let {name} = Resources.*[ Type == {wanted} ]"));
    rules.blank();
    let rule = rule_name(resource.type_name);
    rules.open(&format!("rule {rule} when %{name} !empty"));
    rules.open(&format!("%{name}.Properties"));
    rules.required("ServiceToken", "the ARN of the provider function");
    rules.open("when ServiceTimeout exists");
    rules.open("when ServiceTimeout is_int");
    let message = GuardMessage::new("ServiceTimeout takes 1 to 3600 seconds");
    rules.line(&format!("ServiceTimeout in r[1, 3600] {message}"));
    rules.close();
    rules.close();
    Object {
        root: &root,
        path: String::new(),
    }
    .rules(rules, &root, &OF_CLOUDFORMATION);
    rules.close();
    rules.close();
}

/// `Custom::GlueResourcePolicy` becomes `custom_glue_resource_policy`.
fn variable(type_name: &str) -> String {
    let mut name = String::from("custom");
    for c in type_name
        .trim_start_matches("Custom::")
        .chars()
        .filter(char::is_ascii_alphanumeric)
    {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn rule_name(type_name: &str) -> String {
    format!("{}_properties", variable(type_name))
}

fn described(schema: &Json) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

/// An object of the properties, and the way to it.
struct Object<'a> {
    root: &'a Json,
    path: String,
}

impl Object<'_> {
    fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The rules of an object's keys and of each of its values.
    fn rules(&self, rules: &mut Rules, schema: &Json, besides: &[&str]) {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let known: Vec<&str> = properties
            .keys()
            .map(String::as_str)
            .chain(besides.iter().copied())
            .collect();
        let place = if self.path.is_empty() {
            "the resource"
        } else {
            &self.path
        };
        let message = GuardMessage::new(&format!("{place} knows {}", known.join(", ")));
        rules.line(&format!(
            "this[ keys != {} ] empty {message}",
            GuardPattern::one_of(known)
        ));
        for required in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
        {
            rules.required(required, described(&properties[required]));
        }
        for (key, property) in properties {
            let required = schema["required"].as_array();
            let required = required.is_some_and(|all| all.iter().any(|it| it == key));
            self.value(rules, key, property, required);
        }
    }

    fn value(&self, rules: &mut Rules, key: &str, schema: &Json, required: bool) {
        let schema = resolved(self.root, schema);
        let name = GuardKey::new(key);
        let path = self.at(key);
        rules.open(&format!("when {name} exists"));
        if is_flag(schema) {
            rules.open(&format!("when {name} is_string"));
            let message = GuardMessage::new(&format!("{path} takes true or false"));
            let pattern = GuardPattern::new("^(?i:true|false|)$");
            rules.line(&format!("{name} == {pattern} {message}"));
            rules.close();
        } else if let Some(words) = words(schema) {
            rules.open(&format!("when {name} is_string"));
            let message = GuardMessage::new(&format!("{path} takes {}", words.join(", ")));
            let empty = (!required).then_some("");
            rules.line(&format!(
                "{name} == {} {message}",
                GuardPattern::one_of(words.iter().copied().chain(empty))
            ));
            rules.close();
        } else if schema["type"] == "object" {
            rules.open(&format!("when {name} is_struct"));
            rules.open(&format!("when {name}{LATER} empty"));
            rules.open(name.to_string().as_str());
            Object {
                root: self.root,
                path,
            }
            .rules(rules, schema, &[]);
            rules.close();
            rules.close();
            rules.close();
        } else if schema["type"] == "array" {
            self.list(rules, &name, &path, schema);
        } else if schema["anyOf"].is_array() {
            policy_document(rules, &name, &path);
        } else {
            text(rules, &name, &path, schema, required);
        }
        rules.close();
    }

    fn list(&self, rules: &mut Rules, name: &GuardKey, path: &str, schema: &Json) {
        let items = resolved(self.root, &schema["items"]);
        rules.open(&format!("when {name} is_list"));
        if let Some(most) = schema["maxItems"].as_u64() {
            let message = GuardMessage::new(&format!("{path} takes up to {most} items"));
            rules.line(&format!("{name}[{most}] !exists {message}"));
        }
        if items["type"] == "object" {
            rules.open(&format!("{name}[ this is_struct ]"));
            rules.open(&format!("when this{LATER} empty"));
            Object {
                root: self.root,
                path: format!("{path}[]"),
            }
            .rules(rules, items, &[]);
            rules.close();
            rules.close();
        }
        rules.close();
    }
}

/// The schema behind a reference, or behind the choice between a value and nothing.
fn resolved<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    if let Some(name) = schema["$ref"].as_str() {
        return &root["$defs"][name.trim_start_matches("#/$defs/")];
    }
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([one, null]) if null["type"] == "null" => resolved(root, one),
        _ => schema,
    }
}

/// Whether the property is on or off, whatever its type calls that.
fn is_flag(schema: &Json) -> bool {
    schema["type"] == "boolean" || words(schema).is_some_and(|words| words == ["TRUE", "FALSE"])
}

fn words(schema: &Json) -> Option<Vec<&str>> {
    schema["oneOf"]
        .as_array()?
        .iter()
        .map(|case| case["const"].as_str())
        .collect()
}

fn text(rules: &mut Rules, name: &GuardKey, path: &str, schema: &Json, required: bool) {
    let Some(pattern) = schema["pattern"].as_str() else {
        return;
    };
    let expected = described(schema);
    let empty = if required { "" } else { "^$|" };
    rules.open(&format!("when {name} is_string"));
    let pattern = GuardPattern::new(&format!("{empty}{pattern}"));
    let message = GuardMessage::new(&format!("{path}: {expected}"));
    rules.line(&format!("{name} == {pattern} {message}"));
    if let Some(most) = schema["maxLength"].as_u64() {
        let message = GuardMessage::new(&format!("{path} takes up to {most} characters"));
        rules.line(&format!(
            "{name} == {} {message}",
            GuardPattern::new(&format!("^.{{0,{most}}}$"))
        ));
    }
    rules.close();
}

/// What Glue demands of a document, as far as it stands in the template.
fn policy_document(rules: &mut Rules, name: &GuardKey, path: &str) {
    rules.open(&format!("when {name}.Statement exists"));
    for (is, all) in [("is_list", "[ this is_struct ]"), ("is_struct", "")] {
        rules.open(&format!("when {name}.Statement {is}"));
        rules.open(&format!("{name}.Statement{all}"));
        rules.open(&format!("when this{LATER} empty"));
        statement(rules, path);
        rules.close();
        rules.close();
        rules.close();
    }
    rules.close();
}

fn statement(rules: &mut Rules, path: &str) {
    let message = |what: &str| GuardMessage::new(&format!("{path}.Statement: {what}"));
    rules.line(&format!(
        "Effect in [\"Allow\", \"Deny\"] {}",
        message("Effect is Allow or Deny")
    ));
    rules.line(&format!(
        "Principal exists or NotPrincipal exists {}",
        message("a catalog policy names whom it is about")
    ));
    rules.line(&format!(
        "Action exists or NotAction exists {}",
        message("names no action")
    ));
    rules.line(&format!("Resource exists {}", message("names no resource")));
    rules.open("when Resource is_string");
    rules.line(&format!(
        "Resource != \"*\" {}",
        message("Glue takes ARNs of this catalog only, no bare *")
    ));
    rules.close();
    rules.open("when Sid exists");
    rules.open("when Sid is_string");
    rules.line(&format!(
        "Sid == /^[A-Za-z0-9]*$/ {}",
        message("a Sid is letters and digits")
    ));
    rules.close();
    rules.close();
}

#[cfg(test)]
mod tests;
