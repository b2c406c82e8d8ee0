//! Values of properties: data, references and the functions of CloudFormation.
//!
//! Text stays data. A function is a case of [`Value`], so nothing that a user types can turn into
//! one, whatever characters it is made of.

use indexmap::IndexMap;

use super::{ConditionName, LogicalId, ParameterName};

/// What CloudFormation knows about the stack itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pseudo {
    /// The account that the stack is in.
    AccountId,
    /// `aws`, `aws-cn`, ….
    Partition,
    /// The Region that the stack is in.
    Region,
    /// The stack's ARN.
    StackId,
    /// The stack's name.
    StackName,
}

impl Pseudo {
    /// The name to refer to it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountId => "AWS::AccountId",
            Self::Partition => "AWS::Partition",
            Self::Region => "AWS::Region",
            Self::StackId => "AWS::StackId",
            Self::StackName => "AWS::StackName",
        }
    }
}

/// What `Ref` can point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A parameter's value.
    Parameter(ParameterName),
    /// A resource's physical name.
    Resource(LogicalId),
    /// Something about the stack.
    Pseudo(Pseudo),
}

impl Reference {
    /// The name to refer to it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Parameter(name) => name.as_str(),
            Self::Resource(id) => id.as_str(),
            Self::Pseudo(pseudo) => pseudo.as_str(),
        }
    }
}

impl From<Pseudo> for Reference {
    fn from(pseudo: Pseudo) -> Self {
        Self::Pseudo(pseudo)
    }
}

impl From<&LogicalId> for Reference {
    fn from(id: &LogicalId) -> Self {
        Self::Resource(id.clone())
    }
}

impl From<&ParameterName> for Reference {
    fn from(name: &ParameterName) -> Self {
        Self::Parameter(name.clone())
    }
}

/// One piece of a text that is put together when the stack is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Plain text, taken as it is.
    Text(String),
    /// The value of a reference.
    Ref(Reference),
    /// An attribute of a resource.
    GetAtt(LogicalId, &'static str),
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<R: Into<Reference>> From<R> for Part {
    fn from(reference: R) -> Self {
        Self::Ref(reference.into())
    }
}

/// A value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Text, taken as it is.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Named values, in order.
    Object(Object),
    /// The value of a reference.
    Ref(Reference),
    /// An attribute of a resource.
    GetAtt(LogicalId, &'static str),
    /// Text put together of several parts; made by [`Value::concat`].
    Concat(Vec<Part>),
    /// The items of a list as one text, with the separator in between.
    Join(&'static str, Vec<Self>),
    /// The pieces of a text between its separators; stands for them in a list that is joined.
    Split(&'static str, Box<Self>),
    /// One value or the other.
    If(ConditionName, Box<Self>, Box<Self>),
    /// As if the property were not there.
    NoValue,
}

impl Value {
    /// The value of a reference.
    pub fn reference(reference: impl Into<Reference>) -> Self {
        Self::Ref(reference.into())
    }

    /// A list without its absent items.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(
            items
                .into_iter()
                .filter(|item| *item != Self::NoValue)
                .collect(),
        )
    }

    /// A list of texts.
    pub fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> Self {
        Self::List(items.into_iter().map(Self::from).collect())
    }

    /// The only item, or the list of all.
    pub fn one_or_many(mut items: Vec<Self>) -> Self {
        match (items.len(), items.pop()) {
            (1, Some(only)) => only,
            (_, Some(last)) => {
                items.push(last);
                Self::List(items)
            }
            (_, None) => Self::List(items),
        }
    }

    /// The parts as one text: plain text or a plain reference where nothing has to be put together.
    pub fn concat(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (_, Part::Text(text)) if text.is_empty() => {}
                (_, part) => joined.push(part),
            }
        }
        match (joined.len(), joined.pop()) {
            (_, None) => Self::Text(String::new()),
            (1, Some(Part::Text(text))) => Self::Text(text),
            (1, Some(Part::Ref(reference))) => Self::Ref(reference),
            (1, Some(Part::GetAtt(id, attribute))) => Self::GetAtt(id, attribute),
            (_, Some(last)) => {
                joined.push(last);
                Self::Concat(joined)
            }
        }
    }

    /// `self` when `condition` holds, nothing otherwise.
    #[must_use]
    pub fn when(self, condition: &ConditionName) -> Self {
        Self::If(condition.clone(), Box::new(self), Box::new(Self::NoValue))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

/// Named values, in the order in which they were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(IndexMap<String, Value>);

impl Object {
    /// An object with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one value. An absent value sets nothing.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let value = value.into();
        if value != Value::NoValue {
            self.0.insert(key.into(), value);
        }
        self
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values in order.
    pub fn iter(&self) -> indexmap::map::Iter<'_, String, Value> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Value);
    type IntoIter = indexmap::map::Iter<'a, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_references_stays_text() {
        let parts = ["arn:", "", "aws"].map(Part::from);
        assert_eq!(Value::concat(parts), Value::from("arn:aws"));
        assert_eq!(Value::concat([]), Value::from(""));
    }

    #[test]
    fn a_single_reference_needs_no_putting_together() {
        assert_eq!(
            Value::concat([Part::from(Pseudo::Region)]),
            Value::reference(Pseudo::Region)
        );
    }

    #[test]
    fn an_absent_value_is_not_set() {
        let object = Object::new().with("A", Value::NoValue).with("B", true);
        assert_eq!(object.get("A"), None);
        assert_eq!(object.get("B"), Some(&Value::Bool(true)));
        assert_eq!(Value::list([Value::NoValue]), Value::List(Vec::new()));
    }
}
