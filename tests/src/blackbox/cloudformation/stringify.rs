//! CloudFormation turns every scalar of the properties into a string.

use serde_json::Value;

/// The value as a custom resource gets it: scalars as text, members that are null left out.
pub fn stringify(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::String(flag.to_string()),
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(list) => list
            .iter()
            .filter(|item| !item.is_null())
            .map(stringify)
            .collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(_, item)| !item.is_null())
            .map(|(key, item)| (key.clone(), stringify(item)))
            .collect(),
        Value::String(_) | Value::Null => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_become_text_at_every_depth() {
        let sent = stringify(&json!({ "a": true, "b": [1, { "c": 2.5 }], "d": null, "e": "x" }));
        assert_eq!(
            sent,
            json!({ "a": "true", "b": ["1", { "c": "2.5" }], "e": "x" })
        );
    }
}
