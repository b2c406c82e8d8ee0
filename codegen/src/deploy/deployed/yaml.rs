//! A template in YAML as the JSON that CloudFormation makes of it: short intrinsics are written out.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, json};
use serde_saphyr::Tagged;

/// Reads YAML; says why it is none.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    // `yes` and `y` may be the name of a table; only `true` and `false` are certain.
    let options = serde_saphyr::options! { strict_booleans: true };
    let node: Node = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| format!("it is no YAML: {error}"))?;
    Ok(node.0)
}

/// A node, its tag written out.
struct Node(Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Plain(value), tag) = Tagged::deserialize(deserializer)?;
        let local = tag.as_deref().and_then(|tag| tag.strip_prefix('!'));
        Ok(Self(match local {
            Some(name) if !name.is_empty() => written_out(name, value),
            _ => value,
        }))
    }
}

fn written_out(name: &str, value: Value) -> Value {
    match name {
        "Ref" | "Condition" => json!({ name: value }),
        "GetAtt" => {
            let value = match &value {
                Value::String(text) => match text.split_once('.') {
                    Some((id, attribute)) => json!([id, attribute]),
                    None => value,
                },
                _ => value,
            };
            json!({ "Fn::GetAtt": value })
        }
        _ => json!({ format!("Fn::{name}"): value }),
    }
}

/// A node without its own tag.
struct Plain(Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a template")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Node(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Node(value))) = map.next_entry::<String, _>()? {
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_intrinsics_are_written_out_wherever_they_stand() {
        let read = parse(
            "
a: !Ref Name
b: !GetAtt Bucket.Arn
c: !Sub 'arn:${AWS::Partition}:s3:::x'
d: !If [HasName, !Ref Name, !Ref 'AWS::NoValue']
e: !Join
  - ','
  - [a, !GetAtt [A, B]]
f: !Sub
  - '${X}'
  - { X: !ImportValue y }
g: !Condition IsIt
h: { Ref: Name }
i: 2012-10-17
j: '15'
k: 15
l: yes
m:
",
        )
        .unwrap();
        assert_eq!(
            read,
            json!({
                "a": { "Ref": "Name" },
                "b": { "Fn::GetAtt": ["Bucket", "Arn"] },
                "c": { "Fn::Sub": "arn:${AWS::Partition}:s3:::x" },
                "d": { "Fn::If": ["HasName", { "Ref": "Name" }, { "Ref": "AWS::NoValue" }] },
                "e": { "Fn::Join": [",", ["a", { "Fn::GetAtt": ["A", "B"] }]] },
                "f": { "Fn::Sub": ["${X}", { "X": { "Fn::ImportValue": "y" } }] },
                "g": { "Condition": "IsIt" },
                "h": { "Ref": "Name" },
                "i": "2012-10-17",
                "j": "15",
                "k": 15,
                "l": "yes",
                "m": null,
            })
        );
    }
}
