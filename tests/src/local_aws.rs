//! Starts and ends the local AWS (`tests/local-aws/serve.py`): on loopback, on a free port, with
//! everything that it writes in one folder. It ends with this value, or with this process.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use thiserror::Error;

use crate::python::PythonEnv;

/// How long the server may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Why there is no local AWS.
#[derive(Debug, Error)]
pub enum LocalAwsError {
    /// The state folder or the log could not be made.
    #[error("cannot use the state folder `{}`", path.display())]
    State {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Python could not be started.
    #[error("cannot start `{}`", program.display())]
    Start {
        /// What was started.
        program: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The server ended, or said something else, before it was ready.
    #[error("the local AWS did not become ready; its log is `{}`", log.display())]
    NotReady {
        /// What the server printed to stderr.
        log: PathBuf,
    },
}

/// How to start it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Everything that the server writes goes here. Made anew.
    pub state: PathBuf,
    /// Verify signatures and enforce IAM.
    pub auth: bool,
    /// The port; 0 for a free one.
    pub port: u16,
    /// Keep running when this process has ended, for [`LocalAws::leave_running`].
    pub outlive: bool,
}

impl Options {
    /// A free port, no IAM enforcement, state in the given folder.
    pub fn in_folder(state: impl Into<PathBuf>) -> Self {
        Self {
            state: state.into(),
            auth: false,
            port: 0,
            outlive: false,
        }
    }
}

/// A running local AWS. Dropping it ends it.
#[derive(Debug)]
pub struct LocalAws {
    child: Child,
    endpoint: String,
    state: PathBuf,
    left: bool,
}

impl LocalAws {
    /// Starts the server and waits until it takes requests.
    pub fn start(
        root: &Path,
        python: &PythonEnv,
        options: &Options,
    ) -> Result<Self, LocalAwsError> {
        let state = options.state.clone();
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| LocalAwsError::State { path, source }
        };
        if state.exists() {
            fs::remove_dir_all(&state).map_err(failed(&state))?;
        }
        fs::create_dir_all(&state).map_err(failed(&state))?;
        let log = state.join("stderr.log");
        let stderr = File::create(&log).map_err(failed(&log))?;

        let mut command = python.command("python");
        command
            .arg(root.join("tests/local-aws/serve.py"))
            .arg("--state-dir")
            .arg(&state)
            .args(["--port", &options.port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr);
        if options.auth {
            command.arg("--auth");
        }
        if options.outlive {
            // A group of its own, so that Ctrl-C in our terminal does not reach it.
            command.arg("--outlive-parent").process_group(0);
        }
        let mut child = command.spawn().map_err(|source| LocalAwsError::Start {
            program: python.path("python"),
            source,
        })?;
        let endpoint = ready_endpoint(&mut child);
        let server = Self {
            child,
            endpoint: endpoint.clone().unwrap_or_default(),
            state,
            left: false,
        };
        match endpoint {
            Some(_) => Ok(server),
            None => Err(LocalAwsError::NotReady { log }),
        }
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Leaves the server running when this value goes, and returns its process id.
    pub fn leave_running(mut self) -> u32 {
        self.left = true;
        self.child.id()
    }

    /// The folder with its state and logs.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The variables with which any AWS tool talks to this server as `account`.
    ///
    /// A 12-digit access key id selects the account.
    pub fn environment(&self, account: &str) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", account.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ]
    }

    /// A command with that environment and without this process's own AWS settings.
    pub fn command_as(&self, account: &str, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        for name in [
            "AWS_PROFILE",
            "AWS_SESSION_TOKEN",
            "AWS_CONFIG_FILE",
            "AWS_CA_BUNDLE",
        ] {
            command.env_remove(name);
        }
        command.envs(self.environment(account)).stdin(Stdio::null());
        command
    }
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The endpoint from the one line that the server prints once it takes requests.
fn ready_endpoint(child: &mut Child) -> Option<String> {
    let mut line = String::new();
    BufReader::new(child.stdout.take()?)
        .read_line(&mut line)
        .ok()?;
    let ready: Value = serde_json::from_str(&line).ok()?;
    ready.get("endpoint")?.as_str().map(str::to_owned)
}
