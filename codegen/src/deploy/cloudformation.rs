//! What we need of CloudFormation, as a trait and plain types, so that following an operation can
//! be tested without one. Knows no SDK.

use std::collections::BTreeMap;

use super::aws_error::AwsError;

/// A stack as `DescribeStacks` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stack {
    /// The stack's ARN; stays valid after the stack is deleted.
    pub id: String,
    /// The stack's name.
    pub name: String,
    /// For example `CREATE_COMPLETE`.
    pub status: String,
    /// Why it has that status, where CloudFormation says so.
    pub reason: Option<String>,
    /// The outputs.
    pub outputs: BTreeMap<String, String>,
    /// Whether termination protection is on.
    pub protected: bool,
    /// When it was last made or updated, RFC 3339.
    pub changed_at: String,
    /// The values of its parameters.
    pub parameters: BTreeMap<String, String>,
}

/// A resource as `ListStackResources` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StackResource {
    /// The logical id.
    pub logical_id: String,
    /// The physical id, once there is one.
    pub physical_id: String,
    /// The resource type.
    pub resource_type: String,
    /// For example `UPDATE_FAILED`.
    pub status: String,
}

/// The physical ids by logical id.
pub(crate) fn physical_ids(resources: &[StackResource]) -> BTreeMap<String, String> {
    resources
        .iter()
        .map(|one| (one.logical_id.clone(), one.physical_id.clone()))
        .collect()
}

/// The type of a stack's own events.
pub(crate) const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

/// A resource that was changed or deleted outside its stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drifted {
    /// The logical id.
    pub logical_id: String,
    /// The resource type.
    pub resource_type: String,
    /// Whether it is gone.
    pub deleted: bool,
    /// The paths of the properties that differ.
    pub properties: Vec<String>,
}

/// One stack event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Event {
    /// Unique among the events of a stack.
    pub id: String,
    /// RFC 3339, UTC.
    pub time: String,
    /// The logical id; the stack's name for its own events.
    pub logical_id: String,
    /// The physical id, once there is one.
    pub physical_id: String,
    /// The resource type.
    pub resource_type: String,
    /// For example `CREATE_FAILED`.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// The token of the operation that the event belongs to.
    pub token: Option<String>,
}

/// Some events, newest first, and where the older ones are.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventPage {
    /// Newest first.
    pub events: Vec<Event>,
    /// For the next, older page.
    pub next: Option<String>,
}

/// One change that a change set would make.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Change {
    /// `Add`, `Modify`, `Remove`, `Import`, `Dynamic`.
    pub action: String,
    /// The logical id.
    pub logical_id: String,
    /// The resource type.
    pub resource_type: String,
    /// The physical id of what is there.
    pub physical_id: Option<String>,
    /// `True`, `False`, `Conditional`.
    pub replacement: Option<String>,
    /// What happens to the old one: `Retain`, `Delete`, `ReplaceAndRetain`, …
    pub policy_action: Option<String>,
    /// The properties that cause it.
    pub causes: Vec<String>,
}

/// A change set as `DescribeChangeSet` shows it, all pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ChangeSet {
    /// `CREATE_PENDING`, `CREATE_IN_PROGRESS`, `CREATE_COMPLETE`, `FAILED`, …
    pub status: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// What it would do.
    pub changes: Vec<Change>,
}

/// Where CloudFormation finds a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Template {
    /// With the request.
    Inline(String),
    /// In a bucket.
    Url(String),
}

/// What a change set is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewChangeSet {
    /// The stack's name.
    pub stack: String,
    /// The change set's name; also its idempotency token.
    pub name: String,
    /// Whether the stack is new, or in review.
    pub creates: bool,
    /// The template.
    pub template: Template,
    /// The template's parameters.
    pub parameters: BTreeMap<String, String>,
    /// Whether named, retained resources that exist already are taken into the stack.
    pub import_existing: bool,
    /// Whether what was changed or deleted by hand is put back.
    pub revert_drift: bool,
}

/// What CloudFormation validated before it deployed, or refused to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validated<'a> {
    /// A change set, by its ARN.
    ChangeSet(&'a str),
    /// An operation on a stack.
    Operation {
        /// The stack's ARN.
        stack_id: &'a str,
        /// When it began, RFC 3339.
        since: &'a str,
    },
}

/// The ids that CloudFormation gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeChangeSet {
    /// The change set's ARN.
    pub id: String,
    /// The stack's ARN.
    pub stack_id: String,
}

/// CloudFormation in one account and Region.
///
/// # Contract
///
/// Names and ARNs are both taken for a stack; only an ARN finds a stack that was deleted. Nothing
/// waits: whoever calls polls. Repeating a call with the same token has no second effect.
///
/// # Errors
///
/// [`AwsError`] with the operation's name. A stack that does not exist is `Ok(None)`, not an error.
pub(crate) trait CloudFormation {
    /// One stack, or `None` where there is none of that name or id.
    async fn stack(&self, name_or_id: &str) -> Result<Option<Stack>, AwsError>;
    /// The template of a stack that was created at least once, as it was sent.
    async fn template(&self, stack_id: &str) -> Result<String, AwsError>;
    /// The resources of a stack, those that were deleted included.
    async fn resources(&self, stack_id: &str) -> Result<Vec<StackResource>, AwsError>;
    /// The lines that a function of the stack wrote to a log stream.
    async fn log(&self, group: &str, stream: &str) -> Result<Vec<String>, AwsError>;
    /// Begins to look for what was changed outside the stack; answers the detection's id.
    async fn detect_drift(&self, stack_id: &str) -> Result<String, AwsError>;
    /// Whether a detection has ended.
    async fn drift_detected(&self, detection: &str) -> Result<bool, AwsError>;
    /// What the last detection found changed or deleted.
    async fn drifted(&self, stack_id: &str) -> Result<Vec<Drifted>, AwsError>;
    /// One page of a stack's events, newest first.
    async fn events(&self, stack_id: &str, page: Option<String>) -> Result<EventPage, AwsError>;
    /// Starts to make a change set.
    async fn create_change_set(&self, new: &NewChangeSet) -> Result<MadeChangeSet, AwsError>;
    /// A change set with all its changes.
    async fn change_set(&self, id: &str) -> Result<ChangeSet, AwsError>;
    /// What CloudFormation's validation before deployment found, one line for each finding.
    async fn findings(&self, validated: Validated<'_>) -> Result<Vec<String>, AwsError>;
    /// Starts the change set's operation; its events carry the token. A create that fails takes
    /// back also what it retains, unless `keep_on_failure`.
    async fn execute(&self, id: &str, token: &str, keep_on_failure: bool) -> Result<(), AwsError>;
    /// The names of the change sets of a stack that were not executed.
    async fn change_sets(&self, stack_id: &str) -> Result<Vec<String>, AwsError>;
    /// Removes a change set that is not executed.
    async fn delete_change_set(&self, id: &str) -> Result<(), AwsError>;
    /// Starts to delete a stack.
    async fn delete_stack(&self, stack_id: &str, token: Option<&str>) -> Result<(), AwsError>;
}
