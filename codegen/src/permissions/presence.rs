//! Whether a template sets a property: always, under a condition, or not.

use crate::model::{ConditionName, Object, Value};

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Presence {
    /// It does not.
    Absent,
    /// Only when this holds.
    When(ConditionName),
    /// Always, or so nearly that it cannot be told apart.
    Present,
}

impl Presence {
    /// Either of the two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, found) | (found, Self::Absent) => found,
            (Self::When(one), Self::When(other)) if one == other => Self::When(one),
            _ => Self::Present,
        }
    }
}

/// Looks for a path such as `Replicas.SSESpecification`; lists are looked through.
pub(super) fn presence(properties: &Object, path: &str) -> Presence {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    properties
        .get(first)
        .map_or(Presence::Absent, |value| within(value, rest))
}

fn within(value: &Value, rest: Option<&str>) -> Presence {
    match (value, rest) {
        (Value::NoValue, _) => Presence::Absent,
        (Value::If(condition, then, otherwise), _) => {
            match (within(then, rest), within(otherwise, rest)) {
                (Presence::Absent, Presence::Absent) => Presence::Absent,
                (_, Presence::Absent) => Presence::When(condition.clone()),
                _ => Presence::Present,
            }
        }
        (_, None) => Presence::Present,
        (Value::Object(object), Some(rest)) => presence(object, rest),
        (Value::List(items), Some(_)) => items
            .iter()
            .map(|item| within(item, rest))
            .fold(Presence::Absent, Presence::or),
        _ => Presence::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYED: ConditionName = ConditionName::fixed("Keyed");

    fn table() -> Object {
        let replica = Object::new()
            .with("Recovery", true)
            .with("Key", Value::from("k").when(&KEYED));
        Object::new()
            .with("Name", "t")
            .with("Replicas", Value::list([replica.into()]))
            .with(
                "Encryption",
                Value::If(KEYED, Box::new("a".into()), Box::new("b".into())),
            )
    }

    #[test]
    fn what_is_set_on_a_condition_is_present_on_that_condition() {
        let found = |path| presence(&table(), path);
        assert_eq!(found("Name"), Presence::Present);
        assert_eq!(found("Replicas.Recovery"), Presence::Present);
        assert_eq!(found("Replicas.Key"), Presence::When(KEYED));
        assert_eq!(found("Encryption"), Presence::Present);
        for absent in ["Tags", "Replicas.Tags", "Name.Inner"] {
            assert_eq!(found(absent), Presence::Absent, "{absent}");
        }
    }
}
