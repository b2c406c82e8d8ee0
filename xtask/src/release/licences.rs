//! `THIRD-PARTY-LICENSES.md`: what is linked into the provider, under which licence, with the
//! texts that those licences ask to be passed on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::linked;
use crate::cargo::cargo;

/// How the files are called that hold licences and notices.
const FILES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"];

/// One crate.
struct Package {
    name: String,
    version: String,
    licence: String,
    texts: Vec<String>,
}

/// The whole page.
pub(super) fn text(root: &Path) -> Result<String> {
    let metadata = crate::process::output(cargo(root).args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        linked::PLATFORM,
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo printed no JSON")?;
    let crates = linked::crates(root)?;
    let mut packages = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        // Ours come from the workspace, all others from a registry.
        if !package["source"].is_null() && crates.contains(&(text("name"), text("version"))) {
            packages.push(read(package)?);
        }
    }
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(page(&packages))
}

fn read(package: &Value) -> Result<Package> {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let name = text("name");
    let licence = text("license");
    if licence.is_empty() {
        bail!("the crate `{name}` names no licence; look at its sources, or leave it out");
    }
    let manifest = text("manifest_path");
    let folder = Path::new(&manifest)
        .parent()
        .with_context(|| format!("the crate `{name}` has no folder"))?;
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)
        .with_context(|| format!("the sources of `{name}` are not there; run `cargo fetch`"))?
    {
        let path = entry?.path();
        let upper = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        if path.is_file() && FILES.iter().any(|start| upper.starts_with(start)) {
            found.push(path);
        }
    }
    found.sort();
    let texts = found
        .iter()
        .map(|path| {
            fs::read(path)
                .map(|bytes| {
                    String::from_utf8_lossy(&bytes)
                        .replace("\r\n", "\n")
                        .trim()
                        .to_owned()
                })
                .with_context(|| format!("cannot read `{}`", path.display()))
        })
        .collect::<Result<_>>()?;
    Ok(Package {
        name,
        version: text("version"),
        licence,
        texts,
    })
}

/// The list first, then every text once, with the crates that it belongs to.
fn page(packages: &[Package]) -> String {
    let mut page = String::from(
        "# Third-party licences\n\nThe provider's zip contains code of these crates. zeroetl itself \
         is under the Apache License 2.0, see `LICENSE`.\n\n| crate | version | licence |\n| --- | \
         --- | --- |\n",
    );
    let mut by_text: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in packages {
        let Package {
            name,
            version,
            licence,
            texts,
        } = package;
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| {name} | {version} | {licence} |");
        for text in texts {
            by_text
                .entry(text)
                .or_default()
                .push(format!("{name} {version}"));
        }
    }
    let mut texts: Vec<(&str, Vec<String>)> = by_text.into_iter().collect();
    texts.sort_by(|a, b| a.1.cmp(&b.1));
    for (text, crates) in texts {
        let _ = write!(
            page,
            "\n## {}\n\n````text\n{text}\n````\n",
            crates.join(", ")
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_once_for_all_crates_that_share_it() {
        let package = |name: &str, text: &str| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            texts: vec![text.to_owned()],
        };
        let page = page(&[
            package("a", "shared"),
            package("b", "shared"),
            package("c", "own"),
        ]);
        assert!(page.contains("| a | 1.0.0 | MIT |"), "{page}");
        assert_eq!(page.matches("shared").count(), 1, "{page}");
        assert!(page.contains("## a 1.0.0, b 1.0.0\n"), "{page}");
    }
}
