//! `cargo xtask test`: everything that must hold, step by step, with a summary that names what
//! failed and a count of all tests at its end. A failed step does not stop the others, except
//! those that need what it makes.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use zeroetl_tests::PythonEnv;

use crate::cargo::cargo;
use crate::cli::{Arch, Demo, Generate, Package, PackageAndRelease, Test};
use crate::counts::{Counts, ONE, counted, pytest_counts, rust_counts};

/// One step: its name, what it needs, and what it does.
struct Step {
    name: &'static str,
    needs: &'static [&'static str],
    run: fn(&Path) -> Result<Counts>,
}

enum Outcome {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        needs: &[],
        run: format,
    },
    Step {
        name: "clippy",
        needs: &[],
        run: clippy,
    },
    Step {
        name: "unit",
        needs: &[],
        run: unit,
    },
    Step {
        name: "docs",
        needs: &[],
        run: docs,
    },
    Step {
        name: "generated",
        needs: &[],
        run: generated,
    },
    Step {
        name: "python",
        needs: &[],
        run: python,
    },
    Step {
        name: "lint",
        needs: &["python"],
        run: lint,
    },
    Step {
        name: "local-aws",
        needs: &["python"],
        run: local_aws,
    },
    Step {
        name: "package",
        needs: &[],
        run: package,
    },
    Step {
        name: "end-to-end",
        needs: &["python", "package"],
        run: end_to_end,
    },
    Step {
        name: "permissions",
        needs: &["python", "package"],
        run: permissions,
    },
    Step {
        name: "release",
        needs: &["python", "package"],
        run: release,
    },
    Step {
        name: "constructs",
        needs: &["package"],
        run: crate::constructs::check,
    },
    Step {
        name: "constructs end-to-end",
        needs: &["python", "constructs"],
        run: crate::constructs::end_to_end,
    },
    Step {
        name: "demo",
        needs: &["python", "package"],
        run: demo,
    },
    Step {
        name: "fuzz",
        needs: &[],
        run: fuzz,
    },
];

/// Runs the steps, prints the summary, and fails if one of them failed.
pub(crate) fn run(root: &Path, arguments: &Test) -> Result<()> {
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| match &arguments.only {
            Some(only) => step.name.contains(only),
            None => true,
        })
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("no step is named so; the steps are {}", names.join(", "));
    }
    let mut results: Vec<(&'static str, Outcome, Duration, Counts)> = Vec::new();
    for step in chosen {
        let broken = step.needs.iter().copied().find(|need| {
            results
                .iter()
                .any(|(name, outcome, ..)| name == need && !matches!(outcome, Outcome::Passed))
        });
        if let Some(need) = broken {
            results.push((
                step.name,
                Outcome::Skipped(need),
                Duration::ZERO,
                Counts::default(),
            ));
            continue;
        }
        eprintln!("\n== {} ==", step.name);
        let start = Instant::now();
        let (outcome, counts) = match (step.run)(root) {
            Ok(counts) if counts.failed == 0 => (Outcome::Passed, counts),
            Ok(counts) => (
                Outcome::Failed(format!("{} tests failed", counts.failed)),
                counts,
            ),
            Err(error) => {
                eprintln!("error: {error:#}");
                (
                    Outcome::Failed(format!("{error:#}")),
                    Counts {
                        passed: 0,
                        failed: 1,
                    },
                )
            }
        };
        results.push((step.name, outcome, start.elapsed(), counts));
    }
    summary(&results)
}

