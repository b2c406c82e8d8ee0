//! Against recorded answers: what is asked, and how answers are read.

use super::*;
use crate::deploy::replay::{account, asked};

fn refusal(code: &str, message: &str) -> (u16, String) {
    let body = format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    (400, body)
}

fn answer(call: &str, inner: &str) -> (u16, String) {
    (
        200,
        format!("<{call}Response><{call}Result>{inner}</{call}Result></{call}Response>"),
    )
}

#[tokio::test]
async fn a_stack_that_does_not_exist_is_none_and_every_other_refusal_an_error() {
    let (account, _) = account(&[
        refusal("ValidationError", "Stack with id demo does not exist"),
        refusal("ValidationError", "1 validation error detected"),
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::1:user/x is not authorized",
        ),
    ]);
    let api = SdkCloudFormation::new(&account);
    assert_eq!(api.stack("demo").await.unwrap(), None);
    let refused = api.stack("demo").await.unwrap_err();
    assert!(
        matches!(refused.problem, Problem::Refused { .. }),
        "{refused}"
    );
    let denied = api.stack("demo").await.unwrap_err().to_string();
    assert!(
        denied.starts_with(
            "source account 111111111111 (profile `source-admin`): cloudformation:DescribeStacks: \
             access denied (User: arn:aws:iam::1:user/x is not authorized)"
        ),
        "{denied}"
    );
}

#[tokio::test]
async fn a_change_set_is_read_over_all_its_pages() {
    let page = |id: &str, next: &str| {
        answer(
            "DescribeChangeSet",
            &format!(
                "<Status>CREATE_COMPLETE</Status>{next}<Changes><member><Type>Resource</Type>\
                 <ResourceChange><Action>Modify</Action><LogicalResourceId>{id}</LogicalResourceId>\
                 <Replacement>True</Replacement><Details><member><Target><Attribute>Properties\
                 </Attribute><Name>TableName</Name></Target></member></Details></ResourceChange>\
                 </member></Changes>"
            ),
        )
    };
    let (account, client) = account(&[page("A", "<NextToken>more</NextToken>"), page("B", "")]);
    let whole = SdkCloudFormation::new(&account)
        .change_set("the-arn")
        .await
        .unwrap();
    let ids: Vec<_> = whole
        .changes
        .iter()
        .map(|change| change.logical_id.as_str())
        .collect();
    assert_eq!(ids, ["A", "B"]);
    assert_eq!(whole.changes[0].replacement.as_deref(), Some("True"));
    assert_eq!(whole.changes[0].causes, ["TableName"]);
    assert!(asked(&client)[1].contains("NextToken=more"));
}

#[tokio::test]
async fn an_execution_carries_its_token_and_takes_back_what_a_failed_create_would_keep() {
    let done = answer("ExecuteChangeSet", "");
    let (account, client) = account(&[done.clone(), done]);
    let api = SdkCloudFormation::new(&account);
    api.execute("the-arn", "zeroetl-1", false).await.unwrap();
    api.execute("the-arn", "zeroetl-2", true).await.unwrap();
    let asked = asked(&client);
    assert!(
        asked[0].contains("ClientRequestToken=zeroetl-1"),
        "{}",
        asked[0]
    );
    assert!(
        asked[0].contains("RetainExceptOnCreate=true"),
        "{}",
        asked[0]
    );
    assert!(
        asked[1].contains("RetainExceptOnCreate=false"),
        "{}",
        asked[1]
    );
}

#[tokio::test]
async fn only_findings_of_this_operation_are_read() {
    let event = |id: &str, time: &str| {
        format!(
            "<member><LogicalResourceId>{id}</LogicalResourceId><Timestamp>{time}</Timestamp>\
             <ValidationStatus>FAILED</ValidationStatus><ValidationStatusReason>taken\
             </ValidationStatusReason></member>"
        )
    };
    let events = event("New", "2026-11-21T04:04:40.244Z") + &event("Old", "2026-11-20T04:04:40Z");
    let inner = format!("<OperationEvents>{events}</OperationEvents>");
    let (account, _) = account(&[answer("DescribeEvents", &inner)]);
    let operation = Validated::Operation {
        stack_id: "the-arn",
        since: "2026-11-21T04:04:40.9Z",
    };
    let found = SdkCloudFormation::new(&account)
        .findings(operation)
        .await
        .unwrap();
    assert_eq!(found, ["New: taken"]);
}
