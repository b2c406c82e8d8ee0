//! "Did you mean": the known word nearest to an unknown one.

/// Words of other tools for our values.
const SYNONYMS: &[(&str, &str)] = &[
    ("string", "S"),
    ("text", "S"),
    ("number", "N"),
    ("binary", "B"),
    ("amd64", "x86_64"),
    ("x64", "x86_64"),
    ("aarch64", "arm64"),
];

/// The known value that the user most likely meant, if any is near.
pub(super) fn nearest_value<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == lower);
    synonym
        .and_then(|(_, ours)| known.iter().find(|known| *known == ours).copied())
        .or_else(|| nearest(word, known))
}

/// The known word that the user most likely meant, if any is near.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    let wanted = plain(word);
    known
        .iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&wanted, &plain(candidate)),
                *candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).min(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `` `a`, `b` or `c` ``.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_of_the_documentation_finds_the_word_of_the_api() {
        let known = ["TOPLEVEL", "FULL", "NOUNNEST"];
        assert_eq!(nearest("TOP_LEVEL", &known), Some("TOPLEVEL"));
        assert_eq!(nearest("no_unnest", &known), Some("NOUNNEST"));
        assert_eq!(nearest("flat", &known), None);
    }

    #[test]
    fn a_near_word_is_found_and_a_far_one_is_not() {
        let known = ["account", "profile", "database"];
        assert_eq!(nearest("acount", &known), Some("account"));
        assert_eq!(nearest("profiles", &known), Some("profile"));
        assert_eq!(nearest("region", &known), None);
    }

    #[test]
    fn a_list_reads_like_a_sentence() {
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