fn summary(results: &[(&'static str, Outcome, Duration, Counts)]) -> Result<()> {
    println!("\nSummary");
    let mut total = Counts::default();
    let mut bad = Vec::new();
    for (name, outcome, time, counts) in results {
        total.add(*counts);
        let word = match outcome {
            Outcome::Passed => format!("ok, {} passed", counts.passed),
            Outcome::Failed(why) => {
                bad.push(*name);
                format!("FAILED: {why}")
            }
            Outcome::Skipped(need) => {
                bad.push(*name);
                format!("not run, because `{need}` failed")
            }
        };
        println!("  {name:<21} {:>6.1} s  {word}", time.as_secs_f64());
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if bad.is_empty() {
        return Ok(());
    }
    bail!("not all is well: {}", bad.join(", "))
}

fn format(root: &Path) -> Result<Counts> {
    crate::process::run(cargo(root).args(["fmt", "--all", "--check"]))?;
    Ok(ONE)
}

fn clippy(root: &Path) -> Result<Counts> {
    crate::process::run(cargo(root).args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(ONE)
}

fn unit(root: &Path) -> Result<Counts> {
    counted(
        cargo(root)
            .args(["test", "--locked", "--workspace", "--no-fail-fast"])
            // Snapshots are changed by an explicit command, never by a test run.
            .env("INSTA_UPDATE", "no")
            .env("PROPTEST_RNG_SEED", proptest_seed()),
        rust_counts,
    )
}

/// The same random cases in every run, so that a run says something about the change. Other seeds
/// are tried by setting `PROPTEST_RNG_SEED`, more cases by `PROPTEST_CASES`.
fn proptest_seed() -> String {
    std::env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "1".to_owned())
}

fn docs(root: &Path) -> Result<Counts> {
    crate::process::run(
        cargo(root)
            .args([
                "doc",
                "--locked",
                "--workspace",
                "--no-deps",
                "--document-private-items",
            ])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    Ok(ONE)
}

fn generated(root: &Path) -> Result<Counts> {
    crate::generate::run(root, &Generate { check: true })?;
    Ok(ONE)
}

fn python(root: &Path) -> Result<Counts> {
    PythonEnv::ensure(root)?;
    Ok(ONE)
}

fn lint(root: &Path) -> Result<Counts> {
    crate::lint::run(root)?;
    Ok(ONE)
}

fn local_aws(root: &Path) -> Result<Counts> {
    pytest(root, "tests/local-aws")
}

/// What the policies of deployers and the launch roles permit, on a local AWS that enforces IAM, and
/// the products that those roles launch.
fn permissions(root: &Path) -> Result<Counts> {
    let mut counts = pytest(root, "tests/deployer")?;
    counts.add(pytest(root, "tests/service-catalog")?);
    Ok(counts)
}

fn pytest(root: &Path, folder: &str) -> Result<Counts> {
    let python = PythonEnv::ensure(root)?;
    let mut command = python.command("python");
    command
        .current_dir(root)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", folder]);
    counted(&mut command, pytest_counts)
}

fn package(root: &Path) -> Result<Counts> {
    crate::package::run(root, &Package { arch: Arch::X86_64 })?;
    Ok(ONE)
}

/// Everything in the crate `tests/` but the release: the provider's contract and its reliability
/// against fakes, and the stacks on the local AWS.
fn end_to_end(root: &Path) -> Result<Counts> {
    spanning(root, &["contract", "reliability", "e2e"])
}

/// Where tests find the release that they use.
const RELEASES: &str = "target/releases";

/// The release folder as `cargo xtask package --release-dir` makes it.
fn release(root: &Path) -> Result<Counts> {
    crate::release::run(root, &PackageAndRelease::into_folder(root.join(RELEASES)))?;
    spanning(root, &["release"])
}

/// Test targets behind the feature `e2e`.
fn spanning(root: &Path, targets: &[&str]) -> Result<Counts> {
    let binary = crate::package::run(root, &Package { arch: Arch::X86_64 })?.binary;
    counted(
        cargo(root)
            .args(["test", "--locked", "--workspace", "--no-fail-fast"])
            .args(["--features", "zeroetl-tests/e2e"])
            .args(targets.iter().flat_map(|name| ["--test", name]))
            .env("ZEROETL_BIN", crate::cargo::build_zeroetl(root)?)
            .env("ZEROETL_PROVIDER", binary)
            .env(
                "ZEROETL_RELEASE",
                root.join(RELEASES).join(crate::release::VERSION),
            ),
        rust_counts,
    )
}

fn demo(root: &Path) -> Result<Counts> {
    crate::demo::run_demo(root, &Demo { keep: false })?;
    Ok(ONE)
}

/// The fuzz targets on their committed inputs. New ones are looked for by `cargo xtask fuzz`.
fn fuzz(root: &Path) -> Result<Counts> {
    crate::fuzz::replay(root)?;
    Ok(ONE)
}
