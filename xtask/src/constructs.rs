//! The npm package `cdk-constructs/`: its dependencies from the lock file, its build, its tests.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::counts::{Counts, ONE, counted, jest_counts};
use crate::process::run;

/// What `npm` prints and sends that nobody asked for stays out.
fn npm(root: &Path) -> Command {
    let mut command = Command::new("npm");
    command
        .current_dir(root.join("cdk-constructs"))
        .env("CDK_DISABLE_CLI_TELEMETRY", "1")
        .env("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1");
    command
}

/// Installs, compiles with jsii, runs the unit tests, and checks that the API page is current and
/// that every language comes out.
pub(crate) fn check(root: &Path) -> Result<Counts> {
    // Not `npm ci`: it refuses a lock file that lacks the binaries of other platforms, and npm leaves
    // those out of it where the registry does not carry them. The versions are the lock file's.
    run(npm(root).args([
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--silent",
    ]))?;
    run(npm(root).args(["run", "--silent", "build"]))?;
    run(npm(root).args(["run", "--silent", "typecheck"]))?;
    let mut counts = counted(
        npm(root).args(["run", "--silent", "test", "--", "--ci"]),
        jest_counts,
    )?;
    for script in ["docs:check", "languages"] {
        run(npm(root).args(["run", "--silent", script]))?;
        counts.passed += ONE.passed;
    }
    Ok(counts)
}

/// The examples on the local AWS, from the package as npm would publish it.
pub(crate) fn end_to_end(root: &Path) -> Result<Counts> {
    counted(
        npm(root).args(["run", "--silent", "e2e", "--", "--ci"]),
        jest_counts,
    )
}
