//! What a user permits for one run, written into the template that is deployed: the provider asks for
//! it there. The next run without the flag takes it out again, which changes nothing else. Pure.

use serde_json::{Value, json};

const PROPERTIES_TYPE: &str = "Custom::IntegrationTableProperties";

/// What is permitted beyond what a template says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consent {
    /// Table properties that exist already may be taken over.
    pub(crate) adopt_existing: bool,
    /// Tables may be loaded from the start.
    pub(crate) allow_resync: bool,
}

/// The template with the consent in it; unchanged without one.
pub(crate) fn with_consent(template: &str, consent: Consent) -> String {
    let given = [
        ("AdoptExisting", consent.adopt_existing),
        ("AllowResync", consent.allow_resync),
    ];
    let given: Vec<_> = given.into_iter().filter(|(_, yes)| *yes).collect();
    let parsed = serde_json::from_str::<Value>(template);
    let (Ok(mut parsed), false) = (parsed, given.is_empty()) else {
        return template.to_owned();
    };
    let resources = parsed.get_mut("Resources").and_then(Value::as_object_mut);
    for resource in resources.into_iter().flat_map(|all| all.values_mut()) {
        if resource["Type"] == PROPERTIES_TYPE {
            for (name, _) in &given {
                resource["Properties"][*name] = json!(true);
            }
        }
    }
    parsed.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r#"{"Resources":{"A":{"Type":"Custom::IntegrationTableProperties",
        "Properties":{"TableName":"Orders"}},"B":{"Type":"AWS::S3::Bucket"}}}"#;

    #[test]
    fn without_consent_not_a_byte_changes() {
        let none = Consent {
            adopt_existing: false,
            allow_resync: false,
        };
        assert_eq!(with_consent(TEMPLATE, none), TEMPLATE);
    }

    #[test]
    fn consent_reaches_the_table_properties_and_nothing_else() {
        let consent = Consent {
            adopt_existing: false,
            allow_resync: true,
        };
        let changed: Value = serde_json::from_str(&with_consent(TEMPLATE, consent)).unwrap();
        let expected = json!({ "Resources": {
            "A": {
                "Type": PROPERTIES_TYPE,
                "Properties": { "TableName": "Orders", "AllowResync": true },
            },
            "B": { "Type": "AWS::S3::Bucket" },
        } });
        assert_eq!(changed, expected);
    }
}
