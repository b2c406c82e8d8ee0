//! What a changed config does to what stands: a reload has to be permitted each time, a removed table
//! keeps its data, and what a teardown kept can be taken in again.

use std::time::Duration;

use aws_sdk_glue::types::UnnestSpec;
use serde_json::json;

use crate::command::{
    DATABASE, deploy, destroy, folder, run, status, stderr, succeed, table, write_config,
};
use crate::stage::{Account, Stage};

/// The ARNs of the integrations that live in an account.
pub(crate) async fn integrations(account: &Account) -> Vec<String> {
    let reply = account.glue.describe_integrations().send().await.unwrap();
    let all = reply.integrations().iter();
    all.map(|one| one.integration_arn().to_owned()).collect()
}

async fn unnest(stage: &Stage) -> Option<UnnestSpec> {
    let found = stage.target.table_properties(DATABASE, "Orders").await;
    found.unwrap().unnest_spec().cloned()
}

fn interval(minutes: u16) -> String {
    format!("[integration]\nrefresh_interval_minutes = {minutes}\n\n")
}

#[tokio::test]
async fn a_new_interval_is_refused_until_the_reload_is_permitted() {
    let stage = Stage::new().await;
    let orders = table("Orders", "");
    let folder = folder(&stage, &orders);
    succeed(deploy(&stage, folder.path()));
    let before = integrations(&stage.source).await;

    write_config(folder.path(), &stage, &(interval(30) + &orders));
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    for part in [
        "nothing was touched",
        "`IntegrationOrders`",
        "--allow-reload",
    ] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    assert_eq!(integrations(&stage.source).await, before);
    // The config is not what is deployed, and nothing else differs.
    let found = status(&stage, folder.path());
    assert_eq!(found["state"], "drifted", "{found:#}");
    let differences = found["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{found:#}");
    assert!(
        differences[0].to_string().contains("--allow-reload"),
        "{found:#}"
    );

    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-reload");
    succeed(permitted);
    let after = integrations(&stage.source).await;
    assert_eq!(after.len(), 1);
    assert_ne!(after, before);
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
}

/// The data would stay in the old bucket, out of the reach of the role that Glue writes with.
#[tokio::test]
async fn another_bucket_under_a_live_integration_is_refused_until_the_reload_is_permitted() {
    let stage = Stage::new().await;
    let orders = table("Orders", "");
    let folder = folder(&stage, &orders);
    succeed(deploy(&stage, folder.path()));
    let before = integrations(&stage.source).await;

    let bucket = format!("bucket = \"lake-{}\"\n\n", stage.target.id);
    write_config(folder.path(), &stage, &(bucket + &orders));
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    let told = stderr(&refused);
    for part in ["nothing was touched", "bucket", "--allow-reload"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    assert_eq!(integrations(&stage.source).await, before);

    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-reload");
    succeed(permitted);
    assert_ne!(integrations(&stage.source).await, before);
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
}

/// The deployed template still holds the permission, and the provider honours an old one, so that a
/// rollback is permitted what its update was.
#[tokio::test]
async fn a_permitted_reload_permits_no_other_one_in_the_next_run() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", "unnest = \"TOPLEVEL\""));
    succeed(deploy(&stage, folder.path()));

    write_config(folder.path(), &stage, &table("Orders", "unnest = \"FULL\""));
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("--allow-reload"));
    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-reload");
    succeed(permitted);
    assert_eq!(unnest(&stage).await, Some(UnnestSpec::Full));
    // The permission is out of the template again, so that the next run has nothing to do.
    let (_, told) = succeed(deploy(&stage, folder.path()));
    assert_eq!(told.matches("no changes").count(), 3, "{told}");

    write_config(
        folder.path(),
        &stage,
        &table("Orders", "unnest = \"NOUNNEST\""),
    );
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    let told = stderr(&refused);
    for part in [
        "nothing was touched",
        "`TablePropertiesOrders` (UnnestSpec)",
        "--allow-reload",
    ] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    assert_eq!(unnest(&stage).await, Some(UnnestSpec::Full));
}

