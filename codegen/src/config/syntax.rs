//! What TOML cannot read, in terms of the config: most mistakes of syntax are a value without its
//! quotes.

use std::collections::BTreeSet;
use std::ops::Range;

use super::advice::{Kind, kind};
use super::error::Problem;

/// Opening and closing quotes of word processors.
const CURLY: [char; 6] = ['“', '”', '„', '‘', '’', '`'];

/// The mistakes of a text that is no TOML, one a line at most.
pub(super) fn problems(text: &str, errors: &[toml::de::Error]) -> Vec<Problem> {
    let mut lines = BTreeSet::new();
    let mut problems: Vec<_> = errors
        .iter()
        .filter_map(|error| {
            let span = error.span().unwrap_or_default();
            let line = line_of(text, span.start);
            if let Some((message, span)) = assignment(text, &line) {
                return lines.insert(line.start).then(|| Problem {
                    path: String::new(),
                    message,
                    span,
                    label: "not valid TOML".to_owned(),
                    related: Vec::new(),
                });
            }
            Some(Problem {
                path: String::new(),
                message: error.message().to_owned(),
                span,
                label: "not valid TOML".to_owned(),
                related: Vec::new(),
            })
        })
        .collect();
    problems.sort_by_key(|problem| problem.span.start);
    problems
}

/// The line around a byte, without its end.
fn line_of(text: &str, at: usize) -> Range<usize> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    // An error at the end of a line is about that line.
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..]
        .find('\n')
        .map_or(text.len(), |length| at + length);
    start..end
}

/// What to type instead of a line `key = value` or `key: value`, and the value's place.
fn assignment(text: &str, line: &Range<usize>) -> Option<(String, Range<usize>)> {
    let content = &text[line.clone()];
    let (key, value, separator) = if let Some((key, value)) = content.split_once('=') {
        (key, value, '=')
    } else {
        let (key, value) = content.split_once(':')?;
        (key, value, ':')
    };
    let written = value.split(" #").next().unwrap_or_default();
    let start = line.start + key.len() + 1 + (written.len() - written.trim_start().len());
    let (key, value) = (key.trim(), written.trim());
    let known = kind(key)?;
    if value.is_empty() {
        return None;
    }
    let span = start..start + value.len();
    let bare = value.trim_matches(['"', '\'']).trim_matches(CURLY);
    let right = match known {
        Kind::Text => format!("{key} = \"{bare}\""),
        Kind::Number => {
            let digits = bare.trim_start_matches('0');
            let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            format!("{key} = {}", if number { digits } else { "15" })
        }
        Kind::Flag => {
            let word = bare.to_ascii_lowercase();
            let no = matches!(word.as_str(), "no" | "off" | "false" | "n" | "f" | "0");
            format!("{key} = {}", !no)
        }
        Kind::Section => return None,
    };
    let curly = value.starts_with(CURLY) || value.ends_with(CURLY);
    let quoted = value.starts_with(['"', '\'']);
    let message = match known {
        _ if separator == ':' => {
            format!("`{key}`: between a key and its value is a `=`; write `{right}`")
        }
        Kind::Text if curly => {
            format!("`{key}`: the quotes are not the straight ones; write `{right}`")
        }
        // A text in quotes, with something else wrong in it.
        _ if quoted => return None,
        Kind::Text if bare.contains(['"', '\'', '[', '{', ',']) => return None,
        Kind::Text => format!("`{key}`: text is written in quotes; write `{right}`"),
        Kind::Number => format!("`{key}`: `{value}` is no whole number; write it as in `{right}`"),
        Kind::Flag | Kind::Section => {
            format!("`{key}`: `{value}` is neither `true` nor `false`; write `{right}`")
        }
    };
    Some((message, span))
}
