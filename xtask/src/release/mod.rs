//! `cargo xtask package --release-dir DIR`: everything that a user needs who never runs our tools,
//! in one folder that is uploaded to a bucket as it is: `DIR/<version>/…`.
//!
//! The folder holds no path, name or time of the machine that made it, so that two people can make
//! the same one.

mod folder;
mod index;
mod ledger;
mod licences;
mod linked;
mod manifest;
mod parameters;
mod place;
mod sbom;
mod zips;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::cli::{Arch, Package, PackageAndRelease};
use folder::Folder;
use ledger::Ledger;
use parameters::Known;
pub(crate) use place::Base;
use zips::Zip;

/// The version that is released.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What makes a folder a release; written last.
const MANIFEST: &str = "manifest.json";
/// The stacks in the order of deployment.
const STACKS: [&str; 3] = ["source", "target", "integration"];
/// The templates that get a parameter file, and its name.
const TEMPLATES: [(&str, &str); 12] = [
    ("zero-etl/source", "source"),
    ("zero-etl/target", "target"),
    ("zero-etl/integration", "integration"),
    ("zero-etl/deployer/source", "deployer-source"),
    ("zero-etl/deployer/target", "deployer-target"),
    ("zero-etl/deployer/integration", "deployer-integration"),
    ("service-catalog/release-bucket", "release-bucket"),
    ("service-catalog/launch-role-source", "launch-role-source"),
    ("service-catalog/launch-role-target", "launch-role-target"),
    (
        "service-catalog/launch-role-integration",
        "launch-role-integration",
    ),
    ("service-catalog/portfolio", "portfolio"),
    ("service-catalog/access", "access"),
];

/// Builds the provider and, where asked to, lays out the release.
pub(crate) fn run(root: &Path, arguments: &PackageAndRelease) -> Result<()> {
    let zips = if arguments.no_build {
        present(root)?
    } else {
        built(root, arguments)?
    };
    let Some(release_dir) = &arguments.release_dir else {
        return Ok(());
    };
    let own = Base::of_the_user();
    let base = arguments.base_url.as_ref().unwrap_or(&own);
    let ledger = Ledger::read(root)?;
    if let Some(copy) = ledger.changed(root)?.first() {
        bail!(
            "`{}` is not what was published; take it back from the history",
            copy.display()
        );
    }
    let zips = lay_out(root, release_dir, base, &zips, &ledger)?;
    if arguments.publish {
        let paths = zips.into_iter().map(|zip| zip.path).collect();
        ledger.publish(root, VERSION, paths)?;
        println!("{VERSION} is published: commit `templates/service-catalog`");
    }
    Ok(())
}

/// The zips in `dist`, whoever built them.
fn present(root: &Path) -> Result<Vec<(Arch, PathBuf)>> {
    let zips: Vec<_> = [Arch::X86_64, Arch::Arm64]
        .map(|arch| (arch, crate::package::zip_path(root, arch)))
        .into_iter()
        .filter(|(_, zip)| zip.exists())
        .collect();
    if zips.is_empty() {
        bail!("there is no provider zip in `dist`; run `cargo xtask package`");
    }
    Ok(zips)
}

/// The zip that is asked for; for a release the other one too, where its tools are there.
fn built(root: &Path, arguments: &PackageAndRelease) -> Result<Vec<(Arch, PathBuf)>> {
    let asked = arguments.package.arch;
    let mut zips = vec![(asked, crate::package::run(root, &arguments.package)?.zip)];
    if arguments.release_dir.is_none() {
        return Ok(zips);
    }
    for arch in [Arch::X86_64, Arch::Arm64] {
        if arch == asked {
            continue;
        }
        if let Err(why) = crate::package::check_tools(root, arch) {
            eprintln!("the release goes without {}: {why:#}", zips::word(arch));
            continue;
        }
        zips.push((arch, crate::package::run(root, &Package { arch })?.zip));
    }
    Ok(zips)
}

/// Lays out the release beside its place and moves it there once it is whole.
fn lay_out(
    root: &Path,
    release_dir: &Path,
    base: &Base,
    zips: &[(Arch, PathBuf)],
    ledger: &Ledger,
) -> Result<Vec<Zip>> {
    let place = root.join(release_dir).join(VERSION);
    let part = root.join(release_dir).join(format!(".{VERSION}.part"));
    refuse_foreign(&place)?;
    remove(&part)?;
    let mut folder = Folder::new(part.clone());

    folder.copy_tree(&root.join("templates"), "templates")?;
    for guard in guard_files(root)? {
        folder.copy(&guard, "guard")?;
    }
    folder.copy_tree(&root.join("docs/guide"), "guide")?;
    // The guide leads to it.
    folder.copy(&root.join("docs/operations.md"), "")?;
    folder.copy(&root.join("LICENSE"), "")?;
    folder.write("THIRD-PARTY-LICENSES.md", licences::text(root)?.as_bytes())?;
    folder.write("sbom/provider.cdx.json", sbom::json(root)?.as_bytes())?;

    let zips = zips::add(VERSION, zips, &mut folder)?;
    let known = known(base, &zips, ledger);
    for (template, name) in TEMPLATES {
        let text = parameters::file(&read_template(root, template)?, &known)?;
        folder.write(&format!("parameters/{name}.json"), text.as_bytes())?;
    }
    let index = index::page(root, VERSION, base, &zips)?;
    folder.write("index.md", index.as_bytes())?;
    let manifest = manifest::json(VERSION, &zips, folder.files())?;
    folder.write(MANIFEST, manifest.as_bytes())?;

    remove(&place)?;
    fs::rename(&part, &place).with_context(|| format!("cannot make `{}`", place.display()))?;
    println!(
        "release {VERSION}: {} files in {}",
        folder.files().len(),
        release_dir.join(VERSION).display()
    );
    Ok(zips)
}

/// What a release knows of the parameters of its templates.
fn known(base: &Base, zips: &[Zip], ledger: &Ledger) -> Known {
    let key = |zip: &Zip| base.key_of(VERSION, &zip.path);
    let earlier = ledger.earlier_zips(VERSION);
    let keys: Vec<String> = earlier
        .iter()
        .map(|(version, zip)| base.key_of(version, zip))
        .chain(zips.iter().map(key))
        .collect();
    let mut known = Known::from([
        ("ProviderCodeKeys", keys.join(",")),
        ("ReleasePrefix", base.prefix().to_owned()),
    ]);
    if let Some(zip) = zips.first() {
        known.insert("ProviderCodeKey", key(zip));
        known.insert("ProviderArchitecture", zip.architecture.to_owned());
    }
    known
}

/// Stops where something stands that is not an earlier layout of ours.
fn refuse_foreign(place: &Path) -> Result<()> {
    if place.exists() && !place.join(MANIFEST).is_file() {
        bail!(
            "`{}` is there and is no release of ours; name another `--release-dir`, or remove it",
            place.display()
        );
    }
    Ok(())
}

fn remove(place: &Path) -> Result<()> {
    if !place.exists() {
        return Ok(());
    }
    fs::remove_dir_all(place).with_context(|| format!("cannot remove `{}`", place.display()))
}

fn read_template(root: &Path, template: &str) -> Result<serde_json::Value> {
    let path = root.join(format!("templates/{template}.json"));
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("`{}` is no JSON", path.display()))
}

/// The rules that check our custom resources in other people's pipelines, with their tests.
fn guard_files(root: &Path) -> Result<Vec<PathBuf>> {
    let place = root.join("cdk-constructs/rules");
    if !place.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in
        fs::read_dir(&place).with_context(|| format!("cannot read `{}`", place.display()))?
    {
        let path = entry?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
