//! A local AWS, and the AWS CLI as a user of one of its accounts.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use zeroetl_tests::{LocalAws, Options, PythonEnv, workspace_root};

pub(crate) const SOURCE: &str = "111111111111";
pub(crate) const TARGET: &str = "222222222222";

const POLL: Duration = Duration::from_millis(500);
const POLLS: usize = 240;

struct Shared {
    server: LocalAws,
    python: PythonEnv,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let root = workspace_root();
        let python = PythonEnv::ensure(&root).unwrap();
        let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("release-aws");
        let server = LocalAws::start(&root, &python, &Options::in_folder(state)).unwrap();
        Shared { server, python }
    })
}

/// The AWS CLI in an account, run in a folder.
pub(crate) struct Aws<'a> {
    pub(crate) account: &'static str,
    pub(crate) folder: &'a Path,
}

impl Aws<'_> {
    /// Runs one command line, words separated by spaces, and wants it to succeed.
    #[track_caller]
    pub(crate) fn run(&self, line: &str) -> String {
        let output = self.try_run(line);
        assert!(
            output.status.success(),
            "aws {line}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same for a command that answers in JSON.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(line)).unwrap()
    }

    /// Runs one command line, however it ends.
    pub(crate) fn try_run(&self, line: &str) -> Output {
        let shared = shared();
        shared
            .server
            .command_as(self.account, shared.python.path("aws"))
            .current_dir(self.folder)
            .args(line.split_whitespace())
            .output()
            .unwrap()
    }

    /// The outputs of a stack.
    pub(crate) fn output(&self, stack: &str, name: &str) -> String {
        let described = self.json(&format!(
            "cloudformation describe-stacks --stack-name {stack}"
        ));
        let outputs = described["Stacks"][0]["Outputs"]
            .as_array()
            .unwrap()
            .clone();
        let found = outputs.iter().find(|it| it["OutputKey"] == name);
        found.unwrap()["OutputValue"].as_str().unwrap().to_owned()
    }

    /// Deletes a stack and waits until it is gone.
    #[track_caller]
    pub(crate) fn delete(&self, stack: &str) {
        let described = format!("cloudformation describe-stacks --stack-name {stack}");
        let id = self.json(&described)["Stacks"][0]["StackId"]
            .as_str()
            .unwrap()
            .to_owned();
        self.run(&format!("cloudformation delete-stack --stack-name {stack}"));
        for _ in 0..POLLS {
            let described = self.json(&format!("cloudformation describe-stacks --stack-name {id}"));
            let status = described["Stacks"][0]["StackStatus"].as_str().unwrap();
            if !status.ends_with("_IN_PROGRESS") {
                assert_eq!(status, "DELETE_COMPLETE", "{stack}");
                return;
            }
            std::thread::sleep(POLL);
        }
        panic!("`{stack}` is not gone");
    }
}
