//! Which glibc a binary needs. Lambda's `provided.al2023` has 2.34; a binary linked against a newer
//! one ends at start with `version GLIBC_… not found`, before any reply can be sent.

use anyhow::{Context as _, Result, bail};
use object::elf::FileHeader64;
use object::read::elf::{FileHeader as _, SectionHeader as _};

/// The glibc of Amazon Linux 2023.
pub(super) const LAMBDA_GLIBC: &str = "2.34";

/// Refuses a binary that needs a newer glibc than Lambda has.
pub(super) fn check_glibc(bytes: &[u8]) -> Result<()> {
    let newest = needed_versions(bytes)?
        .into_iter()
        .filter_map(|name| Some((parse(name.strip_prefix("GLIBC_")?)?, name)))
        .max();
    let limit = parse(LAMBDA_GLIBC);
    match newest {
        Some((version, name)) if Some(&version) > limit.as_ref() => bail!(
            "it needs `{name}`, and Lambda's provided.al2023 has glibc {LAMBDA_GLIBC}; build on a \
             system with glibc {LAMBDA_GLIBC} or older, or with cargo-zigbuild"
        ),
        _ => Ok(()),
    }
}

fn parse(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

/// The symbol versions in `.gnu.version_r`, such as `GLIBC_2.34`.
fn needed_versions(bytes: &[u8]) -> Result<Vec<String>> {
    let header =
        FileHeader64::<object::Endianness>::parse(bytes).context("it is not a 64-bit ELF file")?;
    let endian = header.endian().context("its byte order is unknown")?;
    let sections = header
        .sections(endian, bytes)
        .context("its section table is broken")?;
    let mut names = Vec::new();
    for section in sections.iter() {
        let Some((mut needs, link)) = section
            .gnu_verneed(endian, bytes)
            .context("its `.gnu.version_r` is broken")?
        else {
            continue;
        };
        let strings = sections
            .strings(endian, bytes, link)
            .context("its strings are broken")?;
        while let Some((_, mut versions)) = needs.next()? {
            while let Some(version) = versions.next()? {
                let name = version.name(endian, strings)?;
                names.push(String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn compile(source: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("probe.c");
        std::fs::write(&file, source).unwrap();
        let binary = folder.path().join("probe");
        let status = Command::new("cc")
            .arg(&file)
            .arg("-o")
            .arg(&binary)
            .status()
            .unwrap();
        assert!(status.success());
        std::fs::read(binary).unwrap()
    }

    #[test]
    fn a_binary_that_asks_for_a_newer_glibc_is_refused_with_the_version() {
        // A version that no glibc has, asked for by hand, so that the test runs on any of them.
        let mut bytes = compile("#include <stdio.h>\nint main() { puts(\"\"); return 0; }");
        check_glibc(&bytes).unwrap();

        let at = bytes
            .windows(8)
            .position(|window| window == b"GLIBC_2.")
            .unwrap();
        let end = at + bytes[at..].iter().position(|byte| *byte == 0).unwrap();
        for byte in bytes[at..end]
            .iter_mut()
            .filter(|byte| byte.is_ascii_digit())
        {
            *byte = b'9';
        }
        let error = check_glibc(&bytes).unwrap_err().to_string();
        assert!(error.starts_with("it needs `GLIBC_9"), "{error}");
        assert!(error.contains("2.34"), "{error}");
    }

    #[test]
    fn something_that_is_no_elf_file_is_refused() {
        assert_eq!(
            check_glibc(b"#!/bin/sh\n").unwrap_err().to_string(),
            "it is not a 64-bit ELF file"
        );
    }
}
