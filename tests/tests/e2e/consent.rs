//! Whose stacks these are, what may be ended, and what is said afterwards: always what was done.

use serde_json::{Value, json};

use crate::change::integrations;
use crate::command::{
    DATABASE, deploy, destroy, folder, run, status, stderr, stdout, succeed, table, write_config,
};
use crate::expected::crowded_policy;
use crate::others::stacks;
use crate::stage::{REGION, Stage};

const TARGET: &str = "orders-lake-test-target";
const INTEGRATION: &str = "orders-lake-test-integration";

/// The config of another team that chose the same `project` and `environment`.
fn another_teams(stage: &Stage, folder: &std::path::Path) {
    write_config(folder, stage, &table("Sales", ""));
    let config = std::fs::read_to_string(folder.join("zeroetl.toml")).unwrap();
    let theirs = config.replace(DATABASE, "sales_lake");
    std::fs::write(folder.join("zeroetl.toml"), theirs).unwrap();
}

#[tokio::test]
async fn another_teams_stacks_are_neither_changed_nor_deleted_without_their_name() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let before = integrations(&stage.source).await;

    another_teams(&stage, folder.path());
    let mut permitting = deploy(&stage, folder.path());
    permitting.args(["--allow-removal", "--allow-reload"]);
    for command in [
        deploy(&stage, folder.path()),
        permitting,
        destroy(&stage, folder.path()),
    ] {
        let refused = run(command);
        let told = stderr(&refused);
        assert_eq!(refused.status.code(), Some(1), "{told}");
        for part in [DATABASE, "`sales_lake`", "--deployed orders_lake"] {
            assert!(told.contains(part), "`{part}` is not in: {told}");
        }
    }
    assert_eq!(integrations(&stage.source).await, before);

    // Whoever names what is deployed may.
    let mut by_name = destroy(&stage, folder.path());
    by_name.args(["--deployed", DATABASE]);
    succeed(by_name);
    assert!(stacks(&stage.source).await.is_empty());
}

#[tokio::test]
async fn an_empty_stack_whose_creation_failed_is_deleted_by_the_next_deployment() {
    let stage = Stage::new().await;
    let crowded = crowded_policy(&stage.target.id);
    stage.target.put_policy(&crowded).await;
    let folder = folder(&stage, &table("Orders", ""));
    assert_eq!(run(deploy(&stage, folder.path())).status.code(), Some(1));
    assert_eq!(
        stacks(&stage.target).await,
        [format!("{TARGET} ROLLBACK_COMPLETE")]
    );
    let request = stage.target.glue.delete_resource_policy();
    request.send().await.unwrap();

    let (_, told) = succeed(deploy(&stage, folder.path()));
    assert!(
        told.contains(&format!("`{TARGET}` holds nothing")),
        "{told}"
    );
    assert_eq!(
        stacks(&stage.target).await,
        [format!("{TARGET} CREATE_COMPLETE")]
    );
}

