//! The optional parts of the generic product: one account for everything, a partition, customer
//! keys, Lake Formation.

use aws_sdk_glue::types::{IntegrationStatus, UnnestSpec};
use serde_json::{Value, json};

use crate::expected::{DATABASE, integration_parameters, source_parameters, target_parameters};
use crate::stacks::{Parameters, template};
use crate::stage::{Account, REGION, Stage};

/// What differs from the defaults, per stack.
#[derive(Default)]
struct Options {
    source: Parameters,
    target: Parameters,
}

/// Deploys the three stacks and returns the integration's status with its messages.
async fn deploy(stage: &Stage, options: Options, target_template: &Value) -> String {
    let (source, target) = (&stage.source, &stage.target);
    let mut parameters = source_parameters();
    parameters.extend(options.source);
    source
        .create("source", &template("source"), &parameters)
        .await
        .expect("CREATE_COMPLETE");
    let mut parameters = target_parameters(stage);
    parameters.extend(options.target);
    target
        .create("target", target_template, &parameters)
        .await
        .expect("CREATE_COMPLETE");
    let parameters = integration_parameters(stage);
    let ended = source
        .create("integration", &template("integration"), &parameters)
        .await;
    if ended.status != "CREATE_COMPLETE" {
        return ended.reasons.join("\n");
    }
    status(source).await
}

async fn status(source: &Account) -> String {
    let integrations = source.glue.describe_integrations().send().await.unwrap();
    let integration = &integrations.integrations()[0];
    format!(
        "{} {:?}",
        integration.status().as_str(),
        integration.errors()
    )
}

fn active() -> String {
    format!("{} []", IntegrationStatus::Active.as_str())
}

#[tokio::test]
async fn source_and_target_may_be_one_account() {
    let stage = Stage::new().await;
    let account = &stage.target;
    account
        .create("source", &template("source"), &source_parameters())
        .await
        .expect("CREATE_COMPLETE");
    let mut parameters = target_parameters(&stage);
    parameters.insert("SourceAccountId", account.id.clone());
    account
        .create("target", &template("target"), &parameters)
        .await
        .expect("CREATE_COMPLETE");
    account
        .create(
            "integration",
            &template("integration"),
            &integration_parameters(&stage),
        )
        .await
        .expect("CREATE_COMPLETE");
    assert_eq!(status(account).await, active());
}

#[tokio::test]
async fn a_partition_and_an_unnest_spec_reach_glue() {
    let stage = Stage::new().await;
    let options = Options {
        target: Parameters::from([
            ("UnnestSpec", "NOUNNEST".to_owned()),
            ("TargetTableName", "orders_by_day".to_owned()),
            ("PartitionField", "created_at".to_owned()),
            ("PartitionFunction", "day".to_owned()),
            ("PartitionConversion", "iso".to_owned()),
        ]),
        ..Options::default()
    };
    assert_eq!(deploy(&stage, options, &template("target")).await, active());

    let properties = stage
        .target
        .table_properties(DATABASE, "Orders")
        .await
        .unwrap();
    assert_eq!(properties.unnest_spec(), Some(&UnnestSpec::Nounnest));
    assert_eq!(properties.target_table_name(), Some("orders_by_day"));
    let partition = &properties.partition_spec()[0];
    assert_eq!(partition.field_name(), Some("created_at"));
    assert_eq!(partition.function_spec(), Some("day"));
    assert_eq!(partition.conversion_spec(), Some("iso"));
}

/// A key whose policy lets the account's IAM policies decide, and one service beside it.
fn make_key(stage: &Stage, account: &Account, service: Option<(&str, Value)>) -> String {
    let mut policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{}:root", account.id) },
            "Action": "kms:*",
            "Resource": "*",
        }],
    });
    if let Some((service, condition)) = service {
        policy["Statement"].as_array_mut().unwrap().push(json!({
            "Effect": "Allow",
            "Principal": { "Service": service },
            "Action": ["kms:Decrypt", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": condition,
        }));
    }
    let output = stage
        .aws(account)
        .args([
            "kms",
            "create-key",
            "--query",
            "KeyMetadata.Arn",
            "--output",
            "text",
        ])
        .args(["--policy", &policy.to_string()])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn customer_keys_on_the_table_and_the_bucket() {
    let stage = Stage::new().await;
    let source = &stage.source.id;
    let condition = json!({
        "StringEquals": { "aws:SourceAccount": source },
        "ArnLike": { "aws:SourceArn": format!("arn:aws:glue:{REGION}:{source}:integration:*") },
    });
    let of_table = make_key(
        &stage,
        &stage.source,
        Some(("glue.amazonaws.com", condition)),
    );
    let of_bucket = make_key(&stage, &stage.target, None);
    let options = Options {
        source: Parameters::from([("SourceKmsKeyArn", of_table)]),
        target: Parameters::from([("TargetKmsKeyArn", of_bucket)]),
    };
    assert_eq!(deploy(&stage, options, &template("target")).await, active());
}

#[tokio::test]
async fn a_key_on_the_table_that_keeps_glue_out_is_named() {
    let stage = Stage::new().await;
    let of_table = make_key(&stage, &stage.source, None);
    let options = Options {
        source: Parameters::from([("SourceKmsKeyArn", of_table.clone())]),
        ..Options::default()
    };
    let complaint = deploy(&stage, options, &template("target")).await;
    assert!(complaint.contains(&of_table), "{complaint}");
    assert!(complaint.contains("kms:Decrypt"), "{complaint}");
}

fn governed() -> Options {
    Options {
        target: Parameters::from([("LakeFormationManaged", "Yes".to_owned())]),
        ..Options::default()
    }
}

#[tokio::test]
async fn lake_formation_governs_and_the_target_role_has_its_grants() {
    let stage = Stage::new().await;
    assert_eq!(
        deploy(&stage, governed(), &template("target")).await,
        active()
    );
}

#[tokio::test]
async fn without_lake_formations_grants() {
    let stage = Stage::new().await;
    let mut target = template("target");
    let resources = target["Resources"].as_object_mut().unwrap();
    let before = resources.len();
    resources.retain(|_, resource| resource["Type"] != "AWS::LakeFormation::PrincipalPermissions");
    assert!(resources.len() < before);
    for (_, resource) in resources.iter_mut() {
        resource.as_object_mut().unwrap().shift_remove("DependsOn");
    }
    let complaint = deploy(&stage, governed(), &target).await;
    for permission in [
        "CREATE_TABLE",
        "DESCRIBE",
        "ALTER",
        "DROP",
        "DATA_LOCATION_ACCESS",
    ] {
        assert!(
            complaint.contains(permission),
            "`{permission}` is not named in: {complaint}"
        );
    }
}
