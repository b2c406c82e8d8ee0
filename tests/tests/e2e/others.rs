//! Other people: what is theirs stays, and what they protect stays. And what a program reads of how it
//! stands.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::command::{deploy, destroy, folder, run, status, stderr, stdout, succeed, table};
use crate::deployer::Rights;
use crate::stacks::Parameters;
use crate::stage::{Account, REGION, Stage};

const SOURCE: &str = "orders-lake-test-source";

pub(crate) async fn stacks(account: &Account) -> Vec<String> {
    let reply = account
        .cloudformation
        .describe_stacks()
        .send()
        .await
        .unwrap();
    let all = reply.stacks().iter();
    all.map(|stack| {
        let status = stack.stack_status().unwrap().as_str();
        format!("{} {status}", stack.stack_name().unwrap())
    })
    .collect()
}

/// A verb that must fail with all of these words.
#[track_caller]
fn fail(command: Command, code: i32, parts: &[&str]) {
    let output = run(command);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{told}");
    for part in parts {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
}

#[tokio::test]
async fn a_stack_of_the_same_name_by_somebody_else_is_neither_updated_nor_deleted() {
    let stage = Stage::new().await;
    let theirs = json!({ "Resources": { "Queue": { "Type": "AWS::SQS::Queue" } } });
    stage
        .source
        .create(SOURCE, &theirs, &Parameters::new())
        .await
        .expect("CREATE_COMPLETE");
    let folder = folder(&stage, &table("Orders", ""));
    let parts = [
        "nothing was touched",
        SOURCE,
        "does not come from zeroetl",
        "`project`",
    ];
    fail(deploy(&stage, folder.path()), 1, &parts);
    fail(destroy(&stage, folder.path()), 1, &parts);
    let there = stacks(&stage.source).await;
    assert_eq!(there, [format!("{SOURCE} CREATE_COMPLETE")]);
    assert!(stacks(&stage.target).await.is_empty());
}

#[tokio::test]
async fn a_bucket_of_our_name_in_another_account_gets_nothing() {
    let stage = Stage::new().await;
    let bucket = format!("zeroetl-code-{}-{REGION}", stage.target.id);
    // Whoever knows the account's id can take the name first.
    let squatter = &stage.source.s3;
    squatter
        .create_bucket()
        .bucket(&bucket)
        .send()
        .await
        .unwrap();
    let folder = folder(&stage, &table("Orders", ""));
    let parts = [
        &bucket,
        stage.target.id.as_str(),
        "does not own it",
        "--target-bucket",
    ];
    fail(deploy(&stage, folder.path()), 1, &parts);
    let objects = squatter.list_objects_v2().bucket(&bucket).send().await;
    assert!(objects.unwrap().contents().is_empty());
    assert!(stacks(&stage.source).await.is_empty());

    // A bucket of one's own is the way round.
    let mut command = deploy(&stage, folder.path());
    command.args(["--target-bucket", &stage.target.code_bucket()]);
    succeed(command);
}

#[tokio::test]
async fn a_protected_stack_keeps_all_three_from_being_destroyed() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    protect(&stage.source, true).await;
    let parts = [
        "nothing was touched",
        SOURCE,
        "termination protection",
        "--no-enable-termination-protection",
    ];
    fail(destroy(&stage, folder.path()), 1, &parts);
    assert_eq!(status(&stage, folder.path())["state"], "healthy");

    protect(&stage.source, false).await;
    succeed(destroy(&stage, folder.path()));
}

async fn protect(account: &Account, on: bool) {
    let request = account.cloudformation.update_termination_protection();
    let request = request.stack_name(SOURCE).enable_termination_protection(on);
    request.send().await.unwrap();
}

#[tokio::test]
async fn destroy_asks_and_without_a_terminal_deletes_nothing() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let mut nobody = stage.zeroetl(folder.path());
    nobody.arg("destroy").stdin(Stdio::null());
    fail(nobody, 2, &["--yes"]);

    for (typed, code, words) in [
        ("no\n", 1, "nothing was deleted"),
        ("\x03", 1, "interrupted"),
    ] {
        let answer = at_a_terminal(&stage, folder.path(), typed);
        assert_eq!(answer["code"], code, "{answer:#}");
        let told = answer["told"].as_str().unwrap();
        assert!(told.contains(words), "{told}");
        assert_eq!(status(&stage, folder.path())["state"], "healthy");
    }
    let answer = at_a_terminal(&stage, folder.path(), "yes\n");
    assert_eq!(answer["code"], 0, "{answer:#}");
    assert_eq!(status(&stage, folder.path())["state"], "absent");
}

