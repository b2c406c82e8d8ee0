//! Everything around the provider, so that the real binary can be tested from outside: a Lambda
//! Runtime API, a Glue with state and faults, the server behind the signed URL, and CloudFormation's
//! own side. Knows the protocols, and nothing of the provider's code.
//!
//! The fakes are threads on loopback; a [`World`] starts and ends them together with one or more
//! processes of the provider.

pub mod cloudformation;
pub mod glue;
pub mod measure;
pub mod samples;

mod binary;
mod http;
mod process;
mod response_server;
mod runtime_api;
mod secrets;
mod world;

pub use binary::{ProviderBinary, provider_binary};
pub use http::{Answer, Request as HttpRequest, Server};
pub use process::{Killer, LOG_STREAM, Output, Process, ProcessOptions};
pub use response_server::{Put, PutFault, ResponseServer, free_port, signed_url};
pub use runtime_api::{Invocation, LambdaResult, Posted, RuntimeApi};
pub use secrets::leaks;
pub use world::{Outcome, World, WorldOptions, access_key};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The account that the tests play in.
pub const ACCOUNT: &str = "111122223333";
/// The Region that the tests play in.
pub const REGION: &str = "us-east-1";
/// The part of every signed URL that must never be seen again.
pub const SECRET: &str = "5ec2e7a11b0c4d";

/// Runs all cases at the same time, for those that mostly wait. Fails if one of them does.
pub fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, run: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = cases
            .into_iter()
            .map(|case| scope.spawn(move || run(case)))
            .collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// A lock that a panic elsewhere has not made useless: the test that panicked fails anyway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
