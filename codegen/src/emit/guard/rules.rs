//! The lines of a Guard file, indented as its blocks are nested.

use super::{GuardComment, GuardKey, GuardMessage};

/// Rules that are being written.
#[derive(Debug, Default)]
pub(super) struct Rules {
    lines: Vec<String>,
    depth: usize,
}

impl Rules {
    pub(super) fn line(&mut self, line: &str) {
        self.lines
            .push(format!("{}{line}", "  ".repeat(self.depth)));
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(String::new());
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.line(GuardComment::new(text).to_string().trim_end());
    }

    /// A block that [`Rules::close`] ends.
    pub(super) fn open(&mut self, head: &str) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
    }

    /// Ends the block; one with nothing in it goes, since Guard takes none.
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.lines.last().is_some_and(|line| line.ends_with(" {")) {
            self.lines.pop();
        } else {
            self.line("}");
        }
    }

    /// A key that has to be there.
    pub(super) fn required(&mut self, key: &str, about: &str) {
        let message = GuardMessage::new(&format!("{key} is required: {about}"));
        self.line(&format!("{} exists {message}", GuardKey::new(key)));
    }

    pub(super) fn finish(self) -> String {
        self.lines.join("\n") + "\n"
    }
}
