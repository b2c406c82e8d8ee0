//! The demo's deployers: in each account a user with the committed deployer policies, made by the
//! account's root as an administrator makes them. Under enforced IAM nobody else deploys.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::process::{output, run};

const USER: &str = "zeroetl-deployer";

/// One account's deployer.
pub(crate) struct Deployer {
    /// The profile that gets the user's keys.
    pub(crate) profile: &'static str,
    /// The profile that makes the user.
    pub(crate) root: &'static str,
    /// The committed policies, with the values that they are made for.
    pub(crate) policies: Vec<(&'static str, Vec<String>)>,
    /// What the command asks beyond them.
    pub(crate) extra: Vec<Value>,
}

/// The keys of a user, as the CLI prints them.
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Makes the user. `aws` gives the AWS CLI as a profile.
pub(crate) fn make(
    root: &Path,
    aws: impl Fn(&str) -> Command,
    deployer: &Deployer,
) -> Result<Keys> {
    let administrator = || aws(deployer.root);
    run(administrator().args(["iam", "create-user", "--user-name", USER]))?;
    for (kind, values) in &deployer.policies {
        let stack = format!("{USER}-{kind}");
        let template = root.join(format!("templates/zero-etl/deployer/{kind}.yaml"));
        run(administrator()
            .args(["cloudformation", "deploy", "--stack-name", &stack])
            .args(["--capabilities", "CAPABILITY_IAM", "--template-file"])
            .arg(template)
            .arg("--parameter-overrides")
            .args(values))?;
        let arns = output(
            administrator()
                .args(["cloudformation", "describe-stacks", "--stack-name", &stack])
                .args(["--query", "Stacks[0].Outputs[].OutputValue"])
                .args(["--output", "text"]),
        )?;
        for arn in arns.split_whitespace() {
            run(administrator()
                .args(["iam", "attach-user-policy", "--user-name", USER])
                .args(["--policy-arn", arn]))?;
        }
    }
    let document = json!({ "Version": "2012-10-17", "Statement": deployer.extra });
    run(administrator()
        .args(["iam", "put-user-policy", "--user-name", USER])
        .args(["--policy-name", "command", "--policy-document"])
        .arg(document.to_string()))?;
    let made = output(administrator().args([
        "iam",
        "create-access-key",
        "--user-name",
        USER,
        "--output",
        "json",
    ]))?;
    let made: Value = serde_json::from_str(&made).context("the keys are not JSON")?;
    let text = |name: &str| {
        let value = made["AccessKey"][name].as_str();
        value.map(str::to_owned).context("the keys are incomplete")
    };
    Ok(Keys {
        id: text("AccessKeyId")?,
        secret: text("SecretAccessKey")?,
    })
}
