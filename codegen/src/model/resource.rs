//! Resources.

use super::{ConditionName, Context, Finding, LogicalId, Object, Scanner, Suppression};

/// What happens to the thing itself when its resource leaves the stack or is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is deleted, which goes without saying.
    Usual,
    /// It is deleted, which the template says, because one might expect otherwise.
    Delete,
    /// It stays, unless the operation that makes it fails. It holds data.
    Retain,
}

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the template. It is API.
    pub id: LogicalId,
    /// Its type, as CloudFormation spells it.
    pub resource_type: &'static str,
    /// It exists only when this holds.
    pub condition: Option<ConditionName>,
    /// What has to be there first, beyond what the properties refer to.
    pub depends_on: Vec<LogicalId>,
    /// The same for resources that exist only when a condition holds.
    pub depends_on_when: Vec<(ConditionName, LogicalId)>,
    /// What happens to the thing itself.
    pub removal: Removal,
    /// Findings of scanners that do not apply.
    pub suppressions: Vec<Suppression>,
    /// Why it is as it is.
    pub context: Option<Context>,
    /// The properties.
    pub properties: Object,
}

impl Resource {
    /// A resource that always exists, depends on what it refers to and is deleted with its stack.
    pub fn new(id: LogicalId, resource_type: &'static str, properties: Object) -> Self {
        Self {
            id,
            resource_type,
            condition: None,
            depends_on: Vec::new(),
            depends_on_when: Vec::new(),
            removal: Removal::Usual,
            suppressions: Vec::new(),
            context: None,
            properties,
        }
    }

    /// Keeps the thing itself.
    #[must_use]
    pub fn retained(mut self) -> Self {
        self.removal = Removal::Retain;
        self
    }

    /// Is deleted, and says so.
    #[must_use]
    pub fn deleted(mut self) -> Self {
        self.removal = Removal::Delete;
        self
    }

    /// Waits for `ids`.
    #[must_use]
    pub fn after(mut self, ids: impl IntoIterator<Item = LogicalId>) -> Self {
        self.depends_on.extend(ids);
        self
    }

    /// Waits for `ids`, which exist only when `condition` holds.
    #[must_use]
    pub fn after_when(
        mut self,
        condition: &ConditionName,
        ids: impl IntoIterator<Item = LogicalId>,
    ) -> Self {
        let ids = ids.into_iter().map(|id| (condition.clone(), id));
        self.depends_on_when.extend(ids);
        self
    }

    /// Exists only when `condition` holds.
    #[must_use]
    pub fn only_when(mut self, condition: Option<ConditionName>) -> Self {
        self.condition = condition;
        self
    }

    /// Tells a scanner why what a rule finds here does not apply.
    pub fn suppress(&mut self, scanner: Scanner, rule: &'static str, reason: &'static str) {
        self.suppress_findings(scanner, rule, Vec::new(), reason);
    }

    /// Tells a scanner why some of what a rule finds here do not apply.
    pub fn suppress_findings(
        &mut self,
        scanner: Scanner,
        rule: &'static str,
        findings: Vec<Finding>,
        reason: impl Into<String>,
    ) {
        self.suppressions.push(Suppression {
            scanner,
            rule,
            findings,
            reason: reason.into(),
        });
    }
}
