//! The Lambda Runtime API as one process sees it: it waits for the next invocation and posts what
//! came of it. Knows nothing of what is in the event.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::http::{Answer, Request, Server};
use super::lock;

const PREFIX: &str = "/2018-06-01/runtime/";

/// One call of the function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Lambda's own request id; the same again when Lambda retries an asynchronous call.
    pub request_id: String,
    /// How long the function may take, from the moment the process takes the event.
    pub timeout: Duration,
    /// Where account, Region and partition come from.
    pub function_arn: String,
    /// The event, whatever it is.
    pub body: Vec<u8>,
}

/// What the process told Lambda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LambdaResult {
    /// The function returned this.
    Success(String),
    /// The function failed; Lambda calls an asynchronous one again.
    Error(String),
    /// No word until the deadline: Lambda ends the process, and calls again.
    TimedOut,
    /// The process was gone before it said anything.
    Died,
}

impl LambdaResult {
    /// Whether Lambda takes the event as done and never calls again.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Success(_))
    }

    /// The text that Lambda got, which it may store and show.
    pub fn text(&self) -> &str {
        match self {
            Self::Success(text) | Self::Error(text) => text,
            Self::TimedOut | Self::Died => "",
        }
    }
}

/// A result as it came.
#[derive(Debug, Clone)]
pub struct Posted {
    /// What the process said.
    pub result: LambdaResult,
    /// When.
    pub at: Instant,
    /// The time since it had taken the event.
    pub elapsed: Duration,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Invocation>,
    results: BTreeMap<String, (LambdaResult, Instant)>,
    taken: BTreeMap<String, Instant>,
    waiting: bool,
    first_asked: Option<Instant>,
    init_error: Option<String>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// The endpoint for one process.
#[derive(Debug)]
pub struct RuntimeApi {
    shared: Arc<Shared>,
    server: Server,
}

impl RuntimeApi {
    /// Listens on a free port.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let handler = Arc::clone(&shared);
        let server = Server::start(move |request| answer(&handler, &request));
        Self { shared, server }
    }

    /// What `AWS_LAMBDA_RUNTIME_API` is set to.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Adds an invocation to the queue.
    pub fn push(&self, invocation: Invocation) {
        let mut state = lock(&self.shared.state);
        state.results.remove(&invocation.request_id);
        state.taken.remove(&invocation.request_id);
        state.queue.push_back(invocation);
        self.shared.changed.notify_all();
    }

    /// Waits until the process asks for work. False when it did not in time.
    pub fn wait_until_ready(&self, patience: Duration) -> bool {
        self.wait(patience, |state| {
            (state.waiting || !state.results.is_empty()).then_some(())
        })
        .is_some()
    }

    /// Waits for the result of an invocation.
    pub fn wait_for_result(&self, request_id: &str, patience: Duration) -> Option<Posted> {
        self.wait(patience, |state| {
            let (result, at) = state.results.get(request_id)?;
            let taken = state.taken.get(request_id).copied().unwrap_or(*at);
            Some(Posted {
                result: result.clone(),
                at: *at,
                elapsed: at.duration_since(taken),
            })
        })
    }

    /// Whether the process has taken the invocation.
    pub fn is_taken(&self, request_id: &str) -> bool {
        lock(&self.shared.state).taken.contains_key(request_id)
    }

    /// When the process first asked for work.
    pub fn first_asked(&self) -> Option<Instant> {
        lock(&self.shared.state).first_asked
    }

    /// What the process posted because it could not start.
    pub fn init_error(&self) -> Option<String> {
        lock(&self.shared.state).init_error.clone()
    }

    fn wait<T>(&self, patience: Duration, look: impl Fn(&State) -> Option<T>) -> Option<T> {
        let end = Instant::now() + patience;
        let mut state = lock(&self.shared.state);
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            state = self
                .shared
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        lock(&self.shared.state).closed = true;
        self.shared.changed.notify_all();
    }
}

fn answer(shared: &Shared, request: &Request) -> Answer {
    let Some(path) = request.target.strip_prefix(PREFIX) else {
        return Answer::reply(404, "no such path");
    };
    match (request.method.as_str(), path) {
        ("GET", "invocation/next") => next(shared),
        ("POST", "init/error") => {
            lock(&shared.state).init_error = Some(text(&request.body));
            shared.changed.notify_all();
            Answer::reply(202, "")
        }
        ("POST", _) => {
            let result = path.strip_prefix("invocation/").and_then(|rest| {
                let (id, verb) = rest.split_once('/')?;
                match verb {
                    "response" => Some((id, LambdaResult::Success(text(&request.body)))),
                    "error" => Some((id, LambdaResult::Error(text(&request.body)))),
                    _ => None,
                }
            });
            let Some((id, result)) = result else {
                return Answer::reply(404, "no such path");
            };
            lock(&shared.state)
                .results
                .insert(id.to_owned(), (result, request.at));
            shared.changed.notify_all();
            Answer::reply(202, "{}")
        }
        _ => Answer::reply(405, "no such method"),
    }
}

fn next(shared: &Shared) -> Answer {
    let mut state = lock(&shared.state);
    state.waiting = true;
    state.first_asked.get_or_insert_with(Instant::now);
    shared.changed.notify_all();
    let invocation = loop {
        if state.closed {
            return Answer::Close;
        }
        if let Some(invocation) = state.queue.pop_front() {
            break invocation;
        }
        state = shared
            .changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
    };
    state.waiting = false;
    state
        .taken
        .insert(invocation.request_id.clone(), Instant::now());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let deadline = (now + invocation.timeout).as_millis().to_string();
    Answer::reply(200, invocation.body)
        .with_header("content-type", "application/json")
        .with_header("Lambda-Runtime-Aws-Request-Id", &invocation.request_id)
        .with_header("Lambda-Runtime-Deadline-Ms", &deadline)
        .with_header(
            "Lambda-Runtime-Invoked-Function-Arn",
            &invocation.function_arn,
        )
        .with_header(
            "Lambda-Runtime-Trace-Id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
        )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
