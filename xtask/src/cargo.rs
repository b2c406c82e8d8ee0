//! Builds with the cargo that runs us, and finds what it built.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// The cargo that started this program, in the environment that the user's shell had.
///
/// `cargo xtask` describes the package `xtask` in variables. Build scripts of `ring` and `aws-lc-sys`
/// watch them: would they reach the inner cargo, each switch between `cargo build` and `cargo xtask`
/// would build the SDK again.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_a_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether `cargo run` sets this variable to tell the program what package it is.
fn describes_a_package(name: &str) -> bool {
    let begins = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    let names = [
        "CARGO",
        "CARGO_CRATE_NAME",
        "CARGO_PRIMARY_PACKAGE",
        "OUT_DIR",
    ];
    names.contains(&name) || begins.iter().any(|begin| name.starts_with(begin))
}

/// `cargo <subcommand> --release` in which no path of this machine ends up in what is built.
pub(crate) fn release(root: &Path, subcommand: &str) -> Command {
    let home = cargo_home();
    let mut rustflags = OsString::new();
    for (from, to) in [(root.as_os_str(), "/zeroetl"), (home.as_os_str(), "/cargo")] {
        if !rustflags.is_empty() {
            // The separator of CARGO_ENCODED_RUSTFLAGS, so that paths may contain spaces.
            rustflags.push("\x1f");
        }
        rustflags.push("--remap-path-prefix=");
        rustflags.push(from);
        rustflags.push("=");
        rustflags.push(to);
    }
    let mut command = cargo(root);
    command
        .args([subcommand, "--locked", "--release"])
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags)
        .env_remove("RUSTFLAGS")
        // The same for the C parts of aws-lc: `__FILE__` in their assertions.
        .env(
            "CFLAGS",
            format!(
                "-ffile-prefix-map={}=/zeroetl -ffile-prefix-map={}=/cargo",
                root.display(),
                home.display()
            ),
        );
    command
}

fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    )
}

/// Runs a `cargo build` and returns the executable called `name`.
pub(crate) fn build(command: &mut Command, name: &str) -> Result<PathBuf> {
    let shown = crate::process::show(command);
    eprintln!("$ {shown}");
    let output = command
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` ended with {}", output.status);
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("`{shown}` built no executable `{name}`"))
}

/// The `zeroetl` command, built in the dev profile, which the tests use too.
///
/// Over the whole workspace, because cargo decides on the features of dependencies by what is
/// selected: with `-p` the SDK would be built a second time.
pub(crate) fn build_zeroetl(root: &Path) -> Result<PathBuf> {
    build(
        cargo(root).args(["build", "--locked", "--workspace", "--bin", "zeroetl"]),
        "zeroetl",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inner_cargo_hears_nothing_of_the_package_xtask() {
        // This test is run by cargo, so the variables are there.
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
        let command = cargo(Path::new("."));
        let removed: Vec<_> = command
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect();
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"] {
            assert!(removed.iter().any(|one| one == name), "{name}: {removed:?}");
        }
        assert!(!describes_a_package("CARGO_HOME") && !describes_a_package("CARGO_TARGET_DIR"));
    }
}
