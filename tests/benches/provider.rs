//! How fast the packaged provider starts and answers, and what it needs, beside a handler that
//! does nothing and, where they are set up, beside handlers of the same job in Python and Node.
//!
//! It measures other programs, so its own optimisation does not matter: run it in the dev profile.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the figures are its output"
)]

use std::error::Error;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use zeroetl_tests::blackbox::cloudformation::{service_token, unique_number};
use zeroetl_tests::blackbox::measure::{Figures, machine, megabytes};
use zeroetl_tests::blackbox::samples::{POLICY, policy, statement};
use zeroetl_tests::blackbox::{
    Invocation, Process, ProcessOptions, ProviderBinary, World, WorldOptions,
};
use zeroetl_tests::workspace_root;

/// Starts of each program, one of each in turn.
const COLD_RUNS: usize = 60;
/// Requests to a program that has answered before.
const WARM_RUNS: usize = 300;

/// A program to be measured.
struct Subject {
    name: &'static str,
    binary: ProviderBinary,
    /// Whether it answers to CloudFormation; the empty one does not.
    answers: bool,
    /// What would be uploaded.
    size: Option<u64>,
}

struct Result {
    ready: Figures,
    cold: Figures,
    warm: Figures,
    memory: u64,
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let root = workspace_root();
    let subjects = subjects(&root)?;
    println!("{}", machine());
    println!("A policy Create against a Glue and a response server on loopback.\n");
    let mut cold: Vec<(Vec<Duration>, Vec<Duration>)> =
        subjects.iter().map(|_| Default::default()).collect();
    // The first round fills the page cache and is not counted.
    for round in 0..=COLD_RUNS {
        for (subject, times) in subjects.iter().zip(&mut cold) {
            let (ready, replied) = start(subject)?;
            if round > 0 {
                times.0.push(ready);
                times.1.push(replied);
            }
        }
    }
    let mut results = Vec::new();
    for (subject, (ready, replied)) in subjects.iter().zip(cold) {
        let (warm, memory) = warm(subject)?;
        results.push(Result {
            ready: Figures::of(ready),
            cold: Figures::of(replied),
            warm,
            memory,
        });
    }
    for (subject, result) in subjects.iter().zip(&results) {
        println!("{}", subject.name);
        println!("  spawn to ready   {}", result.ready);
        println!("  spawn to reply   {}", result.cold);
        println!("  warm round trip  {}", result.warm);
        println!("  peak memory      {}", megabytes(result.memory));
        if let Some(size) = subject.size {
            println!("  artifact         {}", megabytes(size));
        }
    }
    let (ours, empty) = (&results[0], &results[1]);
    println!(
        "\nours against the empty handler: {:.2} times",
        ours.cold.times(&empty.cold)
    );
    for (subject, other) in subjects.iter().zip(&results).skip(2) {
        println!(
            "{} against ours: {:.1} times cold, {:.1} times warm, {:.1} times the memory",
            subject.name,
            other.cold.times(&ours.cold),
            other.warm.times(&ours.warm),
            ratio(other.memory, ours.memory)
        );
    }
    Ok(())
}

fn ratio(one: u64, other: u64) -> f64 {
    let float = |bytes: u64| Duration::from_nanos(bytes).as_secs_f64();
    float(one) / float(other)
}

