//! For tests: a CloudFormation that plays back what it is told, and samples of everything.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use super::account::{Login, Side};
use super::aws_error::{AwsError, Problem};
use super::cloudformation::{
    ChangeSet, CloudFormation, Drifted, Event, EventPage, MadeChangeSet, NewChangeSet, STACK_TYPE,
    Stack, StackResource, Validated,
};
use super::progress::Progress;
use crate::plan::{DeploymentPlan, StackKind, StackPlan, TablePlan};

pub(crate) const STACK_ID: &str = "arn:aws:cloudformation:us-east-1:111111111111:stack/demo/1";

/// One stack whose life is a script: each look at it plays the next scene.
#[derive(Debug)]
pub(crate) struct FakeCloudFormation {
    state: RefCell<State>,
    page_size: usize,
}

#[derive(Debug, Default)]
struct State {
    status: Option<String>,
    events: Vec<Event>,
    scenes: VecDeque<(String, Vec<Event>)>,
    change_sets: VecDeque<ChangeSet>,
    findings: Vec<String>,
    resources: Vec<StackResource>,
    drifted: Vec<Drifted>,
    log: Vec<String>,
    pending: Vec<String>,
    calls: Vec<String>,
    lost: u32,
    vanished: bool,
}

impl Default for FakeCloudFormation {
    fn default() -> Self {
        Self::with_page_size(100)
    }
}

impl FakeCloudFormation {
    pub(crate) fn with_page_size(page_size: usize) -> Self {
        Self {
            state: RefCell::default(),
            page_size,
        }
    }

    pub(crate) fn set_status(&self, status: &str) {
        self.state.borrow_mut().status = Some(status.to_owned());
    }

    pub(crate) fn add_events(&self, events: impl IntoIterator<Item = Event>) {
        self.state.borrow_mut().events.extend(events);
    }

    /// What the next look at the stack shows.
    pub(crate) fn then(&self, status: &str, events: impl IntoIterator<Item = Event>) {
        let scene = (status.to_owned(), events.into_iter().collect());
        self.state.borrow_mut().scenes.push_back(scene);
    }

    pub(crate) fn next_change_set(&self, change_set: ChangeSet) {
        self.state.borrow_mut().change_sets.push_back(change_set);
    }

    pub(crate) fn find(&self, finding: &str) {
        self.state.borrow_mut().findings.push(finding.to_owned());
    }

    /// A change set waits in the stack.
    pub(crate) fn await_execution(&self, name: &str) {
        self.state.borrow_mut().pending.push(name.to_owned());
    }

    /// The stack's function wrote a line.
    pub(crate) fn write(&self, line: &str) {
        self.state.borrow_mut().log.push(line.to_owned());
    }

    /// A resource was deleted outside the stack.
    pub(crate) fn lose(&self, logical_id: &str) {
        self.state.borrow_mut().drifted.push(Drifted {
            logical_id: logical_id.to_owned(),
            resource_type: "AWS::IAM::Role".to_owned(),
            deleted: true,
            properties: Vec::new(),
        });
    }

    /// The stack has a resource.
    pub(crate) fn hold(&self, logical_id: &str, resource_type: &str, status: &str) {
        self.state.borrow_mut().resources.push(StackResource {
            logical_id: logical_id.to_owned(),
            physical_id: format!("{logical_id}-1"),
            resource_type: resource_type.to_owned(),
            status: status.to_owned(),
        });
    }

    /// The next looks at the stack fail.
    pub(crate) fn lose_contact(&self, times: u32) {
        self.state.borrow_mut().lost = times;
    }

    /// The stack can no longer be described.
    pub(crate) fn vanish(&self) {
        self.state.borrow_mut().vanished = true;
    }

    pub(crate) fn snapshot(&self) -> Stack {
        stack(
            self.state
                .borrow()
                .status
                .as_deref()
                .unwrap_or("REVIEW_IN_PROGRESS"),
        )
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.state.borrow().calls.clone()
    }

    fn called(&self, call: impl Into<String>) {
        self.state.borrow_mut().calls.push(call.into());
    }
}

impl CloudFormation for FakeCloudFormation {
    async fn stack(&self, _: &str) -> Result<Option<Stack>, AwsError> {
        let mut state = self.state.borrow_mut();
        if state.lost > 0 {
            state.lost -= 1;
            return Err(AwsError {
                call: "cloudformation:DescribeStacks",
                account: login().to_string(),
                problem: Problem::Unreachable {
                    endpoint: None,
                    cause: "timed out".to_owned(),
                },
            });
        }
        if let Some((status, events)) = state.scenes.pop_front() {
            state.status = Some(status);
            state.events.extend(events);
        }
        if state.vanished {
            return Ok(None);
        }
        Ok(state.status.as_deref().map(stack))
    }

    async fn template(&self, _: &str) -> Result<String, AwsError> {
        Ok("{}".to_owned())
    }

    async fn resources(&self, _: &str) -> Result<Vec<StackResource>, AwsError> {
        Ok(self.state.borrow().resources.clone())
    }

    async fn log(&self, _: &str, _: &str) -> Result<Vec<String>, AwsError> {
        Ok(self.state.borrow().log.clone())
    }

    async fn detect_drift(&self, _: &str) -> Result<String, AwsError> {
        self.called("detect_drift");
        Ok("detection".to_owned())
    }

