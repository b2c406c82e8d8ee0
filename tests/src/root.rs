//! Where the clone lies.

use std::path::PathBuf;

/// The workspace's folder: the parent of this crate's own.
pub fn workspace_root() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.pop();
    path
}
