//! `zeroetl deploy`, `status` and `destroy` on the local AWS.

use std::path::Path;
use std::process::{Command, Output};

use aws_sdk_glue::types::IntegrationStatus;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::expected::{assert_policy, crowded_policy, foreign_statement, statements};
use crate::stage::Stage;

pub(crate) const DATABASE: &str = "orders_lake";

/// A folder with a config for the stage's accounts.
pub(crate) fn folder(stage: &Stage, tables: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_config(folder.path(), stage, tables);
    folder
}

pub(crate) fn write_config(folder: &Path, stage: &Stage, tables: &str) {
    let config = format!(
        r#"project = "orders-lake"
environment = "test"
region = "us-east-1"

[source]
account = "{}"
profile = "source-admin"

[target]
account = "{}"
profile = "target-admin"
database = "{DATABASE}"

{tables}"#,
        stage.source.id, stage.target.id
    );
    std::fs::write(folder.join("zeroetl.toml"), config).unwrap();
}

pub(crate) fn table(name: &str, more: &str) -> String {
    format!(
        "[[table]]\nname = \"{name}\"\npartition_key = {{ name = \"PK\", type = \"S\" }}\n{more}\n"
    )
}

pub(crate) fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs a verb that must succeed; what it printed to both.
#[track_caller]
pub(crate) fn succeed(command: Command) -> (String, String) {
    let output = run(command);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}\n{}",
        stdout(&output),
        stderr(&output)
    );
    (stdout(&output), stderr(&output))
}

pub(crate) fn deploy(stage: &Stage, folder: &Path) -> Command {
    let mut command = stage.zeroetl(folder);
    command.arg("deploy").arg("--provider-zip").arg(stage.zip());
    command
}

pub(crate) fn destroy(stage: &Stage, folder: &Path) -> Command {
    let mut command = stage.zeroetl(folder);
    command.args(["destroy", "--yes"]);
    command
}

pub(crate) fn status(stage: &Stage, folder: &Path) -> Value {
    let mut command = stage.zeroetl(folder);
    command.args(["status", "--format", "json"]);
    serde_json::from_str(&stdout(&run(command))).unwrap()
}

#[tokio::test]
async fn deploy_then_deploy_again_then_destroy() {
    let stage = Stage::new().await;
    let (source, target) = (&stage.source, &stage.target);
    let foreign = foreign_statement(&target.id);
    target
        .put_policy(&json!({ "Version": "2012-10-17", "Statement": [foreign] }))
        .await;
    let before = target.policy().await.unwrap();
    let folder = folder(&stage, &table("Orders", "target_name = \"orders\""));

    let (_, told) = succeed(deploy(&stage, folder.path()));
    for stack in ["source", "target", "integration"] {
        assert!(
            told.contains(&format!("orders-lake-test-{stack}")),
            "{told}"
        );
    }
    assert!(told.contains("CREATE_COMPLETE"), "{told}");
    let ours = statements(&source.id, &target.id, DATABASE, "Orders");
    assert_policy(target.policy().await.as_ref(), &foreign, &ours);
    let integrations = source.glue.describe_integrations().send().await.unwrap();
    let integration = &integrations.integrations()[0];
    assert_eq!(integration.status(), &IntegrationStatus::Active);
    assert_eq!(integration.integration_name(), "orders-lake-test-Orders");

    let standing = status(&stage, folder.path()).to_string();
    assert!(
        standing.contains(integration.integration_arn()),
        "{standing}"
    );
    assert!(standing.contains("AnalyticsTeamReads"), "{standing}");

    // Again: nothing to do, and nothing is done.
    let events = events(&stage).await;
    succeed(deploy(&stage, folder.path()));
    assert_eq!(self::events(&stage).await, events);

    let (_, told) = succeed(destroy(&stage, folder.path()));
    assert!(told.contains(DATABASE), "what is kept is named: {told}");
    assert_eq!(
        target.policy().await.unwrap().to_string(),
        before.to_string()
    );
    assert_eq!(target.table_properties(DATABASE, "Orders").await, None);
    // Destroying what is gone is no error.
    succeed(destroy(&stage, folder.path()));
}

async fn events(stage: &Stage) -> usize {
    let mut count = 0;
    for (account, stack) in [
        (&stage.source, "source"),
        (&stage.target, "target"),
        (&stage.source, "integration"),
    ] {
        count += account
            .events(&format!("orders-lake-test-{stack}"))
            .await
            .len();
    }
    count
}

#[tokio::test]
async fn a_second_table_is_added_beside_the_first() {
    let stage = Stage::new().await;
    let (source, target) = (&stage.source, &stage.target);
    let orders = table("Orders", "unnest = \"TOPLEVEL\"");
    let folder = folder(&stage, &orders);
    succeed(deploy(&stage, folder.path()));
    let first = source.glue.describe_integrations().send().await.unwrap();
    let first = first.integrations()[0].integration_arn().to_owned();

    // In front of the first, so that an id made from the position would move.
    let invoices = table("Invoices", "unnest = \"FULL\"");
    write_config(folder.path(), &stage, &format!("{invoices}{orders}"));
    succeed(deploy(&stage, folder.path()));

    let both = source.glue.describe_integrations().send().await.unwrap();
    let arns: Vec<&str> = both
        .integrations()
        .iter()
        .map(aws_sdk_glue::types::Integration::integration_arn)
        .collect();
    assert_eq!(arns.len(), 2);
    assert!(
        arns.contains(&first.as_str()),
        "the first integration was replaced: {arns:?}"
    );
    let policy = target.policy().await.unwrap();
    assert_eq!(
        policy["Statement"].as_array().unwrap().len(),
        2,
        "{policy:#}"
    );
    let sources = &policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceArn"];
    assert_eq!(sources.as_array().unwrap().len(), 2, "{policy:#}");
    for name in ["Orders", "Invoices"] {
        assert!(
            target.table_properties(DATABASE, name).await.is_some(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn deploy_stops_at_the_first_failure_with_the_resources_reason() {
    let stage = Stage::new().await;
    stage
        .target
        .put_policy(&crowded_policy(&stage.target.id))
        .await;
    let folder = folder(&stage, &table("Orders", ""));
    // A rollback takes some seconds on AWS; the log group goes at its end.
    stage.fault(&json!({
        "operation": "DeleteFunction", "account": stage.target.id, "delay_seconds": 4,
    }));

    let output = run(deploy(&stage, folder.path()));

    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("10240"), "{told}");
    // What the function wrote is shown, since nobody can look it up any more.
    assert!(told.contains("            log: "), "{told}");
    assert!(told.contains("orders-lake-test-target"), "{told}");
    let integrations = stage
        .source
        .glue
        .describe_integrations()
        .send()
        .await
        .unwrap();
    assert!(integrations.integrations().is_empty());
}
