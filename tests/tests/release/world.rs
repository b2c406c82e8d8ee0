//! A local AWS with the accounts of the guide, for people with a shell and for looking at it from
//! outside.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use zeroetl_tests::{LocalAws, Options, PythonEnv, workspace_root};

pub(crate) const SOURCE: &str = "111111111111";
pub(crate) const TARGET: &str = "222222222222";
const CATALOG: &str = "333333333333";

/// The guide's profiles.
const PROFILES: [(&str, &str); 6] = [
    ("source-admin", SOURCE),
    ("target-admin", TARGET),
    ("catalog-admin", CATALOG),
    ("org-admin", CATALOG),
    ("source-user", SOURCE),
    ("target-user", TARGET),
];

/// A local AWS and what people who use it have on their machine.
pub(crate) struct World {
    server: LocalAws,
    python: PythonEnv,
    home: TempDir,
}

impl World {
    /// A new one, named after who uses it.
    pub(crate) fn new(name: &str) -> Self {
        let root = workspace_root();
        let python = PythonEnv::ensure(&root).unwrap();
        let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("release-{name}"));
        let server = LocalAws::start(&root, &python, &Options::in_folder(state)).unwrap();
        let home = TempDir::new().unwrap();
        let endpoint = server.endpoint();
        let config = PROFILES.map(|(profile, account)| {
            format!(
                "[profile {profile}]\nregion = us-east-1\nendpoint_url = {endpoint}\n\
                 aws_access_key_id = {account}\naws_secret_access_key = local\n"
            )
        });
        fs::write(home.path().join("config"), config.concat()).unwrap();
        Self {
            server,
            python,
            home,
        }
    }

    /// The AWS CLI in an account.
    pub(crate) fn aws(&self, account: &'static str) -> Aws<'_> {
        Aws {
            world: self,
            account,
        }
    }

    /// Runs commands in a folder as one shell does: what was set before is still set, and the first
    /// command that fails ends it.
    pub(crate) fn shell(&self, folder: &Path, script: &str) -> Output {
        let variables = self.home.path().join("variables");
        let before = if variables.exists() {
            ". \"$VARIABLES\"\n"
        } else {
            ""
        };
        let script = format!(
            "set -eu -o pipefail -o allexport\n{before}{script}\n\
             export -p | grep -E '^declare -x [A-Z_]+=' | grep -vE ' (PWD|OLDPWD|SHLVL)=' \
             > \"$VARIABLES\"\n"
        );
        let mut path = OsString::from(self.python.path("."));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        Command::new("bash")
            .args(["-c", &script])
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("AWS_CONFIG_FILE", self.home.path().join("config"))
            .env("VARIABLES", variables)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

/// The AWS CLI in an account.
pub(crate) struct Aws<'a> {
    world: &'a World,
    account: &'static str,
}

impl Aws<'_> {
    /// Runs one command line, words separated by spaces, wants it to succeed and to answer in JSON.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        let output = self.try_run(line);
        assert!(
            output.status.success(),
            "aws {line}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a command complains about.
    #[track_caller]
    pub(crate) fn refused(&self, line: &str) -> String {
        let output = self.try_run(line);
        assert!(!output.status.success(), "aws {line}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn try_run(&self, line: &str) -> Output {
        let world = self.world;
        world
            .server
            .command_as(self.account, world.python.path("aws"))
            .args(line.split_whitespace())
            .output()
            .unwrap()
    }

    /// An output of a stack.
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

    /// What Lambda knows of the provider's function.
    pub(crate) fn function(&self) -> Value {
        let arn = self.output("zeroetl-target", "ProviderFunctionArn");
        let function = self.json(&format!("lambda get-function --function-name {arn}"));
        function["Configuration"].clone()
    }
}
