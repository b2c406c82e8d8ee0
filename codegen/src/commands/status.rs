//! `zeroetl status`.

use std::process::ExitCode;

use anyhow::Result;

use super::output::{Format, print};
use super::session::{PlanArgs, Stderr, block_on};
use crate::deploy::status::{State, look, text};

/// Arguments of `zeroetl status`.
///
/// Exits with 0 when config, deployed stacks and what is live agree, and with 3 when they differ.
#[derive(Debug, clap::Args)]
pub struct Status {
    #[command(flatten)]
    plan: PlanArgs,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Status {
    /// Prints the report.
    pub fn run(&self) -> Result<ExitCode> {
        let (_, plan) = self.plan.load()?;
        let report = block_on(async { Ok(look(&plan, &Stderr).await?) })?;
        print(&match self.format {
            Format::Text => text(&report),
            Format::Json => serde_json::to_string_pretty(&report)? + "\n",
        })?;
        Ok(match report.state {
            State::Healthy => ExitCode::SUCCESS,
            State::Absent | State::Incomplete | State::Drifted | State::Failed => ExitCode::from(3),
        })
    }
}
