//! `zeroetl destroy`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::session::{PlanArgs, Stderr, block_on};
use crate::deploy::{Progress as _, Retained, Teardown};

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
        let (_, plan) = self.plan.load()?;
        if !self.yes && !io::stdin().is_terminal() {
            return Err(NobodyToAsk.into());
        }
        block_on(async {
            let teardown = Teardown::survey(&plan).await?;
            let names = teardown.standing().join("`, `");
            if !names.is_empty() && !self.yes && !ask(names).await? {
                Stderr.line("nothing was deleted");
                return Ok(ExitCode::FAILURE);
            }
            let retained = teardown.carry_out(&Stderr).await?;
            tell(&retained);
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// On a thread of its own, so that Ctrl-C is heard while somebody thinks.
async fn ask(names: String) -> Result<bool> {
    tokio::task::spawn_blocking(move || ask_and_wait(&names))
        .await
        .context("cannot ask")?
}

fn ask_and_wait(names: &str) -> Result<bool> {
    let mut stderr = io::stderr();
    write!(
        stderr,
        "delete `{names}`? Tables, bucket and database stay. Type `yes`: "
    )
    .and_then(|()| stderr.flush())
    .context("cannot ask")?;
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .context("cannot read the answer")?;
    Ok(answer.trim() == "yes")
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
        if let Some(bucket) = retained.iter().find(|resource| !resource.named) {
            Stderr.line(&format!(
                "  before that, name the bucket in the config file: `bucket = \"{}\"` under `[target]`",
                bucket.name
            ));
        }
    }
    Stderr
        .line("the bucket with the provider's code is kept as well; other deployments may use it");
}
