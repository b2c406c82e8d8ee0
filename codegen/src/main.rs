//! The `zeroetl` command: parse, run, one exit code.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use zeroetl_codegen::cli::{Cli, Command};
use zeroetl_codegen::commands::destroy::NobodyToAsk;
use zeroetl_codegen::config::LoadError;
use zeroetl_codegen::visible::lines;

/// What the user typed or wrote is wrong.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Generate(generate) => generate.run(),
        Command::Deploy(deploy) => deploy.run(),
        Command::Status(status) => status.run(),
        Command::Destroy(destroy) => destroy.run(),
    };
    result.unwrap_or_else(|error| report(&error))
}

/// The chain once, on stderr.
fn report(error: &anyhow::Error) -> ExitCode {
    let mut stderr = std::io::stderr();
    let load = error.downcast_ref::<LoadError>();
    // Mistakes in a config bring their own headings and carets.
    let _ = match load {
        Some(LoadError::Mistakes(mistakes)) => writeln!(stderr, "{mistakes}"),
        _ => writeln!(stderr, "error: {}", lines(&format!("{error:#}"))),
    };
    if load.is_some() || error.is::<NobodyToAsk>() {
        ExitCode::from(USAGE)
    } else {
        ExitCode::FAILURE
    }
}
