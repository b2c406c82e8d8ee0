//! What a stack that cannot be deleted leaves to do by hand: which resources to retain, and which
//! statements and table properties are then to be removed, each with its command.

use serde_json::{Map, Value};

use super::account::Account;
use super::cloudformation::{CloudFormation, Stack, physical_ids};
use super::deployed::Template;
use super::resource_types::{CATALOG_POLICY, TABLE_PROPERTIES};
use super::status::{glue, owner};
use crate::flows::zero_etl::statements::Deployed;
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
    let physical_ids = physical_ids(&resources);
    let deployed = Deployed {
        template,
        stack_id: &stack.id,
        parameters: &stack.parameters,
        physical_ids: &physical_ids,
    };
    let failed = |kind| {
        let all = template.of_type(kind);
        all.filter(|(id, _)| failed.contains(id))
    };
    advice.extend(
        failed(TABLE_PROPERTIES).filter_map(|(_, one)| pair(&one.properties, deployed, &flags)),
    );
    if failed(CATALOG_POLICY).next().is_some() {
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

fn pair(properties: &Map<String, Value>, stack: Deployed<'_>, flags: &str) -> Option<String> {
    let said = |name: &str| stack.text(properties.get(name)?);
    let (database, table) = (said("ResourceArn")?, said("TableName")?);
    Some(format!(
        "table properties: `aws glue delete-integration-table-properties --resource-arn {} \
         --table-name {} {flags}`",
        word(&database),
        word(&table)
    ))
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
