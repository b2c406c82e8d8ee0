//! The statements of the template, as they will stand in the policy: with the owner's Sid.

use serde_json::{Map, Value};
use zeroetl_properties::{PolicyDocument, is_absent, text};

use super::owner::Marker;

/// The author's statements under the owner's Sids. What is no object is left out: it was refused.
pub(super) fn own_statements(marker: &Marker, document: &PolicyDocument) -> Vec<Value> {
    let statements = document.statement.iter().enumerate();
    statements
        .filter_map(|(index, one)| Some(owned(marker, one.as_object()?, index)))
        .collect()
}

/// The statement with the owner's Sid first; what `!If` left empty is left out.
fn owned(marker: &Marker, statement: &Map<String, Value>, index: usize) -> Value {
    let sid = author_sid(statement);
    let mut owned = Map::new();
    owned.insert("Sid".to_owned(), marker.sid(sid.as_deref(), index).into());
    for (key, value) in statement {
        if key != "Sid" && !is_absent(value) {
            owned.insert(key.clone(), value.clone());
        }
    }
    Value::Object(owned)
}

/// The Sid that the author gave.
pub(super) fn author_sid(statement: &Map<String, Value>) -> Option<String> {
    let sid = statement.get("Sid").filter(|sid| !is_absent(sid))?;
    text(sid).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resource::{LogicalId, StackId};

    #[test]
    fn named_statements_keep_their_name_and_others_get_their_place() {
        let marker = Marker::of(&StackId::new("s"), &LogicalId::new("l"));
        let document = PolicyDocument {
            statement: vec![
                json!({"Effect": "Allow", "Sid": "Read", "Condition": {}}),
                json!({"Effect": "Deny", "Sid": ""}),
                json!("not a statement"),
                json!({"Effect": "Allow"}),
            ],
            ..PolicyDocument::default()
        };
        let sids: Vec<_> = own_statements(&marker, &document)
            .iter()
            .map(|statement| {
                statement["Sid"]
                    .as_str()
                    .unwrap()
                    .replace(marker.as_str(), "")
            })
            .collect();
        assert_eq!(sids, ["SRead", "N1", "N3"]);
        assert_eq!(
            own_statements(&marker, &document)[0],
            json!({"Sid": format!("{marker}SRead"), "Effect": "Allow"})
        );
    }
}
