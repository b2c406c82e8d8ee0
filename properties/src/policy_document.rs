//! The policy document of a template: its frame. What may stand in a statement depends on the
//! account and the Region, and is checked where those are known.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Problems, json_text, reader::Reader};

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PolicyVersion {
    /// The current one.
    #[serde(rename = "2012-10-17")]
    Current,
    /// The one before policy variables.
    #[serde(rename = "2008-10-17")]
    Old,
}

impl PolicyVersion {
    /// The version as a policy spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "2012-10-17",
            Self::Old => "2008-10-17",
        }
    }
}

/// A policy document, its statements as the author wrote them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    /// The version of the policy language; `2012-10-17` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<PolicyVersion>,
    /// A name for the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The statements, in the author's order.
    pub statement: Vec<Value>,
}

/// The keys of a policy document.
const KEYS: &[&str] = &["Version", "Id", "Statement"];

impl PolicyDocument {
    /// Reads an object, or the same as JSON text. What is wrong is added to `problems`; the
    /// document holds whatever could be read in spite of it.
    pub(crate) fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Self> {
        let parsed = match value {
            Value::String(text) => Cow::Owned(json_text::parse(text, path, problems)?),
            other => Cow::Borrowed(other),
        };
        let reader = Reader::new(&parsed, path, problems);
        reader.refuse_unknown(KEYS, problems);
        let version = reader.text("Version", problems).and_then(|version| {
            let known = [PolicyVersion::Current, PolicyVersion::Old];
            let found = known.into_iter().find(|known| known.as_str() == version);
            if found.is_none() {
                let version = crate::name::shown(&version);
                problems.push(
                    reader.at("Version"),
                    format!("`{version}` is no policy version; use `2012-10-17`"),
                );
            }
            found
        });
        let id = reader.text("Id", problems);
        let statement = match reader.get("Statement") {
            Some(Value::Array(statements)) => statements.clone(),
            Some(single @ Value::Object(_)) => vec![single.clone()],
            Some(other) => {
                let kind = crate::reader::kind(other);
                problems.push(
                    reader.at("Statement"),
                    format!("is {kind}; a list was expected"),
                );
                Vec::new()
            }
            None => {
                problems.push(
                    reader.at("Statement"),
                    "is required; give at least one statement",
                );
                Vec::new()
            }
        };
        Some(Self {
            version,
            id,
            statement,
        })
    }
}

impl JsonSchema for PolicyDocument {
    fn schema_name() -> Cow<'static, str> {
        "PolicyDocument".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A policy document, or the same as JSON text.",
            "anyOf": [
                {
                    "type": "object",
                    "properties": {
                        "Version": {
                            "description": "The version of the policy language.",
                            "enum": ["2012-10-17", "2008-10-17"],
                            "default": "2012-10-17",
                        },
                        "Id": { "description": "A name for the document.", "type": "string" },
                        "Statement": {
                            "description": "The statements: one, or a list of them. Each needs \
                                Effect, Principal or NotPrincipal, Action or NotAction, and a \
                                Resource in the catalog's own account and Region. A Sid is made \
                                of letters and digits.",
                            "anyOf": [
                                { "type": "object" },
                                { "type": "array", "minItems": 1, "items": { "type": "object" } },
                            ],
                        },
                    },
                    "required": ["Statement"],
                    "additionalProperties": false,
                },
                { "type": "string", "minLength": 2 },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> (Option<PolicyDocument>, String) {
        let mut problems = Problems::default();
        let document = PolicyDocument::read(value, "PolicyDocument", &mut problems);
        (document, problems.to_string())
    }

    #[test]
    fn text_and_object_read_the_same() {
        let object = json!({"Version": "2012-10-17", "Statement": [{"Sid": "A"}]});
        let (from_object, none) = read(&object);
        assert_eq!(none, "");
        assert_eq!(
            read(&Value::String(object.to_string())),
            (from_object, String::new())
        );
    }

    #[test]
    fn a_single_statement_may_stand_without_a_list() {
        let (document, problems) = read(&json!({"Statement": {"Sid": "A"}}));
        assert_eq!(
            (document.unwrap().statement.len(), problems.as_str()),
            (1, "")
        );
    }

    #[test]
    fn all_problems_of_the_frame_come_at_once_and_the_statements_are_kept() {
        let (document, problems) =
            read(&json!({"Version": "2020-01-01", "Statements": [], "Statement": [{"Sid": "A"}]}));
        assert_eq!(
            problems,
            "PolicyDocument.Statements: `Statements` is no known property; known are Version, Id, \
             Statement; PolicyDocument.Version: `2020-01-01` is no policy version; use `2012-10-17`"
        );
        assert_eq!(document.unwrap().statement.len(), 1);
    }

    #[test]
    fn a_document_without_statements_is_refused() {
        for empty in [json!({"Version": "2012-10-17"}), json!({"Statement": []})] {
            assert!(
                read(&empty)
                    .1
                    .contains("PolicyDocument.Statement: is required"),
                "{empty}"
            );
        }
        assert!(read(&json!(["x"])).1.contains("PolicyDocument: is a list"));
        assert!(
            read(&json!({"Statement": "x"}))
                .1
                .contains("Statement: is a string")
        );
    }
}
