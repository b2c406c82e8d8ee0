//! Runs a test runner and counts what its closing lines say, so that the summary can name numbers.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// How many tests a step ran. A step that is no test runner counts as one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Counts {
    /// Counts another runner's tests too.
    pub(crate) fn add(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
}

/// What a step counts that is no test runner.
pub(crate) const ONE: Counts = Counts {
    passed: 1,
    failed: 0,
};

/// Runs a test runner, its output passed on, and counts what its closing lines say.
pub(crate) fn counted(command: &mut Command, count: fn(&str) -> Counts) -> Result<Counts> {
    let shown = crate::process::show(command);
    eprintln!("$ {shown}");
    // One pipe for both, so that a runner may close with its count on either.
    let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
    let stderr = writer.try_clone().context("cannot make a pipe")?;
    let mut child = command
        .stdout(writer)
        .stderr(stderr)
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    // The command holds our ends of the pipe; the reader would wait for them for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut total = Counts::default();
    for line in BufReader::new(reader).lines() {
        let line = line.with_context(|| format!("cannot read what `{shown}` prints"))?;
        println!("{line}");
        let counts = count(&line);
        total.add(counts);
    }
    let status = child.wait().with_context(|| format!("lost `{shown}`"))?;
    if !status.success() && total.failed == 0 {
        bail!("`{shown}` ended with {status}");
    }
    if total.passed + total.failed == 0 {
        bail!("`{shown}` ran no test");
    }
    Ok(total)
}

/// `test result: ok. 3 passed; 0 failed; …`
pub(crate) fn rust_counts(line: &str) -> Counts {
    match line.strip_prefix("test result: ") {
        Some(rest) => words_before(rest),
        None => Counts::default(),
    }
}

/// `3 passed, 1 failed in 2.34s`
pub(crate) fn pytest_counts(line: &str) -> Counts {
    if line.contains(" in ") && line.trim_end_matches(')').ends_with(char::is_alphanumeric) {
        return words_before(line);
    }
    Counts::default()
}

/// `Tests:       2 failed, 40 passed, 42 total`, which jest prints to stderr.
pub(crate) fn jest_counts(line: &str) -> Counts {
    line.strip_prefix("Tests: ")
        .map_or_else(Counts::default, words_before)
}

fn words_before(line: &str) -> Counts {
    let words: Vec<&str> = line
        .split([' ', ',', ';', '.'])
        .filter(|word| !word.is_empty())
        .collect();
    let before = |wanted: &str| {
        words
            .windows(2)
            .find(|pair| pair[1] == wanted)
            .and_then(|pair| pair[0].parse().ok())
    };
    Counts {
        passed: before("passed").unwrap_or(0),
        failed: before("failed").unwrap_or(0) + before("errors").or(before("error")).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted_and_other_lines_are_not() {
        let counts = |counts: Counts| (counts.passed, counts.failed);
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; finished in 0.1s";
        assert_eq!(counts(rust_counts(line)), (12, 3));
        assert_eq!(counts(rust_counts("test a ... ok")), (0, 0));
        assert_eq!(
            counts(pytest_counts("2 failed, 40 passed, 1 error in 12.30s")),
            (40, 3)
        );
        assert_eq!(
            counts(pytest_counts("40 passed in 0.10s (0:00:00)")),
            (40, 0)
        );
        assert_eq!(
            counts(pytest_counts("tests/local-aws/test_a.py ....")),
            (0, 0)
        );
    }
}
