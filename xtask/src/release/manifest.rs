//! `manifest.json`: what is in a release, with hashes.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::folder::Entry;
use super::zips::Zip;

/// The manifest of everything that is in the folder so far; it cannot name itself.
pub(super) fn json(version: &str, zips: &[Zip], files: &BTreeMap<String, Entry>) -> Result<String> {
    let provider: Vec<Value> = zips
        .iter()
        .map(
            |zip| json!({"architecture": zip.architecture, "path": zip.path, "sha256": zip.sha256}),
        )
        .collect();
    let stacks: Map<String, Value> = super::STACKS
        .iter()
        .map(|stack| {
            let paths = json!({
                "yaml": format!("templates/zero-etl/{stack}.yaml"),
                "json": format!("templates/zero-etl/{stack}.json"),
                "parameters": format!("parameters/{stack}.json"),
            });
            ((*stack).to_owned(), paths)
        })
        .collect();
    let files: Map<String, Value> = files
        .iter()
        .map(|(path, entry)| {
            let about = json!({"sha256": entry.sha256, "bytes": entry.bytes});
            (path.clone(), about)
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&json!({
        "name": "zeroetl",
        "version": version,
        "stacks": stacks,
        "provider": provider,
        "files": files,
    }))?;
    text.push('\n');
    Ok(text)
}
