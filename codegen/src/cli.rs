//! What the user types: clap definitions, no logic.

use clap::{Parser, Subcommand};

use crate::commands;

/// A DynamoDB table to a SageMaker Lakehouse in another account, by Glue zero-ETL.
#[derive(Debug, Parser)]
#[command(name = "zeroetl", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Emit the templates, or check that the emitted ones are current.
    Generate(commands::generate::Generate),
    /// Deploy the three stacks, in order, over two accounts.
    Deploy(commands::deploy::Deploy),
    /// Show what stands.
    Status(commands::status::Status),
    /// Delete the three stacks, in order.
    Destroy(commands::destroy::Destroy),
}