#[tokio::test]
async fn a_removed_table_leaves_with_its_integration_and_keeps_its_data() {
    let stage = Stage::new().await;
    let (orders, invoices) = (table("Orders", ""), table("Invoices", ""));
    let folder = folder(&stage, &format!("{orders}{invoices}"));
    succeed(deploy(&stage, folder.path()));

    write_config(folder.path(), &stage, &orders);
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    for part in ["nothing was touched", "`Invoices` ends", "--allow-removal"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    assert_eq!(integrations(&stage.source).await.len(), 2);

    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-removal");
    let (_, told) = succeed(permitted);
    let ended = "done: the replication of `Invoices` has ended";
    assert!(told.contains(ended), "{told}");
    assert!(
        told.contains("TableInvoices (`Invoices`) leaves the stack"),
        "{told}"
    );

    let found = status(&stage, folder.path());
    assert_eq!(found["state"], "healthy", "{found:#}");
    assert_eq!(integrations(&stage.source).await.len(), 1);
    let properties = stage.target.table_properties(DATABASE, "Invoices").await;
    assert_eq!(properties, None);
    let policy = stage.target.policy().await.unwrap();
    assert!(!policy.to_string().contains("Invoices"), "{policy:#}");
    let kept = run({
        let mut aws = stage.aws(&stage.source);
        aws.args(["dynamodb", "describe-table", "--table-name", "Invoices"]);
        aws
    });
    assert!(kept.status.success(), "{}", stderr(&kept));

    // It comes back with its data, and only when that is asked for.
    write_config(folder.path(), &stage, &format!("{orders}{invoices}"));
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("--import-existing"));
    let mut again = deploy(&stage, folder.path());
    again.arg("--import-existing");
    succeed(again);
    assert_eq!(integrations(&stage.source).await.len(), 2);
}

#[tokio::test]
async fn what_destroy_kept_is_taken_in_again() {
    let stage = Stage::new().await;
    let orders = table("Orders", "");
    let folder = folder(&stage, &orders);
    succeed(deploy(&stage, folder.path()));
    let deployed = status(&stage, folder.path());
    let bucket = deployed["stacks"][1]["outputs"]["BucketName"].as_str();
    let bucket = format!("bucket = \"{}\"", bucket.unwrap());
    let mut put = stage.aws(&stage.source);
    put.args(["dynamodb", "put-item", "--table-name", "Orders", "--item"]);
    put.arg(json!({ "PK": { "S": "order-1" } }).to_string());
    assert!(run(put).status.success());

    let (_, told) = succeed(destroy(&stage, folder.path()));
    for part in ["`Orders`", DATABASE, &bucket, "--import-existing"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }

    // As the teardown said: the bucket by its name, the rest by itself.
    write_config(folder.path(), &stage, &format!("{bucket}\n\n{orders}"));
    let mut again = deploy(&stage, folder.path());
    again.arg("--import-existing");
    let (_, told) = succeed(again);
    for id in ["TableOrders", "Bucket", "Database"] {
        assert!(told.contains(&format!("> Import  {id}  ")), "{told}");
    }
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
    let (_, told) = succeed(deploy(&stage, folder.path()));
    assert_eq!(told.matches("no changes").count(), 3, "{told}");
    let mut scan = stage.aws(&stage.source);
    scan.args(["dynamodb", "scan", "--table-name", "Orders"]);
    let items = run(scan);
    let items = String::from_utf8(items.stdout).unwrap();
    assert!(items.contains("order-1"), "{items}");
    // And nothing is left to be done.
    let (_, told) = succeed(destroy(&stage, folder.path()));
    assert!(told.contains("--import-existing"), "{told}");
}

#[tokio::test]
async fn an_integration_deleted_by_hand_comes_back_in_the_way_that_status_names() {
    let stage = Stage::new().await;
    let orders = table("Orders", "");
    let bucket = format!("bucket = \"lake-{}\"\n\n", stage.target.id);
    let folder = folder(&stage, &(bucket + &orders));
    succeed(deploy(&stage, folder.path()));
    let arn = integrations(&stage.source).await.remove(0);
    let request = stage.source.glue.delete_integration();
    let request = request.integration_identifier(arn).send().await;
    request.unwrap();
    while !integrations(&stage.source).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let found = status(&stage, folder.path());
    assert_eq!(found["state"], "drifted");
    let reasons = found["differences"].to_string();
    for part in [
        "`orders-lake-test-Orders`",
        "deleted outside its stack",
        "zeroetl deploy --allow-reload",
    ] {
        assert!(reasons.contains(part), "`{part}` is not in: {reasons}");
    }
    assert!(!reasons.contains("destroy"), "{reasons}");
    let mut again = deploy(&stage, folder.path());
    again.arg("--allow-reload");
    succeed(again);
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
}
