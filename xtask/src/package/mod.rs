//! `cargo xtask package`: the provider as a zip that Lambda takes, the same bytes wherever it is
//! built from the same sources with the same toolchain.

mod archive;
mod elf;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::cargo::{build, cargo, release};
use crate::cli::{Arch, Package};

const CRATE: &str = "zeroetl-provider";
const BINARY: &str = "bootstrap";
const ARM64_TARGET: &str = "aarch64-unknown-linux-gnu";

/// What was packed.
#[derive(Debug)]
pub(crate) struct Packaged {
    /// `dist/provider-<arch>.zip`.
    pub(crate) zip: PathBuf,
    /// The executable that the zip holds.
    pub(crate) binary: PathBuf,
}

/// Builds, checks and packs.
pub(crate) fn run(root: &Path, arguments: &Package) -> Result<Packaged> {
    check_tools(root, arguments.arch)?;
    let binary = match arguments.arch {
        Arch::X86_64 => build(
            release(root, "build").args(["-p", CRATE, "--bin", BINARY]),
            BINARY,
        )?,
        Arch::Arm64 => {
            let target = format!("{ARM64_TARGET}.{}", elf::LAMBDA_GLIBC);
            build(
                release(root, "zigbuild").args(["-p", CRATE, "--bin", BINARY, "--target", &target]),
                BINARY,
            )?
        }
    };
    let bytes = fs::read(&binary).with_context(|| format!("cannot read `{}`", binary.display()))?;
    elf::check_glibc(&bytes).with_context(|| format!("`{}` cannot run", binary.display()))?;

    let zip = archive::zip(BINARY, &bytes).context("cannot pack the zip")?;
    let path = zip_path(root, arguments.arch);
    fs::create_dir_all(root.join("dist")).context("cannot make `dist`")?;
    fs::write(&path, &zip).with_context(|| format!("cannot write `{}`", path.display()))?;
    let hash = hex::encode(Sha256::digest(&zip));
    println!(
        "{hash}  {}  ({} bytes, binary {} bytes)",
        path.strip_prefix(root).unwrap_or(&path).display(),
        zip.len(),
        bytes.len()
    );
    Ok(Packaged { zip: path, binary })
}

/// Where the zip for an architecture goes.
pub(crate) fn zip_path(root: &Path, arch: Arch) -> PathBuf {
    root.join("dist").join(match arch {
        Arch::X86_64 => "provider-x86_64.zip",
        Arch::Arm64 => "provider-arm64.zip",
    })
}

/// Says what is missing before cargo fails in its own words.
pub(crate) fn check_tools(root: &Path, arch: Arch) -> Result<()> {
    if arch == Arch::X86_64 {
        if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
            bail!(
                "the x86_64 zip is built on x86_64 Linux only; use such a machine, or `--arch \
                 arm64` with cargo-zigbuild"
            );
        }
        return Ok(());
    }
    let zigbuild = cargo(root)
        .args(["zigbuild", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !zigbuild {
        bail!(
            "`--arch arm64` needs cargo-zigbuild, which is not installed; run `cargo install \
             cargo-zigbuild` and `pip install ziglang`, then `rustup target add {ARM64_TARGET}`"
        );
    }
    let sysroot = crate::process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if !Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(ARM64_TARGET)
        .exists()
    {
        bail!(
            "`--arch arm64` needs the Rust target `{ARM64_TARGET}`, which is not installed; run \
             `rustup target add {ARM64_TARGET}`"
        );
    }
    Ok(())
}
