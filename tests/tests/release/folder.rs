//! The release folder under test, copied to where nothing of the repository is.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use zeroetl_tests::workspace_root;

/// A copy of a release, in a folder that goes with it.
pub(crate) struct Release {
    base: TempDir,
    pub(crate) version: String,
}

impl Release {
    /// A copy of what `cargo xtask package --release-dir` made.
    pub(crate) fn copied() -> Self {
        let made = std::env::var_os("ZEROETL_RELEASE").map_or_else(
            || {
                let version = env!("CARGO_PKG_VERSION");
                workspace_root().join("dist").join(version)
            },
            PathBuf::from,
        );
        assert!(
            made.join("manifest.json").exists(),
            "`{}` is no release: run `cargo xtask package --release-dir dist`",
            made.display()
        );
        let version = made.file_name().unwrap().to_str().unwrap().to_owned();
        let base = TempDir::new().unwrap();
        copy(&made, &base.path().join(&version));
        Self { base, version }
    }

    /// The folder of the version.
    pub(crate) fn path(&self) -> PathBuf {
        self.base.path().join(&self.version)
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path().join(path)).unwrap()).unwrap()
    }

    /// The path of the zip for `x86_64` in the folder.
    pub(crate) fn zip(&self) -> String {
        let manifest = self.json("manifest.json");
        let provider = manifest["provider"].as_array().unwrap();
        let x86 = provider.iter().find(|it| it["architecture"] == "x86_64");
        x86.unwrap()["path"].as_str().unwrap().to_owned()
    }

    /// The next version beside this one: the same but for the provider's code, which differs by a
    /// file in the zip, and for everything that follows from it.
    pub(crate) fn next_version(&self, version: &str) -> Self {
        let base = TempDir::new().unwrap();
        let place = base.path().join(version);
        copy(&self.path(), &place);
        let old = self.zip();
        let bytes = another_zip(&fs::read(self.path().join(&old)).unwrap(), version);
        let hash = hex::encode(Sha256::digest(&bytes));
        let new = format!(
            "provider/zeroetl-provider-{version}-x86_64-{}.zip",
            &hash[..16]
        );
        fs::remove_file(place.join(&old)).unwrap();
        fs::write(place.join(&new), bytes).unwrap();
        for file in ["parameters/target.json", "manifest.json"] {
            let text = fs::read_to_string(place.join(file)).unwrap();
            let text = text.replace(&format!("/{}/", self.version), &format!("/{version}/"));
            fs::write(place.join(file), text.replace(&old, &new)).unwrap();
        }
        Self {
            base,
            version: version.to_owned(),
        }
    }
}

fn another_zip(zip: &[u8], version: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new_append(Cursor::new(zip.to_vec())).unwrap();
    writer
        .start_file("VERSION", zip::write::SimpleFileOptions::default())
        .unwrap();
    writer.write_all(version.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}
