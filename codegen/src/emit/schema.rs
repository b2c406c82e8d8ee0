//! JSON schemas, with our header.

use serde_json::{Map, Value as Json, json};

use super::cfn::{self, EmitError};

/// The schema as indented JSON, below its header.
pub fn to_json(schema: &Json) -> Result<String, EmitError> {
    let header = format!("{}. Do not edit; change the generator", cfn::GENERATOR);
    let mut whole = Map::new();
    whole.insert("$schema".to_owned(), schema["$schema"].clone());
    whole.insert("$comment".to_owned(), json!(header));
    for key in ["title", "description"] {
        whole.insert(key.to_owned(), schema[key].clone());
    }
    // What stands there already keeps its place.
    whole.extend(
        schema
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone())),
    );
    cfn::to_json(&Json::Object(whole))
}
