//! What is in the folder: everything that the manifest says, and nothing that ties it to the place
//! where it was made.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroetl_tests::workspace_root;

use crate::folder::Release;
use crate::guide::PAGES;

/// What `aws cloudformation deploy` takes without a bucket for templates.
const INLINE_BYTES: usize = 51_200;

fn files(folder: &Path, under: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, under, found);
        } else {
            let relative = path.strip_prefix(under).unwrap();
            found.insert(relative.to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn the_manifest_names_every_file_with_its_hash() {
    let release = Release::copied();
    let manifest = release.json("manifest.json");
    assert_eq!(manifest["version"], release.version.as_str());
    let mut found = BTreeSet::new();
    files(&release.path(), &release.path(), &mut found);
    found.remove("manifest.json");
    let listed = manifest["files"].as_object().unwrap();
    assert_eq!(found, listed.keys().cloned().collect());
    for (path, about) in listed {
        let bytes = fs::read(release.path().join(path)).unwrap();
        assert_eq!(
            about["sha256"],
            hex::encode(Sha256::digest(&bytes)),
            "{path}"
        );
        assert_eq!(about["bytes"], bytes.len(), "{path}");
    }
}

#[test]
fn the_key_of_the_zip_names_version_and_hash() {
    let release = Release::copied();
    let zip = release.zip();
    let bytes = fs::read(release.path().join(&zip)).unwrap();
    let hash = hex::encode(Sha256::digest(bytes));
    let version = &release.version;
    let short = &hash[..16];
    assert_eq!(
        zip,
        format!("provider/zeroetl-provider-{version}-x86_64-{short}.zip")
    );
    let parameters = release.json("parameters/target.json").to_string();
    assert!(
        parameters.contains(&format!("zeroetl/{version}/{zip}")),
        "{parameters}"
    );
}

#[test]
fn the_templates_are_those_of_the_repository_and_fit_inline() {
    let release = Release::copied();
    for stack in ["source", "target", "integration"] {
        for format in ["yaml", "json"] {
            let path = format!("templates/zero-etl/{stack}.{format}");
            let released = fs::read(release.path().join(&path)).unwrap();
            let committed = fs::read(workspace_root().join(&path)).unwrap();
            assert!(
                released == committed,
                "`{path}` is out of date: run `cargo xtask package --release-dir dist`"
            );
            assert!(released.len() <= INLINE_BYTES, "{path}: {}", released.len());
        }
    }
}

#[test]
fn every_parameter_of_a_template_is_in_its_file() {
    let release = Release::copied();
    for stack in ["source", "target", "integration"] {
        let template = release.json(&format!("templates/zero-etl/{stack}.json"));
        let wanted: Vec<&String> = template["Parameters"].as_object().unwrap().keys().collect();
        let file = release.json(&format!("parameters/{stack}.json"));
        let found: Vec<&str> = file
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry.as_str().unwrap().split_once('=').unwrap().0)
            .collect();
        assert_eq!(found, wanted, "{stack}");
    }
}

#[test]
fn nothing_names_the_place_where_it_was_made() {
    let release = Release::copied();
    let here = workspace_root();
    let mut found = BTreeSet::new();
    files(&release.path(), &release.path(), &mut found);
    for path in found {
        let bytes = fs::read(release.path().join(&path)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(here.to_str().unwrap()), "{path}");
    }
}

#[test]
fn the_bill_of_materials_and_the_licences_name_what_is_linked() {
    let release = Release::copied();
    let bill = release.json("sbom/provider.cdx.json");
    assert_eq!(bill["bomFormat"], "CycloneDX");
    let names: BTreeSet<&str> = bill["components"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|component| component["name"].as_str())
        .collect();
    for linked in ["aws-sdk-glue", "lambda_runtime", "rustls", "serde_json"] {
        assert!(names.contains(linked), "{linked}");
    }
    for not_linked in ["proptest", "insta", "tempfile"] {
        assert!(!names.contains(not_linked), "{not_linked}");
    }
    let licences = fs::read_to_string(release.path().join("THIRD-PARTY-LICENSES.md")).unwrap();
    let unlicensed: Vec<&Value> = bill["components"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|component| {
            let ours = component["name"].as_str().unwrap().starts_with("zeroetl");
            !ours && !licences.contains(&format!("| {} |", component["name"].as_str().unwrap()))
        })
        .collect();
    assert!(unlicensed.is_empty(), "{unlicensed:#?}");
}

#[test]
fn the_guide_is_that_of_the_repository() {
    let release = Release::copied();
    for page in PAGES.iter().chain(&["parameters.md"]) {
        let released = fs::read(release.path().join("guide").join(page)).unwrap();
        let committed = fs::read(workspace_root().join("docs/guide").join(page)).unwrap();
        assert!(
            released == committed,
            "`{page}` is out of date: run `cargo xtask package --release-dir dist --no-build`"
        );
    }
}

#[test]
fn the_rules_are_those_of_the_repository_with_their_tests() {
    let release = Release::copied();
    let mut found = BTreeSet::new();
    files(&release.path().join("guard"), &release.path(), &mut found);
    let wanted = ["guard/zeroetl.guard", "guard/zeroetl_tests.yaml"];
    assert_eq!(found, wanted.map(str::to_owned).into());
    for path in wanted {
        let released = fs::read(release.path().join(path)).unwrap();
        let committed = workspace_root().join(path.replace("guard/", "cdk-constructs/rules/"));
        assert!(
            released == fs::read(committed).unwrap(),
            "`{path}` is out of date: run `cargo xtask package --release-dir dist --no-build`"
        );
    }
}

/// The anchor that a page's reader makes of a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches(['#', ' ']).to_lowercase();
    let kept = words.replace(' ', "-");
    kept.chars()
        .filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
        .collect()
}

#[test]
fn links_of_the_guide_lead_somewhere() {
    let release = Release::copied();
    let place = release.path().join("guide");
    let mut pages: Vec<_> = PAGES.map(|page| place.join(page)).to_vec();
    pages.push(release.path().join("index.md"));
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.starts_with("https://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let file = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            assert!(file.exists(), "{}: {link}", page.display());
            let headings = fs::read(&file).unwrap();
            let headings = String::from_utf8_lossy(&headings);
            let mut headings = headings.lines().filter(|line| line.starts_with('#'));
            assert!(
                heading.is_empty() || headings.any(|line| anchor(line) == heading),
                "{}: {link}",
                page.display()
            );
        }
    }
}