/// `zeroetl destroy` on a terminal of its own, and what is typed there when it asks. A command that
/// does not end is hung up on.
fn at_a_terminal(stage: &Stage, folder: &std::path::Path, typed: &str) -> Value {
    const TERMINAL: &str = r#"
import json, os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], [sys.argv[2], "destroy"])
signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
signal.alarm(30)
told = b""
asked = False
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    told += read
    if not asked and b"Type `yes`: " in told:
        asked = True
        os.write(terminal, sys.argv[1].encode())
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"code": code, "told": told.decode()}))
"#;
    let zeroetl = stage.zeroetl(folder);
    let mut python = stage.python();
    python
        .args(["-c", TERMINAL, typed])
        .arg(zeroetl.get_program());
    for (name, value) in zeroetl.get_envs() {
        match value {
            Some(value) => python.env(name, value),
            None => python.env_remove(name),
        };
    }
    python.current_dir(folder);
    serde_json::from_str(&stdout(&run(python))).unwrap()
}

#[tokio::test]
async fn status_says_in_keys_and_exit_code_how_it_stands() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    let look = || {
        let mut command = stage.zeroetl(folder.path());
        command.args(["status", "--format", "json"]);
        let output = run(command);
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        (output.status.code(), report)
    };
    let (code, report) = look();
    assert_eq!((code, &report["state"]), (Some(3), &json!("absent")));
    assert_eq!(report["zero_etl"]["catalog_policy"], Value::Null);

    succeed(deploy(&stage, folder.path()));
    let (code, report) = look();
    assert_eq!((code, &report["state"]), (Some(0), &json!("healthy")));
    assert_eq!(report["differences"], json!([]));
    let keys = |value: &Value| -> Vec<String> {
        let object = value.as_object().unwrap();
        let mut keys: Vec<_> = object.keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(
        keys(&report),
        ["differences", "flow", "stacks", "state", "zero_etl"]
    );
    assert_eq!(
        keys(&report["stacks"][0]),
        [
            "account", "kind", "name", "outputs", "reason", "region", "status"
        ]
    );
    assert_eq!(
        keys(&report["zero_etl"]["integrations"][0]),
        ["arn", "errors", "name", "status", "table"]
    );
    assert_eq!(
        keys(&report["zero_etl"]["catalog_policy"]),
        ["hash", "statements"]
    );
    assert_eq!(
        keys(&report["zero_etl"]["table_properties"][0]),
        [
            "found",
            "integration_arn",
            "partition_spec",
            "table",
            "target_table_name",
            "unnest_spec"
        ]
    );

    // Taken away behind the stack's back.
    let request = stage.target.glue.delete_resource_policy();
    request.send().await.unwrap();
    let (code, report) = look();
    assert_eq!((code, &report["state"]), (Some(3), &json!("failed")));
    let reasons = report["differences"].to_string();
    assert!(reasons.contains("catalog policy"), "{reasons}");
    assert!(reasons.contains("run `zeroetl deploy`"), "{reasons}");
    assert_eq!(
        keys(&report["differences"][0]),
        ["mend", "resource", "stack", "what"]
    );
}

#[tokio::test]
async fn status_gives_no_verdict_on_what_it_may_not_look_at() {
    let stage = Stage::new().await;
    let folder = folder(&stage, &table("Orders", ""));
    succeed(deploy(&stage, folder.path()));
    let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    for denied in [
        "cloudformation:DetectStackDrift",
        "s3:GetBucketPublicAccessBlock",
    ] {
        let deny = json!({ "Effect": "Deny", "Action": denied, "Resource": "*" });
        let rights = Rights {
            statements: vec![all.clone(), deny],
            ..Rights::default()
        };
        let keys = stage.target.user(&rights).await.unwrap();
        let mut command = stage.zeroetl(folder.path());
        let path = folder.path().join("aws-credentials");
        let credentials = std::fs::read_to_string(&path).unwrap();
        let credentials = format!(
            "{credentials}[blind]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            keys.id, keys.secret
        );
        std::fs::write(path, credentials).unwrap();
        let path = folder.path().join("aws-config");
        let mut config = std::fs::read_to_string(&path).unwrap();
        let blind = config.replace("[profile target-admin]", "[profile blind]");
        config.push_str(&blind[blind.find("[profile blind]").unwrap()..]);
        std::fs::write(path, config).unwrap();
        command.args(["status", "--target-profile", "blind"]);
        let output = run(command);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("DetectStackDrift"),
            "{}",
            stderr(&output)
        );
        assert!(!stdout(&output).contains("healthy"), "{}", stdout(&output));
    }
}
