//! The live policy, read just as far as its statements' Sids. Everything else stays the text that
//! it was, so that what belongs to others is written back exactly as it was read: numbers, key
//! order, doubled keys and all.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::owner::Marker;

/// The live policy is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotAPolicy {
    /// No JSON object.
    #[error("it is not a JSON object: {0}")]
    NotAnObject(String),
    /// `Statement` is not what it should be.
    #[error("its `Statement` is neither one statement nor a list of them")]
    Statements,
}

/// A policy document.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// The keys beside `Statement`, in order, as written.
    frame: Vec<(String, Text)>,
    /// Where among them `Statement` stood.
    place: usize,
    pub(super) statements: Vec<Statement>,
}

/// One statement, as written.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    text: Text,
    pub(super) sid: Option<String>,
}

/// JSON as written, without the white space between its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text(String);

impl Document {
    /// The policy in `text`.
    pub(super) fn parse(text: &str) -> Result<Self, NotAPolicy> {
        let entries = entries(text).map_err(|error| NotAPolicy::NotAnObject(error.to_string()))?;
        let places: Vec<_> = (0..entries.len())
            .filter(|place| entries[*place].0 == "Statement")
            .collect();
        let (place, statements) = match places[..] {
            [] => (entries.len(), Vec::new()),
            [place] => (place, statements(entries[place].1.get())?),
            _ => return Err(NotAPolicy::Statements),
        };
        let frame = entries
            .iter()
            .filter(|(key, _)| key != "Statement")
            .map(|(key, value)| (key.clone(), Text::of(value.get())))
            .collect();
        Ok(Self {
            frame,
            place,
            statements,
        })
    }

    /// A new document with nothing in it.
    pub(super) fn empty() -> Self {
        Self {
            frame: Vec::new(),
            place: 0,
            statements: Vec::new(),
        }
    }

    /// The statements of `marker`.
    pub(super) fn own<'a>(&'a self, marker: &'a Marker) -> impl Iterator<Item = &'a Statement> {
        self.statements
            .iter()
            .filter(|statement| marker.owns(statement.sid.as_deref()))
    }

    /// The statements of everybody else.
    pub(super) fn foreign<'a>(&'a self, marker: &'a Marker) -> impl Iterator<Item = &'a Statement> {
        self.statements
            .iter()
            .filter(|statement| !marker.owns(statement.sid.as_deref()))
    }

    /// The same document with `own` as the only statements of `marker`, behind everybody else's.
    pub(super) fn with(&self, marker: &Marker, own: &[Value]) -> Self {
        let own = own.iter().map(Statement::of);
        let statements = self.foreign(marker).cloned().chain(own).collect();
        Self {
            statements,
            ..self.clone()
        }
    }

    /// The value of a key beside `Statement`.
    pub(super) fn key(&self, name: &str) -> Option<Value> {
        let (_, text) = self.frame.iter().rev().find(|(key, _)| key == name)?;
        serde_json::from_str(&text.0).ok()
    }

    /// Sets a key beside `Statement`.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let text = Text(Value::from(value).to_string());
        if let Some((_, old)) = self.frame.iter_mut().rev().find(|(key, _)| key == name) {
            *old = text;
            return;
        }
        // A new document: `Version` and `Id` go before `Statement`, as everybody writes them.
        self.frame.insert(self.place, (name.to_owned(), text));
        self.place += 1;
    }

    /// The document as text, without needless white space.
    pub(super) fn text(&self) -> String {
        let statements: Vec<&str> = self.statements.iter().map(Statement::text).collect();
        let statements = format!("\"Statement\":[{}]", statements.join(","));
        let mut parts: Vec<String> = self
            .frame
            .iter()
            .map(|(key, text)| format!("{}:{}", Value::from(key.as_str()), text.0))
            .collect();
        parts.insert(self.place.min(parts.len()), statements);
        format!("{{{}}}", parts.join(","))
    }
}

impl Statement {
    fn of(value: &Value) -> Self {
        let sid = value
            .get("Sid")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned);
        Self {
            text: Text(value.to_string()),
            sid,
        }
    }

    fn parse(text: &str) -> Self {
        // What is no object has no Sid, and so is nobody's and stays.
        let sid = entries(text)
            .unwrap_or_default()
            .into_iter()
            .rev()
            .find(|(key, _)| key == "Sid");
        let sid = sid.and_then(|(_, sid)| serde_json::from_str(sid.get()).ok());
        Self {
            text: Text::of(text),
            sid,
        }
    }

    /// The statement as text.
    pub(super) fn text(&self) -> &str {
        &self.text.0
    }

    /// The statement as a value, null where it cannot be read as one.
    pub(super) fn value(&self) -> Value {
        serde_json::from_str(&self.text.0).unwrap_or_default()
    }
}

impl Text {
    fn of(json: &str) -> Self {
        let mut text = String::with_capacity(json.len());
        let (mut quoted, mut escaped) = (false, false);
        for character in json.chars() {
            if quoted {
                quoted = escaped || character != '"';
                escaped = !escaped && character == '\\';
            } else if character.is_ascii_whitespace() {
                continue;
            } else {
                quoted = character == '"';
            }
            text.push(character);
        }
        Self(text)
    }
}

fn statements(json: &str) -> Result<Vec<Statement>, NotAPolicy> {
    if json.starts_with('{') {
        return Ok(vec![Statement::parse(json)]);
    }
    let list: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| NotAPolicy::Statements)?;
    Ok(list
        .into_iter()
        .map(|statement| Statement::parse(statement.get()))
        .collect())
}

/// The entries of an object in their order, doubled keys included.
fn entries(json: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    struct Entries<'a>(Vec<(String, &'a RawValue)>);

    impl<'de> Deserialize<'de> for Entries<'de> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Collect;

            impl<'de> Visitor<'de> for Collect {
                type Value = Entries<'de>;

                fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str("an object")
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                    let mut entries = Vec::new();
                    while let Some(entry) = map.next_entry()? {
                        entries.push(entry);
                    }
                    Ok(Entries(entries))
                }
            }

            from.deserialize_map(Collect)
        }
    }

    serde_json::from_str::<Entries<'_>>(json).map(|entries| entries.0)
}

#[cfg(test)]
mod tests;
