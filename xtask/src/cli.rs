//! The commands: clap definitions, no logic.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::release::Base;

/// Every command of the project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Deploy the example over two accounts of a local AWS, show what stands, and take it down.
    Demo(Demo),
    /// Run every check and every test, end to end included, with a summary.
    Test(Test),
    /// Write all generated files anew, or check that they are current.
    Generate(Generate),
    /// Build the provider's release zip, reproducible byte for byte, and print its hash.
    Package(PackageAndRelease),
    /// Run cfn-lint, cloudformation-validate and checkov over the templates.
    Lint,
    /// Measure: spawn to reply, memory, zip size, generation.
    Bench,
    /// Build the fuzz targets and run each for a minute.
    Fuzz(Fuzz),
}

#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Leave everything running, and print how to look at it and how to end it.
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only the steps whose name contains this.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Write nothing; print what differs and exit with 3.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Package {
    /// The processor that the zip is for.
    #[arg(long, value_enum, default_value = "x86_64")]
    pub(crate) arch: Arch,
}

#[derive(Debug, Args)]
pub(crate) struct PackageAndRelease {
    #[command(flatten)]
    pub(crate) package: Package,
    /// Also lay out a release, `<DIR>/<version>/`: templates, provider, parameter files, index.
    /// It takes the other architecture too where its tools are installed.
    #[arg(long, value_name = "DIR")]
    pub(crate) release_dir: Option<PathBuf>,
    /// Build nothing: release the zips that are in `dist`.
    #[arg(long, requires = "release_dir")]
    pub(crate) no_build: bool,
    /// Record the version as published: from then on it never changes.
    #[arg(long, requires = "release_dir")]
    pub(crate) publish: bool,
    /// Where the release will lie, for the links in its index; `{region}` stands for the Region.
    #[arg(long, value_name = "URL", requires = "release_dir")]
    pub(crate) base_url: Option<Base>,
}

impl PackageAndRelease {
    /// A release into `folder`, of the zips that are in `dist`.
    pub(crate) const fn into_folder(folder: PathBuf) -> Self {
        Self {
            package: Package { arch: Arch::X86_64 },
            release_dir: Some(folder),
            no_build: true,
            publish: false,
            base_url: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
    /// Graviton.
    #[value(name = "arm64")]
    Arm64,
}
