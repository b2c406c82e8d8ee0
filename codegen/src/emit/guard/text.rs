//! What may stand in a Guard file: texts, patterns, keys, messages and comments, each escaped where
//! it is made.

use std::fmt;

/// A text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuardString(String);

impl GuardString {
    pub(super) fn new(text: &str) -> Self {
        // Guard knows one escape: the quote itself.
        Self(format!("\"{}\"", one_line(text).replace('"', "\\\"")))
    }
}

/// A regular expression between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuardPattern(String);

impl GuardPattern {
    pub(super) fn new(pattern: &str) -> Self {
        Self(format!("/{}/", one_line(pattern).replace('/', "\\/")))
    }

    /// The texts that are one of `words`.
    pub(super) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let words: Vec<String> = words.into_iter().map(literal).collect();
        Self::new(&format!("^({})$", words.join("|")))
    }
}

/// A text inside a regular expression.
fn literal(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && c != '_' {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// A key of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuardKey(String);

impl GuardKey {
    pub(super) fn new(key: &str) -> Self {
        let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plain && !key.is_empty() {
            Self(key.to_owned())
        } else {
            Self(format!("'{}'", one_line(key).replace('\'', "\\'")))
        }
    }
}

/// What somebody reads whose template breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuardMessage(String);

impl GuardMessage {
    pub(super) fn new(text: &str) -> Self {
        Self(format!(
            "<<{}>>",
            one_line(text)
                .replace('>', "\u{203a}")
                .replace('<', "\u{2039}")
        ))
    }
}

/// A comment of its own line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuardComment(String);

impl GuardComment {
    pub(super) fn new(text: &str) -> Self {
        Self(format!("# {}", one_line(text)))
    }
}

/// Everything that could end a line becomes a space.
fn one_line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    text.trim_end().to_owned()
}

macro_rules! shown {
    ($($type:ident)+) => {
        $(impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        })+
    };
}

shown! { GuardString GuardPattern GuardKey GuardMessage GuardComment }

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "it's \"on\" >> ${x} `y` */\nrule evil { a exists } # größe /";

    #[test]
    fn nothing_leaves_its_line_or_its_quotes() {
        for text in [
            GuardString::new(HOSTILE).to_string(),
            GuardPattern::one_of([HOSTILE]).to_string(),
            GuardKey::new(HOSTILE).to_string(),
            GuardMessage::new(HOSTILE).to_string(),
            GuardComment::new(HOSTILE).to_string(),
        ] {
            assert_eq!(text.lines().count(), 1, "{text}");
        }
        assert!(
            !GuardMessage::new(HOSTILE)
                .to_string()
                .trim_end_matches(">>")
                .contains(">>")
        );
        assert_eq!(GuardString::new("a\"b").to_string(), "\"a\\\"b\"");
        assert_eq!(GuardPattern::new("a/b").to_string(), "/a\\/b/");
        assert_eq!(GuardKey::new("a'b").to_string(), "'a\\'b'");
    }

    #[test]
    fn a_word_in_a_pattern_stands_for_itself() {
        assert_eq!(
            GuardPattern::one_of(["a.b", "on"]).to_string(),
            "/^(a\\.b|on)$/"
        );
    }
}
