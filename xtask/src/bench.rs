//! `cargo xtask bench`: the benchmarks, on the packaged provider and a release build of `zeroetl`.

use std::path::Path;

use anyhow::Result;

use crate::cargo::{build, cargo, release};
use crate::cli::{Arch, Package};

/// Builds what is measured, then measures.
pub(crate) fn run(root: &Path) -> Result<()> {
    crate::package::run(root, &Package { arch: Arch::X86_64 })?;
    let zeroetl = build(
        release(root, "build").args(["-p", "zeroetl-codegen"]),
        "zeroetl",
    )?;
    // The benches only start and watch what is measured: built without optimisation, they need not
    // build the whole SDK once more.
    crate::process::run(
        cargo(root)
            .args([
                "bench",
                "--locked",
                "--profile",
                "dev",
                "-p",
                "zeroetl-tests",
            ])
            .env("ZEROETL_BIN", zeroetl),
    )
}
