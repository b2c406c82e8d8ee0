//! Bad input: a clear error that says what to do, and nothing is made.

use crate::command::{deploy, folder, run, stderr, table};
use crate::expected::target_parameters;
use crate::stacks::template;
use crate::stage::Stage;

#[tokio::test]
async fn three_mistakes_in_a_config_give_three_spanned_messages() {
    let stage = Stage::new().await;
    let folder = folder(
        &stage,
        &table(
            "Orders",
            "unnest = \"TOP_LEVEL\"\ntarget_name = \"Orders-2\"\npartitions = 3",
        ),
    );
    let output = run(deploy(&stage, folder.path()));
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    for part in [
        "TOP_LEVEL",
        "NOUNNEST",
        "Orders-2",
        "partitions",
        "partition_by",
    ] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    assert_eq!(told.matches("zeroetl.toml:").count(), 3, "{told}");
    let stacks = stage
        .source
        .cloudformation
        .describe_stacks()
        .send()
        .await
        .unwrap();
    assert!(stacks.stacks().is_empty());
}

async fn refused(name: &'static str, value: &str, wanted: &str) {
    let stage = Stage::new().await;
    let mut parameters = target_parameters(&stage);
    parameters.insert(name, value.to_owned());
    let ended = stage
        .target
        .create("target", &template("target"), &parameters)
        .await;
    assert_eq!(ended.status, "REFUSED", "{:#?}", ended.reasons);
    let reason = ended.reasons.join("\n");
    assert!(reason.contains(wanted), "{reason}");
    let stacks = stage
        .target
        .cloudformation
        .describe_stacks()
        .send()
        .await
        .unwrap();
    assert!(stacks.stacks().is_empty());
}

#[tokio::test]
async fn a_parameter_that_breaks_its_pattern_is_refused_before_anything_is_made() {
    refused("DatabaseName", "orders-lakehouse", "DatabaseName").await;
}

#[tokio::test]
async fn an_account_id_that_lost_its_leading_zero_is_refused() {
    refused("SourceAccountId", "12345678901", "SourceAccountId").await;
}

#[tokio::test]
async fn a_partition_function_without_a_field_is_refused_by_a_rule() {
    refused("PartitionFunction", "day", "PartitionField").await;
}

#[tokio::test]
async fn an_unreachable_endpoint_is_named() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    let mut command = deploy(&stage, folder.path());
    // The discard port: nothing listens there.
    let profiles = ["source-admin", "target-admin"].map(|profile| {
        format!("[profile {profile}]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\n")
    });
    std::fs::write(folder.path().join("aws-config"), profiles.concat()).unwrap();
    command.current_dir(folder.path());
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(
        told.contains("nobody answers at `http://127.0.0.1:9`"),
        "{told}"
    );
    assert!(told.contains("source-admin"), "{told}");
}

#[tokio::test]
async fn missing_credentials_are_named_with_their_profile() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    let mut command = deploy(&stage, folder.path());
    std::fs::write(folder.path().join("aws-credentials"), "").unwrap();
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("credentials"), "{told}");
    assert!(told.contains("source-admin"), "{told}");
}

#[tokio::test]
async fn credentials_of_another_account_are_refused_before_anything_is_made() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    let mut command = deploy(&stage, folder.path());
    let profiles = ["source-admin", "target-admin"].map(|profile| {
        format!("[{profile}]\naws_access_key_id = 555555555555\naws_secret_access_key = x\n")
    });
    std::fs::write(folder.path().join("aws-credentials"), profiles.concat()).unwrap();
    command.current_dir(folder.path());
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("555555555555"), "{told}");
    assert!(told.contains(&stage.source.id), "{told}");
    let stacks = stage
        .source
        .cloudformation
        .describe_stacks()
        .send()
        .await
        .unwrap();
    assert!(stacks.stacks().is_empty());
}

#[tokio::test]
async fn a_stack_that_cannot_be_updated_is_named_with_what_to_do() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    // A stack that failed to create is left in ROLLBACK_COMPLETE.
    let mut body = template("integration");
    body["Parameters"] = serde_json::json!({});
    body["Resources"] = serde_json::json!({
        "Queue": { "Type": "AWS::Glue::Integration", "Properties": {
            "IntegrationName": "x",
            "SourceArn": "arn:aws:dynamodb:us-east-1:111111111111:table/None",
            "TargetArn": "arn:aws:glue:us-east-1:111111111111:database/none",
        } },
    });
    for key in ["Outputs", "Rules", "Conditions", "Metadata"] {
        body.as_object_mut().unwrap().shift_remove(key);
    }
    stage
        .source
        .create(
            "orders-lake-test-integration",
            &body,
            &std::collections::BTreeMap::new(),
        )
        .await
        .expect("ROLLBACK_COMPLETE");

    let output = run(deploy(&stage, folder.path()));

    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    for part in [
        "orders-lake-test-integration",
        "ROLLBACK_COMPLETE",
        "delete",
    ] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    // Found before the first stack is touched.
    let stacks = stage
        .source
        .cloudformation
        .describe_stacks()
        .send()
        .await
        .unwrap();
    assert_eq!(stacks.stacks().len(), 1);
}
