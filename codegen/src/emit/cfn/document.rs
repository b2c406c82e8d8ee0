//! A whole template as one JSON value, in the order in which people read it.

use serde_json::{Map, Value as Json, json};

use super::{
    context::{self, CONTEXT},
    expression::{test, value},
    suppressions,
};
use crate::model::{
    Assertion, Constraint, LogicalId, Output, Parameter, Removal, Resource, Rule, Template, Value,
};

/// The template as CloudFormation reads it; both formats are made of this value.
pub fn document(template: &Template) -> Json {
    let mut document = Map::new();
    document.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
    document.insert("Description".to_owned(), json!(template.description));
    document.insert("Metadata".to_owned(), metadata(template));
    let conditions = template
        .conditions
        .iter()
        .map(|(name, it)| (name.to_string(), test(it)));
    let outputs = template
        .outputs
        .iter()
        .map(|(name, it)| (name.to_string(), output(it)));
    let sections = [
        (
            "Parameters",
            by_name(&template.parameters, |it| it.name.as_str(), parameter),
        ),
        (
            "Rules",
            by_name(&template.rules, |it| it.name.as_str(), rule),
        ),
        ("Conditions", conditions.collect()),
        (
            "Resources",
            by_name(&template.resources, |it| it.id.as_str(), resource),
        ),
        ("Outputs", outputs.collect()),
    ];
    for (name, section) in sections {
        if !section.is_empty() {
            document.insert(name.to_owned(), Json::Object(section));
        }
    }
    Json::Object(document)
}

fn by_name<'a, T: 'a>(
    items: impl IntoIterator<Item = &'a T>,
    name: impl Fn(&T) -> &str,
    body: impl Fn(&T) -> Json,
) -> Map<String, Json> {
    items
        .into_iter()
        .map(|item| (name(item).to_owned(), body(item)))
        .collect()
}

fn metadata(template: &Template) -> Json {
    let mut metadata = Map::new();
    metadata.insert(
        "zeroetl".to_owned(),
        json!({
            "Generator": super::text::GENERATOR,
            "Blueprint": template.origin.blueprint,
            "Notice": super::text::notice(template.origin.instead),
        }),
    );
    if let Some(context) = &template.context {
        metadata.insert(CONTEXT.to_owned(), context::of_template(context));
    }
    if !template.parameters.is_empty() {
        metadata.insert(
            "AWS::CloudFormation::Interface".to_owned(),
            interface(template),
        );
    }
    Json::Object(metadata)
}

fn interface(template: &Template) -> Json {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for parameter in &template.parameters {
        let title = parameter.group.0;
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, names)) => names.push(parameter.name.as_str()),
            None => groups.push((title, vec![parameter.name.as_str()])),
        }
    }
    let groups: Vec<Json> = groups
        .into_iter()
        .map(|(title, names)| json!({"Label": {"default": title}, "Parameters": names}))
        .collect();
    let labels = by_name(
        &template.parameters,
        |p| p.name.as_str(),
        |p| json!({"default": p.label}),
    );
    json!({"ParameterGroups": groups, "ParameterLabels": labels})
}

fn parameter(parameter: &Parameter) -> Json {
    let number = parameter.constraint.is_number();
    let mut body = Map::new();
    body.insert(
        "Type".to_owned(),
        json!(if number { "Number" } else { "String" }),
    );
    body.insert("Description".to_owned(), json!(parameter.description));
    if let Some(default) = &parameter.default {
        let default = default
            .parse::<i64>()
            .ok()
            .filter(|_| number)
            .map_or_else(|| json!(default), |number| json!(number));
        body.insert("Default".to_owned(), default);
    }
    match &parameter.constraint {
        Constraint::Pattern {
            pattern,
            min_length,
            max_length,
        } => {
            body.insert("AllowedPattern".to_owned(), json!(pattern));
            if let Some(length) = min_length {
                body.insert("MinLength".to_owned(), json!(length));
            }
            if let Some(length) = max_length {
                body.insert("MaxLength".to_owned(), json!(length));
            }
        }
        Constraint::Allowed(texts) => {
            body.insert("AllowedValues".to_owned(), json!(texts));
        }
        Constraint::AllowedNumbers(numbers) => {
            body.insert("AllowedValues".to_owned(), json!(numbers));
        }
        Constraint::Between(least, most) => {
            body.insert("MinValue".to_owned(), json!(least));
            body.insert("MaxValue".to_owned(), json!(most));
        }
    }
    body.insert(
        "ConstraintDescription".to_owned(),
        json!(parameter.expected),
    );
    Json::Object(body)
}

fn rule(rule: &Rule) -> Json {
    let mut body = Map::new();
    if let Some(when) = &rule.when {
        body.insert("RuleCondition".to_owned(), test(when));
    }
    let assertion = |assertion: &Assertion| json!({"Assert": test(&assertion.assert), "AssertDescription": assertion.message});
    body.insert(
        "Assertions".to_owned(),
        rule.assertions.iter().map(assertion).collect(),
    );
    Json::Object(body)
}

fn resource(resource: &Resource) -> Json {
    let mut body = Map::new();
    body.insert("Type".to_owned(), json!(resource.resource_type));
    if let Some(condition) = &resource.condition {
        body.insert("Condition".to_owned(), json!(condition.as_str()));
    }
    if !resource.depends_on.is_empty() {
        let ids: Vec<&str> = resource.depends_on.iter().map(LogicalId::as_str).collect();
        body.insert("DependsOn".to_owned(), json!(ids));
    }
    let metadata = resource_metadata(resource);
    if !metadata.is_empty() {
        body.insert("Metadata".to_owned(), Json::Object(metadata));
    }
    let removal = match resource.removal {
        Removal::Usual => None,
        Removal::Delete => Some(("Delete", "Delete")),
        Removal::Retain => Some(("RetainExceptOnCreate", "Retain")),
    };
    if let Some((deleted, replaced)) = removal {
        body.insert("DeletionPolicy".to_owned(), json!(deleted));
        body.insert("UpdateReplacePolicy".to_owned(), json!(replaced));
    }
    if !resource.properties.is_empty() {
        body.insert(
            "Properties".to_owned(),
            value(&resource.properties.clone().into()),
        );
    }
    Json::Object(body)
}

/// What there is to say about a resource: why it is so, which findings of scanners do not apply, and
/// what it waits for under a condition. `DependsOn` takes no condition, but references in metadata
/// count as dependencies as well:
/// <https://cloudonaut.io/optional-dependson-with-cloudformation-metadata-to-the-rescue>.
fn resource_metadata(resource: &Resource) -> Map<String, Json> {
    let mut metadata = Map::new();
    if let Some(context) = &resource.context {
        metadata.insert(CONTEXT.to_owned(), context::of_resource(context));
    }
    metadata.extend(suppressions::for_scanners(&resource.suppressions));
    if !resource.depends_on_when.is_empty() {
        let waits = resource
            .depends_on_when
            .iter()
            .map(|(condition, id)| value(&Value::reference(id).when(condition)))
            .collect();
        metadata.insert(
            "zeroetl".to_owned(),
            Json::Object(Map::from_iter([("DependsOnWhenPresent".to_owned(), waits)])),
        );
    }
    metadata
}

fn output(output: &Output) -> Json {
    json!({"Description": output.description, "Value": value(&output.value)})
}
