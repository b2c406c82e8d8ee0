//! The project's Python environments, each made from pinned requirements: `target/venv` holds the
//! local AWS, the AWS CLI and the linters; `target/venv-scanner` holds checkov, whose own
//! requirements contradict theirs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// The oldest Python that the pinned packages take.
const MINIMUM: (u32, u32) = (3, 11);

/// Why there is no Python environment.
#[derive(Debug, Error)]
pub enum PythonError {
    /// None of the usual names starts a Python that is new enough.
    #[error(
        "no Python {}.{} or newer found as `python3.11`, `python3` or `python`; install it, or \
         put it first in PATH", MINIMUM.0, MINIMUM.1
    )]
    NotFound,
    /// `venv` or `pip` failed; their own output stands above.
    #[error("`{command}` ended with {status}; see its output above")]
    Failed {
        /// What was run.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// A file of the environment could not be read or written.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// An environment that is complete and current.
#[derive(Debug, Clone)]
pub struct PythonEnv {
    bin: PathBuf,
}

impl PythonEnv {
    /// The environment of the local AWS and the linters, under `root`'s `target/venv`.
    pub fn ensure(root: &Path) -> Result<Self, PythonError> {
        Self::made(
            &root.join("tests/local-aws/requirements.txt"),
            &root.join("target/venv"),
        )
    }

    /// The environment of checkov, under `root`'s `target/venv-scanner`.
    pub fn ensure_scanner(root: &Path) -> Result<Self, PythonError> {
        Self::made(
            &root.join("tests/lint/requirements.txt"),
            &root.join("target/venv-scanner"),
        )
    }

    /// Makes the environment in `folder` if it is absent or if the requirements have changed
    /// since, and returns it.
    fn made(requirements: &Path, folder: &Path) -> Result<Self, PythonError> {
        let stamp = folder.join("requirements.sha256");
        let wanted = fs::read(requirements)
            .map(|bytes| hex::encode(Sha256::digest(bytes)))
            .map_err(|source| PythonError::Io {
                path: requirements.to_owned(),
                source,
            })?;
        let env = Self {
            bin: folder.join("bin"),
        };
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(env);
        }
        let python = find_python().ok_or(PythonError::NotFound)?;
        run(Command::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(folder))?;
        run(env
            .command("python")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(requirements))?;
        fs::write(&stamp, wanted).map_err(|source| PythonError::Io {
            path: stamp,
            source,
        })?;
        Ok(env)
    }

    /// A command of the environment, such as `python`, `aws` or `cfn-lint`.
    pub fn command(&self, name: &str) -> Command {
        Command::new(self.path(name))
    }

    /// Where a command of the environment lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

fn run(command: &mut Command) -> Result<(), PythonError> {
    let path = PathBuf::from(command.get_program());
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|source| PythonError::Io { path, source })?;
    if status.success() {
        return Ok(());
    }
    Err(PythonError::Failed {
        command: format!("{command:?}"),
        status,
    })
}

fn find_python() -> Option<&'static str> {
    let check = format!("import sys; sys.exit(sys.version_info[:2] < {MINIMUM:?})");
    ["python3.11", "python3", "python"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .args(["-c", &check])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        })
}
