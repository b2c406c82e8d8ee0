//! Context in the spelling of its schema.

use serde_json::{Map, Value as Json, json};

use crate::model::{Context, TemplateContext};

/// The key that AWS has reserved for it.
pub(super) const CONTEXT: &str = "com.aws.cloudformation.Context";

pub(super) fn of_template(context: &TemplateContext) -> Json {
    json!({"arch": context.arch, "must": context.must})
}

pub(super) fn of_resource(context: &Context) -> Json {
    let mut body = Map::new();
    body.insert("why".to_owned(), json!(context.why));
    if !context.must.is_empty() {
        body.insert("must".to_owned(), json!(context.must));
    }
    body.insert("mutable".to_owned(), json!(context.mutable.as_str()));
    if !context.mutability.is_empty() {
        let levels: Map<String, Json> = context
            .mutability
            .iter()
            .map(|(property, level)| ((*property).to_owned(), json!(level.as_str())))
            .collect();
        body.insert("mutability".to_owned(), Json::Object(levels));
    }
    if !context.deps.is_empty() {
        body.insert("deps".to_owned(), json!(context.deps));
    }
    Json::Object(body)
}
