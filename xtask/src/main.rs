//! Every command of the project, run as `cargo xtask <command>`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task runner talks to its user"
)]

mod bench;
mod cargo;
mod cli;
mod constructs;
mod counts;
mod demo;
mod deployers;
mod fuzz;
mod generate;
mod lint;
mod package;
mod process;
mod release;
mod test;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Command};

fn main() -> ExitCode {
    let root = zeroetl_tests::workspace_root();
    let result = match Cli::parse().command {
        Command::Demo(arguments) => demo::run_demo(&root, &arguments),
        Command::Test(arguments) => test::run(&root, &arguments),
        Command::Generate(arguments) => generate::run(&root, &arguments),
        Command::Package(arguments) => release::run(&root, &arguments),
        Command::Lint => lint::run(&root),
        Command::Bench => bench::run(&root),
        Command::Fuzz(arguments) => fuzz::execute(&root, &arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
