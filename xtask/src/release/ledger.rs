//! What has been published. A published version never changes: products of Service Catalog that
//! people have launched are made of it, and launch links point to it.
//!
//! `templates/service-catalog/published.json` keeps the hashes; beside it, `published/<version>/`
//! keeps the templates themselves. The generator reads the hashes and refuses to change a version
//! that is in there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::STACKS;

const FOLDER: &str = "templates/service-catalog";

/// The record, oldest version first.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Ledger {
    versions: Vec<Entry>,
}

/// One version.
#[derive(Debug, Deserialize, Serialize)]
struct Entry {
    version: String,
    /// By stack, the SHA-256 of its YAML.
    templates: BTreeMap<String, String>,
    /// The zips, relative to the folder of the version.
    provider: Vec<String>,
}

impl Ledger {
    /// What was published so far.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = place(root);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read `{}`", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("`{}` is no record", path.display()))
    }

    /// `<version>/<zip>` of everything published but for `current`.
    pub(super) fn earlier_zips(&self, current: &str) -> Vec<(String, String)> {
        self.versions
            .iter()
            .filter(|entry| entry.version != current)
            .flat_map(|entry| {
                let version = &entry.version;
                let zips = entry.provider.iter();
                zips.map(move |zip| (version.clone(), zip.clone()))
            })
            .collect()
    }

    /// Records the version as it is in `templates` now, and keeps a copy.
    pub(super) fn publish(mut self, root: &Path, version: &str, zips: Vec<String>) -> Result<()> {
        if self.versions.iter().any(|entry| entry.version == version) {
            bail!("version {version} is published; raise the version in `Cargo.toml`");
        }
        let copies = root.join(FOLDER).join("published").join(version);
        fs::create_dir_all(&copies)
            .with_context(|| format!("cannot make `{}`", copies.display()))?;
        let mut templates = BTreeMap::new();
        for stack in STACKS {
            let from = root.join(format!("templates/zero-etl/{stack}.yaml"));
            let bytes =
                fs::read(&from).with_context(|| format!("cannot read `{}`", from.display()))?;
            let to = copies.join(format!("{stack}.yaml"));
            fs::write(&to, &bytes).with_context(|| format!("cannot write `{}`", to.display()))?;
            templates.insert(stack.to_owned(), hex::encode(Sha256::digest(&bytes)));
        }
        self.versions.push(Entry {
            version: version.to_owned(),
            templates,
            provider: zips,
        });
        let mut text = serde_json::to_string_pretty(&self)?;
        text.push('\n');
        let path = place(root);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// The copies that are not what was published.
    pub(super) fn changed(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut changed = Vec::new();
        for entry in &self.versions {
            for (stack, hash) in &entry.templates {
                let relative = format!("{FOLDER}/published/{}/{stack}.yaml", entry.version);
                let path = root.join(&relative);
                let bytes = fs::read(&path).with_context(|| format!("cannot read `{relative}`"))?;
                if hex::encode(Sha256::digest(bytes)) != *hash {
                    changed.push(PathBuf::from(relative));
                }
            }
        }
        Ok(changed)
    }
}

fn place(root: &Path) -> PathBuf {
    root.join(FOLDER).join("published.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(FOLDER)).unwrap();
        fs::create_dir_all(root.path().join("templates/zero-etl")).unwrap();
        fs::write(place(root.path()), r#"{"versions": []}"#).unwrap();
        for stack in STACKS {
            let path = root.path().join(format!("templates/zero-etl/{stack}.yaml"));
            fs::write(path, format!("# {stack}\n")).unwrap();
        }
        root
    }

    fn publish(root: &Path, version: &str) -> Result<()> {
        Ledger::read(root)?.publish(root, version, vec![format!("provider/{version}.zip")])
    }

    #[test]
    fn a_version_is_published_once() {
        let root = repository();
        publish(root.path(), "1.0.0").unwrap();
        let error = publish(root.path(), "1.0.0").unwrap_err().to_string();
        assert!(
            error.contains("version 1.0.0 is published; raise"),
            "{error}"
        );
        publish(root.path(), "1.1.0").unwrap();
        let ledger = Ledger::read(root.path()).unwrap();
        let zips = [("1.0.0".to_owned(), "provider/1.0.0.zip".to_owned())];
        assert_eq!(ledger.earlier_zips("1.1.0"), zips);
    }

    #[test]
    fn a_copy_that_was_touched_is_named() {
        let root = repository();
        publish(root.path(), "1.0.0").unwrap();
        let ledger = Ledger::read(root.path()).unwrap();
        assert!(ledger.changed(root.path()).unwrap().is_empty());
        let copy = "templates/service-catalog/published/1.0.0/target.yaml";
        fs::write(root.path().join(copy), "# other\n").unwrap();
        assert_eq!(ledger.changed(root.path()).unwrap(), [PathBuf::from(copy)]);
    }

    #[test]
    fn what_this_repository_published_is_unchanged() {
        let root = zeroetl_tests::workspace_root();
        let ledger = Ledger::read(&root).unwrap();
        assert!(ledger.changed(&root).unwrap().is_empty());
    }
}
