//! Text in commands that a message proposes. Knows no command.

use std::borrow::Cow;

/// A text as one word of a shell command.
pub(crate) fn word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/+=:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_text_stays_one_word_of_a_command_that_is_suggested() {
        assert_eq!(word("source-admin"), "source-admin");
        assert_eq!(word("my profile; ls"), "'my profile; ls'");
        assert_eq!(word("it's"), r"'it'\''s'");
    }
}
