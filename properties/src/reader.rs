//! Reads properties as CloudFormation sends them: every scalar may be a string, and an empty
//! string, list or object is what `!If` leaves behind for a property that is not wanted.

use std::{borrow::Cow, fmt::Display, str::FromStr};

use serde_json::{Map, Value};

use crate::{Problems, name::shown};

/// Whether the value stands for "not given".
pub fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A scalar as text: `10` and `"10"` are the same.
pub fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A boolean, or its text in any case.
pub fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// What kind of value it is, for a message.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// One object of the properties and the way to it.
pub(crate) struct Reader<'a> {
    entries: Cow<'a, Map<String, Value>>,
    path: String,
}

impl<'a> Reader<'a> {
    /// The object at `path`; anything else is a problem, and reads as an empty object.
    pub(crate) fn new(value: &'a Value, path: &str, problems: &mut Problems) -> Self {
        let entries = if let Value::Object(entries) = value {
            Cow::Borrowed(entries)
        } else {
            let place = if path.is_empty() {
                "ResourceProperties"
            } else {
                path
            };
            problems.push(place, format!("is {}; an object was expected", kind(value)));
            Cow::Owned(Map::new())
        };
        Self {
            entries,
            path: path.to_owned(),
        }
    }

    /// The path of `key` in this object.
    pub(crate) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of `key`, unless it stands for "not given".
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).filter(|value| !is_absent(value))
    }

    /// A problem for each key that is not in `known`.
    pub(crate) fn refuse_unknown(&self, known: &[&str], problems: &mut Problems) {
        for key in self
            .entries
            .keys()
            .filter(|key| !known.contains(&key.as_str()))
        {
            let similar = known.iter().find(|name| name.eq_ignore_ascii_case(key));
            let advice = match similar {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            let name = shown(key);
            problems.push(
                self.at(key),
                format!("`{name}` is no known property; {advice}"),
            );
        }
    }

    /// The scalar at `key` as text.
    pub(crate) fn text(&self, key: &str, problems: &mut Problems) -> Option<String> {
        let value = self.get(key)?;
        let found = text(value).map(Cow::into_owned);
        if found.is_none() {
            problems.push(
                self.at(key),
                format!("is {}; a string was expected", kind(value)),
            );
        }
        found
    }

    /// The scalar at `key`, parsed.
    pub(crate) fn parsed<T>(&self, key: &str, problems: &mut Problems) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.text(key, problems)?;
        text.parse()
            .map_err(|error: T::Err| problems.push(self.at(key), error.to_string()))
            .ok()
    }

    /// The scalar at `key`, parsed; its absence is a problem.
    pub(crate) fn required<T>(&self, key: &str, problems: &mut Problems) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        if self.get(key).is_none() {
            problems.push(self.at(key), "is required");
        }
        self.parsed(key, problems)
    }

    /// The boolean at `key`, `false` where it is absent.
    pub(crate) fn boolean(&self, key: &str, problems: &mut Problems) -> bool {
        let Some(value) = self.get(key) else {
            return false;
        };
        boolean(value).unwrap_or_else(|| {
            let given = text(value).map_or_else(|| kind(value).to_owned(), |t| backticked(&t));
            problems.push(self.at(key), format!("is {given}; use `true` or `false`"));
            false
        })
    }

    /// The list at `key`.
    pub(crate) fn list(&self, key: &str, problems: &mut Problems) -> Option<&[Value]> {
        match self.get(key)? {
            Value::Array(items) => Some(items),
            other => {
                problems.push(
                    self.at(key),
                    format!("is {}; a list was expected", kind(other)),
                );
                None
            }
        }
    }
}

fn backticked(text: &str) -> String {
    format!("`{}`", shown(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_boolean_is_taken_in_every_form_that_cloudformation_sends() {
        for yes in [json!(true), json!("true"), json!("TRUE"), json!("True")] {
            assert_eq!(boolean(&yes), Some(true), "{yes}");
        }
        for no in [json!(false), json!("false"), json!("FALSE")] {
            assert_eq!(boolean(&no), Some(false), "{no}");
        }
        for neither in [json!("yes"), json!(1), json!("1"), json!(["true"])] {
            assert_eq!(boolean(&neither), None, "{neither}");
        }
    }

    #[test]
    fn a_number_and_its_text_are_the_same() {
        assert_eq!(text(&json!(10)), text(&json!("10")));
        assert_eq!(text(&json!({})), None);
    }

    #[test]
    fn what_if_leaves_behind_is_absent() {
        for nothing in [json!(""), json!([]), json!({}), json!(null)] {
            assert!(is_absent(&nothing), "{nothing}");
        }
        for something in [json!(" "), json!([""]), json!(false), json!(0)] {
            assert!(!is_absent(&something), "{something}");
        }
    }

    #[test]
    fn a_key_in_the_wrong_case_is_answered_with_the_right_one() {
        let mut problems = Problems::default();
        let value = json!({"tablename": "x"});
        Reader::new(&value, "A", &mut problems).refuse_unknown(&["TableName"], &mut problems);
        assert_eq!(
            problems.to_string(),
            "A.tablename: `tablename` is no known property; did you mean `TableName`?"
        );
    }
}
