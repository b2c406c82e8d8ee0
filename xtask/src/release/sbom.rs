//! The bill of materials of the provider, in `CycloneDX`, by `cargo cyclonedx`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::linked;
use crate::cargo::cargo;

/// The version that is installed under `target/tools`.
const CARGO_CYCLONEDX: &str = "0.5.9";
/// What the tool calls its output; it writes one beside each manifest of the workspace.
const FILE: &str = "zeroetl-sbom";

/// The bill as indented JSON.
pub(super) fn json(root: &Path) -> Result<String> {
    let tool = installed(root)?;
    let mut command = Command::new(tool);
    command.current_dir(root).arg("cyclonedx").args([
        "--manifest-path",
        "provider/Cargo.toml",
        "--format",
        "json",
        "--spec-version",
        "1.5",
        "--no-build-deps",
        "--target",
        linked::PLATFORM,
        "--override-filename",
        FILE,
    ]);
    crate::process::run(&mut command)?;
    let text = collect(root)?;
    neutral(&text, root, &linked::crates(root)?)
}

/// The provider's bill; those of the other crates are removed, and so is the provider's.
fn collect(root: &Path) -> Result<String> {
    let mut bill = None;
    for entry in fs::read_dir(root).context("cannot read the workspace")? {
        let folder = entry?.path();
        let file = folder.join(format!("{FILE}.json"));
        if !file.is_file() {
            continue;
        }
        if folder.ends_with("provider") {
            let text = fs::read_to_string(&file);
            bill = Some(text.with_context(|| format!("cannot read `{}`", file.display()))?);
        }
        fs::remove_file(&file).with_context(|| format!("cannot remove `{}`", file.display()))?;
    }
    bill.context("`cargo cyclonedx` wrote no bill for the provider")
}

/// The tool, installed once.
fn installed(root: &Path) -> Result<PathBuf> {
    let tools = root.join("target/tools");
    let tool = tools.join("bin/cargo-cyclonedx");
    let current = tool.exists()
        && crate::process::output(Command::new(&tool).args(["cyclonedx", "--version"]))
            .is_ok_and(|version| version.contains(CARGO_CYCLONEDX));
    if !current {
        let mut command = cargo(root);
        command.args(["install", "--locked", "--force", "cargo-cyclonedx"]);
        command.args(["--version", CARGO_CYCLONEDX, "--root"]);
        crate::process::run(command.arg(&tools))?;
    }
    Ok(tool)
}

/// The bill without what differs from run to run and from machine to machine, and without what
/// is not in the executable: the tool looks at the workspace as a whole.
fn neutral(text: &str, root: &Path, crates: &BTreeSet<(String, String)>) -> Result<String> {
    let here = root.display().to_string();
    let mut bill: Value = serde_json::from_str(&text.replace(&here, "/zeroetl"))
        .context("`cargo cyclonedx` wrote no JSON")?;
    if let Some(bill) = bill.as_object_mut() {
        bill.shift_remove("serialNumber");
    }
    if let Some(metadata) = bill["metadata"].as_object_mut() {
        metadata.shift_remove("timestamp");
    }
    let name_of = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let mut kept: BTreeSet<String> =
        BTreeSet::from([name_of(&bill["metadata"]["component"], "bom-ref")]);
    if let Some(components) = bill["components"].as_array_mut() {
        components.retain(|it| crates.contains(&(name_of(it, "name"), name_of(it, "version"))));
        kept.extend(components.iter().map(|it| name_of(it, "bom-ref")));
    }
    if let Some(dependencies) = bill["dependencies"].as_array_mut() {
        dependencies.retain(|it| kept.contains(&name_of(it, "ref")));
        for dependency in dependencies {
            if let Some(on) = dependency["dependsOn"].as_array_mut() {
                on.retain(|it| it.as_str().is_some_and(|it| kept.contains(it)));
            }
        }
    }
    let mut text = serde_json::to_string_pretty(&bill)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BILL: &str = r#"{
        "serialNumber": "urn:uuid:1", "version": 1,
        "metadata": {"timestamp": "2026-01-01T00:00:00Z", "component": {
            "bom-ref": "path+file:///home/me/clone/provider#0.1.0"}},
        "components": [
            {"bom-ref": "a", "name": "a", "version": "1.0.0"},
            {"bom-ref": "test-only", "name": "test-only", "version": "1.0.0"}],
        "dependencies": [
            {"ref": "path+file:///home/me/clone/provider#0.1.0", "dependsOn": ["a", "test-only"]},
            {"ref": "test-only"}]
    }"#;

    fn made() -> String {
        let crates = BTreeSet::from([("a".to_owned(), "1.0.0".to_owned())]);
        neutral(BILL, Path::new("/home/me/clone"), &crates).unwrap()
    }

    #[test]
    fn nothing_of_the_machine_or_of_the_moment_stays() {
        let made = made();
        assert!(!made.contains("/home/me"), "{made}");
        assert!(!made.contains("urn:uuid"), "{made}");
        assert!(!made.contains("2026"), "{made}");
        assert!(made.contains("path+file:///zeroetl/provider#0.1.0"));
    }

    #[test]
    fn what_is_not_linked_is_not_listed() {
        let made: Value = serde_json::from_str(&made()).unwrap();
        assert_eq!(made["components"].as_array().unwrap().len(), 1);
        assert_eq!(
            made["dependencies"][0]["dependsOn"],
            serde_json::json!(["a"])
        );
        assert!(!made.to_string().contains("test-only"));
    }
}
