//! The service itself: takes calls, applies the script, keeps the record.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::calls::{Call, Operation};
use super::faults::Fault;
use super::policy::PolicyStore;
use super::table_properties::TableStore;
use super::{GlueError, GlueResult};
use crate::blackbox::http::{Answer, Request, Server};
use crate::blackbox::lock;

#[derive(Debug, Default)]
struct State {
    policy: PolicyStore,
    tables: TableStore,
    calls: Vec<Call>,
    script: BTreeMap<Operation, VecDeque<Fault>>,
    caller_script: BTreeMap<(String, Operation), VecDeque<Fault>>,
    always: BTreeMap<Operation, Fault>,
    interlude: Option<Interlude>,
    malformed: Vec<String>,
}

type Act = dyn FnMut(&mut PolicyStore, &mut TableStore) + Send;

/// Something that somebody else does between two calls.
struct Interlude {
    before: Operation,
    times: usize,
    act: Box<Act>,
}

impl std::fmt::Debug for Interlude {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} times before {}", self.times, self.before)
    }
}

/// The running fake.
#[derive(Debug)]
pub struct Glue {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Glue {
    /// Listens on a free port, with nothing in it.
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let handler = Arc::clone(&state);
        let server = Server::start(move |request| answer(&handler, &request));
        Self { state, server }
    }

    /// What `AWS_ENDPOINT_URL_GLUE` is set to.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Looks at or changes the catalog policy behind everybody's back.
    pub fn policy<T>(&self, look: impl FnOnce(&mut PolicyStore) -> T) -> T {
        look(&mut lock(&self.state).policy)
    }

    /// Looks at or changes the table properties behind everybody's back.
    pub fn tables<T>(&self, look: impl FnOnce(&mut TableStore) -> T) -> T {
        look(&mut lock(&self.state).tables)
    }

    /// The live policy as JSON.
    pub fn document(&self) -> Option<Value> {
        let text = self.policy(|policy| policy.live().map(|live| live.text.clone()))?;
        serde_json::from_str(&text).ok()
    }

    /// The live statements.
    pub fn statements(&self) -> Vec<Value> {
        match self
            .document()
            .map(|mut document| document["Statement"].take())
        {
            Some(Value::Array(list)) => list,
            Some(Value::Null) | None => Vec::new(),
            Some(one) => vec![one],
        }
    }

    /// The next calls of an operation meet these faults, one each.
    pub fn script(&self, operation: Operation, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.state)
            .script
            .entry(operation)
            .or_default()
            .extend(faults);
    }

    /// The next calls of an operation by this access key meet these faults, one each. So each
    /// process can have its own bad day.
    pub fn script_for(
        &self,
        access_key: &str,
        operation: Operation,
        faults: impl IntoIterator<Item = Fault>,
    ) {
        let mut state = lock(&self.state);
        let key = (access_key.to_owned(), operation);
        state.caller_script.entry(key).or_default().extend(faults);
    }

    /// Forgets the faults of one access key that have not happened.
    pub fn heal_for(&self, access_key: &str) {
        lock(&self.state)
            .caller_script
            .retain(|(key, _), _| key != access_key);
    }

    /// Nothing in it, nothing wrong with it, and nothing recorded.
    pub fn reset(&self) {
        *lock(&self.state) = State::default();
    }

    /// Every call of an operation meets this fault, once the script is used up.
    pub fn always(&self, operation: Operation, fault: Fault) {
        lock(&self.state).always.insert(operation, fault);
    }

    /// All is well from now on.
    pub fn heal(&self) {
        let mut state = lock(&self.state);
        state.script.clear();
        state.caller_script.clear();
        state.always.clear();
        state.interlude = None;
    }

    /// Somebody else acts just before the next `times` calls of an operation.
    pub fn interlude(
        &self,
        before: Operation,
        times: usize,
        act: impl FnMut(&mut PolicyStore, &mut TableStore) + Send + 'static,
    ) {
        lock(&self.state).interlude = Some(Interlude {
            before,
            times,
            act: Box::new(act),
        });
    }

    /// The record so far.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).calls.clone()
    }

    /// How many calls there were so far.
    pub fn mark(&self) -> usize {
        lock(&self.state).calls.len()
    }

    /// The operations called since a mark, in order.
    pub fn operations_since(&self, mark: usize) -> Vec<Operation> {
        lock(&self.state)
            .calls
            .iter()
            .skip(mark)
            .map(|call| call.operation)
            .collect()
    }

    /// Requests that no AWS client would send: unsigned, of another type, for another service.
    pub fn malformed(&self) -> Vec<String> {
        lock(&self.state).malformed.clone()
    }
}