/// From the start of the process to its asking for work, and to the result of its first event.
fn start(subject: &Subject) -> std::result::Result<(Duration, Duration), Box<dyn Error>> {
    let options = WorldOptions {
        environment: Vec::new(),
        processes: 0,
        ..WorldOptions::default()
    };
    let world = World::start_with(&options);
    let create = world.create(POLICY, policy(&[statement("Orders")]));
    let glue = ProcessOptions {
        environment: Vec::new(),
        glue: world.glue.url(),
        cloudformation: world.stacks.url(),
    };
    let process = Process::spawn(&subject.binary, &glue);
    let invocation = Invocation {
        request_id: format!("8476a536-e9f4-11e8-9739-{:012x}", unique_number()),
        timeout: Duration::from_mins(1),
        function_arn: service_token(),
        body: create.event().to_string().into_bytes(),
    };
    let times = process.time_to_first_result(invocation).ok_or_else(|| {
        format!(
            "{} gave no result:\n{}",
            subject.name,
            process.output().all()
        )
    })?;
    let replies = world
        .replies
        .puts(&create.request_id)
        .iter()
        .filter(|put| put.kept)
        .count();
    let made = world.glue.statements().len();
    if subject.answers && (replies, made) != (1, 1) {
        return Err(format!(
            "{} gave {replies} replies, made {made} statements",
            subject.name
        )
        .into());
    }
    Ok(times)
}

/// Creates in one process after the other, and the most memory it ever held.
fn warm(subject: &Subject) -> std::result::Result<(Figures, u64), Box<dyn Error>> {
    let options = WorldOptions {
        binary: Some(subject.binary.clone()),
        environment: Vec::new(),
        ..WorldOptions::default()
    };
    let world = World::start_with(&options);
    let mut times = Vec::new();
    for run in 0..WARM_RUNS + 20 {
        world.glue.reset();
        let create = world.create(POLICY, policy(&[statement("Orders")]));
        let outcome = world.send(&create);
        if subject.answers {
            outcome.success();
        }
        if run >= 20 {
            times.push(outcome.elapsed);
        }
    }
    let memory = world
        .process(0)
        .peak_memory()
        .ok_or("no /proc to read the memory from")?;
    Ok((Figures::of(times), memory))
}

fn subjects(root: &Path) -> std::result::Result<Vec<Subject>, Box<dyn Error>> {
    let zip = root.join("dist/provider-x86_64.zip");
    let mut all = vec![
        Subject {
            name: "zeroetl provider, packaged",
            binary: ProviderBinary::at(unpack(&zip, &root.join("target/bench/ours"))?),
            answers: true,
            size: Some(fs::metadata(&zip)?.len()),
        },
        Subject {
            name: "empty lambda_runtime handler",
            binary: ProviderBinary::at(empty_handler(root)?),
            answers: false,
            size: None,
        },
    ];
    for (name, folder) in [("Python, crhelper", "crhelper"), ("Node, SDK v3", "node")] {
        let set_up = root.join("target/bench").join(folder).join("bootstrap");
        if set_up.is_file() {
            let size = fs::metadata(set_up.with_file_name("function.zip"));
            let size = size.ok().map(|file| file.len());
            all.push(Subject {
                name,
                binary: ProviderBinary::at(set_up),
                answers: true,
                size,
            });
        } else {
            eprintln!("without {name}: set it up as bench/README.md says");
        }
    }
    Ok(all)
}

fn unpack(zip: &Path, folder: &Path) -> std::result::Result<PathBuf, Box<dyn Error>> {
    let file = File::open(zip).map_err(|error| {
        format!(
            "no `{}` ({error}); make it with `cargo xtask package`",
            zip.display()
        )
    })?;
    fs::create_dir_all(folder)?;
    let target = folder.join("bootstrap");
    let mut archive = zip::ZipArchive::new(file)?;
    io::copy(
        &mut archive.by_name("bootstrap")?,
        &mut File::create(&target)?,
    )?;
    fs::set_permissions(&target, Permissions::from_mode(0o755))?;
    Ok(target)
}

/// Builds the handler that does nothing, in a workspace of its own, with the provider's profile.
fn empty_handler(root: &Path) -> std::result::Result<PathBuf, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = root.join("target/bench/empty");
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--manifest-path",
        ])
        .arg(root.join("bench/empty-handler/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if !status.success() {
        return Err("the empty handler could not be built; see above".into());
    }
    Ok(target.join("release/empty-handler"))
}
