//! `cargo xtask fuzz`: builds the fuzz targets with stable Rust and runs each for a while. New inputs
//! go to `target/fuzz`; the committed corpus is only read.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::cargo::cargo;
use crate::cli::Fuzz;
use crate::process::run;

const TARGETS: [&str; 2] = ["event", "policy_document"];
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// What `cargo fuzz` passes, without a sanitizer, which needs a nightly compiler, and without one
/// unit per crate, which takes minutes.
const RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table --cfg=fuzzing";

/// Builds all targets, then runs them one after the other; a crash fails and names its input.
pub(crate) fn execute(root: &Path, arguments: &Fuzz) -> Result<()> {
    build(root)?;
    let room = root.join("provider/fuzz");
    let output = root.join("target/fuzz");
    for target in TARGETS {
        let found = output.join("corpus").join(target);
        let crashes = output.join("crashes");
        for folder in [&found, &crashes] {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make `{}`", folder.display()))?;
        }
        let program = output.join(TRIPLE).join("release").join(target);
        run(std::process::Command::new(program)
            .current_dir(&room)
            .arg(format!("-max_total_time={}", arguments.seconds))
            .args(["-max_len=8192", "-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/{target}-", crashes.display()))
            .arg(&found)
            .arg(room.join("corpus").join(target)))?;
    }
    println!("no input broke {}", TARGETS.join(" or "));
    Ok(())
}

/// Builds the targets, which have a workspace and a lock file of their own.
pub(crate) fn build(root: &Path) -> Result<()> {
    run(cargo(&root.join("provider/fuzz"))
        .args([
            "build",
            "--release",
            "--locked",
            "--target",
            TRIPLE,
            "--target-dir",
        ])
        .arg(root.join("target/fuzz"))
        .env("RUSTFLAGS", RUSTFLAGS))
}
