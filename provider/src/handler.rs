//! One request, exactly one reply: dispatch, deadlines, panics, and the ids of what failed.

use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::{Duration, Instant, SystemTime},
};

use tracing::Instrument;
use zeroetl_properties::Arn;

use crate::{
    deadline::Clock,
    ports::{CallLog, Connect, Home},
    protocol::{
        Courier, Event, IdsTooLong, NotAnEvent, PhysicalId, Reply, RequestType, Undelivered,
    },
    resource::{self, Applied, Failure, ReasonKind, Request, Resource, World},
};

/// Lambda's side of a request.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Lambda's id of the request.
    pub request_id: String,
    /// Where the log goes.
    pub log_stream: String,
    /// The function's own ARN.
    pub function_arn: String,
    /// How long until Lambda ends the process.
    pub remaining: Duration,
}

/// What Lambda is told when no reply was delivered.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// Nobody to reply to.
    #[error(transparent)]
    NotAnEvent(#[from] NotAnEvent),
    /// No reply fits.
    #[error(transparent)]
    IdsTooLong(#[from] IdsTooLong),
    /// Nobody heard the reply.
    #[error(transparent)]
    Undelivered(#[from] Undelivered),
    /// Nobody waits for the reply any longer, and the stack may be gone.
    #[error(
        "the request is too old: the signature of its `ResponseURL` has expired; nothing was done"
    )]
    Expired,
}

/// Puts requests through the resources and delivers the replies.
pub struct Handler<C> {
    connect: C,
    courier: Courier,
    find: fn(&str) -> Option<&'static dyn Resource>,
}

/// What came out: the resource as it is now, or nothing after a Delete.
type Worked = Result<Option<Applied>, Failure>;

impl<C: Connect> Handler<C> {
    /// A handler for every resource we have.
    pub fn new(connect: C, courier: Courier) -> Self {
        Self {
            connect,
            courier,
            find: resource::find,
        }
    }

    /// Handles the request in `body`. Every line of the log carries Lambda's id of it.
    ///
    /// # Errors
    ///
    /// Only when no reply was delivered; Lambda then tries the request again.
    pub async fn handle(&self, body: &str, invocation: &Invocation) -> Result<(), HandlerError> {
        let id = invocation.request_id.as_str();
        let handled = self
            .answer(body, invocation)
            .instrument(tracing::error_span!("request", id));
        handled
            .await
            .inspect_err(|error| tracing::error!(request = id, %error, "no reply was delivered"))
    }

    async fn answer(&self, body: &str, invocation: &Invocation) -> Result<(), HandlerError> {
        let begun = Instant::now();
        let event = Event::parse(body)?;
        if event.url.is_expired(SystemTime::now()) {
            return Err(HandlerError::Expired);
        }
        let clock = Clock::start(invocation.remaining, event.service_timeout());
        let calls = CallLog::default();
        let worked = self.work(&event, invocation, clock, &calls).await;
        log_outcome(&event, &invocation.request_id, &worked, &calls, begun);
        let body = self.reply(&event, invocation, worked).into_body()?;
        let attempts = self.courier.deliver(&event.url, body, clock.reply).await?;
        tracing::debug!(attempts, "reply delivered");
        Ok(())
    }

    async fn work(
        &self,
        event: &Event,
        invocation: &Invocation,
        clock: Clock,
        calls: &CallLog,
    ) -> Worked {
        let delete = event.request_type == RequestType::Delete;
        let Some(resource) = (self.find)(&event.resource_type) else {
            return if delete {
                Ok(None)
            } else {
                Err(unknown_type(&event.resource_type))
            };
        };
        if let RequestType::Unknown(given) = &event.request_type {
            let detail = format!("it is `{given}`; Create, Update and Delete are supported");
            return Err(Failure::untouched(ReasonKind::UnknownRequest, detail));
        }
        if !clock.enough {
            return Err(Failure::untouched(
                ReasonKind::TooLate,
                "less than 1 second was left, nothing was changed; give the function and \
                 `ServiceTimeout` more time, then try again",
            ));
        }
        let home = match (
            Home::of_function(&invocation.function_arn),
            &event.unreadable,
        ) {
            (home, _) if delete => home.ok(),
            (_, Some(error)) => {
                return Err(Failure::untouched(ReasonKind::Unreadable, error.clone()));
            }
            (Ok(home), None) => Some(home),
            (Err(error), None) => {
                let detail = format!("{error}; invoke it through Lambda");
                return Err(Failure::untouched(ReasonKind::NoHome, detail));
            }
        };
        if let Some(refused) = home.as_ref().and_then(|home| elsewhere(event, home)) {
            if delete {
                // What was refused was never made. A stack must not be held by it.
                tracing::warn!(why = refused.detail, "nothing was done");
                return Ok(None);
            }
            return Err(refused);
        }
        let services = self.connect.connect(home.as_ref(), clock.work, calls)?;
        let world = World {
            glue: &*services,
            stack: &*services,
            home: home.as_ref(),
            deadline: clock.work,
        };
        let request = request(event);
        let run = async {
            if delete {
                resource.cleanup(request, world).await.map(|()| None)
            } else {
                resource.apply(request, world).await.map(Some)
            }
        };
        match caught(clock.stop.bound(run)).await {
            Ok(Some(Err(failure))) if failure.kind == ReasonKind::OutOfTime => Err(Failure {
                detail: format!("{}{}", calls.waited_for(), failure.detail),
                ..failure
            }),
            Ok(Some(worked)) => worked,
            Ok(None) => Err(Failure::touched(
                ReasonKind::OutOfTime,
                format!(
                    "{}it was stopped; give the function and `ServiceTimeout` more time, then try again",
                    calls.waited_for()
                ),
            )),
            Err(Panic) => Err(Failure::touched(
                ReasonKind::Panicked,
                "this is a defect; the log of the function names the place",
            )),
        }
    }

