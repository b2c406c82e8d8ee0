//! Which statements of the catalog policy a stack owns: those whose Sid opens with the marker of one
//! of its policy resources. The provider writes the marker; both must derive it alike.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::deploy::{CATALOG_POLICY, Template};

const PREFIX: &str = "Zetl";
const DIGEST_BYTES: usize = 8;

/// The markers of all policy resources of a template, deployed as the stack with this id.
pub(in crate::deploy) fn markers(template: &Template, stack_id: &str) -> Vec<String> {
    template
        .of_type(CATALOG_POLICY)
        .map(|(logical_id, _)| marker(stack_id, logical_id))
        .collect()
}

/// Whether one of the markers opens this statement's Sid.
pub(in crate::deploy) fn owns(markers: &[String], statement: &Value) -> bool {
    let sid = statement
        .get("Sid")
        .and_then(Value::as_str)
        .unwrap_or_default();
    markers.iter().any(|marker| sid.starts_with(marker))
}

/// The marker of one policy resource.
pub(crate) fn marker(stack_id: &str, logical_id: &str) -> String {
    let digest = Sha256::new()
        .chain_update(stack_id)
        .chain_update([0])
        .chain_update(logical_id)
        .finalize();
    format!("{PREFIX}{}", hex::encode(&digest[..DIGEST_BYTES]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STACK: &str = "arn:aws:cloudformation:us-east-1:111111111111:stack/s/guid";

    #[test]
    fn the_marker_is_the_providers() {
        // The same value stands in the provider's own test: live policies hold it.
        assert_eq!(marker(STACK, "Policy"), "Zetl0d1c1903ca26e797");
    }

    #[test]
    fn only_statements_with_the_stacks_marker_are_its_own() {
        let template = json!({ "Resources": {
            "Policy": { "Type": CATALOG_POLICY },
            "Bucket": { "Type": "AWS::S3::Bucket" },
        } });
        let markers = markers(&Template::parse(&template.to_string()).unwrap(), STACK);
        assert_eq!(markers.len(), 1);
        assert!(owns(
            &markers,
            &json!({ "Sid": "Zetl0d1c1903ca26e797SCreate" })
        ));
        assert!(!owns(&markers, &json!({ "Sid": "AnalyticsTeamReads" })));
        assert!(!owns(&markers, &json!({ "Effect": "Allow" })));
    }
}
