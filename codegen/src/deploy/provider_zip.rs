//! The provider's zip on disk: found, opened and judged before anything is made. A wrong zip would
//! only show as a custom resource that never answers.

use std::fmt;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The file that Lambda starts.
const BOOTSTRAP: &str = "bootstrap";
/// Lambda takes no larger zip from a bucket (its 250 MB are for the unpacked files).
const MAX_BYTES: u64 = 250 * 1024 * 1024;

/// A zip that Lambda can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderZip {
    /// Where it lies.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256, lower-case hex.
    pub sha256: String,
    /// What its code runs on.
    pub architecture: Architecture,
}

/// The two architectures of Lambda, in the words of `ProviderArchitecture`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// `x86_64`
    X86_64,
    /// `arm64`
    Arm64,
}

impl Architecture {
    /// Reads CloudFormation's word.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "x86_64" => Some(Self::X86_64),
            "arm64" => Some(Self::Arm64),
            _ => None,
        }
    }

    /// The file that `cargo xtask package` writes for it.
    pub fn default_path(self) -> PathBuf {
        PathBuf::from(format!("dist/provider-{self}.zip"))
    }

    fn package_command(self) -> &'static str {
        match self {
            Self::X86_64 => "cargo xtask package",
            Self::Arm64 => "cargo xtask package --arch arm64",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        })
    }
}

/// Why a zip was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// No such file.
    #[error(
        "no provider zip at `{path}`; make it with `{command}`, or name one by `--provider-zip`"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// What makes it.
        command: &'static str,
    },
    /// The file cannot be read.
    #[error("cannot read the provider zip `{path}`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Lambda would not take it.
    #[error("the provider zip `{path}` {problem}; make it anew with `{command}`")]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What makes a good one.
        command: &'static str,
    },
}

/// Reads the zip at `path`, or at the architecture's default place.
pub(crate) fn open(path: Option<&Path>, wanted: Architecture) -> Result<ProviderZip, ZipError> {
    let path = path.map_or_else(|| wanted.default_path(), Path::to_path_buf);
    let command = wanted.package_command();
    let unreadable = |source: std::io::Error| ZipError::Unreadable {
        path: path.clone(),
        source,
    };
    let size = match std::fs::metadata(&path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ZipError::Missing { path, command });
        }
        Err(error) => return Err(unreadable(error)),
    };
    let unfit = |problem: String| ZipError::Unfit {
        path: path.clone(),
        problem,
        command,
    };
    if size > MAX_BYTES {
        return Err(unfit(format!(
            "has {size} bytes, and Lambda takes {MAX_BYTES}"
        )));
    }
    let bytes = crate::regular_file::check_or_pipe(&path)
        .and_then(|()| std::fs::read(&path))
        .map_err(unreadable)?;
    let architecture = judge(&bytes).map_err(unfit)?;
    if architecture != wanted {
        return Err(unfit(format!(
            "holds {architecture} code, but the config asks for {wanted}"
        )));
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(ProviderZip {
        path,
        bytes,
        sha256,
        architecture,
    })
}

/// What the bytes hold, or what is wrong with them.
fn judge(bytes: &[u8]) -> Result<Architecture, String> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("is no zip ({error})"))?;
    let mut bootstrap = archive
        .by_name(BOOTSTRAP)
        .map_err(|_| format!("has no `{BOOTSTRAP}` at its top"))?;
    if bootstrap.unix_mode().is_none_or(|mode| mode & 0o111 == 0) {
        return Err(format!("has a `{BOOTSTRAP}` that is not executable"));
    }
    let mut header = [0_u8; 20];
    bootstrap
        .read_exact(&mut header)
        .map_err(|error| format!("has an unreadable `{BOOTSTRAP}` ({error})"))?;
    architecture_of(&header)
        .ok_or_else(|| format!("has a `{BOOTSTRAP}` that is no Linux program for x86_64 or arm64"))
}

/// Reads magic number, class and machine of an ELF header.
fn architecture_of(header: &[u8; 20]) -> Option<Architecture> {
    if !header.starts_with(b"\x7fELF") || header[4] != 2 {
        return None;
    }
    match u16::from_le_bytes([header[18], header[19]]) {
        62 => Some(Architecture::X86_64),
        183 => Some(Architecture::Arm64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn elf(machine: u8) -> Vec<u8> {
        let mut header = vec![0_u8; 64];
        header[..4].copy_from_slice(b"\x7fELF");
        header[4] = 2;
        header[18] = machine;
        header
    }

    fn zip_with(name: &str, mode: u32, content: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().unix_permissions(mode);
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_architecture_is_read_from_the_program_itself() {
        assert_eq!(
            judge(&zip_with("bootstrap", 0o755, &elf(62))),
            Ok(Architecture::X86_64)
        );
        assert_eq!(
            judge(&zip_with("bootstrap", 0o755, &elf(183))),
            Ok(Architecture::Arm64)
        );
    }

    #[test]
    fn a_zip_that_lambda_cannot_run_is_refused_with_the_reason() {
        let cases = [
            (b"not a zip".to_vec(), "is no zip"),
            (
                zip_with("bin/bootstrap", 0o755, &elf(62)),
                "has no `bootstrap` at its top",
            ),
            (
                zip_with("bootstrap", 0o644, &elf(62)),
                "that is not executable",
            ),
            (
                zip_with("bootstrap", 0o755, b"#!/bin/sh\nexit 1 # longer"),
                "no Linux program",
            ),
            (
                zip_with("bootstrap", 0o755, b"x"),
                "has an unreadable `bootstrap`",
            ),
            (
                zip_with("bootstrap", 0o755, &elf(40)),
                "no Linux program for x86_64 or arm64",
            ),
        ];
        for (bytes, expected) in cases {
            let problem = judge(&bytes).unwrap_err();
            assert!(
                problem.contains(expected),
                "{problem} should contain {expected}"
            );
        }
    }

    #[test]
    fn a_missing_zip_says_how_to_make_it() {
        let error = open(
            Some(Path::new("/nowhere/provider.zip")),
            Architecture::Arm64,
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "no provider zip at `/nowhere/provider.zip`; make it with `cargo xtask package --arch \
             arm64`, or name one by `--provider-zip`"
        );
    }

    #[test]
    fn code_for_another_architecture_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("provider.zip");
        std::fs::write(&path, zip_with("bootstrap", 0o755, &elf(62))).unwrap();
        let error = open(Some(&path), Architecture::Arm64)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("holds x86_64 code, but the config asks for arm64"),
            "{error}"
        );
        let zip = open(Some(&path), Architecture::X86_64).unwrap();
        assert_eq!(zip.sha256.len(), 64);
    }
}
