//! Whole outputs. Each folder of `tests/cases` is a case: a `zeroetl.toml`, and in `expected` either
//! the files that are made of it, or `mistakes.txt`. To accept changed output:
//!
//! ```sh
//! UPDATE_CASES=1 cargo test -p zeroetl-codegen --test generator cases
//! ```

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use zeroetl_codegen::{config, generation};

const MISTAKES: &str = "mistakes.txt";
/// The same for every case; the committed one is checked by `zeroetl generate --check`.
const SCHEMA: &str = "zeroetl.schema.json";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    cases
}

fn generated(case: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(case.join("zeroetl.toml")).unwrap();
    match config::parse("zeroetl.toml", &text) {
        Ok(config) => generation::from_config(&config)
            .unwrap()
            .files
            .iter()
            .filter(|(path, _)| *path != SCHEMA)
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
        Err(mistakes) => BTreeMap::from([(MISTAKES.to_owned(), format!("{mistakes}\n"))]),
    }
}

fn expected(folder: &Path, below: &str, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.map(Result::unwrap) {
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            expected(&entry.path(), &format!("{path}/"), found);
        } else {
            found.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn every_case_makes_what_it_is_expected_to() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut differences = String::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let generated = generated(&case);
        assert_eq!(
            name.starts_with("bad-"),
            generated.contains_key(MISTAKES),
            "{name}: {:?}",
            generated.get(MISTAKES)
        );
        let folder = case.join("expected");
        if update {
            let _ = fs::remove_dir_all(&folder);
            for (path, text) in &generated {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            continue;
        }
        let mut on_disk = BTreeMap::new();
        expected(&folder, "", &mut on_disk);
        let paths: std::collections::BTreeSet<_> = generated.keys().chain(on_disk.keys()).collect();
        for path in paths {
            let old = on_disk.get(path).map_or("", String::as_str);
            let new = generated.get(path).map_or("", String::as_str);
            if old != new {
                let diff = similar::TextDiff::from_lines(old, new);
                let header = format!("{name}/expected/{path}");
                let diff = diff.unified_diff().header(&header, &header).to_string();
                differences.push_str(&diff);
            }
        }
    }
    assert!(
        differences.is_empty(),
        "run with UPDATE_CASES=1 to accept:\n{differences}"
    );
}

#[test]
fn there_are_cases_of_every_kind() {
    let names: Vec<String> = cases()
        .iter()
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    for kind in [
        "minimal",
        "full",
        "kms",
        "multi-table",
        "same-account",
        "lake-formation",
        "hostile-strings",
        "bad-three-mistakes",
    ] {
        assert!(names.iter().any(|name| name == kind), "{kind} is missing");
    }
}
