//! `cargo xtask demo`: the whole path on a local AWS, as a user walks it. Every step is a command
//! that is shown, so that the reader can repeat it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use zeroetl_tests::{CommandRights, LocalAws, Options, PythonEnv};

use crate::cli::{Arch, Demo, Package};
use crate::deployers::{self, Deployer};
use crate::process::{output, run};

const SOURCE: &str = "111111111111";
const TARGET: &str = "222222222222";
const REGION: &str = "us-east-1";
/// What the example's stacks are called by, and its database.
const PREFIX: &str = "orders-lakehouse-dev";
const DATABASE: &str = "orders_lakehouse_dev";

/// Sets up, deploys, shows, takes down, and checks that nothing foreign was touched.
pub(crate) fn run_demo(root: &Path, arguments: &Demo) -> Result<()> {
    title("1. What the demo needs: a Python environment, the provider's zip, the command");
    let python = PythonEnv::ensure(root)?;
    let zip = crate::package::run(root, &Package { arch: Arch::X86_64 })?.zip;
    let zeroetl = crate::cargo::build_zeroetl(root)?;

    title("2. A local AWS with two accounts");
    // A folder of its own for each, so that a demo that was left running keeps its files.
    let folder = root.join(format!("target/demo/{}", std::process::id()));
    let mut options = Options::in_folder(folder.join("aws"));
    options.outlive = arguments.keep;
    options.auth = true;
    let server = LocalAws::start(root, &python, &options)?;
    let stage = Stage::new(root, &folder, &server, &python, zeroetl, zip)?;
    eprintln!("listening on {}, IAM enforced", server.endpoint());

    title("3. A deployer in each account, with the committed policies");
    stage.make_deployers()?;

    title("4. Another team's statement is in the target's catalog policy already");
    let foreign = foreign_policy();
    run(stage
        .aws("target-root")
        .args(["glue", "put-resource-policy", "--policy-in-json"])
        .arg(foreign.to_string()))?;
    let before = stage.catalog_policy()?;

    title("5. Deploy the three stacks");
    let config = "examples/orders/zeroetl.toml";
    run(stage
        .zeroetl()
        .args(["deploy", "--config", config, "--provider-zip"])
        .arg(&stage.zip))?;

    title("6. Two orders, nested attributes included");
    run(stage.aws("source-root").args([
        "dynamodb",
        "batch-write-item",
        "--request-items",
        "file://examples/orders/items.json",
    ]))?;

    title("7. What now stands");
    run(stage.zeroetl().args(["status", "--config", config]))?;

    if arguments.keep {
        stage.keep(server, config);
        return Ok(());
    }

    title("8. Take it down");
    run(stage
        .zeroetl()
        .args(["destroy", "--yes", "--config", config]))?;

    title("9. The other team's statement is still there, unchanged");
    let after = stage.catalog_policy()?;
    println!("{after:#}");
    ensure!(
        after == before,
        "the catalog policy is not what it was before the demo; before: {before}, after: {after}"
    );
    println!("\nThe catalog policy is what it was before the demo. Done.");
    drop(server);
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove `{}`", folder.display()))
}

/// The commands of the demo, with the two profiles of the example set up for the local AWS.
struct Stage<'a> {
    root: &'a Path,
    python: &'a PythonEnv,
    zeroetl: PathBuf,
    zip: PathBuf,
    config: PathBuf,
    credentials: PathBuf,
}

impl<'a> Stage<'a> {
    fn new(
        root: &'a Path,
        folder: &Path,
        server: &LocalAws,
        python: &'a PythonEnv,
        zeroetl: PathBuf,
        zip: PathBuf,
    ) -> Result<Self> {
        let stage = Self {
            root,
            python,
            zeroetl,
            zip,
            config: folder.join("config"),
            credentials: folder.join("credentials"),
        };
        let profiles = ["source-root", "target-root", "source-admin", "target-admin"];
        let endpoint = server.endpoint();
        let config: String = profiles
            .map(|profile| {
                format!("[profile {profile}]\nregion = {REGION}\nendpoint_url = {endpoint}\n")
            })
            .concat();
        write(&stage.config, &config)?;
        // The local AWS takes a 12-digit key id for the account's own: root.
        stage.add_keys("source-root", SOURCE, "local")?;
        stage.add_keys("target-root", TARGET, "local")?;
        Ok(stage)
    }

