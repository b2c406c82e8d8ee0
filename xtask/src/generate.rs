//! `cargo xtask generate`: every generated file of the repository, by the `zeroetl` command itself.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::cli::Generate;

/// Writes or checks the committed output.
pub(crate) fn run(root: &Path, arguments: &Generate) -> Result<()> {
    let zeroetl = crate::cargo::build_zeroetl(root)?;
    for what in [
        ["--generic", "--out", "templates"].as_slice(),
        &["--constructs", "--out", "cdk-constructs"],
        &["--guide", "--out", "docs/guide"],
    ] {
        let mut command = Command::new(&zeroetl);
        command.current_dir(root).arg("generate").args(what);
        if arguments.check {
            command.arg("--check");
        }
        crate::process::run(&mut command)?;
    }
    Ok(())
}
