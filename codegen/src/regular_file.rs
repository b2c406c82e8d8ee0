//! Whether a path leads to a file: reading anything else may never end.

use std::path::Path;
use std::{fs, io};

/// Fails where the path leads to something that is no file, or where a link leads to nothing. What is
/// not there at all is an error of kind `NotFound`.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(if fs::symlink_metadata(path).is_ok() {
                unexpected("a symbolic link to nothing")
            } else {
                error
            });
        }
        Err(error) => return Err(error),
    };
    if found.is_file() {
        return Ok(());
    }
    Err(unexpected(kind(&found)))
}

/// The same, but for a pipe that the shell passes as `/dev/fd/…` or `/dev/stdin`: it has an end.
pub(crate) fn check_or_pipe(path: &Path) -> io::Result<()> {
    let passed = ["/dev/fd/", "/dev/stdin", "/proc/self/fd/"];
    let text = path.to_string_lossy();
    if passed.iter().any(|start| text.starts_with(start)) {
        return Ok(());
    }
    check(path)
}

fn unexpected(what: &str) -> io::Error {
    io::Error::other(format!(
        "it is {what}, and a file was expected; move it, or name another place"
    ))
}

#[cfg(unix)]
fn kind(found: &fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = found.file_type();
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(found: &fs::Metadata) -> &'static str {
    if found.is_dir() {
        "a folder"
    } else {
        "a device"
    }
}
