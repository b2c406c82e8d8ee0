//! The same templates by the AWS CLI, for those who never run our command.

use std::process::Command;

use aws_sdk_glue::types::IntegrationStatus;
use zeroetl_tests::workspace_root;

use crate::expected::{
    DATABASE, integration_parameters, source_parameters, statements, target_parameters,
};
use crate::stacks::{Parameters, template};
use crate::stage::Stage;

fn deploy(mut aws: Command, stack: &str, values: &Parameters) {
    aws.current_dir(workspace_root())
        .args(["cloudformation", "deploy", "--stack-name", stack])
        .args([
            "--template-file",
            &format!("templates/zero-etl/{stack}.yaml"),
        ])
        .args(["--capabilities", "CAPABILITY_IAM"]);
    if !values.is_empty() {
        aws.arg("--parameter-overrides");
        aws.args(values.iter().map(|(key, value)| format!("{key}={value}")));
    }
    run(aws);
}

fn run(mut aws: Command) {
    let output = aws.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

#[tokio::test]
async fn the_yaml_templates_deploy_with_the_aws_cli() {
    let stage = Stage::new().await;
    let (source, target) = (&stage.source, &stage.target);
    for (account, stack, values) in [
        (source, "source", source_parameters()),
        (target, "target", target_parameters(&stage)),
        (source, "integration", integration_parameters(&stage)),
    ] {
        let keys = account
            .deployer_keys(stack, &template(stack), &values)
            .await;
        deploy(stage.aws_as(account, &keys), stack, &values);
    }

    let integrations = source.glue.describe_integrations().send().await.unwrap();
    let integration = &integrations.integrations()[0];
    assert_eq!(
        integration.status(),
        &IntegrationStatus::Active,
        "{:?}",
        integration.errors()
    );
    let policy = target.policy().await.unwrap();
    for (found, wanted) in policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .zip(statements(&source.id, &target.id, DATABASE, "Orders"))
    {
        assert_eq!(found["Principal"], wanted["Principal"]);
        assert_eq!(found["Resource"], wanted["Resource"]);
        assert_eq!(found["Condition"], wanted["Condition"]);
    }

    for (account, stack) in [
        (source, "integration"),
        (target, "target"),
        (source, "source"),
    ] {
        let id = account.stack_id(stack).await;
        let mut delete = stage.aws(account);
        delete.args(["cloudformation", "delete-stack", "--stack-name", stack]);
        run(delete);
        account.gone(&id).await;
    }
    assert_eq!(target.policy().await, None);
}
