//! What differs from user to user, and whether it is known now or when the stack is deployed.

use crate::model::{ConditionName, ParameterName, Part, Reference, Resource, Value};

/// A value that is fixed, or a parameter of the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Fixed text.
    Text(String),
    /// A fixed number.
    Number(i64),
    /// Whatever the user gives.
    Parameter(ParameterName),
}

impl Input {
    /// As the value of a property.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Number(number) => Value::Integer(*number),
            Self::Parameter(name) => Value::reference(name),
        }
    }

    /// As a piece of a longer text.
    pub(super) fn part(&self) -> Part {
        match self {
            Self::Text(text) => Part::Text(text.clone()),
            Self::Number(number) => Part::Text(number.to_string()),
            Self::Parameter(name) => Part::Ref(Reference::from(name)),
        }
    }
}

/// Something that a user may leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Optional<T> {
    /// Left out.
    Absent,
    /// There.
    Present(T),
    /// There when a condition of the template holds.
    When(ConditionName, T),
}

/// Something that is on or off.
pub(super) type Switch = Optional<()>;

impl<T> Optional<T> {
    /// The property made of it; no property when it is left out.
    pub(super) fn value(&self, make: impl FnOnce(&T) -> Value) -> Value {
        self.value_or(make, Value::NoValue)
    }

    /// The property made of it, or another one when it is left out.
    pub(super) fn value_or(&self, make: impl FnOnce(&T) -> Value, otherwise: Value) -> Value {
        match self {
            Self::Absent => otherwise,
            Self::Present(item) => make(item),
            Self::When(condition, item) => {
                Value::If(condition.clone(), Box::new(make(item)), Box::new(otherwise))
            }
        }
    }

    /// The resource made of it; none when it is left out.
    pub(super) fn resource(&self, make: impl FnOnce(&T) -> Resource) -> Option<Resource> {
        match self {
            Self::Absent => None,
            Self::Present(item) => Some(make(item)),
            Self::When(condition, item) => Some(make(item).only_when(Some(condition.clone()))),
        }
    }
}

impl<T> From<Option<T>> for Optional<T> {
    fn from(item: Option<T>) -> Self {
        item.map_or(Self::Absent, Self::Present)
    }
}

impl From<bool> for Switch {
    fn from(on: bool) -> Self {
        if on { Self::Present(()) } else { Self::Absent }
    }
}
