//! What commands print, and where: data to stdout, the rest to stderr.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};

use crate::visible::lines;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs; fields are added, never renamed.
    Json,
}

/// Data to stdout. A reader that has seen enough, such as `head`, is no error: what was done is done.
pub(super) fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to stdout"),
    }
}

/// A failure for programs: with `--format json`, stdout holds JSON whatever happens. The error itself
/// goes on to stderr and to the exit code.
pub(super) fn tell_failure<T>(format: Format, result: Result<T>) -> Result<T> {
    if let (Format::Json, Err(error)) = (format, &result) {
        let text = serde_json::json!({ "error": format!("{error:#}") });
        print(&format!("{text:#}\n"))?;
    }
    result
}

/// A line to stderr. When nobody reads it any more, the work goes on.
pub(super) fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{}", lines(line));
}
