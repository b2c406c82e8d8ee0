//! `cargo xtask lint`: the two template linters, which disagree often enough to need both, the
//! security scanner checkov, and what AWS publishes of the types that we use.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zeroetl_tests::PythonEnv;

/// Runs them over every template. Any finding that is not suppressed in the template with its
/// reason fails.
pub(crate) fn run(root: &Path) -> Result<()> {
    let python = PythonEnv::ensure(root)?;
    let templates = templates(root)?;
    crate::process::run(
        python
            .command("cfn-lint")
            .current_dir(root)
            .arg("--")
            .args(&templates),
    )?;
    crate::process::run(
        python
            .command("python")
            .current_dir(root)
            .arg("tests/lint/validate.py")
            .args(&templates),
    )?;
    crate::process::run(
        python
            .command("python")
            .current_dir(root)
            .arg("tests/lint/handlers.py"),
    )?;
    crate::process::run(
        PythonEnv::ensure_scanner(root)?
            .command("python")
            .current_dir(root)
            .arg("tests/lint/checkov_scan.py")
            .args(&templates),
    )
}

/// Every template of every folder, however deep, both formats.
fn templates(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in entries(&root.join("templates"))? {
        if folder.is_dir() {
            add_templates(root, &folder, &mut found)?;
        }
    }
    found.sort();
    if found.is_empty() {
        bail!("no template in `templates`; run `cargo xtask generate`");
    }
    Ok(found)
}

fn add_templates(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for path in entries(folder)? {
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_dir() {
            add_templates(root, &path, found)?;
        } else if matches!(extension, Some("yaml" | "json")) && !path.ends_with("published.json") {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            found.push(relative.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = std::fs::read_dir(folder).with_context(|| format!("no `{}`", folder.display()))?;
    read.map(|entry| Ok(entry?.path())).collect()
}
