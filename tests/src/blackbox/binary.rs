//! Where the program under test lies.

use std::path::{Path, PathBuf};

use crate::root::workspace_root;

/// The program that is tested.
#[derive(Debug, Clone)]
pub struct ProviderBinary(PathBuf);

impl ProviderBinary {
    /// Another program that speaks the same protocols.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// The provider that `ZEROETL_PROVIDER` names, else the one of the last debug build.
///
/// # Panics
///
/// When there is none, with the command that builds it.
pub fn provider_binary() -> ProviderBinary {
    let named = std::env::var_os("ZEROETL_PROVIDER").map(PathBuf::from);
    let path = named
        .clone()
        .unwrap_or_else(|| workspace_root().join("target/debug/bootstrap"));
    let origin = if named.is_some() {
        "named by `ZEROETL_PROVIDER`"
    } else {
        "the debug build"
    };
    assert!(
        path.is_file(),
        "no provider at `{}` ({origin}); build it with `cargo build -p zeroetl-provider`, or set \
         `ZEROETL_PROVIDER` to its path",
        path.display()
    );
    ProviderBinary(path.canonicalize().expect("the path of a file that exists"))
}
