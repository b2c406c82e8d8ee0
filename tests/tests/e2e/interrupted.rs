//! Ctrl-C in the middle: the operation goes on in AWS, and the next run follows it to its end.

use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::command::{DATABASE, deploy, destroy, folder, status, stderr, succeed, table};
use crate::others::stacks;
use crate::stage::{Account, Stage};

const TARGET: &str = "orders-lake-test-target";

#[tokio::test]
async fn what_an_interrupted_deploy_began_is_followed_by_the_next_one() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    hold(&stage, "PutResourcePolicy");
    let under_way = format!("{TARGET} CREATE_IN_PROGRESS");
    interrupt(deploy(&stage, folder.path()), &stage.target, &under_way).await;
    assert_eq!(stacks(&stage.target).await, [under_way]);
    let found = status(&stage, folder.path());
    assert_eq!(found["state"], "incomplete", "{found:#}");

    let (_, told) = succeed(deploy(&stage, folder.path()));
    let followed = format!("`{TARGET}` is `CREATE_IN_PROGRESS` by an earlier run");
    assert!(told.contains(&followed), "{told}");
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
}

#[tokio::test]
async fn what_an_interrupted_destroy_kept_is_listed_by_the_next_one() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let deployed = status(&stage, folder.path());
    let bucket = deployed["stacks"][1]["outputs"]["BucketName"].as_str();
    hold(&stage, "DeleteIntegrationTableProperties");
    let under_way = format!("{TARGET} DELETE_IN_PROGRESS");
    interrupt(destroy(&stage, folder.path()), &stage.target, &under_way).await;

    let (_, told) = succeed(destroy(&stage, folder.path()));
    let list = told.split("kept, with all data").nth(1).unwrap();
    let bucket = format!("`bucket = \"{}\"`", bucket.unwrap());
    for part in [DATABASE, &bucket, "`Orders`"] {
        assert!(list.contains(part), "`{part}` is not in: {list}");
    }
    assert_eq!(status(&stage, folder.path())["state"], "absent");
}

/// Starts a verb, and sends what Ctrl-C sends once the account's only stack stands so.
async fn interrupt(mut command: Command, account: &Account, under_way: &str) {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(account, under_way).await;
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let told = stderr(&ended);
    assert!(told.contains("run the same command again"), "{told}");
}

/// The next such call to the target's Glue waits some seconds.
fn hold(stage: &Stage, operation: &str) {
    stage.fault(&json!({
        "operation": operation, "code": "", "account": stage.target.id, "delay_seconds": 4,
    }));
}

async fn until(account: &Account, wanted: &str) {
    for _ in 0..400 {
        if stacks(account).await == [wanted] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never `{wanted}`: {:?}", stacks(account).await);
}
