//! The rows of the state table, in their order, then what is said below it.

use serde_json::{Value, json};

use super::{IntegrationTableProperties as Table, identity, wanted::Wanted};
use crate::{
    fake::{Asked, FakeGlue, Fault, Quirk},
    ports::{CallErrorKind, Integration, StackResource, TableConfig, TableKey},
    resource::{Applied, Failure, PhysicalId, ReasonKind},
};

mod deletes;
mod faults;
mod identities;

const GET: &str = "glue:GetIntegrationTableProperties";
const CREATE: &str = "glue:CreateIntegrationTableProperties";
const UPDATE: &str = "glue:UpdateIntegrationTableProperties";
const REMOVE: &str = "glue:DeleteIntegrationTableProperties";
const LIST: &str = "cloudformation:ListStackResources";
const INBOUND: &str = "glue:DescribeInboundIntegrations";
const DATABASE: &str = "arn:aws:glue:us-east-1:111111111111:database/db";

fn properties(table: &str, target: impl Into<Value>) -> Value {
    let target = target.into();
    json!({
        "ServiceToken": "t", "ResourceArn": DATABASE, "TableName": table,
        "TargetTableConfig": target,
    })
}

fn top() -> Value {
    properties(
        "Orders",
        json!({"UnnestSpec": "TOPLEVEL", "TargetTableName": "orders"}),
    )
}

fn renamed() -> Value {
    properties(
        "Orders",
        json!({"UnnestSpec": "TOPLEVEL", "TargetTableName": "orders_2"}),
    )
}

fn laid_out_anew() -> Value {
    let spec = json!([{"FieldName": "at", "FunctionSpec": "day", "ConversionSpec": "iso"}]);
    properties(
        "Orders",
        json!({"UnnestSpec": "TOPLEVEL", "TargetTableName": "orders", "PartitionSpec": spec}),
    )
}

fn key(table: &str) -> TableKey {
    TableKey {
        resource_arn: DATABASE.to_owned(),
        table_name: table.to_owned(),
    }
}

fn config(properties: &Value) -> TableConfig {
    Wanted::read(properties).config
}

fn id() -> PhysicalId {
    PhysicalId::new(format!("{DATABASE}|Orders")).unwrap()
}

/// A Glue where the pair has these properties.
fn with(properties: &Value) -> FakeGlue {
    let glue = FakeGlue::default();
    let key = Wanted::read(properties).key.unwrap();
    glue.state.borrow_mut().set_table(&key, config(properties));
    glue
}

fn integration(table: &str, status: &str) -> Integration {
    Integration {
        arn: format!("arn:aws:glue:us-east-1:222222222222:integration:{table}"),
        source_arn: format!("arn:aws:dynamodb:us-east-1:222222222222:table/{table}"),
        status: status.to_owned(),
    }
}

/// What each look at the inbound integrations sees.
fn integrations(glue: &FakeGlue, looks: impl IntoIterator<Item = Vec<Integration>>) {
    glue.state.borrow_mut().integrations.extend(looks);
}

async fn create(glue: &FakeGlue, properties: &Value) -> Result<Applied, Failure> {
    Asked::create(properties).apply(&Table, glue).await
}

async fn update(glue: &FakeGlue, old: &Value, new: &Value) -> Result<Applied, Failure> {
    Asked::update(&id(), old, new).apply(&Table, glue).await
}

async fn delete(glue: &FakeGlue, id: &str, properties: &Value) -> Result<(), Failure> {
    Asked::delete(id, properties).cleanup(&Table, glue).await
}

