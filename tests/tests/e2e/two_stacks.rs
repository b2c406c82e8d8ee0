//! Two target stacks in one account, both with statements in the one catalog policy.

use serde_json::{Value, json};

use crate::expected::{assert_policy, foreign_statement, statements, target_parameters};
use crate::stacks::{Parameters, template};
use crate::stage::Stage;

/// The first stack's table and database, then the second's.
const NAMES: [(&str, &str, &str); 2] = [
    ("first", "Orders", "orders_lake"),
    ("second", "Invoices", "invoices_lake"),
];

fn parameters(stage: &Stage, number: usize) -> Parameters {
    let (_, table, database) = NAMES[number];
    let mut parameters = target_parameters(stage);
    parameters.insert("SourceTableName", table.to_owned());
    parameters.insert("DatabaseName", database.to_owned());
    parameters
}

fn ours(stage: &Stage, number: usize) -> [Value; 2] {
    let (_, table, database) = NAMES[number];
    statements(&stage.source.id, &stage.target.id, database, table)
}

/// Creates both, updates one, deletes both in the given order.
async fn two_stacks(delete_order: [usize; 2], at_once: bool) {
    let stage = Stage::new().await;
    let target = &stage.target;
    let foreign = foreign_statement(&target.id);
    target
        .put_policy(&json!({ "Version": "2012-10-17", "Statement": [foreign] }))
        .await;
    let before = target.policy().await.unwrap();
    let body = template("target");
    let [first, second] = [parameters(&stage, 0), parameters(&stage, 1)];

    if at_once {
        let (one, two) = tokio::join!(
            target.create(NAMES[0].0, &body, &first),
            target.create(NAMES[1].0, &body, &second)
        );
        one.expect("CREATE_COMPLETE");
        two.expect("CREATE_COMPLETE");
    } else {
        target
            .create(NAMES[0].0, &body, &first)
            .await
            .expect("CREATE_COMPLETE");
        target
            .create(NAMES[1].0, &body, &second)
            .await
            .expect("CREATE_COMPLETE");
    }
    let both = [ours(&stage, 0), ours(&stage, 1)].concat();
    assert_policy(target.policy().await.as_ref(), &foreign, &both);

    let mut changed = first.clone();
    changed.insert("SourceTableName", "Returns".to_owned());
    target
        .update(NAMES[0].0, &body, &changed)
        .await
        .expect("UPDATE_COMPLETE");
    let updated = statements(&stage.source.id, &target.id, NAMES[0].2, "Returns");
    let after_update = [updated.clone(), ours(&stage, 1)].concat();
    assert_policy(target.policy().await.as_ref(), &foreign, &after_update);

    let [deleted_first, deleted_last] = delete_order;
    target
        .delete(NAMES[deleted_first].0)
        .await
        .expect("DELETE_COMPLETE");
    let remaining = if deleted_last == 0 {
        updated
    } else {
        ours(&stage, 1)
    };
    assert_policy(target.policy().await.as_ref(), &foreign, &remaining);
    target
        .delete(NAMES[deleted_last].0)
        .await
        .expect("DELETE_COMPLETE");
    assert_eq!(
        target.policy().await.unwrap().to_string(),
        before.to_string()
    );
}

#[tokio::test]
async fn the_first_of_two_stacks_goes_first() {
    two_stacks([0, 1], false).await;
}

#[tokio::test]
async fn the_second_of_two_stacks_goes_first() {
    two_stacks([1, 0], false).await;
}

#[tokio::test]
async fn two_stacks_are_created_at_once() {
    two_stacks([1, 0], true).await;
}

#[tokio::test]
async fn the_last_statement_to_go_takes_the_policy_with_it() {
    let stage = Stage::new().await;
    let body = template("target");
    stage
        .target
        .create("target", &body, &target_parameters(&stage))
        .await
        .expect("CREATE_COMPLETE");
    assert!(stage.target.policy().await.is_some());
    stage
        .target
        .delete("target")
        .await
        .expect("DELETE_COMPLETE");
    assert_eq!(stage.target.policy().await, None);
}
