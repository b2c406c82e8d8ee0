//! What `deploy`, `status` and `destroy` share: from config to plan, progress to stderr, and
//! what Ctrl-C means.

use std::future::Future;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::output::tell;
use crate::config;
use crate::deploy::{Progress, Side};
use crate::plan::{DeploymentPlan, plan};

/// Which plan, and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// The config file.
    #[arg(long, value_name = "FILE", default_value = "zeroetl.toml")]
    config: PathBuf,
    /// AWS profile for the source account, instead of `source.profile`; empty for the default
    /// credentials.
    #[arg(long, value_name = "PROFILE")]
    source_profile: Option<String>,
    /// AWS profile for the target account, instead of `target.profile`; empty for the default
    /// credentials.
    #[arg(long, value_name = "PROFILE")]
    target_profile: Option<String>,
}

impl PlanArgs {
    /// Reads the config; also answers it, for what is not in the plan.
    pub(super) fn load(&self) -> Result<(config::Config, DeploymentPlan)> {
        let config = config::load(&self.config)?;
        let mut plan = plan(&config)?;
        for stack in &mut plan.stacks {
            let wanted = match Side::from(stack.kind) {
                Side::Source => &self.source_profile,
                Side::Target => &self.target_profile,
            };
            if let Some(profile) = wanted {
                stack.profile = Some(profile.clone()).filter(|profile| !profile.is_empty());
            }
        }
        Ok((config, plan))
    }
}

/// Lines to stderr.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stderr;

impl Progress for Stderr {
    fn line(&self, text: &str) {
        tell(text);
    }
}

/// Runs to the end, or to Ctrl-C.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the async runtime")?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => done,
            signal = tokio::signal::ctrl_c() => {
                signal.context("cannot listen for Ctrl-C")?;
                bail!(
                    "interrupted; an operation that has begun goes on in AWS: run the same command \
                     again to follow it, or `zeroetl status` to see what stands"
                )
            }
        }
    });
    // Nobody waits for a thread that still waits for an answer.
    runtime.shutdown_background();
    done
}
