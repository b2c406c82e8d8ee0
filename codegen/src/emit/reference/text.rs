//! Markdown that stays text, whatever the words are made of.

use std::fmt::Write as _;

/// A page in the making: blocks with an empty line in between.
pub(super) struct GuidePage(String);

impl GuidePage {
    pub(super) fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    pub(super) fn heading(&mut self, level: usize, text: &str) {
        self.block(&format!("{} {text}", "#".repeat(level)));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.block(text);
    }

    pub(super) fn list(&mut self, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.map(|item| format!("- {item}")).collect();
        self.block(&items.join("\n"));
    }

    /// A table; nothing without rows.
    pub(super) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        let mut text = format!("| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
        for row in rows {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n| {} |", row.join(" | "));
        }
        self.block(&text);
    }

    fn block(&mut self, text: &str) {
        self.0.push('\n');
        self.0.push_str(text);
        self.0.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Text in one line, with nothing in it that Markdown would take for its own.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let within_word =
            before.is_alphanumeric() && chars.peek().is_some_and(|it| it.is_alphanumeric());
        before = c;
        match c {
            '_' if within_word => plain.push(c),
            '\n' | '\r' => plain.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            '&' => plain.push_str("&amp;"),
            c => plain.push(c),
        }
    }
    plain
}

/// Text in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

/// Text as code in a cell of a table; one backtick more around it than it has inside.
pub(super) fn code(text: &str) -> String {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let inner = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    let space = if longest == 0 { "" } else { " " };
    format!("{fence}{space}{inner}{space}{fence}")
}

/// Names as code, separated by commas.
pub(super) fn listed_as_code<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(code).collect();
    names.join(", ")
}
