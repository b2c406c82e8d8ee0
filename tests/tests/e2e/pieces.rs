//! Piece by piece: what AWS demands is taken out of the emitted template, just that, and the
//! deployment fails, or the integration ends in `NEEDS_ATTENTION`, for that reason. So each piece is
//! there because it is needed, and the local AWS really looks at it.

use aws_sdk_glue::types::{Integration, IntegrationStatus};
use serde_json::{Value, json};

use crate::expected::{integration_parameters, source_parameters, target_parameters};
use crate::stacks::template;
use crate::stage::Stage;

/// The templates as emitted, to be damaged.
struct Templates {
    source: Value,
    target: Value,
    integration: Value,
}

impl Templates {
    fn emitted() -> Self {
        Self {
            source: template("source"),
            target: template("target"),
            integration: template("integration"),
        }
    }
}

/// Deploys the three and returns why it did not end well, or an empty text.
async fn deploy(templates: &Templates) -> String {
    let stage = Stage::new().await;
    deploy_on(&stage, templates).await
}

async fn deploy_on(stage: &Stage, templates: &Templates) -> String {
    let (source, target) = (&stage.source, &stage.target);
    let ended = source
        .create("source", &templates.source, &source_parameters())
        .await;
    if ended.status != "CREATE_COMPLETE" {
        return ended.reasons.join("\n");
    }
    let ended = target
        .create("target", &templates.target, &target_parameters(stage))
        .await;
    if ended.status != "CREATE_COMPLETE" {
        return ended.reasons.join("\n");
    }
    let parameters = integration_parameters(stage);
    let ended = source
        .create("integration", &templates.integration, &parameters)
        .await;
    if ended.status != "CREATE_COMPLETE" {
        return ended.reasons.join("\n");
    }
    let integrations = source.glue.describe_integrations().send().await.unwrap();
    complaint(&integrations.integrations()[0])
}

fn complaint(integration: &Integration) -> String {
    if *integration.status() == IntegrationStatus::Active {
        return String::new();
    }
    assert_eq!(*integration.status(), IntegrationStatus::NeedsAttention);
    let messages = integration.errors().iter().map(|error| {
        format!(
            "{}: {}",
            error.error_code().unwrap_or(""),
            error.error_message().unwrap_or("")
        )
    });
    messages.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn assert_names(complaint: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(
            complaint.contains(part),
            "`{part}` is not named in: `{complaint}`"
        );
    }
}

/// The only resource of a type, or the one whose id contains `hint`.
fn resource<'a>(template: &'a mut Value, kind: &str, hint: &str) -> &'a mut Value {
    let resources = template["Resources"].as_object_mut().unwrap();
    let id = resources
        .iter()
        .find(|(id, resource)| resource["Type"] == kind && id.contains(hint))
        .unwrap_or_else(|| panic!("no {kind} with `{hint}` in its id"))
        .0
        .clone();
    &mut resources[&id]
}

fn remove_resource(template: &mut Value, kind: &str) {
    let resources = template["Resources"].as_object_mut().unwrap();
    let gone: Vec<String> = resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(id, _)| id.clone())
        .collect();
    assert_eq!(gone.len(), 1, "{kind}: {gone:?}");
    resources.shift_remove(&gone[0]);
    for (_, other) in resources.iter_mut() {
        match other.get_mut("DependsOn") {
            Some(Value::Array(list)) => list.retain(|id| *id != *gone[0]),
            Some(Value::String(id)) if *id == gone[0] => {
                other.as_object_mut().unwrap().shift_remove("DependsOn");
            }
            _ => {}
        }
    }
}

fn replica(source: &mut Value) -> &mut Value {
    &mut resource(source, "AWS::DynamoDB::GlobalTable", "")["Properties"]["Replicas"][0]
}

fn table_statement(source: &mut Value) -> &mut Value {
    &mut replica(source)["ResourcePolicy"]["PolicyDocument"]["Statement"][0]
}

