//! Text that is not ours, shown so that it cannot pass for anything else: an escape sequence of a
//! terminal, a line of our own, or letters in another order.

use std::borrow::Cow;

/// The text with everything invisible written out, line ends included.
pub fn one_line(text: &str) -> Cow<'_, str> {
    written_out(text, hides)
}

/// The same for several lines of ours: line ends stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    written_out(text, |c| c != '\n' && hides(c))
}

fn written_out(text: &str, hides: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that change the order of others or take no room.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_text_moves_no_cursor_and_makes_no_line() {
        let foreign = "Evil\u{1b}[2J\nstate: healthy\u{202e}";
        assert_eq!(one_line(foreign), r"Evil\u{1b}[2J\nstate: healthy\u{202e}");
        assert_eq!(lines("a\nb\u{1b}c"), "a\nb\\u{1b}c");
        assert!(matches!(one_line("plain `text` – ü"), Cow::Borrowed(_)));
    }
}
