//! What CloudFormation says of the resources of a stack: `ListStackResources`, two resources a page.
//! Knows of a stack what a test puts there; a stack that nobody filled has no resources.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use crate::blackbox::http::{Answer, Request, Server};
use crate::blackbox::lock;

/// How many resources a page holds, so that paging is met.
const PAGE: usize = 2;

/// One resource as CloudFormation lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name in the template.
    pub logical_id: String,
    /// Its physical id.
    pub physical_id: String,
    /// Such as `CREATE_COMPLETE`.
    pub status: &'static str,
}

#[derive(Debug, Default)]
struct State {
    stacks: BTreeMap<String, Vec<Listed>>,
    faults: Vec<Answer>,
    asked: usize,
}

/// The running fake.
#[derive(Debug)]
pub struct Stacks {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Stacks {
    /// Listens on a free port; no stack has resources.
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| answer(&shared, &request));
        Self { state, server }
    }

    /// What `AWS_ENDPOINT_URL_CLOUDFORMATION` is set to.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// From now on the stack has these resources.
    pub fn set(&self, stack_id: &str, resources: impl IntoIterator<Item = Listed>) {
        let resources = resources.into_iter().collect();
        lock(&self.state)
            .stacks
            .insert(stack_id.to_owned(), resources);
    }

    /// The next requests are answered like this, one each, the last one first.
    pub fn fail(&self, faults: impl IntoIterator<Item = Answer>) {
        lock(&self.state).faults.extend(faults);
    }

    /// How many requests came.
    pub fn asked(&self) -> usize {
        lock(&self.state).asked
    }
}

/// A refusal as CloudFormation words it.
pub fn refusal(status: u16, code: &str) -> Answer {
    Answer::reply(
        status,
        format!(
            "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        ),
    )
    .with_header("content-type", "text/xml")
}

fn answer(state: &Mutex<State>, request: &Request) -> Answer {
    let mut state = lock(state);
    state.asked += 1;
    if let Some(fault) = state.faults.pop() {
        return fault;
    }
    let form = String::from_utf8_lossy(&request.body).into_owned();
    let field = |name: &str| {
        form.split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
            .map(decoded)
    };
    if field("Action").as_deref() != Some("ListStackResources") {
        return refusal(400, "InvalidAction");
    }
    let stack = field("StackName").unwrap_or_default();
    let all = state.stacks.get(&stack).cloned().unwrap_or_default();
    let begin: usize = field("NextToken")
        .and_then(|token| token.parse().ok())
        .unwrap_or(0);
    let end = all.len().min(begin + PAGE);
    let mut members = String::new();
    for listed in &all[begin.min(end)..end] {
        let _ = write!(
            members,
            "<member><LogicalResourceId>{}</LogicalResourceId><PhysicalResourceId>{}</PhysicalResourceId>\
             <ResourceType>Custom::IntegrationTableProperties</ResourceType>\
             <ResourceStatus>{}</ResourceStatus>\
             <LastUpdatedTimestamp>2026-11-27T00:00:00Z</LastUpdatedTimestamp></member>",
            listed.logical_id, listed.physical_id, listed.status
        );
    }
    let next = if end < all.len() {
        format!("<NextToken>{end}</NextToken>")
    } else {
        String::new()
    };
    Answer::reply(
        200,
        format!(
            "<ListStackResourcesResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">\
             <ListStackResourcesResult><StackResourceSummaries>{members}</StackResourceSummaries>{next}\
             </ListStackResourcesResult></ListStackResourcesResponse>"
        ),
    )
    .with_header("content-type", "text/xml")
}

/// A form's value; all of ours are ASCII.
fn decoded(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let (code, tail) = after.split_at(2.min(after.len()));
        text.push(u8::from_str_radix(code, 16).map_or('?', char::from));
        rest = tail;
    }
    text.push_str(rest);
    text
}
