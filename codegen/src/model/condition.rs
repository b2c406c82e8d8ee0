//! Conditions and rules: what is compared with what.

use super::{ConditionName, RuleName, Value};

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Both sides are the same.
    Equals(Value, Value),
    /// The test does not hold.
    Not(Box<Self>),
    /// All tests hold.
    And(Vec<Self>),
    /// One of the tests holds.
    Or(Vec<Self>),
    /// The value is one of the texts. For rules only: conditions have no such function.
    OneOf(Value, Vec<String>),
    /// A condition of the same template. For conditions only.
    Named(ConditionName),
}

impl Test {
    /// The value is the empty text, which is how a parameter says "not set".
    pub fn is_empty(value: Value) -> Self {
        Self::Equals(value, Value::from(""))
    }

    /// The value is anything but the empty text.
    pub fn is_set(value: Value) -> Self {
        Self::is_empty(value).negated()
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// What CloudFormation checks before it makes anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The rule's name, shown with the message.
    pub name: RuleName,
    /// The rule counts only when this holds.
    pub when: Option<Test>,
    /// What has to hold.
    pub assertions: Vec<Assertion>,
}

/// One demand of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// What has to hold.
    pub assert: Test,
    /// What the user reads when it does not.
    pub message: &'static str,
}
