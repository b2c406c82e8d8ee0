//! All pieces together: a Glue, a response server, and one or more processes of the provider. When
//! a world ends, it checks what must hold whatever was tested: no part of a signed URL in anything
//! that came out, every call to Glue signed, every write to the policy conditional.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::binary::{ProviderBinary, provider_binary};
use super::cloudformation::{CfnRequest, Reply, Stacks, service_token, unique_number};
use super::glue::{Call, Glue, Operation};
use super::process::{Output, Process, ProcessOptions};
use super::response_server::{Put, ResponseServer};
use super::runtime_api::{Invocation, LambdaResult};
use super::{lock, secrets::leaks};

/// How to start a world.
#[derive(Debug, Clone)]
pub struct WorldOptions {
    /// The program; `None` for the one that is tested.
    pub binary: Option<ProviderBinary>,
    /// How many processes.
    pub processes: usize,
    /// The function's own ARN, from which account, Region and partition come.
    pub function_arn: String,
    /// Beside Lambda's own variables; an empty value takes one away.
    pub environment: Vec<(String, String)>,
}

impl Default for WorldOptions {
    fn default() -> Self {
        let environment = vec![("RUST_LOG".to_owned(), "trace".to_owned())];
        Self {
            binary: None,
            processes: 1,
            function_arn: service_token(),
            environment,
        }
    }
}

impl WorldOptions {
    /// With one more variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With so many processes.
    #[must_use]
    pub fn processes(mut self, count: usize) -> Self {
        self.processes = count;
        self
    }
}

/// A running world.
#[derive(Debug)]
pub struct World {
    /// The service.
    pub glue: Glue,
    /// What CloudFormation knows of stacks.
    pub stacks: Stacks,
    /// Where the replies go.
    pub replies: ResponseServer,
    processes: Vec<(Mutex<Process>, ProcessOptions)>,
    binary: ProviderBinary,
    function_arn: String,
    /// What processes wrote that Lambda would have ended.
    ended: Mutex<Vec<Output>>,
    /// What Lambda got, for the search for secrets.
    results: Mutex<Vec<String>>,
    /// A test of the conditions themselves says so.
    pub unconditional_writes_allowed: bool,
}

/// What came of one request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The request.
    pub request: CfnRequest,
    /// Every attempt to reply, oldest first.
    pub puts: Vec<Put>,
    /// Lambda's own id of this call.
    pub lambda_request_id: String,
    /// What Lambda got.
    pub lambda: LambdaResult,
    /// From taking the event to Lambda's result.
    pub elapsed: Duration,
    /// The calls to Glue meanwhile.
    pub calls: Vec<Call>,
}

impl World {
    /// One process, everything logged.
    pub fn start() -> Self {
        Self::start_with(&WorldOptions::default())
    }

    /// As the options say.
    pub fn start_with(options: &WorldOptions) -> Self {
        let glue = Glue::start();
        let stacks = Stacks::start();
        let binary = options.binary.clone().unwrap_or_else(provider_binary);
        let start = |index| {
            let mut environment = vec![("AWS_ACCESS_KEY_ID".to_owned(), access_key(index))];
            environment.extend(options.environment.clone());
            let options = ProcessOptions {
                environment,
                glue: glue.url(),
                cloudformation: stacks.url(),
            };
            (Process::spawn(&binary, &options), options)
        };
        let processes: Vec<(Process, ProcessOptions)> = (0..options.processes).map(start).collect();
        for (process, _) in &processes {
            process.wait_until_ready();
        }
        Self {
            glue,
            stacks,
            replies: ResponseServer::start(),
            processes: processes
                .into_iter()
                .map(|(process, options)| (Mutex::new(process), options))
                .collect(),
            results: Mutex::default(),
            ended: Mutex::default(),
            binary,
            function_arn: options.function_arn.clone(),
            unconditional_writes_allowed: false,
        }
    }

