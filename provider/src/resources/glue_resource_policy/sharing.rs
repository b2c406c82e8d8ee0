//! Once a catalog policy exists, Lake Formation's own sharing needs a statement in it that lets
//! `ram.amazonaws.com` share; without it later grants seem to work and stay blocked. A missing one
//! is worth a warning, if the account shares.
//!
//! Whether it does is read from the policy, since the function's role may not ask elsewhere: a
//! statement for tag-based sharing, another use of `ram.amazonaws.com`, or an Allow for another
//! account that goes beyond creating and authorizing integrations.
//! <https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-cross-account.html>

use serde_json::Value;

use super::{document::Document, refusal::principals};

const RAM: &str = "ram.amazonaws.com";
/// What an integration needs; no sharing by itself.
const INTEGRATION: [&str; 2] = [
    "glue:createinboundintegration",
    "glue:authorizeinboundintegration",
];

/// Whether the document lets Lake Formation share.
pub(super) fn allows_sharing(document: &Document) -> bool {
    document.statements.iter().any(|statement| {
        let statement = statement.value();
        allows(&statement)
            && principals(&statement).iter().any(|name| name == RAM)
            && actions(&statement)
                .any(|action| matches!(action.as_str(), "glue:shareresource" | "glue:*" | "*"))
    })
}

/// Warns when the document that was written keeps the account from sharing, and it does share.
pub(super) fn warn_if_blocked(document: &Document, allowed_before: bool) {
    if blocks(document, allowed_before) {
        tracing::warn!(
            "the catalog policy lacks a statement that allows ram.amazonaws.com \
             glue:ShareResource; Lake Formation grants to other accounts will stay blocked"
        );
    }
}

fn blocks(document: &Document, allowed_before: bool) -> bool {
    !allows_sharing(document) && (allowed_before || shares(document))
}

/// Whether the document shows that the account shares its catalog.
fn shares(document: &Document) -> bool {
    document.statements.iter().any(|statement| {
        let text = statement.text();
        let statement = statement.value();
        text.contains("glue:EvaluatedByLakeFormationTags")
            || principals(&statement).iter().any(|name| name == RAM)
            || (allows(&statement)
                && principals(&statement).iter().any(|name| is_account(name))
                && actions(&statement).any(|action| !INTEGRATION.contains(&action.as_str())))
    })
}

fn allows(statement: &Value) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
}

/// An account, somebody in one, or everybody: no AWS service.
fn is_account(name: &str) -> bool {
    name == "*"
        || name.starts_with("arn:")
        || (name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()))
}

fn actions(statement: &Value) -> impl Iterator<Item = String> + use<> {
    let list = match statement.get("Action") {
        Some(Value::Array(actions)) => actions.clone(),
        Some(action) => vec![action.clone()],
        None => Vec::new(),
    };
    list.into_iter()
        .filter_map(|action| action.as_str().map(str::to_lowercase))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(statements: &Value) -> Document {
        Document::parse(&json!({"Statement": statements}).to_string()).unwrap()
    }

    fn statement(principal: &Value, action: &str) -> Value {
        json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "r"})
    }

    #[test]
    fn an_account_that_shares_is_warned_when_the_statement_is_missing() {
        let account = json!({"AWS": "222222222222"});
        let ram = json!({"Service": RAM});
        let tags = json!({
            "Effect": "Allow", "Principal": "x", "Action": "x",
            "Condition": {"Bool": {"glue:EvaluatedByLakeFormationTags": true}},
        });
        for sharing in [
            statement(&account, "glue:GetTable"),
            statement(&json!("*"), "glue:*"),
            statement(
                &json!({"AWS": ["arn:aws:iam::222222222222:role/r"]}),
                "glue:GetTable",
            ),
            statement(&ram, "glue:GetTable"),
            tags,
        ] {
            assert!(blocks(&document(&json!([sharing])), false), "{sharing}");
            let allowed = statement(&ram, "glue:ShareResource");
            assert!(
                !blocks(&document(&json!([sharing, allowed])), false),
                "{sharing}"
            );
        }
    }

    #[test]
    fn integrations_alone_are_no_sharing() {
        let account = json!({"AWS": "222222222222"});
        let create = statement(&account, "glue:CreateInboundIntegration");
        let authorize = statement(
            &json!({"Service": "glue.amazonaws.com"}),
            "glue:AuthorizeInboundIntegration",
        );
        let integrations = document(&json!([create, authorize]));
        assert!(!blocks(&integrations, false));
        // Unless this very write took the statement away.
        assert!(blocks(&integrations, true));
    }

    #[test]
    fn a_deny_allows_nothing() {
        let mut deny = statement(&json!({"Service": RAM}), "glue:ShareResource");
        deny["Effect"] = "Deny".into();
        assert!(!allows_sharing(&document(&json!([deny]))));
    }
}
