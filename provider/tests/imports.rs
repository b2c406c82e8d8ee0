//! Who may import what. The rooms of this crate depend on each other in one direction.
#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

use std::{fs, path::Path};

/// A room, and what its `use` lines may not name.
const RULES: [(&str, &[&str]); 6] = [
    (
        "protocol",
        &[
            "aws_",
            "crate::aws",
            "crate::ports",
            "crate::resource",
            "crate::handler",
        ],
    ),
    (
        "ports",
        &[
            "aws_",
            "reqwest",
            "crate::aws",
            "crate::resource",
            "crate::handler",
            "crate::protocol",
        ],
    ),
    (
        "resources",
        &[
            "aws_",
            "reqwest",
            "crate::aws",
            "crate::handler",
            "crate::protocol",
        ],
    ),
    (
        "resource",
        &["aws_", "reqwest", "crate::aws", "crate::handler"],
    ),
    ("handler", &["aws_", "reqwest", "crate::aws"]),
    (
        "aws",
        &["crate::resource", "crate::handler", "crate::protocol"],
    ),
];

/// Every Rust file below `folder` that is no test, without the tests inside it.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() && !name.ends_with("tests") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") && !name.ends_with("tests.rs") {
            found.push((name, without_tests(&path)));
        }
    }
    found
}

fn without_tests(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap()
        .split("#[cfg(test)]")
        .next()
        .unwrap()
        .to_owned()
}

fn room(name: &str) -> Vec<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = files(&source.join(name));
    let file = source.join(format!("{name}.rs"));
    if file.exists() {
        all.push((file.display().to_string(), without_tests(&file)));
    }
    all
}

/// Every path that the `use` lines of this code name, braces resolved.
fn imports(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut lines = code.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
        let line = line.strip_prefix("pub(super) ").unwrap_or(line);
        let Some(start) = line.strip_prefix("use ") else {
            continue;
        };
        let mut tree = start.to_owned();
        while !tree.ends_with(';') {
            tree.push_str(lines.next().unwrap());
        }
        let tree: String = tree
            .chars()
            .filter(|c| !c.is_whitespace() && *c != ';')
            .collect();
        expand("", &tree, &mut paths);
    }
    paths
}

/// Adds the paths of `tree`, such as `a::{b,c::{d,e}}`, each after `before`.
fn expand(before: &str, tree: &str, paths: &mut Vec<String>) {
    let mut depth = 0_usize;
    let mut begin = 0;
    let ends = tree.char_indices().filter_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (c == ',' && depth == 0).then_some(at)
    });
    for end in ends.chain([tree.len()]).collect::<Vec<_>>() {
        let branch = &tree[begin..end];
        begin = end + 1;
        match branch.split_once('{') {
            Some((start, inner)) => {
                expand(
                    &format!("{before}{start}"),
                    inner.trim_end_matches('}'),
                    paths,
                );
            }
            None if branch.is_empty() => {}
            None => paths.push(format!("{before}{branch}")),
        }
    }
}

/// Whether `path` is in `module`, or in a crate of that prefix.
fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| module.ends_with('_') || rest.is_empty() || rest.starts_with("::"))
}

#[test]
fn every_room_imports_in_one_direction_only() {
    for (name, forbidden) in RULES {
        let files = room(name);
        assert!(!files.is_empty(), "there is no room `{name}`");
        for (file, code) in files {
            for path in imports(&code) {
                let wrong = forbidden.iter().find(|module| is_in(&path, module));
                // The registry is the one place of the contract that names the resources.
                assert!(wrong.is_none(), "{file} imports `{path}`");
            }
        }
    }
}

#[test]
fn only_one_module_names_the_sdk() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (file, code) in files(&source) {
        let sdk = imports(&code).into_iter().find(|path| is_in(path, "aws_"));
        assert!(
            sdk.is_none() || file.contains("/src/aws/"),
            "{file} imports {sdk:?}"
        );
    }
}

#[test]
fn only_one_module_reads_the_environment() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (file, code) in files(&source) {
        let reads = code.contains("env::var");
        assert!(
            !reads || file.ends_with("environment.rs"),
            "{file} reads the environment"
        );
    }
}

#[test]
fn the_rule_sees_through_braces() {
    let code =
        "use std::fmt;\nuse crate::{\n    aws::{A, b::B},\n    ports::C,\n};\npub use aws_x::Y;";
    assert_eq!(
        imports(code),
        [
            "std::fmt",
            "crate::aws::A",
            "crate::aws::b::B",
            "crate::ports::C",
            "aws_x::Y"
        ]
    );
    assert!(is_in("crate::aws::A", "crate::aws") && is_in("aws_x::Y", "aws_"));
    assert!(!is_in("crate::aws_like::A", "crate::aws") && !is_in("laws_x", "aws_"));
}
