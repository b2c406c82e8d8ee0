//! Delivers the reply: a PUT to the signed URL, tried again as long as that can help.

use std::time::Duration;

use reqwest::{Client, StatusCode};

use super::ResponseUrl;
use crate::{backoff::Backoff, deadline::Deadline};

/// The reply did not arrive. CloudFormation knows nothing; Lambda should try the request again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reply was not delivered; attempts: {attempts}, last: {last}")]
pub struct Undelivered {
    /// How often it was tried.
    pub attempts: u32,
    /// How the last attempt ended, without the URL.
    pub last: String,
}

/// A signature that is refused twice is refused for good; once may be a clock or a new bucket.
const MOST_REFUSALS: u32 = 2;
/// The longest a single attempt may take.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);
/// The shortest: below this an attempt is not worth beginning.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(50);

/// Sends replies.
#[derive(Debug, Clone)]
pub struct Courier {
    client: Client,
}

/// What one attempt came to.
enum Attempt {
    Delivered,
    Refused(String),
    Again(String),
    Final(String),
}

impl Courier {
    /// A courier that sends through `client`, which must follow no redirect.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Delivers `body`, or fails when the deadline, or an answer that will not change, is reached.
    ///
    /// Only 2xx is delivered. Transport errors, 408, 429 and 5xx are tried again; a 403 once; any
    /// other answer is final, a redirect included.
    pub async fn deliver(
        &self,
        url: &ResponseUrl,
        body: String,
        deadline: Deadline,
    ) -> Result<u32, Undelivered> {
        let mut pauses = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        let mut refusals = 0;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let last = match self.attempt(url, body.clone(), deadline).await {
                Attempt::Delivered => return Ok(attempts),
                Attempt::Final(last) => return Err(Undelivered { attempts, last }),
                Attempt::Refused(last) => {
                    refusals += 1;
                    if refusals == MOST_REFUSALS {
                        return Err(Undelivered { attempts, last });
                    }
                    last
                }
                Attempt::Again(last) => last,
            };
            tracing::warn!(attempts, last, "the reply was not taken");
            let in_time = deadline.earlier_by(SHORTEST_ATTEMPT);
            if !pauses.wait(in_time).await {
                return Err(Undelivered { attempts, last });
            }
        }
    }

    async fn attempt(&self, url: &ResponseUrl, body: String, deadline: Deadline) -> Attempt {
        // A third of what is left: an endpoint that hangs leaves room for another attempt.
        let allowed = (deadline.remaining() / 3).clamp(SHORTEST_ATTEMPT, LONGEST_ATTEMPT);
        let request = self.client.put(url.expose().clone()).body(body);
        let Some(answer) = deadline.at_most(allowed).bound(request.send()).await else {
            return Attempt::Again(format!("no answer within {} ms", allowed.as_millis()));
        };
        match answer {
            Ok(answer) => by_status(answer.status()),
            Err(error) => Attempt::Again(transport(&error.without_url())),
        }
    }
}

fn by_status(status: StatusCode) -> Attempt {
    let last = format!("status {}", status.as_u16());
    match status {
        delivered if delivered.is_success() => Attempt::Delivered,
        StatusCode::FORBIDDEN => Attempt::Refused(last),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Attempt::Again(last),
        fault if fault.is_server_error() => Attempt::Again(last),
        _ => Attempt::Final(last),
    }
}

/// The kind of a transport error. Its own text is not used: it may name the host.
fn transport(error: &reqwest::Error) -> String {
    let kind = if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    kind.to_owned()
}