#[tokio::test(start_paused = true)]
async fn create_of_what_is_absent_creates_and_reads_back() {
    let glue = FakeGlue::default();
    let applied = create(&glue, &top()).await.unwrap();
    assert_eq!(glue.calls(), [GET, CREATE, GET]);
    assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
    assert_eq!(applied.id, id());
    let data: Vec<_> = applied
        .data
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        data,
        [
            ("ResourceArn", DATABASE),
            ("TableName", "Orders"),
            ("TargetTableName", "orders"),
            ("UnnestSpec", "TOPLEVEL"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn create_of_what_is_equal_is_one_read() {
    let glue = with(&top());
    assert_eq!(create(&glue, &top()).await.unwrap().id, id());
    assert_eq!(glue.calls(), [GET]);
}

#[tokio::test(start_paused = true)]
async fn create_may_take_over_other_values_when_told_to() {
    let glue = with(&top());
    let mut adopting = renamed();
    adopting["AdoptExisting"] = "true".into();
    create(&glue, &adopting).await.unwrap();
    assert_eq!(glue.calls(), [GET, UPDATE, GET]);
    assert_eq!(glue.table(&key("Orders")), Some(config(&renamed())));
}

#[tokio::test(start_paused = true)]
async fn create_that_meets_other_values_fails_and_its_delete_leaves_them() {
    let glue = with(&top());
    let asked = Asked::create(&renamed());
    let failure = asked.apply(&Table, &glue).await.unwrap_err();
    assert_eq!(
        (failure.kind, glue.calls()),
        (ReasonKind::OtherValues, vec![GET])
    );
    assert!(
        failure.detail.contains("`AdoptExisting`"),
        "{}",
        failure.detail
    );
    // Even when they have become equal in the meantime: they are somebody else's.
    glue.state
        .borrow_mut()
        .set_table(&key("Orders"), config(&renamed()));
    let id = asked.failed_id(&Table, &failure);
    delete(&glue, id.as_str(), &renamed()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), Some(config(&renamed())));
}

#[tokio::test(start_paused = true)]
async fn update_of_what_is_absent_creates_it() {
    let glue = FakeGlue::default();
    assert_eq!(update(&glue, &top(), &renamed()).await.unwrap().id, id());
    assert_eq!(glue.calls(), [GET, CREATE, GET]);
}

#[tokio::test(start_paused = true)]
async fn update_to_what_is_live_is_one_read() {
    let glue = with(&top());
    update(&glue, &renamed(), &top()).await.unwrap();
    assert_eq!(glue.calls(), [GET]);
}

#[tokio::test(start_paused = true)]
async fn update_of_the_name_needs_no_look_at_integrations() {
    let glue = with(&top());
    integrations(&glue, [vec![integration("Orders", "ACTIVE")]]);
    update(&glue, &top(), &renamed()).await.unwrap();
    assert_eq!(glue.calls(), [GET, UPDATE, GET]);
}

#[tokio::test(start_paused = true)]
async fn update_of_the_layout_is_free_where_no_integration_uses_the_table() {
    for others in [
        vec![],
        vec![integration("Orders", "FAILED")],
        vec![
            integration("orders", "ACTIVE"),
            integration("OrdersArchive", "ACTIVE"),
        ],
    ] {
        let glue = with(&top());
        integrations(&glue, [others]);
        update(&glue, &top(), &laid_out_anew()).await.unwrap();
        assert_eq!(glue.calls(), [GET, INBOUND, UPDATE, GET]);
    }
}

#[tokio::test(start_paused = true)]
async fn update_of_the_layout_under_an_integration_needs_permission() {
    for status in [
        "ACTIVE",
        "CREATING",
        "SYNCING",
        "MODIFYING",
        "NEEDS_ATTENTION",
        "DELETING",
    ] {
        let glue = with(&top());
        integrations(&glue, [vec![integration("Orders", status)]]);
        let failure = update(&glue, &top(), &laid_out_anew()).await.unwrap_err();
        assert_eq!(
            (failure.kind, glue.calls()),
            (ReasonKind::Resync, vec![GET, INBOUND])
        );
        for part in [
            "integration:Orders",
            status,
            "`AllowResync`",
            "every row",
            "PartitionSpec",
        ] {
            assert!(failure.detail.contains(part), "{part}: {}", failure.detail);
        }
        // Permission in the new properties, or in the old ones, as a rollback has them.
        let mut permitted = laid_out_anew();
        permitted["AllowResync"] = true.into();
        update(&glue, &top(), &permitted).await.unwrap();
        update(&glue, &permitted, &top()).await.unwrap();
        assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
    }
}

#[tokio::test(start_paused = true)]
async fn update_to_a_new_identity_makes_the_new_pair_and_leaves_the_old() {
    let glue = with(&top());
    let other = properties("Users", json!({"UnnestSpec": "FULL"}));
    let applied = update(&glue, &top(), &other).await.unwrap();
    assert_eq!(applied.id.as_str(), format!("{DATABASE}|Users"));
    assert_eq!(glue.calls(), [GET, CREATE, GET]);
    assert!(glue.table(&key("Orders")).is_some() && glue.table(&key("Users")).is_some());
}

#[tokio::test(start_paused = true)]
async fn update_to_an_identity_with_other_values_fails_with_the_old_id() {
    let glue = with(&top());
    glue.state
        .borrow_mut()
        .set_table(&key("Users"), config(&renamed()));
    let other = properties("Users", json!({"UnnestSpec": "FULL"}));
    let failure = update(&glue, &top(), &other).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::OtherValues);
    assert_eq!(glue.table(&key("Users")), Some(config(&renamed())));
}

#[tokio::test(start_paused = true)]
async fn the_owner_is_ignored_when_comparing_and_sent_back() {
    let glue = with(&top());
    glue.own(&key("Orders"), "integration-1");
    update(&glue, &renamed(), &top()).await.unwrap();
    assert_eq!(glue.calls(), [GET]);
    update(&glue, &top(), &renamed()).await.unwrap();
    let live = glue.table(&key("Orders")).unwrap().target.unwrap();
    assert_eq!(live.integration_arn.as_deref(), Some("integration-1"));
    assert_eq!(live.target_table_name.as_deref(), Some("orders_2"));
}

#[tokio::test(start_paused = true)]
async fn an_unnesting_that_nobody_chose_is_full() {
    let glue = with(&properties("Orders", json!({"UnnestSpec": "FULL"})));
    let applied = create(&glue, &properties("Orders", json!("")))
        .await
        .unwrap();
    assert_eq!(
        (applied.data["UnnestSpec"].as_str(), glue.calls()),
        ("FULL", vec![GET])
    );
    assert!(!applied.data.contains_key("TargetTableName"));
}

#[tokio::test(start_paused = true)]
async fn bad_properties_are_refused_before_any_call_and_their_delete_does_nothing() {
    let glue = FakeGlue::default();
    let wrong = properties(
        "Orders",
        json!({"UnnestSpec": "TOP_LEVEL", "Targettablename": "x"}),
    );
    let asked = Asked::create(&wrong);
    let failure = asked.apply(&Table, &glue).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::BadProperties);
    for path in [
        "TargetTableConfig.UnnestSpec:",
        "TargetTableConfig.Targettablename:",
    ] {
        assert!(failure.detail.contains(path), "{}", failure.detail);
    }
    delete(&glue, asked.failed_id(&Table, &failure).as_str(), &wrong)
        .await
        .unwrap();
    assert!(glue.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_update_to_what_is_live_succeeds_without_the_checks() {
    let old_style = properties(
        "Orders",
        json!({"UnnestSpec": "TOPLEVEL", "TargetTableName": "Old-Name"}),
    );
    let glue = with(&old_style);
    update(&glue, &top(), &old_style).await.unwrap();
    assert_eq!(glue.calls(), [GET]);
    let glue = with(&top());
    let failure = update(&glue, &top(), &old_style).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::BadProperties);
    let mut unknown = top();
    unknown["AllowResynch"] = true.into();
    let failure = update(&glue, &top(), &unknown).await.unwrap_err();
    assert!(
        failure.detail.starts_with("AllowResynch: "),
        "{}",
        failure.detail
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_once_accepted_stays_accepted() {
    let old = properties(
        "Orders",
        json!({"UnnestSpec": "FULL", "TargetTableName": "Old-Name"}),
    );
    let new = properties(
        "Orders",
        json!({"UnnestSpec": "TOPLEVEL", "TargetTableName": "Old-Name"}),
    );
    let glue = with(&old);
    update(&glue, &old, &new).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), Some(config(&new)));
}

/// Somebody changed the layout by hand: an Update of something else goes through, and so does its
/// rollback, which the provider would otherwise have to refuse alike.
#[tokio::test(start_paused = true)]
async fn a_drifted_layout_under_a_live_integration_stays_and_the_rest_is_written() {
    let drifted = properties(
        "Orders",
        json!({"UnnestSpec": "FULL", "TargetTableName": "orders"}),
    );
    let glue = with(&drifted);
    integrations(&glue, [vec![integration("Orders", "ACTIVE")]]);
    let applied = update(&glue, &top(), &renamed()).await.unwrap();
    let both = properties(
        "Orders",
        json!({"UnnestSpec": "FULL", "TargetTableName": "orders_2"}),
    );
    assert_eq!(glue.table(&key("Orders")), Some(config(&both)));
    assert_eq!(applied.data["UnnestSpec"], "FULL");
    update(&glue, &renamed(), &top()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), Some(config(&drifted)));
    // Asked for again and nothing else to write: no write at all.
    let before = glue.calls();
    assert!(before.contains(&UPDATE));
    let forced = |text: &str| {
        let mut properties = top();
        properties["ForceUpdate"] = text.into();
        properties
    };
    update(&glue, &forced("1"), &forced("2")).await.unwrap();
    assert_eq!(glue.calls(), [GET, INBOUND]);
}

#[tokio::test(start_paused = true)]
async fn a_drifted_layout_goes_back_when_no_integration_is_there_or_a_reload_is_permitted() {
    let drifted = properties(
        "Orders",
        json!({"UnnestSpec": "FULL", "TargetTableName": "orders"}),
    );
    let glue = with(&drifted);
    update(&glue, &top(), &top()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), Some(config(&top())));

    let permitted = || {
        let mut properties = top();
        properties["AllowResync"] = true.into();
        properties
    };
    let glue = with(&drifted);
    integrations(&glue, [vec![integration("Orders", "ACTIVE")]]);
    // A permission that is taken back permits nothing more.
    update(&glue, &permitted(), &top()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), Some(config(&drifted)));
    update(&glue, &top(), &permitted()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
}
