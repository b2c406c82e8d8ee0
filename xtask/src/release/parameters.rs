//! One parameter file per template: every parameter, with its default where it has one.
//!
//! A list of `Name=Value`: the one shape that `aws cloudformation deploy --parameter-overrides
//! file://…` takes in both major versions of the AWS CLI.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Values that a release knows, by the parameter's name.
pub(super) type Known = BTreeMap<&'static str, String>;

/// The file of one template. What the user has to give stands as `<Name>`, which no parameter
/// takes, so that a forgotten one is refused with its own words.
pub(super) fn file(template: &Value, known: &Known) -> Result<String> {
    let parameters = template["Parameters"]
        .as_object()
        .context("the template has no parameters")?;
    let entries: Vec<Value> = parameters
        .iter()
        .map(|(name, parameter)| {
            let value =
                known
                    .get(name.as_str())
                    .cloned()
                    .unwrap_or_else(|| match &parameter["Default"] {
                        Value::Null => format!("<{name}>"),
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    });
            json!(format!("{name}={value}"))
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&entries)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_stand_and_required_values_are_marked() {
        let template = json!({"Parameters": {
            "SourceAccountId": {"Type": "String"},
            "LogRetentionInDays": {"Type": "Number", "Default": 30},
            "BucketName": {"Type": "String", "Default": ""},
            "ProviderCodeKey": {"Type": "String"},
        }});
        let known = Known::from([("ProviderCodeKey", "zeroetl/1.2.3/provider/a.zip".to_owned())]);
        let text = file(&template, &known).unwrap();
        let read: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read,
            [
                "SourceAccountId=<SourceAccountId>",
                "LogRetentionInDays=30",
                "BucketName=",
                "ProviderCodeKey=zeroetl/1.2.3/provider/a.zip"
            ]
        );
    }
}