    /// One of the processes.
    pub fn process(&self, index: usize) -> MutexGuard<'_, Process> {
        lock(&self.processes[index].0)
    }

    /// A Create in a stack of its own.
    pub fn create(&self, resource_type: &str, properties: serde_json::Value) -> CfnRequest {
        CfnRequest::create(&self.replies, resource_type, properties)
    }

    /// Sends a request to the first process.
    pub fn send(&self, request: &CfnRequest) -> Outcome {
        self.send_to(0, request)
    }

    /// Sends a request to one of the processes.
    pub fn send_to(&self, index: usize, request: &CfnRequest) -> Outcome {
        self.send_text_to(index, request, request.event().to_string())
    }

    /// Sends a request to one of the processes, which is ended in the middle of it.
    pub fn send_and_kill(&self, index: usize, request: &CfnRequest, after: Duration) -> Outcome {
        let killer = self.process(index).killer();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                std::thread::sleep(after);
                killer.kill();
            });
            self.send_to(index, request)
        })
    }

    /// Sends this text in place of the request's event to the first process.
    pub fn send_text(&self, request: &CfnRequest, event: String) -> Outcome {
        self.send_text_to(0, request, event)
    }

    fn send_text_to(&self, index: usize, request: &CfnRequest, event: String) -> Outcome {
        let mark = self.glue.mark();
        let earlier = self.replies.puts(&request.request_id).len();
        let id = lambda_request_id();
        let (lambda, elapsed) = self.invoke_as(&id, index, event.into_bytes(), request.timeout);
        let calls = self.glue.calls().split_off(mark);
        let puts = self.replies.puts(&request.request_id).split_off(earlier);
        Outcome {
            request: request.clone(),
            puts,
            lambda_request_id: id,
            lambda,
            elapsed,
            calls,
        }
    }

    /// Hands any bytes to one of the processes.
    pub fn invoke(&self, index: usize, body: Vec<u8>, timeout: Duration) -> LambdaResult {
        self.invoke_as(&lambda_request_id(), index, body, timeout).0
    }

    fn invoke_as(
        &self,
        id: &str,
        index: usize,
        body: Vec<u8>,
        timeout: Duration,
    ) -> (LambdaResult, Duration) {
        let invocation = Invocation {
            request_id: id.to_owned(),
            timeout,
            function_arn: self.function_arn.clone(),
            body,
        };
        let mut process = self.process(index);
        if process.has_ended() {
            self.renew(index, &mut process);
        }
        let result = process.invoke(invocation);
        if matches!(result.0, LambdaResult::TimedOut | LambdaResult::Died) {
            self.renew(index, &mut process);
        }
        drop(process);
        lock(&self.results).push(result.0.text().to_owned());
        result
    }

    /// As Lambda does: the environment is thrown away, and the next call gets a new one.
    fn renew(&self, index: usize, process: &mut Process) {
        let fresh = Process::spawn(&self.binary, &self.processes[index].1);
        fresh.wait_until_ready();
        let old = std::mem::replace(process, fresh);
        lock(&self.ended).push(old.end());
    }

    /// What the first process has written so far.
    pub fn output(&self) -> Output {
        self.process(0).output()
    }

    /// Waits until a process has written something.
    pub fn wait_for_output(&self, index: usize, wanted: impl Fn(&str) -> bool) -> bool {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            if wanted(&self.process(index).output().all()) {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that must hold at the end of any test.
    ///
    /// # Panics
    ///
    /// When it does not.
    fn check(&mut self) {
        let mut outputs = std::mem::take(&mut *lock(&self.ended));
        for (process, _) in self.processes.drain(..) {
            outputs.push(
                process
                    .into_inner()
                    .unwrap_or_else(PoisonError::into_inner)
                    .end(),
            );
        }
        for output in outputs {
            let found = leaks(&output.all());
            assert!(found.is_empty(), "a signed URL in the output: {found:#?}");
        }
        for result in lock(&self.results).iter() {
            let found = leaks(result);
            assert!(
                found.is_empty(),
                "a signed URL in Lambda's result: {found:#?}"
            );
        }
        let malformed = self.glue.malformed();
        assert!(
            malformed.is_empty(),
            "calls that AWS would refuse: {malformed:#?}"
        );
        let strays = self.replies.strays();
        assert!(
            strays.is_empty(),
            "requests to a path that nobody gave: {strays:#?}"
        );
        if !self.unconditional_writes_allowed {
            let count = self.glue.policy(|policy| policy.unconditional_writes());
            assert_eq!(count, 0, "writes to the policy without a condition");
        }
    }
}

/// The access key of a process, by which the fake Glue tells it from the others.
pub fn access_key(process: usize) -> String {
    format!("ASIAEXAMPLEEXAMPLE{process:02}")
}

fn lambda_request_id() -> String {
    format!("8476a536-e9f4-11e8-9739-{:012x}", unique_number())
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (process, _) in &self.processes {
                let process = lock(process);
                let output = process.output().all();
                let tail: Vec<&str> = output.lines().rev().take(12).collect();
                eprintln!("the last lines of process {}:", process.id());
                for line in tail.iter().rev() {
                    eprintln!("  {}", line.chars().take(600).collect::<String>());
                }
            }
        } else {
            self.check();
        }
    }
}

impl Outcome {
    /// The one reply.
    ///
    /// # Panics
    ///
    /// When there is not exactly one that CloudFormation would find, when it breaks the protocol,
    /// or when Lambda was not told of success.
    pub fn reply(&self) -> Reply {
        let kept: Vec<&Put> = self.puts.iter().filter(|put| put.kept).collect();
        assert_eq!(
            kept.len(),
            1,
            "exactly one reply to {} of {}; Lambda got {:?}",
            self.request.kind.name(),
            self.request.logical_id,
            self.lambda
        );
        assert!(
            self.lambda.is_success(),
            "after a delivered reply Lambda got {:?}",
            self.lambda
        );
        let reply = match Reply::read(kept[0], &self.request) {
            Ok(reply) => reply,
            Err(problems) => {
                let body = String::from_utf8_lossy(&kept[0].body).into_owned();
                panic!("CloudFormation would refuse the reply: {problems:#?}\n{body}");
            }
        };
        let found = leaks(&String::from_utf8_lossy(&kept[0].body));
        assert!(found.is_empty(), "a signed URL in the reply: {found:#?}");
        let sent = self.request.physical_id.as_deref();
        if let Some(id) = sent
            && (!reply.success || self.request.kind == super::cloudformation::RequestType::Delete)
        {
            assert_eq!(
                reply.physical_id, id,
                "a failed Update and any Delete keep the id"
            );
        }
        reply
    }

    /// The one reply, which says SUCCESS.
    pub fn success(&self) -> Reply {
        let reply = self.reply();
        assert!(reply.success, "FAILED: {}", reply.reason);
        reply
    }

    /// The one reply, which says FAILED.
    pub fn failed(&self) -> Reply {
        let reply = self.reply();
        assert!(!reply.success, "SUCCESS, but expected FAILED");
        reply
    }

    /// The operations called, in order.
    pub fn operations(&self) -> Vec<Operation> {
        self.calls.iter().map(|call| call.operation).collect()
    }

    /// The reason of the one reply, which says FAILED.
    pub fn reason(&self) -> String {
        self.failed().reason
    }

    /// How many writes reached Glue.
    pub fn writes(&self) -> usize {
        self.calls
            .iter()
            .filter(|call| call.operation.is_write())
            .count()
    }
}