fn answer(state: &Mutex<State>, request: &Request) -> Answer {
    let mut state = lock(state);
    let Some(operation) = request
        .header("x-amz-target")
        .and_then(Operation::from_target)
    else {
        let target = request
            .header("x-amz-target")
            .unwrap_or_default()
            .to_owned();
        state.malformed.push(format!("unknown target `{target}`"));
        return reply(&Err(GlueError::new("UnknownOperationException", target)));
    };
    if let Some(problem) = malformed(request) {
        state.malformed.push(format!("{operation}: {problem}"));
    }
    let input: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if let Some(mut interlude) = state.interlude.take() {
        if interlude.before == operation && interlude.times > 0 {
            interlude.times -= 1;
            let State { policy, tables, .. } = &mut *state;
            (interlude.act)(policy, tables);
        }
        state.interlude = Some(interlude);
    }
    let fault = next_fault(&mut state, operation, caller(request));
    let (answer, took_effect) = carry_out(&mut state, operation, &input, fault);
    state.calls.push(Call {
        operation,
        input,
        at: request.at,
        authorization: request.header("authorization").map(str::to_owned),
        user_agent: request.header("user-agent").map(str::to_owned),
        took_effect,
    });
    answer
}

/// The access key that signed the call.
fn caller(request: &Request) -> String {
    let scope = request
        .header("authorization")
        .and_then(|all| all.split_once("Credential="));
    scope
        .and_then(|(_, rest)| rest.split('/').next())
        .unwrap_or_default()
        .to_owned()
}

fn next_fault(state: &mut State, operation: Operation, caller: String) -> Fault {
    let own = state
        .caller_script
        .get_mut(&(caller, operation))
        .and_then(VecDeque::pop_front);
    own.or_else(|| {
        state
            .script
            .get_mut(&operation)
            .and_then(VecDeque::pop_front)
    })
    .or_else(|| state.always.get(&operation).cloned())
    .unwrap_or(Fault::None)
}

fn carry_out(
    state: &mut State,
    operation: Operation,
    input: &Value,
    fault: Fault,
) -> (Answer, bool) {
    let mut stale = false;
    let mut pause = None;
    match &fault {
        Fault::Refuse(error) => return (reply(&Err(error.clone())), false),
        Fault::Close => return (Answer::Close, false),
        Fault::Hang => return (Answer::Hang, false),
        Fault::Stale => stale = true,
        Fault::Slow(time) => pause = Some(*time),
        _ => {}
    }
    let result = perform(state, operation, input, stale);
    let took_effect = result.is_ok();
    let answer = match fault {
        Fault::EffectThenRefuse(error) => reply(&Err(error)),
        Fault::EffectThenClose => Answer::Close,
        Fault::EffectThenHang => Answer::Hang,
        Fault::Garbage => Answer::reply(200, "<html>not JSON"),
        _ => reply(&result),
    };
    (
        pause.map_or_else(
            || answer.clone(),
            |time| Answer::After(time, Box::new(answer.clone())),
        ),
        took_effect,
    )
}

fn perform(state: &mut State, operation: Operation, input: &Value, stale: bool) -> GlueResult {
    match operation {
        Operation::GetPolicy => state.policy.get(input, stale),
        Operation::PutPolicy => state.policy.put(input),
        Operation::DeletePolicy => state.policy.delete(input),
        Operation::GetTable => state.tables.get(input, stale),
        Operation::CreateTable => state.tables.create(input),
        Operation::UpdateTable => state.tables.update(input),
        Operation::DeleteTable => state.tables.delete(input),
        Operation::Inbound => Ok(state.tables.describe_inbound(input)),
    }
}

fn reply(result: &GlueResult) -> Answer {
    let (status, body) = match result {
        Ok(value) => (200, value.clone()),
        Err(error) => (error.status, error.body()),
    };
    Answer::reply(status, json!(body).to_string())
        .with_header("content-type", "application/x-amz-json-1.1")
        .with_header("x-amzn-requestid", "7a1f6b6e-0000-4000-8000-6c1f00000000")
}

/// What is wrong with the call as an AWS request.
fn malformed(request: &Request) -> Option<String> {
    let header = |name: &str| request.header(name).unwrap_or_default();
    let authorization = header("authorization");
    let scope = format!("/{}/glue/aws4_request", crate::blackbox::REGION);
    if request.method != "POST" || request.target != "/" {
        return Some(format!("{} {}", request.method, request.target));
    }
    if header("content-type") != "application/x-amz-json-1.1" {
        return Some(format!("content-type `{}`", header("content-type")));
    }
    if !authorization.starts_with("AWS4-HMAC-SHA256 Credential=") {
        return Some("not signed by Signature Version 4".to_owned());
    }
    if !authorization.contains(&scope) || !authorization.contains("Signature=") {
        return Some(format!("a signature for another scope than `{scope}`"));
    }
    if header("x-amz-date").is_empty() {
        return Some("no `x-amz-date`".to_owned());
    }
    None
}
