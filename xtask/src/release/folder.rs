//! The folder that a release becomes: what is put in is remembered with its hash.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// What is known of a file in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) sha256: String,
    pub(super) bytes: usize,
}

/// A release in the making.
pub(super) struct Folder {
    place: PathBuf,
    files: BTreeMap<String, Entry>,
}

impl Folder {
    pub(super) fn new(place: PathBuf) -> Self {
        let files = BTreeMap::new();
        Self { place, files }
    }

    /// Everything so far, by path with `/`, in order.
    pub(super) fn files(&self) -> &BTreeMap<String, Entry> {
        &self.files
    }

    /// Writes one file; `path` is relative, with `/`.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let place = self.place.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot make `{}`", parent.display()))?;
        }
        fs::write(&place, bytes).with_context(|| format!("cannot write `{}`", place.display()))?;
        let entry = Entry {
            sha256: hex::encode(Sha256::digest(bytes)),
            bytes: bytes.len(),
        };
        self.files.insert(path.to_owned(), entry);
        Ok(())
    }

    /// Copies one file into `under`; an empty `under` is the folder itself.
    pub(super) fn copy(&mut self, from: &Path, under: &str) -> Result<()> {
        let bytes = fs::read(from).with_context(|| format!("cannot read `{}`", from.display()))?;
        let name = from
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let path = if under.is_empty() {
            name
        } else {
            format!("{under}/{name}")
        };
        self.write(&path, &bytes)
    }

    /// Copies all files below `from` into `under`, folders included. Nothing when there is no
    /// such folder.
    pub(super) fn copy_tree(&mut self, from: &Path, under: &str) -> Result<()> {
        if !from.exists() {
            return Ok(());
        }
        let entries =
            fs::read_dir(from).with_context(|| format!("cannot read `{}`", from.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                self.copy_tree(&path, &format!("{under}/{name}"))?;
            } else {
                self.copy(&path, under)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_copied_with_its_folders_and_hashes() {
        let from = tempfile::tempdir().unwrap();
        fs::create_dir(from.path().join("a")).unwrap();
        fs::write(from.path().join("a/b.txt"), "text").unwrap();
        let to = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(to.path().to_owned());
        folder.copy_tree(from.path(), "all").unwrap();
        assert_eq!(fs::read(to.path().join("all/a/b.txt")).unwrap(), b"text");
        let entry = &folder.files()["all/a/b.txt"];
        assert_eq!(entry.bytes, 4);
        assert_eq!(
            entry.sha256,
            "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
        );
    }
}