    fn reply(&self, event: &Event, invocation: &Invocation, worked: Worked) -> Reply {
        let given = || {
            event
                .physical_id
                .clone()
                .unwrap_or_else(|| PhysicalId::fixed("zeroetl", "not-made"))
        };
        let failure = match worked {
            Ok(Some(applied)) => return Reply::success(event, applied.id, applied.data),
            Ok(None) => return Reply::success(event, given(), [].into()),
            Err(failure) => failure,
        };
        let id = match (&event.request_type, (self.find)(&event.resource_type)) {
            (RequestType::Create, Some(resource)) => failure
                .id
                .clone()
                .unwrap_or_else(|| resource.id_of_failed_create(request(event), &failure)),
            _ => given(),
        };
        let (stream, lambda) = (&invocation.log_stream, &invocation.request_id);
        let reason = failure.reason();
        Reply::failed(event, id, &event.url.withhold(&reason), stream, lambda)
    }
}

fn request(event: &Event) -> Request<'_> {
    Request {
        stack_id: &event.stack_id,
        logical_id: &event.logical_id,
        physical_id: event.physical_id.as_ref(),
        update: event.request_type == RequestType::Update,
        properties: &event.properties,
        old_properties: &event.old_properties,
    }
}

/// A stack of another account or Region: an event that CloudFormation did not send to its own function,
/// or that somebody made up.
fn elsewhere(event: &Event, home: &Home) -> Option<Failure> {
    let stack: Arn = event.stack_id.as_str().parse().ok()?;
    let (region, account) = (home.region.to_string(), home.account.to_string());
    if (stack.region(), stack.account()) == (region.as_str(), account.as_str()) {
        return None;
    }
    let detail = format!(
        "`StackId` is of account {} in {}, the function is of account {account} in {region}; give the stack \
         a provider in its own account and Region as `ServiceToken`",
        stack.account(),
        stack.region()
    );
    Some(Failure::untouched(ReasonKind::ElsewhereStack, detail))
}

fn unknown_type(given: &str) -> Failure {
    let known: Vec<_> = resource::ALL
        .map(|known| format!("`{}`", known.type_name()))
        .into();
    let detail = format!("it is `{given}`; use {}", known.join(" or "));
    Failure::untouched(ReasonKind::UnknownType, detail)
}

/// Something panicked. What, is in the log.
struct Panic;

/// The output of `future`, or the news that it panicked.
async fn caught<F: Future>(future: F) -> Result<F::Output, Panic> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(forget(payload))),
        }
    })
    .await
}

/// Dropping a panic's payload may panic again.
fn forget(payload: Box<dyn Any + Send>) -> Panic {
    std::mem::forget(payload);
    Panic
}

fn log_outcome(event: &Event, request: &str, worked: &Worked, calls: &CallLog, begun: Instant) {
    // Whoever sends the URL as an id too shall not find it in the log.
    let stack = &*event.url.withhold(event.stack_id.as_str());
    let logical_id = &*event.url.withhold(event.logical_id.as_str());
    let resource_type = &*event.url.withhold(&event.resource_type);
    let request_type = match &event.request_type {
        RequestType::Create => "Create",
        RequestType::Update => "Update",
        RequestType::Delete => "Delete",
        RequestType::Unknown(_) => "unknown",
    };
    let cfn_request = &*event.url.withhold(&event.request_id);
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    match worked {
        Ok(_) => tracing::info!(
            request, cfn_request, stack, logical_id, resource_type, request_type,
            outcome = "SUCCESS", %calls, ms, "request done"
        ),
        Err(failure) => {
            tracing::error!(
                request, cfn_request, stack, logical_id, resource_type, request_type,
                outcome = "FAILED", why = failure.kind.headline(), %calls, ms, "request failed"
            );
            // The detail quotes properties and what Glue says about them.
            let detail = &*event.url.withhold(&failure.detail);
            tracing::debug!(detail, "why the request failed");
        }
    }
}

#[cfg(test)]
mod tests;
