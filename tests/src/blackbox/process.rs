//! One process of the function, as Lambda would run it: its environment, its output, its memory,
//! its end.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::binary::ProviderBinary;
use super::runtime_api::{Invocation, LambdaResult, RuntimeApi};
use super::{REGION, lock};

/// How long a process may take to ask for work, a slow interpreter included.
const START: Duration = Duration::from_secs(20);
/// What the harness waits beyond Lambda's own limit before it says that no result came.
const GRACE: Duration = Duration::from_millis(500);

/// How to start a process.
#[derive(Debug, Clone, Default)]
pub struct ProcessOptions {
    /// Beside what Lambda sets itself; an empty value takes a variable away.
    pub environment: Vec<(String, String)>,
    /// Where `AWS_ENDPOINT_URL_GLUE` points.
    pub glue: String,
    /// Where `AWS_ENDPOINT_URL_CLOUDFORMATION` points.
    pub cloudformation: String,
}

/// What a process has written so far.
#[derive(Debug, Clone)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Both, one after the other.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}

/// A running process with its own Runtime API. Dropping it ends it.
#[derive(Debug)]
pub struct Process {
    child: Arc<Mutex<Child>>,
    runtime: RuntimeApi,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
    started: Instant,
}

impl Process {
    /// Starts the program. It may still be starting when this returns.
    pub fn spawn(binary: &ProviderBinary, options: &ProcessOptions) -> Self {
        let runtime = RuntimeApi::start();
        let mut command = Command::new(binary.path());
        command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in lambda_environment(&runtime, options) {
            command.env(name, value);
        }
        for (name, value) in &options.environment {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        let started = Instant::now();
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{}`: {error}", binary.path().display()));
        let (stdout, first) = collect(child.stdout.take().expect("a piped stdout"));
        let (stderr, second) = collect(child.stderr.take().expect("a piped stderr"));
        let readers = vec![first, second];
        Self {
            child: Arc::new(Mutex::new(child)),
            runtime,
            stdout,
            stderr,
            readers,
            started,
        }
    }

    /// Waits until the process asks for its first event.
    pub fn wait_until_ready(&self) {
        let ready = self.runtime.wait_until_ready(START);
        assert!(
            ready,
            "the process did not ask for work:\n{}",
            self.output().all()
        );
    }

    /// Hands over an event and waits for the result, at most as long as Lambda would.
    pub fn invoke(&self, invocation: Invocation) -> (LambdaResult, Duration) {
        let (id, timeout) = (invocation.request_id.clone(), invocation.timeout);
        self.runtime.push(invocation);
        let end = Instant::now() + START + timeout + GRACE;
        let mut taken = None;
        loop {
            let pause = Duration::from_millis(50);
            if let Some(found) = self.runtime.wait_for_result(&id, pause) {
                return (found.result, found.elapsed);
            }
            if taken.is_none() && self.runtime.is_taken(&id) {
                taken = Some(Instant::now());
            }
            let late = taken.is_some_and(|at| at.elapsed() > timeout + GRACE);
            if late || Instant::now() > end {
                return (LambdaResult::TimedOut, timeout);
            }
            if self.has_ended() {
                // It may have posted just before it ended.
                let last = self.runtime.wait_for_result(&id, Duration::ZERO);
                return last.map_or((LambdaResult::Died, timeout), |found| {
                    (found.result, found.elapsed)
                });
            }
        }
    }

    /// Something that can end the process while it works.
    pub fn killer(&self) -> Killer {
        Killer(Arc::clone(&self.child))
    }

    /// Hands over the first event before the process can ask for it, and returns the times from
    /// its start to its asking, and to its result.
    pub fn time_to_first_result(&self, invocation: Invocation) -> Option<(Duration, Duration)> {
        let id = invocation.request_id.clone();
        self.runtime.push(invocation);
        let result = self.runtime.wait_for_result(&id, START)?.at;
        let asked = self.runtime.first_asked()?;
        Some((
            asked.duration_since(self.started),
            result.duration_since(self.started),
        ))
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        lock(&self.child).id()
    }

    /// When it was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Whether it is gone.
    pub fn has_ended(&self) -> bool {
        !matches!(lock(&self.child).try_wait(), Ok(None))
    }

    /// The most memory that it ever held, in bytes.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim()
            .strip_suffix(" kB")?
            .trim()
            .parse::<u64>()
            .ok()
            .map(|kilo| kilo * 1024)
    }

    /// What it has written so far.
    pub fn output(&self) -> Output {
        let text = |bytes: &Mutex<Vec<u8>>| String::from_utf8_lossy(&lock(bytes)).into_owned();
        Output {
            stdout: text(&self.stdout),
            stderr: text(&self.stderr),
        }
    }

    /// What it told Lambda instead of asking for work.
    pub fn init_error(&self) -> Option<String> {
        self.runtime.init_error()
    }

    /// Ends it, and returns all that it wrote.
    pub fn end(mut self) -> Output {
        self.kill();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        self.output()
    }

    fn kill(&self) {
        self.killer().kill();
    }
}

/// Ends a process from another thread, as a lack of memory would.
#[derive(Debug)]
pub struct Killer(Arc<Mutex<Child>>);

impl Killer {
    /// Ends it at once, and waits until it is gone.
    pub fn kill(&self) {
        let mut child = lock(&self.0);
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn lambda_environment(
    runtime: &RuntimeApi,
    options: &ProcessOptions,
) -> Vec<(&'static str, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut variables = vec![
        ("AWS_LAMBDA_RUNTIME_API", runtime.address().to_string()),
        ("AWS_ENDPOINT_URL_GLUE", options.glue.clone()),
        (
            "AWS_ENDPOINT_URL_CLOUDFORMATION",
            options.cloudformation.clone(),
        ),
        ("PATH", path),
    ];
    let fixed = [
        ("AWS_LAMBDA_FUNCTION_NAME", "zeroetl-provider"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/zeroetl-provider"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", LOG_STREAM),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLEEXAMPLE00"),
        ("AWS_SECRET_ACCESS_KEY", "example-secret-access-key"),
        ("AWS_SESSION_TOKEN", "example-session-token"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("_HANDLER", "bootstrap"),
        ("TZ", ":UTC"),
        ("LANG", "en_US.UTF-8"),
    ];
    variables.extend(fixed.map(|(name, value)| (name, value.to_owned())));
    variables
}

/// The log stream that every process is told.
pub const LOG_STREAM: &str = "2026/11/21/[$LATEST]0123456789abcdef0123456789abcdef";

fn collect(mut pipe: impl Read + Send + 'static) -> (Arc<Mutex<Vec<u8>>>, JoinHandle<()>) {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let target = Arc::clone(&bytes);
    let reader = thread::spawn(move || {
        let mut chunk = [0; 8 * 1024];
        while let Ok(count) = pipe.read(&mut chunk) {
            if count == 0 {
                break;
            }
            lock(&target).extend_from_slice(&chunk[..count]);
        }
    });
    (bytes, reader)
}
