//! `zeroetl deploy`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::builder::NonEmptyStringValueParser;

use super::output::{Format, print, tell_failure};
use super::session::{PlanArgs, Stderr, block_on};
use super::terminal::Terminal;
use crate::deploy::{Architecture, DeployedStack, Options, Permits, rollout};

/// Arguments of `zeroetl deploy`.
#[derive(Debug, clap::Args)]
pub struct Deploy {
    #[command(flatten)]
    plan: PlanArgs,
    /// The provider's zip; by default the one that `cargo xtask package` writes to `dist/`.
    #[arg(long, value_name = "FILE")]
    provider_zip: Option<PathBuf>,
    /// A bucket of the target account, in its Region, for the provider's code; by default one is made
    /// there.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    target_bucket: Option<String>,
    /// A bucket of the source account for large templates; by default one is made there
    /// when a template needs it.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    source_bucket: Option<String>,
    /// Take in tables, bucket, database and table properties that an earlier deployment left.
    #[arg(long)]
    import_existing: bool,
    /// Let integrations be made again, and `unnest` or `partition_by` be changed under a live one;
    /// Glue then loads the tables from the start.
    #[arg(long)]
    allow_reload: bool,
    /// Let the replication of tables end that the config does not name any more.
    #[arg(long)]
    allow_removal: bool,
    /// The database (or table) that the stacks of this `project` and `environment` were deployed for,
    /// when it is another one than the config's: take them over.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    deployed: Option<String>,
    /// Seconds that policies may spread before the integration is made [default: 10; 0 on a local
    /// AWS].
    #[arg(long, value_name = "SECONDS")]
    settle: Option<u64>,
    /// How the stacks' outputs are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Deploy {
    /// Deploys; prints the outputs.
    pub fn run(&self) -> Result<ExitCode> {
        tell_failure(self.format, self.deploy())
    }

    fn deploy(&self) -> Result<ExitCode> {
        let (config, plan) = self.plan.load()?;
        let word = config.target.provider_architecture.as_str();
        let options = Options {
            zip: self.provider_zip.clone(),
            architecture: Architecture::of_word(word)
                .with_context(|| format!("no provider is made for `{word}`"))?,
            target_bucket: self.target_bucket.clone(),
            source_bucket: self.source_bucket.clone(),
            import_existing: self.import_existing,
            permits: Permits {
                reload: self.allow_reload,
                removal: self.allow_removal,
                deployed: self.deployed.clone(),
            },
            settle: self.settle.map(Duration::from_secs),
        };
        let deployed = block_on(async { Ok(rollout(&plan, &options, &Terminal, &Stderr).await?) })?;
        print(&match self.format {
            Format::Text => text(&deployed),
            Format::Json => json(&deployed)?,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(deployed: &[DeployedStack]) -> String {
    let mut text = String::new();
    for stack in deployed {
        for (name, value) in &stack.outputs {
            let _ = writeln!(text, "{}.{name} = {value}", stack.kind.as_str());
        }
    }
    text
}

fn json(deployed: &[DeployedStack]) -> Result<String> {
    let stacks: Vec<_> = deployed
        .iter()
        .map(|stack| {
            serde_json::json!({
                "kind": stack.kind.as_str(),
                "name": stack.name,
                "changed": stack.changed,
                "outputs": stack.outputs,
            })
        })
        .collect();
    let mut text =
        serde_json::to_string_pretty(&serde_json::json!({ "error": null, "stacks": stacks }))?;
    text.push('\n');
    Ok(text)
}
