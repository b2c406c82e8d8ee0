//! Parameters. Each one is closed: a pattern, a list of values or two bounds, and the words for it.

use super::ParameterName;

/// Parameters that a form shows together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group(pub &'static str);

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// Text that matches a pattern.
    Pattern {
        /// The regular expression, for the whole text.
        pattern: String,
        /// The fewest characters, where the pattern does not say.
        min_length: Option<usize>,
        /// The most characters, where the pattern does not say.
        max_length: Option<usize>,
    },
    /// One of these texts.
    Allowed(Vec<String>),
    /// One of these numbers.
    AllowedNumbers(Vec<i64>),
    /// A number within bounds.
    Between(i64, i64),
}

impl Constraint {
    /// Whether the parameter is a number for CloudFormation.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::AllowedNumbers(_) | Self::Between(..))
    }
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name. It is API.
    pub name: ParameterName,
    /// The name for people.
    pub label: &'static str,
    /// Where a form shows it.
    pub group: Group,
    /// What it means.
    pub description: String,
    /// The value when none is given; without one the user has to give it.
    pub default: Option<String>,
    /// What it takes.
    pub constraint: Constraint,
    /// What to type, in words.
    pub expected: String,
}