fn catalog_statements(target: &mut Value) -> &mut Vec<Value> {
    resource(target, "Custom::GlueResourcePolicy", "")["Properties"]["PolicyDocument"]["Statement"]
        .as_array_mut()
        .unwrap()
}

/// The statements of the role's policies that no condition can switch off.
fn role_statements(target: &mut Value) -> impl Iterator<Item = &mut Vec<Value>> {
    target_role(target)["Policies"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .filter_map(|policy| policy.get_mut("PolicyDocument")?["Statement"].as_array_mut())
}

fn target_role(target: &mut Value) -> &mut Value {
    &mut resource(target, "AWS::IAM::Role", "Target")["Properties"]
}

/// Takes one action out of every statement; a statement left without one goes too.
fn take_action(statements: &mut Vec<Value>, action: &str) -> usize {
    let mut taken = 0;
    statements.retain_mut(|statement| match &mut statement["Action"] {
        Value::Array(actions) => {
            let before = actions.len();
            actions.retain(|found| found != action);
            taken += before - actions.len();
            !actions.is_empty()
        }
        Value::String(found) if found == action => {
            taken += 1;
            false
        }
        _ => true,
    });
    taken
}

#[tokio::test]
async fn the_emitted_templates_make_an_active_integration() {
    assert_eq!(deploy(&Templates::emitted()).await, "");
}

#[tokio::test]
async fn without_point_in_time_recovery() {
    let mut templates = Templates::emitted();
    replica(&mut templates.source)
        .as_object_mut()
        .unwrap()
        .shift_remove("PointInTimeRecoverySpecification")
        .unwrap();
    assert_names(&deploy(&templates).await, &["oint-in-time recovery"]);
}

#[tokio::test]
async fn with_the_aws_managed_key_on_the_table() {
    let mut templates = Templates::emitted();
    let table = resource(&mut templates.source, "AWS::DynamoDB::GlobalTable", "");
    table["Properties"]["SSESpecification"] = json!({ "SSEEnabled": true, "SSEType": "KMS" });
    table["Properties"]["Replicas"][0]
        .as_object_mut()
        .unwrap()
        .shift_remove("SSESpecification");
    assert_names(&deploy(&templates).await, &["AWS-managed key"]);
}

async fn without_table_action(action: &str) {
    let mut templates = Templates::emitted();
    let actions = table_statement(&mut templates.source)["Action"]
        .as_array_mut()
        .unwrap();
    let before = actions.len();
    actions.retain(|found| found != action);
    assert_eq!(
        actions.len() + 1,
        before,
        "{action} is not in the table policy"
    );
    assert_names(&deploy(&templates).await, &[action]);
}

#[tokio::test]
async fn without_describe_table_in_the_table_policy() {
    without_table_action("dynamodb:DescribeTable").await;
}

#[tokio::test]
async fn without_export_in_the_table_policy() {
    without_table_action("dynamodb:ExportTableToPointInTime").await;
}

#[tokio::test]
async fn without_describe_export_in_the_table_policy() {
    without_table_action("dynamodb:DescribeExport").await;
}

/// A condition cannot be missed by being absent (AWS then allows more, not less): it is shown by
/// naming somebody else.
async fn with_table_condition(operator: &str, key: &str, value: &str) {
    let mut templates = Templates::emitted();
    let condition = &mut table_statement(&mut templates.source)["Condition"][operator][key];
    assert!(
        !condition.is_null(),
        "{operator} {key} is not in the table policy"
    );
    *condition = json!(value);
    assert_names(&deploy(&templates).await, &["dynamodb:DescribeTable", key]);
}

#[tokio::test]
async fn with_another_account_in_the_table_policys_condition() {
    with_table_condition("StringEquals", "aws:SourceAccount", "999999999999").await;
}

#[tokio::test]
async fn with_another_integration_in_the_table_policys_condition() {
    let other = "arn:aws:glue:us-east-1:999999999999:integration:*";
    with_table_condition("ArnLike", "aws:SourceArn", other).await;
}

#[tokio::test]
async fn without_location_uri() {
    let mut templates = Templates::emitted();
    resource(&mut templates.target, "AWS::Glue::Database", "")["Properties"]["DatabaseInput"]
        .as_object_mut()
        .unwrap()
        .shift_remove("LocationUri")
        .unwrap();
    assert_names(&deploy(&templates).await, &["LocationUri"]);
}

#[tokio::test]
async fn without_the_registration_of_the_target_role() {
    let mut templates = Templates::emitted();
    remove_resource(
        &mut templates.target,
        "AWS::Glue::IntegrationResourceProperty",
    );
    assert_names(&deploy(&templates).await, &["IntegrationResourceProperty"]);
}

#[tokio::test]
async fn with_a_target_role_that_glue_may_not_assume() {
    let mut templates = Templates::emitted();
    target_role(&mut templates.target)["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] =
        json!({ "Service": "lambda.amazonaws.com" });
    assert_names(&deploy(&templates).await, &["sts:AssumeRole"]);
}

async fn without_role_action(action: &str) {
    let mut templates = Templates::emitted();
    let taken: usize = role_statements(&mut templates.target)
        .map(|statements| take_action(statements, action))
        .sum();
    assert_eq!(taken, 1, "{action} stands {taken} times in the target role");
    // An emptied policy would be refused for that, not for the missing action.
    target_role(&mut templates.target)["Policies"]
        .as_array_mut()
        .unwrap()
        .retain(|policy| {
            policy
                .get("PolicyDocument")
                .is_none_or(|document| document["Statement"] != json!([]))
        });
    assert_names(&deploy(&templates).await, &[action]);
}

macro_rules! role_actions {
    ($($name:ident: $action:literal,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                without_role_action($action).await;
            }
        )*

        /// Every action that the documentation lists, and nothing else.
        #[test]
        fn the_target_role_has_the_documented_actions() {
            let mut template = template("target");
            let mut found: Vec<String> = role_statements(&mut template)
                .flat_map(|statements| statements.iter())
                .flat_map(|statement| match &statement["Action"] {
                    Value::Array(actions) => actions.clone(),
                    action => vec![action.clone()],
                })
                .map(|action| action.as_str().unwrap().to_owned())
                .collect();
            let mut wanted = vec![$($action),*];
            found.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(found, wanted);
        }
    };
}

role_actions! {
    without_s3_list_bucket: "s3:ListBucket",
    without_s3_get_object: "s3:GetObject",
    without_s3_put_object: "s3:PutObject",
    without_s3_delete_object: "s3:DeleteObject",
    without_glue_get_database: "glue:GetDatabase",
    without_glue_create_table: "glue:CreateTable",
    without_glue_get_table: "glue:GetTable",
    without_glue_get_tables: "glue:GetTables",
    without_glue_update_table: "glue:UpdateTable",
    without_glue_delete_table: "glue:DeleteTable",
    without_glue_get_table_version: "glue:GetTableVersion",
    without_glue_get_table_versions: "glue:GetTableVersions",
    without_glue_get_resource_policy: "glue:GetResourcePolicy",
    without_put_metric_data: "cloudwatch:PutMetricData",
    without_create_log_group: "logs:CreateLogGroup",
    without_create_log_stream: "logs:CreateLogStream",
    without_put_log_events: "logs:PutLogEvents",
}

async fn without_catalog_statement(action: &str) {
    let mut templates = Templates::emitted();
    assert_eq!(
        take_action(catalog_statements(&mut templates.target), action),
        1,
        "{action}"
    );
    assert_names(&deploy(&templates).await, &[action]);
}

#[tokio::test]
async fn without_create_inbound_integration() {
    without_catalog_statement("glue:CreateInboundIntegration").await;
}

#[tokio::test]
async fn without_authorize_inbound_integration() {
    without_catalog_statement("glue:AuthorizeInboundIntegration").await;
}

/// The condition keeps every other table of the source account out: with it, an integration of
/// another table is refused; without it, that table comes in.
async fn another_table_meets(conditions: bool) -> String {
    let stage = Stage::new().await;
    let mut templates = Templates::emitted();
    if !conditions {
        for statement in catalog_statements(&mut templates.target) {
            statement
                .as_object_mut()
                .unwrap()
                .shift_remove("Condition")
                .unwrap();
        }
    }
    let (source, target) = (&stage.source, &stage.target);
    target
        .create("target", &templates.target, &target_parameters(&stage))
        .await
        .expect("CREATE_COMPLETE");
    let mut parameters = source_parameters();
    parameters.insert("SourceTableName", "Secrets".to_owned());
    source
        .create("source", &templates.source, &parameters)
        .await
        .expect("CREATE_COMPLETE");
    let mut parameters = integration_parameters(&stage);
    parameters.insert("SourceTableName", "Secrets".to_owned());
    let ended = source
        .create("integration", &templates.integration, &parameters)
        .await;
    ended.reasons.join("\n")
}

#[tokio::test]
async fn the_catalog_conditions_keep_other_tables_out() {
    let refused = another_table_meets(true).await;
    assert_names(&refused, &["glue:CreateInboundIntegration"]);
    assert_eq!(another_table_meets(false).await, "");
}

/// Both statements list the catalog and the database; either one alone is not enough.
async fn without_catalog_resource(part: &str) {
    let mut templates = Templates::emitted();
    for statement in catalog_statements(&mut templates.target) {
        let resources = statement["Resource"].as_array_mut().unwrap();
        resources.retain(|resource| !resource.to_string().contains(part));
        assert_eq!(resources.len(), 1, "{part}");
    }
    assert_names(
        &deploy(&templates).await,
        &["glue:CreateInboundIntegration", part],
    );
}

#[tokio::test]
async fn without_the_catalog_in_the_catalog_statements() {
    without_catalog_resource(":catalog").await;
}

#[tokio::test]
async fn without_the_database_in_the_catalog_statements() {
    without_catalog_resource(":database/").await;
}

#[tokio::test]
async fn integration_before_target() {
    let stage = Stage::new().await;
    let templates = Templates::emitted();
    let source = &stage.source;
    source
        .create("source", &templates.source, &source_parameters())
        .await
        .expect("CREATE_COMPLETE");
    let parameters = integration_parameters(&stage);
    let ended = source
        .create("integration", &templates.integration, &parameters)
        .await;
    assert_eq!(ended.status, "ROLLBACK_COMPLETE");
    assert_names(
        &ended.reasons.join("\n"),
        &["glue:CreateInboundIntegration"],
    );
}

#[tokio::test]
async fn integration_before_source() {
    let stage = Stage::new().await;
    let templates = Templates::emitted();
    let (source, target) = (&stage.source, &stage.target);
    target
        .create("target", &templates.target, &target_parameters(&stage))
        .await
        .expect("CREATE_COMPLETE");
    let parameters = integration_parameters(&stage);
    let ended = source
        .create("integration", &templates.integration, &parameters)
        .await;
    assert_eq!(ended.status, "ROLLBACK_COMPLETE");
    assert_names(&ended.reasons.join("\n"), &["table/Orders"]);
}

#[tokio::test]
async fn integration_in_the_target_account() {
    let stage = Stage::new().await;
    let templates = Templates::emitted();
    let (source, target) = (&stage.source, &stage.target);
    source
        .create("source", &templates.source, &source_parameters())
        .await
        .expect("CREATE_COMPLETE");
    target
        .create("target", &templates.target, &target_parameters(&stage))
        .await
        .expect("CREATE_COMPLETE");
    // The table's ARN is built from the account that the stack is in: deployed in the target, it
    // names a table that is not there.
    let parameters = integration_parameters(&stage);
    let ended = target
        .create("integration", &templates.integration, &parameters)
        .await;
    assert_eq!(ended.status, "ROLLBACK_COMPLETE");
    assert_names(&ended.reasons.join("\n"), &["table/Orders"]);
}
