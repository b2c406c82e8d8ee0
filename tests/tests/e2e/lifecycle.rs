//! The life of the three stacks: create, update, replace, fail and roll back, delete. After each
//! step the catalog policy and the table properties are exactly what they should be.

use aws_sdk_glue::types::{IntegrationStatus, UnnestSpec};
use serde_json::json;

use crate::expected::{
    DATABASE, assert_policy, crowded_policy, foreign_statement, integration_parameters,
    source_parameters, statements, target_parameters,
};
use crate::stacks::template;
use crate::stage::Stage;

#[tokio::test]
async fn the_three_stacks_live_and_die_without_touching_anybody_elses_statement() {
    let stage = Stage::new().await;
    let (source, target) = (&stage.source, &stage.target);
    let foreign = foreign_statement(&target.id);
    target
        .put_policy(&json!({ "Version": "2012-10-17", "Statement": [foreign] }))
        .await;
    let before = target.policy().await.unwrap();
    let mut parameters = target_parameters(&stage);
    let ours = |account: &str, table: &str| statements(account, &target.id, DATABASE, table);

    // Create.
    let outputs = source
        .create("source", &template("source"), &source_parameters())
        .await
        .expect("CREATE_COMPLETE")
        .outputs;
    assert_eq!(outputs["SourceTableName"], "Orders");
    let outputs = target
        .create("target", &template("target"), &parameters)
        .await
        .expect("CREATE_COMPLETE")
        .outputs;
    assert_eq!(outputs["DatabaseArn"], target.database_arn(DATABASE));
    assert_policy(
        target.policy().await.as_ref(),
        &foreign,
        &ours(&source.id, "Orders"),
    );
    let properties = target.table_properties(DATABASE, "Orders").await.unwrap();
    assert_eq!(properties.unnest_spec(), Some(&UnnestSpec::Toplevel));
    assert_eq!(properties.target_table_name(), None);
    let outputs = source
        .create(
            "integration",
            &template("integration"),
            &integration_parameters(&stage),
        )
        .await
        .expect("CREATE_COMPLETE")
        .outputs;
    let integrations = source.glue.describe_integrations().send().await.unwrap();
    let integration = &integrations.integrations()[0];
    assert_eq!(integration.integration_arn(), outputs["IntegrationArn"]);
    assert_eq!(
        integration.status(),
        &IntegrationStatus::Active,
        "{:?}",
        integration.errors()
    );

    // The policy's statements change: the hash output follows.
    let old_hash = target.outputs("target").await["PolicyHash"].clone();
    parameters.insert("SourceAccountId", "999999999999".to_owned());
    let outputs = target
        .update("target", &template("target"), &parameters)
        .await
        .expect("UPDATE_COMPLETE")
        .outputs;
    assert_policy(
        target.policy().await.as_ref(),
        &foreign,
        &ours("999999999999", "Orders"),
    );
    assert_ne!(outputs["PolicyHash"], old_hash);
    parameters.insert("SourceAccountId", source.id.clone());
    target
        .update("target", &template("target"), &parameters)
        .await
        .expect("UPDATE_COMPLETE");

    // The table's name changes in place, also under the live integration.
    parameters.insert("TargetTableName", "orders_v2".to_owned());
    target
        .update("target", &template("target"), &parameters)
        .await
        .expect("UPDATE_COMPLETE");
    let properties = target.table_properties(DATABASE, "Orders").await.unwrap();
    assert_eq!(properties.target_table_name(), Some("orders_v2"));
    assert_eq!(properties.unnest_spec(), Some(&UnnestSpec::Toplevel));
    assert_policy(
        target.policy().await.as_ref(),
        &foreign,
        &ours(&source.id, "Orders"),
    );

    // Teardown in the wrong order is refused with the name of what has to go first.
    let ended = target.delete("target").await.expect("DELETE_FAILED");
    let reason = ended.reasons.join("\n");
    assert!(reason.contains(integration.integration_arn()), "{reason}");
    assert!(target.table_properties(DATABASE, "Orders").await.is_some());

    // Teardown.
    source.delete("integration").await.expect("DELETE_COMPLETE");
    target.delete("target").await.expect("DELETE_COMPLETE");
    source.delete("source").await.expect("DELETE_COMPLETE");
    assert_eq!(
        target.policy().await.unwrap().to_string(),
        before.to_string()
    );
    assert_eq!(target.table_properties(DATABASE, "Orders").await, None);
}

