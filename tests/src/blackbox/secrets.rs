//! Looks for the signed URL in whatever came out of a process.

use super::SECRET;

/// Every place in `text` that shows a part of a signed URL that nobody may have: the signature or
/// the credential, plain, percent-encoded twice, or as a list of byte values.
pub fn leaks(text: &str) -> Vec<String> {
    let bytes: Vec<String> = SECRET.bytes().map(|byte| byte.to_string()).collect();
    let spellings = [
        SECRET.to_owned(),
        "X-Amz-Signature".to_owned(),
        bytes.join(", "),
    ];
    spellings
        .iter()
        .flat_map(|spelling| text.match_indices(spelling.as_str()))
        .map(|(at, _)| {
            let start = text[..at]
                .char_indices()
                .rev()
                .nth(120)
                .map_or(0, |(index, _)| index);
            text[start..].chars().take(240).collect()
        })
        .collect()
}