#[tokio::test]
async fn a_failed_reload_says_what_has_ended_and_what_to_do() {
    let stage = Stage::new().await;
    let orders = table("Orders", "");
    let folder = folder(&stage, &orders);
    succeed(deploy(&stage, folder.path()));
    let interval = "[integration]\nrefresh_interval_minutes = 30\n\n";
    write_config(folder.path(), &stage, &format!("{interval}{orders}"));
    // Somebody's statement forbids what a new integration needs.
    let mut policy = stage.target.policy().await.unwrap();
    let ours = policy.clone();
    let deny = json!({
        "Sid": "NoNewIntegrations", "Effect": "Deny", "Principal": "*",
        "Action": "glue:AuthorizeInboundIntegration",
        "Resource": stage.target.database_arn(DATABASE),
    });
    policy["Statement"].as_array_mut().unwrap().push(deny);
    stage.target.put_policy(&policy).await;

    let mut permitted = deploy(&stage, folder.path());
    permitted.arg("--allow-reload");
    let failed = run(permitted);
    assert_eq!(failed.status.code(), Some(1));
    let told = stderr(&failed);
    let ended = format!(
        "before that, this run had done:\n    the replication of `Orders` has ended, and stack \
         `{INTEGRATION}` is deleted"
    );
    for part in [ended.as_str(), "nothing replicates `Orders` until"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    for part in ["not touched", "everything is rolled back"] {
        assert!(!told.contains(part), "`{part}` is in: {told}");
    }
    // As it says.
    stage.target.put_policy(&ours).await;
    succeed(deploy(&stage, folder.path()));
    assert_eq!(integrations(&stage.source).await.len(), 1);
}

#[tokio::test]
async fn a_shell_with_somebodys_pending_change_set_is_left_alone() {
    let stage = Stage::new().await;
    let api = &stage.target.cloudformation;
    let theirs = json!({ "Resources": { "Queue": { "Type": "AWS::SQS::Queue" } } });
    let request = api
        .create_change_set()
        .stack_name(TARGET)
        .change_set_name("theirs")
        .change_set_type(aws_sdk_cloudformation::types::ChangeSetType::Create)
        .template_body(theirs.to_string());
    request.send().await.unwrap();
    let folder = folder(&stage, &table("Orders", ""));
    let refused = run(deploy(&stage, folder.path()));
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    for part in ["nothing was touched", "`theirs`", "delete-change-set"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    let (_, told) = succeed(destroy(&stage, folder.path()));
    assert!(told.contains("left alone"), "{told}");
    let sets = api.list_change_sets().stack_name(TARGET).send().await;
    assert_eq!(sets.unwrap().summaries().len(), 1);
}

#[tokio::test]
async fn with_json_stdout_is_json_whatever_happens() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    let json_of = |mut command: std::process::Command, code: i32| -> Value {
        command.args(["--format", "json"]);
        let output = run(command);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    let deployed = json_of(deploy(&stage, folder.path()), 0);
    assert_eq!(deployed["error"], Value::Null);
    assert_eq!(deployed["stacks"].as_array().unwrap().len(), 3);

    another_teams(&stage, folder.path());
    for command in [
        deploy(&stage, folder.path()),
        destroy(&stage, folder.path()),
    ] {
        let refused = json_of(command, 1);
        let error = refused["error"].as_str().unwrap();
        assert!(error.contains("--deployed orders_lake"), "{error}");
    }
    write_config(folder.path(), &stage, &table("Orders", ""));
    let destroyed = json_of(destroy(&stage, folder.path()), 0);
    assert_eq!(destroyed["deleted"][0], INTEGRATION);
    let kept = destroyed["kept"].as_array().unwrap();
    assert!(kept.iter().any(|one| one["name"] == "Orders"), "{kept:?}");
    // A mistake in the config, too.
    std::fs::write(folder.path().join("zeroetl.toml"), "project = 1").unwrap();
    json_of(deploy(&stage, folder.path()), 2);
}

#[tokio::test]
async fn the_target_bucket_has_to_belong_to_the_target_account() {
    let stage = Stage::new().await;
    let bucket = format!("third-{}", stage.source.id);
    let third = &stage.source.s3;
    third.create_bucket().bucket(&bucket).send().await.unwrap();
    let folder = folder(&stage, &table("Orders", ""));
    let mut command = deploy(&stage, folder.path());
    command.args(["--target-bucket", &bucket]);
    let refused = run(command);
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    assert!(told.contains("name a bucket of account"), "{told}");
    let objects = third.list_objects_v2().bucket(&bucket).send().await;
    assert!(objects.unwrap().contents().is_empty());
}

#[tokio::test]
async fn other_bytes_of_the_same_length_under_the_key_of_the_zip_are_replaced() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let bucket = format!("zeroetl-code-{}-{REGION}", stage.target.id);
    let s3 = &stage.target.s3;
    let objects = s3.list_objects_v2().bucket(&bucket).send().await.unwrap();
    let key = objects.contents()[0].key().unwrap().to_owned();
    let zip = std::fs::read(stage.zip()).unwrap();
    let other = vec![b'x'; zip.len()];
    let put = s3.put_object().bucket(&bucket).key(&key);
    put.body(other.into()).send().await.unwrap();

    let (_, told) = succeed(deploy(&stage, folder.path()));
    assert!(told.contains("uploaded provider"), "{told}");
    let live = s3.get_object().bucket(&bucket).key(&key).send().await;
    let live = live.unwrap().body.collect().await.unwrap().into_bytes();
    assert!(live == zip, "the other bytes are still there");
}

#[tokio::test]
async fn a_failed_rollback_comes_with_a_command_that_works_as_it_is_printed() {
    let stage = Stage::new().await;
    let orders = table("Orders", "");
    let folder = folder(&stage, &orders);
    succeed(deploy(&stage, folder.path()));
    // The command looks first; then the update fails, and so does its way back.
    stage.fault(&json!({
        "operation": "GetResourcePolicy", "code": "InvalidInputException", "message": "no",
        "account": stage.target.id, "skip": 1, "times": 2,
    }));
    write_config(folder.path(), &stage, &(orders + &table("Sales", "")));
    let failed = stderr(&run(deploy(&stage, folder.path())));
    let there = stacks(&stage.target).await;
    assert_eq!(
        there,
        [format!("{TARGET} UPDATE_ROLLBACK_FAILED")],
        "{failed}"
    );
    let later = stderr(&run(deploy(&stage, folder.path())));
    for told in [&failed, &later] {
        assert!(
            told.contains("--resources-to-skip CatalogPolicy "),
            "{told}"
        );
    }

    let command = later
        .split('`')
        .find(|part| part.contains("--resources-to-skip"));
    let words = command.unwrap().split(' ').skip(1);
    let words = words.take_while(|word| *word != "--profile");
    let mut aws = stage.aws(&stage.target);
    aws.args(words);
    let output = run(aws);
    assert!(output.status.success(), "{}", stderr(&output));
    let back = format!("{TARGET} UPDATE_ROLLBACK_COMPLETE");
    while stacks(&stage.target).await != [back.as_str()] {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    succeed(deploy(&stage, folder.path()));
    assert_eq!(status(&stage, folder.path())["state"], "healthy");
}
