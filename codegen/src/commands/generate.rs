//! `zeroetl generate`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use serde_json::json;

use super::output::{Format, print, tell};
use crate::{
    config,
    files::{Comparison, Status},
    generation::{self, Generation},
    shell::word,
};

/// The check found drift.
const DRIFT: u8 = 3;

/// Arguments of `zeroetl generate`.
///
/// Without a config file it emits the product: one table, everything that differs is a parameter.
/// A file in the folders that it makes which opens with its header, and which it does not emit, is
/// left over from an earlier version or a copy of yours: it is named, and removed with `--force` only.
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// The config file to emit the templates of.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    instead: Instead,
    /// The folder to write to.
    #[arg(long, value_name = "DIR", default_value = "templates")]
    out: PathBuf,
    /// Write nothing; print what would change, and exit with 3 if anything would.
    #[arg(long)]
    check: bool,
    /// Overwrite files that zeroetl did not make, and remove left-over ones that it made.
    #[arg(long, conflicts_with = "check")]
    force: bool,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What the repository of zeroetl itself has generated beside its templates.
#[derive(Debug, clap::Args)]
struct Instead {
    /// Emit the generated half of the npm package instead.
    #[arg(long, hide = true, conflicts_with = "config")]
    constructs: bool,
    /// Emit the generated page of the guide instead.
    #[arg(long, hide = true, conflicts_with_all = ["config", "constructs"])]
    guide: bool,
}

impl Generate {
    /// Writes or checks the files.
    pub fn run(&self) -> Result<ExitCode> {
        let generated = match &self.config {
            Some(path) => generation::from_config(&config::load(path)?)?,
            None if self.instead.constructs => generation::constructs()?,
            None if self.instead.guide => generation::guide()?,
            None => generation::product()?,
        };
        for exceeded in &generated.exceeded {
            tell(&format!("warning: {exceeded}"));
        }
        if self.check {
            self.check(&generated)
        } else {
            self.write(&generated)
        }
    }

    fn write(&self, generated: &Generation) -> Result<ExitCode> {
        let files = generated.files.write(&self.out, self.force)?;
        let left_over = if self.force { "removed" } else { "left over" };
        match self.format {
            Format::Text => self.tell_written(&files)?,
            Format::Json => print(&self.report(&files, generated, |status| match status {
                Status::Current => "current",
                Status::Missing | Status::Different => "written",
                Status::LeftOver => left_over,
            })?)?,
        }
        let count = |wanted: &[Status]| {
            files
                .iter()
                .filter(|it| wanted.contains(&it.status))
                .count()
        };
        tell(&format!(
            "{} files: {} written, {} {left_over}, {} current",
            files.len(),
            count(&[Status::Missing, Status::Different]),
            count(&[Status::LeftOver]),
            count(&[Status::Current]),
        ));
        Ok(ExitCode::SUCCESS)
    }

    fn tell_written(&self, files: &[Comparison]) -> Result<()> {
        for file in files {
            let path = self.out.join(&file.path);
            let path = path.display();
            match file.status {
                Status::Current => {}
                Status::LeftOver if !self.force => tell(&format!(
                    "`{path}` opens with zeroetl's header but is none of its files now; move it if it \
                     is yours, or remove it by `--force`"
                )),
                Status::LeftOver => print(&format!("removed {path}\n"))?,
                Status::Missing | Status::Different => print(&format!("wrote {path}\n"))?,
            }
        }
        Ok(())
    }

    fn check(&self, generated: &Generation) -> Result<ExitCode> {
        let files = generated.files.compare(&self.out)?;
        match self.format {
            Format::Text => {
                for file in &files {
                    print(&file.to_string())?;
                }
            }
            Format::Json => print(&self.report(&files, generated, |status| match status {
                Status::Current => "current",
                Status::Missing => "missing",
                Status::Different => "different",
                Status::LeftOver => "left over",
            })?)?,
        }
        let drifted = files
            .iter()
            .filter(|file| file.status != Status::Current)
            .count();
        if drifted == 0 {
            tell(&format!("{} files are current", files.len()));
            return Ok(ExitCode::SUCCESS);
        }
        if files.iter().any(|file| file.status == Status::LeftOver) {
            tell("files that are left over stay; move them if they are yours, or add `--force`");
        }
        tell(&format!(
            "{drifted} of {} files differ; run `{}`",
            files.len(),
            self.fix()
        ));
        Ok(ExitCode::from(DRIFT))
    }

    /// The command that makes the files current.
    fn fix(&self) -> String {
        let quoted = |path: &Path| word(&path.display().to_string()).into_owned();
        let config = self
            .config
            .as_deref()
            .map_or_else(String::new, |path| format!(" --config {}", quoted(path)));
        let instead = match (self.instead.constructs, self.instead.guide) {
            (true, _) => " --constructs",
            (_, true) => " --guide",
            _ => "",
        };
        format!(
            "zeroetl generate{config}{instead} --out {}",
            quoted(&self.out)
        )
    }

    fn report(
        &self,
        files: &[Comparison],
        generated: &Generation,
        word: impl Fn(Status) -> &'static str,
    ) -> Result<String> {
        let drift = self.check && files.iter().any(|file| file.status != Status::Current);
        let files: Vec<_> = files
            .iter()
            .map(|file| {
                let mut entry = json!({"path": file.path, "status": word(file.status)});
                if self.check && file.status != Status::Current {
                    entry["diff"] = json!(file.to_string());
                }
                entry
            })
            .collect();
        let warnings: Vec<String> = generated.exceeded.iter().map(ToString::to_string).collect();
        let mut report = json!({
            "out": self.out.display().to_string(),
            "files": files,
            "warnings": warnings,
        });
        if self.check {
            report["drift"] = json!(drift);
            report["fix"] = json!(self.fix());
        }
        Ok(serde_json::to_string_pretty(&report)? + "\n")
    }
}
