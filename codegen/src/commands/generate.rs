//! `zeroetl generate`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use serde_json::json;

use super::output::{Format, print, tell};
use crate::{
    blueprints::zero_etl::{NOTICE_OF_CONFIG, NOTICE_OF_PRODUCT},
    config,
    files::{Comparison, FilesError, Status},
    generation::{self, Generation},
    plan::PlanError,
    shell::word,
};

/// The config file that is taken where no other is named.
const CONFIG: &str = "zeroetl.toml";
/// The check found drift.
const DRIFT: u8 = 3;

/// Arguments of `zeroetl generate`.
///
/// Takes the config file, `zeroetl.toml` where no other is named. With `--generic`, or where there is
/// no `zeroetl.toml`, it emits the templates for everybody: one table, everything that differs is a
/// parameter.
///
/// A file in the folders that it makes which opens with its header, and which it does not emit, is
/// left over from an earlier version or a copy of yours: it is named, and removed with `--force` only.
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// The config file to emit the templates of; `zeroetl.toml` where there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Emit the templates for everybody, with parameters, whether or not there is a config file.
    #[arg(long, conflicts_with = "config")]
    generic: bool,
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
    #[arg(long, hide = true, conflicts_with_all = ["config", "generic"])]
    constructs: bool,
    /// Emit the generated page of the guide instead.
    #[arg(long, hide = true, conflicts_with_all = ["config", "generic", "constructs"])]
    guide: bool,
    /// Emit also what AWS refuses to deploy, to measure it.
    #[arg(long, hide = true)]
    beyond_limits: bool,
}

impl Generate {
    /// Writes or checks the files.
    pub fn run(&self) -> Result<ExitCode> {
        let found = self.found();
        let generated = match &found {
            Some(path) => generation::from_config(&config::load(path)?)?,
            None if self.instead.constructs => generation::constructs()?,
            None if self.instead.guide => generation::guide()?,
            None => generation::product()?,
        };
        if !generated.exceeded.is_empty() && !self.instead.beyond_limits {
            return Err(PlanError::Exceeded(generated.exceeded).into());
        }
        if self.check {
            self.check(&generated, found.as_deref())
        } else {
            self.write(&generated, found.is_some())
        }
    }

    /// The config file: the named one, or the one that is here.
    fn found(&self) -> Option<PathBuf> {
        let other = self.generic || self.instead.constructs || self.instead.guide;
        let here = || {
            let path = PathBuf::from(CONFIG);
            path.try_exists().unwrap_or(true).then_some(path)
        };
        self.config
            .clone()
            .or_else(|| if other { None } else { here() })
    }

    fn write(&self, generated: &Generation, from_config: bool) -> Result<ExitCode> {
        if !self.force {
            self.keep_other_origin(generated, from_config)?;
        }
        let files = generated.files.write(&self.out, self.force)?;
        let left_over = if self.force { "removed" } else { "left over" };
        match self.format {
            Format::Text => self.tell_written(&files)?,
            Format::Json => print(&self.report(&files, None, |status| match status {
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

    /// Refuses to write the templates for everybody over those of a config, and the other way round.
    fn keep_other_origin(&self, generated: &Generation, from_config: bool) -> Result<()> {
        let (notice, origin) = if from_config {
            (NOTICE_OF_PRODUCT, "no config file, with `--generic`")
        } else {
            (NOTICE_OF_CONFIG, "a config file")
        };
        let paths = generated.files.saying(&self.out, notice)?;
        if paths.is_empty() {
            return Ok(());
        }
        Err(FilesError::OtherOrigin { paths, origin }.into())
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

    fn check(&self, generated: &Generation, config: Option<&Path>) -> Result<ExitCode> {
        let files = generated.files.compare(&self.out)?;
        match self.format {
            Format::Text => {
                for file in &files {
                    print(&file.to_string())?;
                }
            }
            Format::Json => print(&self.report(&files, config, |status| match status {
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
            self.fix(config)
        ));
        Ok(ExitCode::from(DRIFT))
    }

    /// The command that makes the files current.
    fn fix(&self, config: Option<&Path>) -> String {
        let quoted = |path: &Path| word(&path.display().to_string()).into_owned();
        let instead = match (config, self.instead.constructs, self.instead.guide) {
            (Some(path), ..) => format!(" --config {}", quoted(path)),
            (_, true, _) => " --constructs".to_owned(),
            (_, _, true) => " --guide".to_owned(),
            _ => " --generic".to_owned(),
        };
        format!("zeroetl generate{instead} --out {}", quoted(&self.out))
    }

    fn report(
        &self,
        files: &[Comparison],
        config: Option<&Path>,
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
        let mut report = json!({
            "out": self.out.display().to_string(),
            "files": files,
        });
        if self.check {
            report["drift"] = json!(drift);
            report["fix"] = json!(self.fix(config));
        }
        Ok(serde_json::to_string_pretty(&report)? + "\n")
    }
}