    async fn drift_detected(&self, _: &str) -> Result<bool, AwsError> {
        // In progress at the first look.
        let looks = self.calls().iter().filter(|call| *call == "look").count();
        self.called("look");
        Ok(looks > 0)
    }

    async fn drifted(&self, _: &str) -> Result<Vec<Drifted>, AwsError> {
        Ok(self.state.borrow().drifted.clone())
    }

    async fn events(&self, _: &str, page: Option<String>) -> Result<EventPage, AwsError> {
        let state = self.state.borrow();
        let start: usize = page.map_or(0, |page| page.parse().unwrap());
        let newest_first: Vec<_> = state.events.iter().rev().cloned().collect();
        let end = (start + self.page_size).min(newest_first.len());
        Ok(EventPage {
            events: newest_first[start..end].to_vec(),
            next: (end < newest_first.len()).then(|| end.to_string()),
        })
    }

    async fn create_change_set(&self, new: &NewChangeSet) -> Result<MadeChangeSet, AwsError> {
        let kind = if new.creates { "CREATE" } else { "UPDATE" };
        let importing = if new.import_existing {
            " importing"
        } else {
            ""
        };
        let reverting = if new.revert_drift { " reverting" } else { "" };
        self.called(format!("create_change_set {kind}{importing}{reverting}"));
        Ok(MadeChangeSet {
            id: "change-set".to_owned(),
            stack_id: STACK_ID.to_owned(),
        })
    }

    async fn change_set(&self, _: &str) -> Result<ChangeSet, AwsError> {
        Ok(self.state.borrow_mut().change_sets.pop_front().unwrap())
    }

    async fn findings(&self, _: Validated<'_>) -> Result<Vec<String>, AwsError> {
        Ok(self.state.borrow().findings.clone())
    }

    async fn execute(&self, _: &str, _: &str, keep_on_failure: bool) -> Result<(), AwsError> {
        self.called(if keep_on_failure {
            "execute keeping"
        } else {
            "execute taking back"
        });
        Ok(())
    }

    async fn change_sets(&self, _: &str) -> Result<Vec<String>, AwsError> {
        Ok(self.state.borrow().pending.clone())
    }

    async fn delete_change_set(&self, _: &str) -> Result<(), AwsError> {
        self.called("delete_change_set");
        Ok(())
    }

    async fn delete_stack(&self, _: &str, _: Option<&str>) -> Result<(), AwsError> {
        self.called("delete_stack");
        Ok(())
    }
}

/// Keeps the lines.
#[derive(Debug, Default)]
pub(crate) struct Lines(RefCell<Vec<String>>);

impl Lines {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.borrow().clone()
    }
}

impl Progress for Lines {
    fn line(&self, text: &str) {
        self.0.borrow_mut().push(text.to_owned());
    }
}

pub(crate) fn login() -> Login {
    Login {
        side: Side::Source,
        account: "111111111111".to_owned(),
        region: "us-east-1".to_owned(),
        profile: Some("source-admin".to_owned()),
    }
}

pub(crate) fn stack(status: &str) -> Stack {
    Stack {
        id: STACK_ID.to_owned(),
        name: "demo".to_owned(),
        status: status.to_owned(),
        reason: None,
        outputs: BTreeMap::new(),
        protected: false,
        changed_at: String::new(),
        parameters: BTreeMap::new(),
    }
}

pub(crate) fn event(id: &str, logical_id: &str, status: &str) -> Event {
    Event {
        id: id.to_owned(),
        logical_id: logical_id.to_owned(),
        status: status.to_owned(),
        ..Event::default()
    }
}

/// An event of the stack itself.
pub(crate) fn stack_event(id: &str, status: &str) -> Event {
    Event {
        physical_id: STACK_ID.to_owned(),
        resource_type: STACK_TYPE.to_owned(),
        ..event(id, "demo", status)
    }
}

pub(crate) fn change_set(status: &str, reason: &str) -> ChangeSet {
    ChangeSet {
        status: status.to_owned(),
        reason: Some(reason.to_owned()),
        ..ChangeSet::default()
    }
}

/// A plan of three small stacks.
pub(crate) fn plan() -> DeploymentPlan {
    let stack = |kind: StackKind, account: &str, parameter: &str, value: Option<&str>| StackPlan {
        kind,
        name: format!("demo-{}", kind.as_str()),
        account: account.to_owned(),
        profile: None,
        region: "us-east-1".to_owned(),
        template: serde_json::json!({ "Parameters": { parameter: { "Type": "String" } } })
            .to_string(),
        parameters: value
            .map(|value| (parameter.to_owned(), value.to_owned()))
            .into_iter()
            .collect(),
    };
    let (source, target) = ("111111111111", "222222222222");
    DeploymentPlan {
        stacks: vec![
            stack(StackKind::Source, source, "SourceTableName", Some("Orders")),
            stack(StackKind::Target, target, "ProviderCodeKey", None),
            stack(
                StackKind::Integration,
                source,
                "DatabaseName",
                Some("orders"),
            ),
        ],
        database: "orders".to_owned(),
        tables: vec![TablePlan {
            source_table: "Orders".to_owned(),
            integration: "demo-orders".to_owned(),
        }],
    }
}
