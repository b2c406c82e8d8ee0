//! `cargo xtask fuzz`: builds the fuzz targets with stable Rust and runs each for a while. New inputs
//! go to `target/fuzz`; the committed corpus is only read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let found = root.join("target/fuzz/corpus");
    for target in TARGETS {
        let found = folder(found.join(target))?;
        run(program(root, target)?
            .arg(format!("-max_total_time={}", arguments.seconds))
            .args(["-max_len=8192", "-print_final_stats=1"])
            .arg(found)
            .arg(corpus(root, target)))?;
    }
    println!("no input broke {}", TARGETS.join(" or "));
    Ok(())
}

/// Builds all targets and gives each its committed inputs, nothing drawn at random.
pub(crate) fn replay(root: &Path) -> Result<()> {
    build(root)?;
    for target in TARGETS {
        run(program(root, target)?
            .arg("-runs=0")
            .arg(corpus(root, target)))?;
    }
    Ok(())
}

/// A target that was built, with a place for what breaks it.
fn program(root: &Path, target: &str) -> Result<Command> {
    let output = root.join("target/fuzz");
    let crashes = folder(output.join("crashes"))?;
    let mut command = Command::new(output.join(TRIPLE).join("release").join(target));
    command
        .current_dir(root.join("provider/fuzz"))
        .arg(format!("-artifact_prefix={}/{target}-", crashes.display()));
    Ok(command)
}

fn corpus(root: &Path, target: &str) -> PathBuf {
    root.join("provider/fuzz/corpus").join(target)
}

fn folder(path: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&path).with_context(|| format!("cannot make `{}`", path.display()))?;
    Ok(path)
}

/// Builds the targets, which have a workspace and a lock file of their own.
fn build(root: &Path) -> Result<()> {
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
