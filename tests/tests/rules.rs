//! `docs/rules.md` leads from each rule to its tests: every rule has one, and every test named
//! there exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use zeroetl_tests::workspace_root;

/// The rules that have to be there: series and how far each goes. R16 to R19 do not exist.
const SERIES: [(&str, u32); 8] = [
    ("R", 35),
    ("G", 17),
    ("T", 12),
    ("B", 24),
    ("P", 21),
    ("PT", 7),
    ("I", 18),
    ("IT", 14),
];

struct Row {
    rule: String,
    tests: Vec<String>,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(workspace_root().join("docs/rules.md")).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            let [rule, _, tests] = cells[..] else {
                return None;
            };
            let number = rule.trim_start_matches(|c: char| c.is_ascii_uppercase());
            number.parse::<u32>().ok()?;
            let tests = tests
                .split(", ")
                .map(|name| name.trim_matches('`').to_owned())
                .collect();
            Some(Row {
                rule: rule.to_owned(),
                tests,
            })
        })
        .collect()
}

/// The files that may hold the test of a path such as `reliability::envelope::name`.
fn files(modules: &[&str]) -> Vec<PathBuf> {
    let (base, rest) = match modules[0] {
        "provider" => ("provider/src", &modules[1..]),
        _ => ("tests/tests", modules),
    };
    let base = workspace_root().join(base);
    let path = |modules: &[&str]| base.join(modules.join("/"));
    let whole = path(rest);
    let mut files = vec![whole.with_extension("rs"), whole.join("mod.rs")];
    // `mod tests` inside of the file.
    if let Some((&"tests", parent)) = rest.split_last() {
        files.push(path(parent).with_extension("rs"));
    }
    files
}

/// Whether the file has a function of this name with a `test` attribute.
fn holds_test(text: &str, name: &str) -> bool {
    let Some(at) = text.find(&format!("fn {name}(")) else {
        return false;
    };
    let before = text[..at].trim_end_matches("async ").trim_end();
    before
        .lines()
        .rev()
        .map(str::trim)
        .take_while(|line| line.starts_with("#["))
        .any(|line| line.contains("test"))
}

#[test]
fn every_rule_has_a_test() {
    let found: BTreeSet<String> = rows().into_iter().map(|row| row.rule).collect();
    let wanted: BTreeSet<String> = SERIES
        .iter()
        .flat_map(|(series, last)| (1..=*last).map(move |number| (*series, number)))
        .filter(|(series, number)| *series != "R" || !(16..=19).contains(number))
        .map(|(series, number)| format!("{series}{number}"))
        .collect();
    let missing: Vec<&String> = wanted.difference(&found).collect();
    let unknown: Vec<&String> = found.difference(&wanted).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "missing {missing:?}, unknown {unknown:?}"
    );
    assert_eq!(rows().len(), wanted.len(), "a rule stands twice");
}

#[test]
fn every_test_named_exists() {
    for row in rows() {
        assert!(!row.tests.is_empty(), "{}", row.rule);
        for path in &row.tests {
            let modules: Vec<&str> = path.split("::").collect();
            let (name, modules) = modules.split_last().expect("a path");
            assert!(!modules.is_empty(), "{}: `{path}` has no module", row.rule);
            let exists = files(modules)
                .iter()
                .filter_map(|file| fs::read_to_string(file).ok())
                .any(|text| holds_test(&text, name));
            assert!(exists, "{}: there is no test `{path}`", row.rule);
        }
    }
}

#[test]
fn every_test_of_behaviour_stands_by_a_rule() {
    let named: BTreeSet<String> = rows().into_iter().flat_map(|row| row.tests).collect();
    let mut forgotten = Vec::new();
    for target in ["reliability", "contract"] {
        let folder = workspace_root().join("tests/tests").join(target);
        for entry in fs::read_dir(folder).expect("a folder of tests") {
            let path = entry.expect("an entry").path();
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let module = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let tests = text.split("#[test]\nfn ").skip(1);
            let names = tests.filter_map(|rest| rest.split('(').next());
            let paths = names.map(|name| format!("{target}::{module}::{name}"));
            forgotten.extend(paths.filter(|path| !named.contains(path)));
        }
    }
    assert!(
        forgotten.is_empty(),
        "in no row of docs/rules.md: {forgotten:#?}"
    );
}
