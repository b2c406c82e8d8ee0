//! The provider's zips, one per architecture. Version and hash are part of the name: new code has
//! a new key, which is how CloudFormation sees that there is new code.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::folder::Folder;
use crate::cli::Arch;

/// How many hexadecimal digits of the hash stand in the name.
const DIGITS: usize = 16;

/// One zip in the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zip {
    /// As the parameter `ProviderArchitecture` spells it.
    pub(super) architecture: &'static str,
    /// Its path in the folder.
    pub(super) path: String,
    /// Hexadecimal, as `sha256sum` prints it.
    pub(super) sha256: String,
}

/// Puts the zips of these architectures into the folder.
pub(super) fn add(
    version: &str,
    built: &[(Arch, PathBuf)],
    folder: &mut Folder,
) -> Result<Vec<Zip>> {
    let mut zips = Vec::new();
    for (arch, from) in built {
        let bytes = fs::read(from).with_context(|| format!("cannot read `{}`", from.display()))?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let path = path_of(version, word(*arch), &sha256);
        folder.write(&path, &bytes)?;
        zips.push(Zip {
            architecture: word(*arch),
            path,
            sha256,
        });
    }
    Ok(zips)
}

/// The word for an architecture, as Lambda spells it.
pub(super) fn word(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x86_64",
        Arch::Arm64 => "arm64",
    }
}

fn path_of(version: &str, architecture: &str, sha256: &str) -> String {
    let digits = sha256.get(..DIGITS).unwrap_or(sha256);
    format!("provider/zeroetl-provider-{version}-{architecture}-{digits}.zip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_architecture_and_hash_are_in_the_name() {
        let hash = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            path_of("1.2.3", "arm64", hash),
            "provider/zeroetl-provider-1.2.3-arm64-0123456789abcdef.zip"
        );
    }
}
