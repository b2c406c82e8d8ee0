//! Questions on the terminal, where there is one.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};

use crate::deploy::Ask;

/// Whoever sits in front of stdin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal;

impl Terminal {
    /// Whether anybody can be asked.
    pub(super) fn is_there() -> bool {
        io::stdin().is_terminal()
    }
}

impl Ask for Terminal {
    async fn ask(&self, question: &str) -> Option<bool> {
        if !Self::is_there() {
            return None;
        }
        let question = question.to_owned();
        // On a thread of its own, so that Ctrl-C is heard while somebody thinks.
        tokio::task::spawn_blocking(move || ask_and_wait(&question))
            .await
            .ok()?
            .ok()
    }
}

fn ask_and_wait(question: &str) -> Result<bool> {
    let mut stderr = io::stderr();
    write!(stderr, "{question}. Type `yes`: ")
        .and_then(|()| stderr.flush())
        .context("cannot ask")?;
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .context("cannot read the answer")?;
    Ok(answer.trim() == "yes")
}
