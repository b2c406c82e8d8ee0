//! Who may know whom, read from the `use` lines: the rules of ARCHITECTURE.md.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
    let mut found = Vec::new();
    if place.is_file() {
        found.push(place);
    } else {
        collect(&place, &mut found);
    }
    assert!(!found.is_empty(), "`{room}` is not there");
    found
        .into_iter()
        .map(|path| (path.clone(), code(&fs::read_to_string(path).unwrap())))
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            collect(&entry, found);
        } else if entry.extension().is_some_and(|it| it == "rs") {
            found.push(entry);
        }
    }
}

/// The code without comments, tests and white space, so that a group of imports is one line.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()))
        .collect()
}

/// The rooms of this crate that a file names.
fn rooms(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut name = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => rooms.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            rooms.push(name);
        } else {
            rooms.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    let first = |name: String| name.split("::").next().unwrap_or_default().to_owned();
    rooms
        .into_iter()
        .map(first)
        .filter(|name| !name.is_empty())
        .collect()
}

fn assert_knows_only(room: &str, allowed: &[&str]) {
    for (path, code) in sources(room) {
        for known in rooms(&code) {
            assert!(
                allowed.contains(&known.as_str()) || room.starts_with(&known),
                "{} names `{known}`",
                path.display()
            );
        }
    }
}

#[test]
fn the_model_knows_nobody() {
    assert_knows_only("model", &[]);
}

#[test]
fn emitters_see_only_the_model() {
    assert_knows_only("emit/cfn", &["emit", "model"]);
    assert_knows_only("emit/schema.rs", &["emit", "model"]);
    assert_knows_only("emit/reference", &["emit", "model"]);
}

#[test]
fn blueprints_see_no_emitter() {
    assert_knows_only("blueprints", &["config", "model", "permissions", "plan"]);
}

#[test]
fn permissions_are_computed_from_the_model_alone() {
    assert_knows_only("permissions", &["model", "permissions"]);
}

#[test]
fn the_config_knows_no_template() {
    assert_knows_only("config", &["plan", "regular_file"]);
}

#[test]
fn only_one_module_writes_files() {
    let writing = [
        "fs::write",
        "File::create",
        "fs::create_dir",
        "fs::remove",
        "fs::rename",
        ".persist(",
    ];
    for (path, code) in sources("") {
        if path.ends_with("src/files.rs") {
            continue;
        }
        for call in writing {
            assert!(!code.contains(call), "{} calls `{call}`", path.display());
        }
    }
}

#[test]
fn only_deploy_names_the_sdk() {
    for room in [
        "model",
        "emit",
        "blueprints",
        "config",
        "commands",
        "files.rs",
        "plan.rs",
        "limits.rs",
    ] {
        for (path, code) in sources(room) {
            assert!(
                !code.contains("aws_sdk") && !code.contains("aws_config"),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn groups_of_imports_are_understood() {
    let text =
        "use crate::{\n    config::{self, Config},\n    emit::cfn,\n};\nuse crate::plan::plan;";
    assert_eq!(rooms(&code(text)), ["config", "emit", "plan"]);
}
