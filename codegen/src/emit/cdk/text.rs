//! What may stand in TypeScript: names, texts and comments; code is made of them in `ts_code`.
//!
//! A template is filled with these types only. Each is checked or escaped where it is made, and is
//! wrapped in askama's [`Safe`] there; whatever else reaches a template goes through
//! [`TsEscaper`], which leaves nothing that could end a text or a comment.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Safe};

/// Words that TypeScript keeps for itself, or that one of jsii's languages does.
const RESERVED: &[&str] = &[
    "abstract",
    "arguments",
    "as",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Escapes whatever no type of ours vouches for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TsEscaper;

impl Escaper for TsEscaper {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',') {
                dest.write_char(c)?;
            } else {
                write!(dest, "\\u{{{:x}}}", u32::from(c))?;
            }
        }
        Ok(())
    }
}

/// A text that cannot be a name in TypeScript.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be a name in TypeScript; use letters, digits and `_`, and no reserved word", .0.escape_debug())]
pub struct NotAName(pub String);

/// A name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TsIdent(String);

impl TsIdent {
    pub(super) fn new(name: impl Into<String>) -> Result<Self, NotAName> {
        let name = name.into();
        let mut bytes = name.bytes();
        let starts = bytes
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
        let goes_on = bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if starts && goes_on && !RESERVED.contains(&name.as_str()) {
            Ok(Self(name))
        } else {
            Err(NotAName(name))
        }
    }

    /// A property's name: the words of an AWS name, the first one in lower case.
    pub(super) fn property(name: &str) -> Result<Self, NotAName> {
        Self::new(lower_first_word(name))
    }

    /// A constant's name: the words of an AWS name in capitals, with underscores in between.
    pub(super) fn constant(name: &str) -> Result<Self, NotAName> {
        let mut text = String::new();
        let mut before = None::<char>;
        for c in name.chars() {
            let starts_word = c.is_ascii_uppercase()
                && before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            if starts_word {
                text.push('_');
            }
            text.push(if c == '-' {
                '_'
            } else {
                c.to_ascii_uppercase()
            });
            before = Some(c);
        }
        Self::new(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// `SSESpecification` becomes `sseSpecification`, as CDK spells its properties.
fn lower_first_word(name: &str) -> String {
    let capitals = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let word = match capitals {
        0 | 1 => capitals,
        all if all == name.len() => all,
        several => several - 1,
    };
    name.char_indices()
        .map(|(index, c)| {
            if index < word {
                c.to_ascii_lowercase()
            } else {
                c
            }
        })
        .collect()
}

/// A text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TsString(String);

impl TsString {
    pub(super) fn new(text: &str) -> Self {
        let mut quoted = String::from("'");
        for c in text.chars() {
            push_escaped(&mut quoted, c, '\'');
        }
        quoted.push('\'');
        Self(quoted)
    }
}

/// A character inside a text that ends with `quote`.
pub(super) fn push_escaped(text: &mut String, c: char, quote: char) {
    match c {
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        c if c == quote || (quote == '`' && c == '$') => {
            text.push('\\');
            text.push(c);
        }
        // Line ends for JavaScript, and characters that turn the direction of reading.
        c if c.is_control() || is_invisible(c) => {
            text.push_str(&c.escape_unicode().to_string());
        }
        c => text.push(c),
    }
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A documentation comment, with tags below the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TsDoc(String);

impl TsDoc {
    /// The comment on something that is indented by `indent` spaces.
    pub(super) fn new(indent: usize, text: &str, tags: &[(&str, &str)]) -> Self {
        let mut lines: Vec<String> = text.lines().map(comment).collect();
        for (index, (tag, words)) in tags.iter().enumerate() {
            if index == 0 && !lines.is_empty() {
                lines.push(String::new());
            }
            let words: Vec<String> = words.lines().map(comment).collect();
            lines.push(format!("@{tag} {}", words.join(" ")).trim_end().to_owned());
        }
        let margin = " ".repeat(indent);
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("\n{margin} * {line}").trim_end().to_owned())
            .collect();
        Self(format!("/**{}\n{margin} */", lines.concat()))
    }
}

/// One line inside a comment: it neither ends the comment nor opens a tag.
fn comment(line: &str) -> String {
    let mut text = String::new();
    for c in line.trim_end().chars() {
        match c {
            '@' => text.push_str("\\@"),
            '/' if text.ends_with('*') => text.push_str("\\/"),
            c if c.is_control() || is_invisible(c) => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

macro_rules! shown {
    ($($type:ident)+) => {
        $(
            impl fmt::Display for $type {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.write_str(&self.0)
                }
            }

            impl $type {
                /// For a template: nothing is left to be escaped.
                pub(super) const fn safe(self) -> Safe<Self> {
                    Safe(self)
                }
            }
        )+
    };
}

pub(super) use shown;

shown! { TsIdent TsString TsDoc }

#[cfg(test)]
mod tests;
