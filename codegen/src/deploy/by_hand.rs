//! What a stack that cannot be deleted leaves to do by hand: which resources to retain, and which
//! statements and table properties are then to be removed, each with its command.

use serde_json::Value;

use super::account::Account;
use super::cloudformation::{CloudFormation, Stack, StackResource};
use super::deployed::Template;
use super::resource_types::{CATALOG_POLICY, TABLE_PROPERTIES};
use super::status::{glue, owner};
use crate::shell::word;

const CUSTOM: &str = "Custom::";

/// The advice for custom resources that could not be deleted; nothing where none failed.
pub(crate) async fn removal(
    api: &impl CloudFormation,
    account: &Account,
    stack: &Stack,
    template: Option<&Template>,
) -> Vec<String> {
    let resources = api.resources(&stack.id).await.unwrap_or_default();
    let failed: Vec<&str> = resources
        .iter()
        .filter(|one| one.status == "DELETE_FAILED" && one.resource_type.starts_with(CUSTOM))
        .map(|one| one.logical_id.as_str())
        .collect();
    if failed.is_empty() {
        return Vec::new();
    }
    let flags = account.login.cli_flags();
    let mut advice = vec![format!(
        "if the function behind the custom resources is gone or cannot work, either `zeroetl deploy` \
         puts it back and `zeroetl destroy` then succeeds, or the stack goes without them: `aws \
         cloudformation delete-stack --stack-name {} --retain-resources {} {flags}`; what they made \
         then stays in Glue until it is removed:",
        word(&stack.name),
        failed.join(" ")
    )];
    let Some(template) = template else {
        return advice;
    };
    for id in &failed {
        match template.resources.get(*id) {
            Some(one) if one.kind == TABLE_PROPERTIES => {
                advice.extend(pair(&one.properties, template, (stack, &resources), &flags));
            }
            _ => {}
        }
    }
    if failed.iter().any(|id| {
        template
            .resources
            .get(*id)
            .is_some_and(|one| one.kind == CATALOG_POLICY)
    }) {
        let markers = owner::markers(template, &stack.id);
        let policy = glue::catalog_policy(account, |one| owner::owns(&markers, one)).await;
        if let Ok(Some(policy)) = policy {
            let theirs = policy.statements.iter().filter(|one| !one.owned);
            let theirs: Vec<_> = theirs.map(|one| one.statement.clone()).collect();
            if theirs.len() < policy.statements.len() {
                advice.push(statements(policy.document, theirs, &policy.hash, &flags));
            }
        }
    }
    advice
}

fn pair(
    properties: &serde_json::Map<String, Value>,
    template: &Template,
    (stack, resources): (&Stack, &[StackResource]),
    flags: &str,
) -> Option<String> {
    let said = |name: &str| template.text(properties.get(name)?, &stack.parameters);
    let table = said("TableName")?;
    let database = resources.iter().fold(said("ResourceArn")?, |arn, one| {
        arn.replace(&format!("${{{}}}", one.logical_id), &one.physical_id)
    });
    let database = in_place(&database, &stack.id)?;
    Some(format!(
        "table properties: `aws glue delete-integration-table-properties --resource-arn {} \
         --table-name {} {flags}`",
        word(&database),
        word(&table)
    ))
}

/// A text with the pseudo parameters of a stack's place in it.
fn in_place(text: &str, stack_id: &str) -> Option<String> {
    let parts: Vec<_> = stack_id.split(':').collect();
    let [_, partition, _, region, account, ..] = parts.as_slice() else {
        return None;
    };
    let text = text
        .replace("${AWS::Partition}", partition)
        .replace("${AWS::Region}", region)
        .replace("${AWS::AccountId}", account);
    (!text.contains("${")).then_some(text)
}

/// The command that leaves only the statements that are not ours.
fn statements(mut document: Value, theirs: Vec<Value>, hash: &str, flags: &str) -> String {
    let hash = word(hash);
    if theirs.is_empty() {
        return format!(
            "statements: `aws glue delete-resource-policy --policy-hash-condition {hash} {flags}`"
        );
    }
    document["Statement"] = Value::Array(theirs);
    format!(
        "statements: `aws glue put-resource-policy --policy-exists-condition MUST_EXIST \
         --policy-hash-condition {hash} --enable-hybrid TRUE --policy-in-json {} {flags}`",
        word(&document.to_string())
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_arn_is_named_where_its_stack_is() {
        let stack = "arn:aws:cloudformation:us-east-1:222222222222:stack/demo/1";
        let text = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:database/orders";
        assert_eq!(
            in_place(text, stack).as_deref(),
            Some("arn:aws:glue:us-east-1:222222222222:database/orders")
        );
        assert_eq!(in_place("${Database}", stack), None);
    }

    #[test]
    fn statements_of_others_stay_in_the_command_that_removes_ours() {
        assert_eq!(
            statements(json!({}), Vec::new(), "h1", "--region us-east-1"),
            "statements: `aws glue delete-resource-policy --policy-hash-condition h1 --region \
             us-east-1`"
        );
        let live = json!({ "Version": "2008-10-17", "Statement": [{ "Sid": "Zetl1" }] });
        let theirs = vec![json!({ "Sid": "Theirs" })];
        let command = statements(live, theirs, "h1", "--region us-east-1");
        let rest = r#"'{"Version":"2008-10-17","Statement":[{"Sid":"Theirs"}]}'"#;
        assert!(command.contains(rest), "{command}");
        assert!(command.contains("--policy-hash-condition h1"), "{command}");
    }
}
