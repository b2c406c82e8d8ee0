mod hostile;

use serde_json::json;

use self::hostile::{HOSTILE, hostile_schema};
use super::*;
use crate::model::{LogicalId, Object, Origin, Resource, Value};

#[test]
fn hostile_text_stays_in_its_comment() {
    let resource = CustomResource::read(&hostile_schema()).unwrap();
    for code in [
        resource::resource(&resource).unwrap(),
        resource::choices(&[resource]).unwrap(),
    ] {
        for line in code.lines().filter(|line| line.contains("process.exit")) {
            assert!(line.trim_start().starts_with("* "), "{line}");
            assert!(!line.contains("*/"), "{line}");
        }
        assert!(!code.contains("\n   * @deprecated"), "{code}");
        assert!(!code.contains('\u{2028}'), "{code}");
    }
}

#[test]
fn hostile_words_make_no_name() {
    let mut schema = hostile_schema();
    let mut root = schema.properties.to_value();
    root["$defs"]["Mode"]["oneOf"][0]["const"] = json!(HOSTILE);
    schema.properties = root.try_into().unwrap();
    let resource = CustomResource::read(&schema).unwrap();
    assert!(matches!(
        resource::choices(&[resource]),
        Err(Error::Name(_))
    ));
}

#[test]
fn an_optional_property_needs_a_word_on_its_default() {
    let mut schema = hostile_schema();
    let mut root = schema.properties.to_value();
    root["properties"]["Surprise"] = json!({"type": "string", "description": "x"});
    schema.properties = root.try_into().unwrap();
    let resource = CustomResource::read(&schema).unwrap();
    let error = resource::resource(&resource).unwrap_err();
    assert!(
        error.to_string().contains("`Surprise` is optional"),
        "{error}"
    );
}

fn source_with(resource: Resource) -> Template {
    let origin = Origin {
        blueprint: "test",
        instead: "",
    };
    let mut template = Template::new(origin, HOSTILE);
    template.resources.push(resource);
    template
}

#[test]
fn a_resource_without_a_construct_is_an_error() {
    let resource = Resource::new(LogicalId::fixed("Queue"), "AWS::SQS::Queue", Object::new());
    let error = stack::source(&source_with(resource)).unwrap_err();
    assert!(error.to_string().contains("resource `Queue`"), "{error}");
}

#[test]
fn a_value_without_an_argument_is_an_error() {
    let statement = Object::new().with("Resource", Value::GetAtt(LogicalId::fixed("Other"), "Arn"));
    let document = Object::new().with("Statement", Value::list([statement.into()]));
    let policy = Object::new().with("PolicyDocument", document);
    let replica = Object::new().with("ResourcePolicy", policy);
    let table = Object::new().with("Replicas", Value::list([replica.into()]));
    let resource = Resource::new(
        LogicalId::fixed("Table"),
        "AWS::DynamoDB::GlobalTable",
        table,
    );
    let error = stack::source(&source_with(resource)).unwrap_err();
    assert!(
        error.to_string().contains("`GetAtt` of `Other.Arn`"),
        "{error}"
    );
}