#[tokio::test]
async fn another_source_table_replaces_the_table_properties() {
    let stage = Stage::new().await;
    let (source, target) = (&stage.source, &stage.target);
    let foreign = foreign_statement(&target.id);
    target
        .put_policy(&json!({ "Version": "2012-10-17", "Statement": [foreign] }))
        .await;
    let mut parameters = target_parameters(&stage);
    target
        .create("target", &template("target"), &parameters)
        .await
        .expect("CREATE_COMPLETE");
    assert!(target.table_properties(DATABASE, "Orders").await.is_some());

    parameters.insert("SourceTableName", "Invoices".to_owned());
    target
        .update("target", &template("target"), &parameters)
        .await
        .expect("UPDATE_COMPLETE");

    assert!(
        target
            .table_properties(DATABASE, "Invoices")
            .await
            .is_some()
    );
    assert_eq!(target.table_properties(DATABASE, "Orders").await, None);
    let ours = statements(&source.id, &target.id, DATABASE, "Invoices");
    assert_policy(target.policy().await.as_ref(), &foreign, &ours);
}

#[tokio::test]
async fn a_create_that_fails_takes_back_only_what_it_made() {
    let stage = Stage::new().await;
    let target = &stage.target;
    target.put_policy(&crowded_policy(&target.id)).await;
    let before = target.policy().await.unwrap();

    let ended = target
        .create("target", &template("target"), &target_parameters(&stage))
        .await;

    assert_eq!(ended.status, "ROLLBACK_COMPLETE");
    let reason = ended.reasons.join("\n");
    assert!(reason.contains("10240"), "{reason}");
    assert!(reason.contains("CloudWatch Log Stream: "), "{reason}");
    assert_eq!(
        target.policy().await.unwrap().to_string(),
        before.to_string()
    );
}

#[tokio::test]
async fn an_update_that_fails_rolls_back_to_what_stood_before() {
    let stage = Stage::new().await;
    let (source, target) = (&stage.source, &stage.target);
    let foreign = foreign_statement(&target.id);
    target
        .put_policy(&json!({ "Version": "2012-10-17", "Statement": [foreign] }))
        .await;
    let mut parameters = target_parameters(&stage);
    target
        .create("target", &template("target"), &parameters)
        .await
        .expect("CREATE_COMPLETE");
    // The policy's own update goes through; the table properties' does not.
    target
        .glue
        .create_integration_table_properties()
        .resource_arn(target.database_arn(DATABASE))
        .table_name("Invoices")
        .target_table_config(
            aws_sdk_glue::types::TargetTableConfig::builder()
                .unnest_spec(UnnestSpec::Nounnest)
                .build(),
        )
        .send()
        .await
        .unwrap();
    parameters.insert("SourceTableName", "Invoices".to_owned());

    let ended = target
        .update("target", &template("target"), &parameters)
        .await;

    assert_eq!(
        ended.status, "UPDATE_ROLLBACK_COMPLETE",
        "{:#?}",
        ended.reasons
    );
    let ours = statements(&source.id, &target.id, DATABASE, "Orders");
    assert_policy(target.policy().await.as_ref(), &foreign, &ours);
    let orders = target.table_properties(DATABASE, "Orders").await.unwrap();
    assert_eq!(orders.unnest_spec(), Some(&UnnestSpec::Toplevel));
    let others = target.table_properties(DATABASE, "Invoices").await.unwrap();
    assert_eq!(others.unnest_spec(), Some(&UnnestSpec::Nounnest));
}
