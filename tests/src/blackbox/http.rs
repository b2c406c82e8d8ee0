//! A small HTTP/1.1 server on loopback, one thread per connection. It hands over the request as it
//! came, bytes of the path included, and can misbehave on the wire: close without a word, or never
//! answer. Knows nothing of what is served.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::lock;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    /// Such as `PUT`.
    pub method: String,
    /// Path and query, undecoded.
    pub target: String,
    /// In the order they came, names as they were spelled.
    pub headers: Vec<(String, String)>,
    /// The body, without the marks of a chunked transfer.
    pub body: Vec<u8>,
    /// When the last byte had come.
    pub at: Instant,
}

impl Request {
    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// An ordinary response.
    Reply {
        /// The status code.
        status: u16,
        /// Beside `content-length`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// The connection ends without a byte.
    Close,
    /// The connection stays open without a byte until the other side gives up.
    Hang,
    /// The same, later.
    After(Duration, Box<Self>),
}

impl Answer {
    /// A response with a status and a body.
    pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Reply {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The same response with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Reply { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Handler = dyn Fn(Request) -> Answer + Send + Sync;

/// A listening server. Dropping it ends it together with all its connections.
pub struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    open: Arc<Mutex<BTreeMap<u64, TcpStream>>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Listens on a free port of loopback.
    pub fn start(handler: impl Fn(Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_on(0, handler)
    }

    /// Listens on the given port of loopback.
    pub fn start_on(
        port: u16,
        handler: impl Fn(Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a port of loopback");
        let address = listener
            .local_addr()
            .expect("the address of a bound socket");
        let stop = Arc::new(AtomicBool::new(false));
        let open = Arc::new(Mutex::new(BTreeMap::new()));
        let handler: Arc<Handler> = Arc::new(handler);
        let accept = (Arc::clone(&stop), Arc::clone(&open));
        thread::spawn(move || accept_all(&listener, &accept.0, &accept.1, &handler));
        Self {
            address,
            stop,
            open,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes `accept`, which then sees the flag.
        let _ = TcpStream::connect(self.address);
        for stream in lock(&self.open).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept_all(
    listener: &TcpListener,
    stop: &AtomicBool,
    open: &Arc<Mutex<BTreeMap<u64, TcpStream>>>,
    handler: &Arc<Handler>,
) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let Ok(twin) = stream.try_clone() else {
            continue;
        };
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        lock(open).insert(number, twin);
        let (open, handler) = (Arc::clone(open), Arc::clone(handler));
        thread::spawn(move || {
            // A broken connection is the other side's business.
            let _ = serve(stream, &*handler);
            if let Some(stream) = lock(&open).remove(&number) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
    }
}

fn serve(mut stream: TcpStream, handler: &Handler) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer)? {
        let mut answer = handler(request);
        loop {
            match answer {
                Answer::Reply {
                    status,
                    headers,
                    body,
                } => {
                    write_reply(&mut stream, status, &headers, &body)?;
                    break;
                }
                Answer::Close => return Ok(()),
                Answer::Hang => {
                    // Ends when the other side closes.
                    io::copy(&mut stream, &mut io::sink())?;
                    return Ok(());
                }
                Answer::After(pause, later) => {
                    thread::sleep(pause);
                    answer = *later;
                }
            }
        }
    }
    Ok(())
}

fn write_reply(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<()> {
    let mut reply = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        reply.push_str(name);
        reply.push_str(": ");
        reply.push_str(value);
        reply.push_str("\r\n");
    }
    reply.push_str("\r\n");
    let mut bytes = reply.into_bytes();
    bytes.extend_from_slice(body);
    stream.write_all(&bytes)
}

/// The next request, or nothing when the other side has closed.
fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let (method, target, headers, length) = loop {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut fields);
        match head.parse(buffer).map_err(io::Error::other)? {
            httparse::Status::Complete(length) => {
                let headers: Vec<(String, String)> = head
                    .headers
                    .iter()
                    .map(|h| {
                        (
                            h.name.to_owned(),
                            String::from_utf8_lossy(h.value).into_owned(),
                        )
                    })
                    .collect();
                let method = head.method.unwrap_or_default().to_owned();
                break (
                    method,
                    head.path.unwrap_or_default().to_owned(),
                    headers,
                    length,
                );
            }
            httparse::Status::Partial => {
                if fill(stream, buffer)? == 0 {
                    return Ok(None);
                }
            }
        }
    };
    buffer.drain(..length);
    let mut request = Request {
        method,
        target,
        headers,
        body: Vec::new(),
        at: Instant::now(),
    };
    let chunked = request
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    request.body = if chunked {
        read_chunks(stream, buffer)?
    } else {
        let length = request
            .header("content-length")
            .and_then(|v| v.parse().ok())
            .unwrap_or(0);
        read_exact(stream, buffer, length)?
    };
    request.at = Instant::now();
    Ok(Some(request))
}

fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (start, length) = loop {
            let parsed = httparse::parse_chunk_size(buffer)
                .map_err(|_| io::Error::other("a chunk size that is no number"))?;
            match parsed {
                httparse::Status::Complete((start, length)) => {
                    break (start, usize::try_from(length).map_err(io::Error::other)?);
                }
                httparse::Status::Partial if fill(stream, buffer)? == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                httparse::Status::Partial => {}
            }
        };
        buffer.drain(..start);
        body.extend(read_exact(stream, buffer, length)?);
        // The line end after the chunk.
        read_exact(stream, buffer, 2)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

fn read_exact(stream: &mut TcpStream, buffer: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    while buffer.len() < length {
        if fill(stream, buffer)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(buffer.drain(..length).collect())
}

fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; 16 * 1024];
    let count = stream.read(&mut chunk)?;
    buffer.extend_from_slice(&chunk[..count]);
    Ok(count)
}
