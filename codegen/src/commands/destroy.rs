//! `zeroetl destroy`.

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::NonEmptyStringValueParser;

use super::output::{Format, print, tell_failure};
use super::session::{PlanArgs, Stderr, block_on};
use super::terminal::Terminal;
use crate::deploy::{Ask as _, Destroyed, Permits, Progress as _, Retained, Teardown};

/// Arguments of `zeroetl destroy`.
///
/// Deletes the stacks, never data: tables, bucket and database stay.
#[derive(Debug, clap::Args)]
pub struct Destroy {
    #[command(flatten)]
    plan: PlanArgs,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// The database (or table) that the stacks of this `project` and `environment` were deployed for,
    /// when it is another one than the config's: delete them all the same.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    deployed: Option<String>,
    /// How it is printed what was deleted and what stays.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Nobody can be asked.
#[derive(Debug, thiserror::Error)]
#[error(
    "`zeroetl destroy` asks before it deletes, and there is no terminal to ask on; add `--yes`"
)]
pub struct NobodyToAsk;

impl Destroy {
    /// Deletes the stacks; lists what stays.
    pub fn run(&self) -> Result<ExitCode> {
        tell_failure(self.format, self.destroy())
    }

    fn destroy(&self) -> Result<ExitCode> {
        let (_, plan) = self.plan.load()?;
        if !self.yes && !Terminal::is_there() {
            return Err(NobodyToAsk.into());
        }
        block_on(async {
            let permits = Permits {
                deployed: self.deployed.clone(),
                ..Permits::default()
            };
            let teardown = Teardown::survey(&plan, &permits, &Terminal, &Stderr).await?;
            let standing = teardown.standing();
            if !standing.is_empty() && !self.yes {
                let question = format!(
                    "delete {}? Tables, bucket and database stay",
                    standing.join(", ")
                );
                if Terminal.ask(&question).await != Some(true) {
                    Stderr.line("nothing was deleted");
                    if self.format == Format::Json {
                        print(&json(&Destroyed::default()))?;
                    }
                    return Ok(ExitCode::FAILURE);
                }
            }
            let destroyed = teardown.carry_out(&Stderr).await?;
            tell(&destroyed.kept);
            if self.format == Format::Json {
                print(&json(&destroyed))?;
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn json(destroyed: &Destroyed) -> String {
    let kept: Vec<_> = destroyed
        .kept
        .iter()
        .map(|one| {
            serde_json::json!({
                "type": one.resource_type,
                "name": one.name,
                "command": one.command,
            })
        })
        .collect();
    let text = serde_json::json!({
        "error": null,
        "deleted": destroyed.deleted,
        "kept": kept,
    });
    format!("{text:#}\n")
}

fn tell(retained: &[Retained]) {
    if !retained.is_empty() {
        Stderr.line("kept, with all data, outside any stack now:");
        for resource in retained {
            Stderr.line(&format!("  {} `{}`", resource.resource_type, resource.name));
            if let Some(command) = &resource.command {
                Stderr.line(&format!("    to remove it for good: {command}"));
            }
        }
        Stderr.line("  to take them into the stacks again: `zeroetl deploy --import-existing`");
        let bucket = retained
            .iter()
            .find(|one| !one.named && one.resource_type == "AWS::S3::Bucket");
        if let Some(bucket) = bucket {
            Stderr.line(&format!(
                "  before that, name the bucket in the config file: `bucket = \"{}\"` under `[target]`",
                bucket.name
            ));
        }
    }
    Stderr
        .line("the bucket with the provider's code is kept as well; other deployments may use it");
}
