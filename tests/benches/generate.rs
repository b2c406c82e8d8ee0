//! How long `zeroetl generate` takes for one table, for a hundred and for a thousand.
//!
//! It measures another program, so its own optimisation does not matter: run it in the dev profile.

#![expect(clippy::print_stdout, reason = "the figures are its output")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zeroetl_tests::blackbox::measure::{Figures, machine};
use zeroetl_tests::workspace_root;

const RUNS: usize = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let root = workspace_root();
    let named = std::env::var_os("ZEROETL_BIN").map(PathBuf::from);
    let zeroetl = named.unwrap_or_else(|| root.join("target/release/zeroetl"));
    if !zeroetl.is_file() {
        let path = zeroetl.display();
        return Err(format!(
            "no `{path}`; build it with `cargo build --release -p zeroetl-codegen`, or set \
             `ZEROETL_BIN`"
        )
        .into());
    }
    let folder = root.join("target/bench/generate");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    println!("{}", machine());
    println!("`zeroetl generate` from start to exit, into a new folder.\n");
    let mut one = None;
    for tables in [1_u32, 100, 1_000] {
        let config = folder.join(format!("{tables}.toml"));
        File::create(&config)?.write_all(config_of(tables).as_bytes())?;
        let mut times = Vec::new();
        for run in 0..=RUNS {
            let time = generate(&zeroetl, &config, &folder.join(format!("{tables}-{run}")))?;
            if run > 0 {
                times.push(time);
            }
        }
        let figures = Figures::of(times);
        let per_table = figures.median / tables;
        println!(
            "{tables:>5} tables  {figures}, {:.3} ms a table",
            per_table.as_secs_f64() * 1e3
        );
        one.get_or_insert(figures);
    }
    Ok(())
}

fn generate(zeroetl: &Path, config: &Path, out: &Path) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let output = Command::new(zeroetl)
        .args(["generate", "--beyond-limits", "--config"])
        .arg(config)
        .arg("--out")
        .arg(out)
        .stdout(Stdio::null())
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    if fs::read_dir(out)?.count() == 0 {
        return Err("`generate` wrote nothing".into());
    }
    fs::remove_dir_all(out)?;
    Ok(time)
}

fn config_of(tables: u32) -> String {
    let mut text = String::from(
        "project = \"shop\"\nenvironment = \"dev\"\nregion = \"us-east-1\"\n\n[source]\naccount = \
         \"111111111111\"\n\n[target]\naccount = \"222222222222\"\ndatabase = \"shop_dev\"\n",
    );
    for number in 0..tables {
        let _ = write!(
            text,
            "\n[[table]]\nname = \"Table{number}\"\npartition_key = {{ name = \"PK\" }}\nsort_key = \
             {{ name = \"SK\" }}\n"
        );
    }
    text
}
