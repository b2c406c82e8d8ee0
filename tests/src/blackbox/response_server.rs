//! The server behind the pre-signed URL. It records every PUT byte for byte, in order, and does
//! with it what the script for that request says. Knows nothing of what a reply has to contain.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::http::{Answer, Request, Server};
use super::{SECRET, lock};

/// What happens to one PUT.
#[derive(Debug, Clone)]
pub enum PutFault {
    /// This status and an empty body; nothing is kept.
    Status(u16),
    /// To another path of this server, which would take it.
    Redirect(u16),
    /// The connection ends without a byte.
    Close,
    /// No answer ever.
    Hang,
    /// The reply is kept, and the connection ends without a byte.
    KeepAndClose,
    /// The reply is kept, and answered this much later.
    Slow(Duration),
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Put {
    /// Such as `PUT`.
    pub method: String,
    /// Path and query, undecoded.
    pub target: String,
    /// In order, names as spelled.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When it had come completely.
    pub at: Instant,
    /// Whether CloudFormation would find this reply.
    pub kept: bool,
    /// The status that was answered; nothing where the connection just ended.
    pub status: Option<u16>,
}

impl Put {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

#[derive(Debug, Default)]
struct State {
    puts: BTreeMap<String, Vec<Put>>,
    strays: Vec<Put>,
    scripts: BTreeMap<String, VecDeque<PutFault>>,
}

/// The server. Every CloudFormation request has its own path on it.
#[derive(Debug)]
pub struct ResponseServer {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl ResponseServer {
    /// Listens on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Listens on the given port.
    pub fn start_on(port: u16) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let handler = Arc::clone(&state);
        let server = Server::start_on(port, move |request| take(&handler, request));
        Self { state, server }
    }

    /// A signed URL for a request, as CloudFormation writes it: percent-encoded ARN in the path,
    /// `%7C`, and a query whose signature is the marker that must not be seen again.
    pub fn url(&self, stack_id: &str, logical_id: &str, request_id: &str) -> String {
        signed_url(self.server.address(), stack_id, logical_id, request_id)
    }

    /// Says what happens to the next PUTs of this request; after them all is well.
    pub fn script(&self, request_id: &str, faults: impl IntoIterator<Item = PutFault>) {
        lock(&self.state)
            .scripts
            .entry(request_id.to_owned())
            .or_default()
            .extend(faults);
    }

    /// Forgets what was scripted and has not happened.
    pub fn clear_script(&self, request_id: &str) {
        lock(&self.state).scripts.remove(request_id);
    }

    /// All that came for a request, kept or not, oldest first.
    pub fn puts(&self, request_id: &str) -> Vec<Put> {
        lock(&self.state)
            .puts
            .get(request_id)
            .cloned()
            .unwrap_or_default()
    }

    /// Requests to paths that belong to nobody.
    pub fn strays(&self) -> Vec<Put> {
        lock(&self.state).strays.clone()
    }
}

/// A port of loopback on which nothing listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
    listener
        .local_addr()
        .expect("the address of a bound socket")
        .port()
}

/// A signed URL on another address.
pub fn signed_url(
    address: SocketAddr,
    stack_id: &str,
    logical_id: &str,
    request_id: &str,
) -> String {
    let (stack, logical_id) = (percent_encoded(stack_id), percent_encoded(logical_id));
    format!(
        "http://{address}/{stack}%7C{logical_id}%7C{request_id}?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Date=20991121T010203Z&X-Amz-SignedHeaders=host&X-Amz-Expires=7200\
         &X-Amz-Credential=AKIA{SECRET}%2F20261121%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Signature={SECRET}~%2B%2f"
    )
}

/// Everything but unreserved characters as `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn take(state: &Mutex<State>, request: Request) -> Answer {
    let mut state = lock(state);
    let id = request
        .target
        .split_once('?')
        .map_or(request.target.as_str(), |(path, _)| path)
        .rsplit("%7C")
        .next()
        .unwrap_or_default()
        .to_owned();
    let fault = state.scripts.get_mut(&id).and_then(VecDeque::pop_front);
    let (answer, kept, status) = judge(fault.as_ref());
    let put = Put {
        method: request.method,
        target: request.target,
        headers: request.headers,
        body: request.body,
        at: request.at,
        kept,
        status,
    };
    if id.contains('/') || id.is_empty() {
        state.strays.push(put);
    } else {
        state.puts.entry(id).or_default().push(put);
    }
    answer
}

fn judge(fault: Option<&PutFault>) -> (Answer, bool, Option<u16>) {
    let ok = Answer::reply(200, "");
    match fault {
        None => (ok, true, Some(200)),
        Some(PutFault::Status(status)) => (
            Answer::reply(*status, ""),
            (200..300).contains(status),
            Some(*status),
        ),
        Some(PutFault::Redirect(status)) => (
            Answer::reply(*status, "").with_header("location", "/elsewhere"),
            false,
            Some(*status),
        ),
        Some(PutFault::Close) => (Answer::Close, false, None),
        Some(PutFault::Hang) => (Answer::Hang, false, None),
        Some(PutFault::KeepAndClose) => (Answer::Close, true, None),
        Some(PutFault::Slow(pause)) => (Answer::After(*pause, Box::new(ok)), true, Some(200)),
    }
}
