//! Values and tests in CloudFormation's spelling, always the long form of a function.

use serde_json::{Map, Value as Json, json};

use crate::model::{Part, Reference, Test, Value};

/// A value of the model as CloudFormation reads it.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Bool(flag) => json!(flag),
        Value::Integer(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::List(items) => Json::Array(items.iter().map(self::value).collect()),
        Value::Object(object) => Json::Object(
            object
                .iter()
                .map(|(key, item)| (key.clone(), self::value(item)))
                .collect(),
        ),
        Value::Ref(reference) => reference_to(reference),
        Value::GetAtt(id, attribute) => function("Fn::GetAtt", json!([id.as_str(), attribute])),
        Value::Concat(parts) => concat(parts),
        Value::Join(separator, items) => match items.as_slice() {
            [pieces @ Value::Split(..)] => {
                function("Fn::Join", json!([separator, self::value(pieces)]))
            }
            items => join(separator, items.iter().map(self::value)),
        },
        Value::Split(separator, text) => {
            function("Fn::Split", json!([separator, self::value(text)]))
        }
        Value::If(condition, then, otherwise) => function(
            "Fn::If",
            json!([
                condition.as_str(),
                self::value(then),
                self::value(otherwise)
            ]),
        ),
        Value::NoValue => function("Ref", json!("AWS::NoValue")),
    }
}

/// A test of the model as CloudFormation reads it.
pub(super) fn test(test: &Test) -> Json {
    let all = |tests: &[Test]| Json::Array(tests.iter().map(self::test).collect());
    match test {
        Test::Equals(left, right) => function("Fn::Equals", json!([value(left), value(right)])),
        Test::Not(inner) => function("Fn::Not", json!([self::test(inner)])),
        Test::And(tests) => function("Fn::And", all(tests)),
        Test::Or(tests) => function("Fn::Or", all(tests)),
        Test::OneOf(item, texts) => function("Fn::Contains", json!([texts, value(item)])),
        Test::Named(condition) => json!({ "Condition": condition.as_str() }),
    }
}

fn function(name: &str, arguments: Json) -> Json {
    Json::Object(Map::from_iter([(name.to_owned(), arguments)]))
}

fn reference_to(reference: &Reference) -> Json {
    function("Ref", json!(reference.as_str()))
}

fn join(separator: &str, items: impl Iterator<Item = Json>) -> Json {
    function("Fn::Join", json!([separator, items.collect::<Vec<_>>()]))
}

/// `Fn::Sub` reads well, but has no spelling that surely keeps every text with `${` in it, so such
/// a text is joined instead.
fn concat(parts: &[Part]) -> Json {
    let risky = |part: &Part| matches!(part, Part::Text(text) if text.contains("${"));
    if parts.iter().any(risky) || ends_in_dollar_before_a_reference(parts) {
        return join("", parts.iter().map(part));
    }
    let text: String = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Ref(reference) => format!("${{{}}}", reference.as_str()),
            Part::GetAtt(id, attribute) => format!("${{{id}.{attribute}}}"),
        })
        .collect();
    function("Fn::Sub", json!(text))
}

fn ends_in_dollar_before_a_reference(parts: &[Part]) -> bool {
    parts
        .iter()
        .any(|part| matches!(part, Part::Text(text) if text.ends_with('$')))
}

fn part(part: &Part) -> Json {
    match part {
        Part::Text(text) => json!(text),
        Part::Ref(reference) => reference_to(reference),
        Part::GetAtt(id, attribute) => function("Fn::GetAtt", json!([id.as_str(), attribute])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LogicalId, Pseudo};

    const BUCKET: LogicalId = LogicalId::fixed("Bucket");

    #[test]
    fn text_and_references_become_a_substitution() {
        let arn = Value::concat([
            "arn:".into(),
            Pseudo::Partition.into(),
            ":s3:::".into(),
            Part::from(&BUCKET),
            "/".into(),
            Part::GetAtt(BUCKET, "Arn"),
        ]);
        assert_eq!(
            value(&arn),
            json!({"Fn::Sub": "arn:${AWS::Partition}:s3:::${Bucket}/${Bucket.Arn}"})
        );
    }

    #[test]
    fn text_that_looks_like_a_substitution_stays_text() {
        for text in ["${AWS::Region}", "${!x}", "${", "$"] {
            let joined = Value::concat([Part::from(text), Pseudo::Region.into()]);
            assert_eq!(
                value(&joined),
                json!({"Fn::Join": ["", [text, {"Ref": "AWS::Region"}]]})
            );
            assert_eq!(value(&Value::from(text)), json!(text));
        }
    }
}