    fn add_keys(&self, profile: &str, id: &str, secret: &str) -> Result<()> {
        let known = fs::read_to_string(&self.credentials).unwrap_or_default();
        let keys =
            format!("[{profile}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
        write(&self.credentials, &(known + &keys))
    }

    /// The profiles `source-admin` and `target-admin`.
    fn make_deployers(&self) -> Result<()> {
        let stack = |kind: &str| format!("StackName={PREFIX}-{kind}");
        let rights = |account| CommandRights {
            region: REGION,
            account,
            prefix: PREFIX,
        };
        let extra = |rights: &CommandRights<'_>| {
            let mut statements = rights.on_stacks();
            statements.push(rights.on_bucket(&rights.own_bucket()));
            statements
        };
        let (source, target) = (rights(SOURCE), rights(TARGET));
        let both = [
            Deployer {
                profile: "source-admin",
                root: "source-root",
                policies: vec![
                    ("source", vec![stack("source")]),
                    (
                        "integration",
                        vec![
                            stack("integration"),
                            format!("TargetAccountId={TARGET}"),
                            format!("DatabaseName={DATABASE}"),
                        ],
                    ),
                ],
                extra: extra(&source),
            },
            Deployer {
                profile: "target-admin",
                root: "target-root",
                policies: vec![(
                    "target",
                    vec![
                        stack("target"),
                        format!("DatabaseName={DATABASE}"),
                        format!("ProviderCodeBucket={}", target.own_bucket()),
                    ],
                )],
                extra: [extra(&target), target.on_target(DATABASE)].concat(),
            },
        ];
        for deployer in &both {
            let keys = deployers::make(self.root, |profile| self.aws(profile), deployer)?;
            self.add_keys(deployer.profile, &keys.id, &keys.secret)?;
        }
        Ok(())
    }

    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.root)
            .env("AWS_CONFIG_FILE", &self.config)
            .env("AWS_SHARED_CREDENTIALS_FILE", &self.credentials);
        command
    }

    fn zeroetl(&self) -> Command {
        self.command(&self.zeroetl)
    }

    fn aws(&self, profile: &str) -> Command {
        let mut command = self.command(self.python.path("aws"));
        command.args(["--profile", profile]);
        command
    }

    fn catalog_policy(&self) -> Result<Value> {
        let reply = output(self.aws("target-root").args([
            "glue",
            "get-resource-policy",
            "--query",
            "PolicyInJson",
            "--output",
            "text",
        ]))?;
        serde_json::from_str(&reply).context("the catalog policy is not JSON")
    }

    /// Says how to look at what stands, and how to end it.
    fn keep(&self, server: LocalAws, config: &str) {
        title("Left running. To look at it:");
        println!("export AWS_CONFIG_FILE={}", self.config.display());
        println!(
            "export AWS_SHARED_CREDENTIALS_FILE={}",
            self.credentials.display()
        );
        println!("{} status --config {config}", self.zeroetl.display());
        let aws = self.python.path("aws");
        let aws = aws.display();
        println!("{aws} --profile target-root glue get-resource-policy");
        println!("{aws} --profile source-root glue describe-integrations");
        println!("{aws} --profile source-root cloudformation describe-stacks");
        println!("{aws} --profile source-root dynamodb scan --table-name Orders");
        println!("\nTo end it: kill {}", server.leave_running());
    }
}

fn foreign_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AnalyticsTeamReads",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::333333333333:root" },
            "Action": ["glue:GetDatabase", "glue:GetTables"],
            "Resource": [
                format!("arn:aws:glue:{REGION}:{TARGET}:catalog"),
                format!("arn:aws:glue:{REGION}:{TARGET}:database/analytics"),
                format!("arn:aws:glue:{REGION}:{TARGET}:table/analytics/*"),
            ],
        }],
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn title(text: &str) {
    println!("\n== {text} ==");
}
