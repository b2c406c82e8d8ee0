//! What is broken by hand: `deploy` sees it, mends it without loading data again where that is
//! possible, and else says what consent it needs.

use std::time::Duration;

use aws_sdk_glue::types::{TargetTableConfig, UnnestSpec};
use serde_json::{Value, json};

use crate::change::integrations;
use crate::command::{DATABASE, deploy, destroy, folder, run, status, stderr, succeed, table};
use crate::expected::foreign_statement;
use crate::stage::Stage;

/// What a deployment does that finds nothing to do.
#[track_caller]
fn assert_no_changes(stage: &Stage, folder: &std::path::Path) {
    let (_, told) = succeed(deploy(stage, folder));
    assert_eq!(told.matches("no changes").count(), 3, "{told}");
    assert!(!told.contains("not as deployed"), "{told}");
}

/// Own statements, without what is not ours.
fn owned(policy: &Value) -> Vec<Value> {
    let all = policy["Statement"].as_array().unwrap().iter();
    let owned = all.filter(|one| one["Sid"].as_str().unwrap_or_default().starts_with("Zetl"));
    owned.cloned().collect()
}

#[tokio::test]
async fn statements_that_are_lost_removed_or_stripped_are_put_back_and_nothing_is_loaded_again() {
    let stage = Stage::new().await;
    let target = &stage.target;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let loaded = integrations(&stage.source).await;
    let before = target.policy().await.unwrap();

    let foreign = foreign_statement(&target.id);
    let overwritten = json!({ "Version": "2012-10-17", "Statement": [foreign] });
    let mut removed = before.clone();
    removed["Statement"].as_array_mut().unwrap().remove(0);
    let mut stripped = before.clone();
    for statement in stripped["Statement"].as_array_mut().unwrap() {
        statement.as_object_mut().unwrap().remove("Condition");
    }
    for broken in [overwritten, removed, stripped] {
        target.put_policy(&broken).await;
        let (_, told) = succeed(deploy(&stage, folder.path()));
        assert!(
            told.contains("statements in the catalog policy are not as deployed"),
            "{told}"
        );
        let after = target.policy().await.unwrap();
        assert_eq!(owned(&after), owned(&before));
        assert_no_changes(&stage, folder.path());
    }
    assert_eq!(integrations(&stage.source).await, loaded);
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
}

#[tokio::test]
async fn a_lost_integration_is_made_again_alone_and_only_with_consent() {
    let stage = Stage::new().await;
    let tables = table("Orders", "") + &table("Sales", "");
    let folder = folder(&stage, &tables);
    succeed(deploy(&stage, folder.path()));
    let before = integrations(&stage.source).await;
    let request = stage.source.glue.delete_integration();
    request
        .integration_identifier(&before[1])
        .send()
        .await
        .unwrap();
    while integrations(&stage.source).await.len() > 1 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    for part in [
        "nothing was touched",
        "deleted outside its stack",
        "--allow-reload",
    ] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-reload");
    succeed(permitted);
    let after = integrations(&stage.source).await;
    assert_eq!(after.len(), 2);
    assert!(
        after.contains(&before[0]),
        "the other one was loaded again: {after:?}"
    );
    assert_no_changes(&stage, folder.path());
}

#[tokio::test]
async fn a_layout_changed_by_hand_is_put_back_only_with_consent() {
    let stage = Stage::new().await;
    let target = &stage.target;
    let folder = folder(&stage, &table("Orders", "unnest = \"TOPLEVEL\""));
    succeed(deploy(&stage, folder.path()));
    let live = target.table_properties(DATABASE, "Orders").await.unwrap();
    let full = TargetTableConfig::builder()
        .unnest_spec(UnnestSpec::Full)
        .set_integration_arn(live.integration_arn().map(str::to_owned))
        .set_target_table_name(live.target_table_name().map(str::to_owned))
        .build();
    let request = target
        .glue
        .update_integration_table_properties()
        .resource_arn(target.database_arn(DATABASE))
        .table_name("Orders")
        .target_table_config(full);
    request.send().await.unwrap();

    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    let told = stderr(&refused);
    assert!(
        told.contains("UnnestSpec") && told.contains("--allow-reload"),
        "{told}"
    );
    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-reload");
    succeed(permitted);
    let live = target.table_properties(DATABASE, "Orders").await.unwrap();
    assert_eq!(live.unnest_spec(), Some(&UnnestSpec::Toplevel));
    assert_no_changes(&stage, folder.path());
}

#[tokio::test]
async fn a_lost_provider_is_made_again_and_the_pipeline_stays_as_it_is() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let loaded = integrations(&stage.source).await;
    let policy = stage.target.policy().await;
    delete_function(&stage);

    let (_, told) = succeed(deploy(&stage, folder.path()));
    assert!(told.contains("ProviderFunction"), "{told}");
    assert_eq!(integrations(&stage.source).await, loaded);
    assert_eq!(
        owned(&stage.target.policy().await.unwrap()),
        owned(&policy.unwrap())
    );
    assert!(
        stage
            .target
            .table_properties(DATABASE, "Orders")
            .await
            .is_some()
    );
    assert_no_changes(&stage, folder.path());
    succeed(destroy(&stage, folder.path()));
    assert_eq!(stage.target.policy().await, None);
}

fn delete_function(stage: &Stage) {
    let aws = |args: &[&str]| {
        let mut command = stage.aws(&stage.target);
        command.args(args);
        let output = run(command);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let list = ["--query", "Functions[0].FunctionName", "--output", "text"];
    let name = aws(&[&["lambda", "list-functions"], &list[..]].concat());
    aws(&["lambda", "delete-function", "--function-name", name.trim()]);
}

#[tokio::test]
async fn recovery_that_was_switched_off_is_switched_on_again() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let recovery = |more: &[&str]| {
        let mut command = stage.aws(&stage.source);
        command
            .arg("dynamodb")
            .args(more)
            .args(["--table-name", "Orders"]);
        let output = run(command);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let off = "PointInTimeRecoveryEnabled=false";
    recovery(&[
        "update-continuous-backups",
        "--point-in-time-recovery-specification",
        off,
    ]);
    let (_, told) = succeed(deploy(&stage, folder.path()));
    assert!(told.contains("TableOrders"), "{told}");
    let after = recovery(&["describe-continuous-backups"]);
    assert!(
        after.contains("\"PointInTimeRecoveryStatus\": \"ENABLED\""),
        "{after}"
    );
    assert_no_changes(&stage, folder.path());
}

#[tokio::test]
async fn a_deployment_whose_integration_does_not_work_is_no_success() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    // Somebody's statement takes away what the integration needs.
    let mut policy = stage.target.policy().await.unwrap();
    let deny = json!({
        "Sid": "NoIntegrations", "Effect": "Deny", "Principal": "*",
        "Action": "glue:AuthorizeInboundIntegration",
        "Resource": stage.target.database_arn(DATABASE),
    });
    policy["Statement"].as_array_mut().unwrap().push(deny);
    stage.target.put_policy(&policy).await;
    let failed = run(deploy(&stage, folder.path()));
    assert_eq!(failed.status.code(), Some(1), "{}", stderr(&failed));
    let told = stderr(&failed);
    for part in ["not everything is as wanted", "NEEDS_ATTENTION"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
}
