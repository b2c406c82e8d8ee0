//! What the provider's executable is linked with, as cargo resolves it for that crate alone: no
//! tests, no build scripts, no macros, no features that only other crates of the workspace ask for.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use crate::cargo::cargo;

/// The crate that becomes the zip.
pub(super) const CRATE: &str = "zeroetl-provider";
/// The platform that the release is made for; arm64 links the same crates.
pub(super) const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Names and versions, our own crates included.
pub(super) fn crates(root: &Path) -> Result<BTreeSet<(String, String)>> {
    let tree = crate::process::output(cargo(root).args([
        "tree",
        "--locked",
        "-p",
        CRATE,
        "-e",
        "normal,no-proc-macro",
        "--target",
        PLATFORM,
        "--prefix",
        "none",
    ]))?;
    let crates = read(&tree);
    if crates.is_empty() {
        bail!("`cargo tree` names no crate");
    }
    Ok(crates)
}

/// `name v1.2.3 (somewhere) (*)`
fn read(tree: &str) -> BTreeSet<(String, String)> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?;
            let version = words.next()?.strip_prefix('v')?;
            Some((name.to_owned(), version.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_counts_once_wherever_it_stands() {
        let tree = "a v1.0.0 (/somewhere/a)\nb v2.0.0\n\nb v2.0.0 (*)\n";
        let expected = [("a", "1.0.0"), ("b", "2.0.0")];
        let expected = expected.map(|(name, version)| (name.to_owned(), version.to_owned()));
        assert_eq!(read(tree), BTreeSet::from(expected));
    }
}
