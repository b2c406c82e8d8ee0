//! Reads one TOML table key by key. A wrong value is noted and reading goes on, so that one run
//! shows every mistake; the keys that were asked for are the keys that are known.

use std::{cell::RefCell, fmt::Display, ops::Range, str::FromStr};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use zeroetl_properties::{InvalidName, UnknownChoice};

use super::{
    error::Problem,
    suggest::{listed, nearest},
};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// Where mistakes are collected.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<Vec<Problem>>);

impl Notes {
    pub(super) fn add(
        &self,
        path: impl Into<String>,
        message: impl Into<String>,
        span: &Range<usize>,
        label: impl Into<String>,
    ) {
        self.add_related(path, message, span, label, Vec::new());
    }

    pub(super) fn add_related(
        &self,
        path: impl Into<String>,
        message: impl Into<String>,
        span: &Range<usize>,
        label: impl Into<String>,
        related: Vec<(Range<usize>, String)>,
    ) {
        self.0.borrow_mut().push(Problem {
            path: path.into(),
            message: message.into(),
            span: span.clone(),
            label: label.into(),
            related,
        });
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|problem| problem.span.start);
        problems
    }
}

/// An error of a checked text: what to say, and what to write beside the caret.
pub(super) trait Wrong: Display {
    /// What to write beside the caret.
    fn label(&self) -> String;
}

impl Wrong for InvalidName {
    fn label(&self) -> String {
        format!("expected {}", self.expected)
    }
}

impl Wrong for UnknownChoice {
    fn label(&self) -> String {
        nearest(&self.value, &self.allowed).map_or_else(
            || format!("expected {}", listed(&self.allowed)),
            |meant| format!("did you mean `{meant}`?"),
        )
    }
}

/// One TOML table, while it is read.
pub(super) struct Fields<'a> {
    path: String,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    asked: Vec<&'static str>,
    notes: &'a Notes,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        path: impl Into<String>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        notes: &'a Notes,
    ) -> Self {
        Self {
            path: path.into(),
            table,
            span,
            asked: Vec::new(),
            notes,
        }
    }

    /// The path of a key in this table.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The table's own path.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Where the table stands.
    pub(super) fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// A text that has to be there. `None` when it is not, or is wrong, which is noted.
    pub(super) fn required<T>(&mut self, key: &'static str) -> Option<Located<T>>
    where
        T: FromStr<Err: Wrong>,
    {
        let value = self.take(key);
        if value.is_none() {
            self.missing(key);
        }
        self.parse(key, value?)
    }

    /// A text that may be left out; an empty one counts as left out.
    pub(super) fn optional<T>(&mut self, key: &'static str) -> Option<Located<T>>
    where
        T: FromStr<Err: Wrong>,
    {
        let value = self.take(key)?;
        if value.get_ref().as_str() == Some("") {
            return None;
        }
        self.parse(key, value)
    }

    /// A whole number within bounds, or the default.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        default: i64,
        allowed: impl Fn(i64) -> bool,
        expected: &str,
    ) -> i64 {
        let Some(value) = self.take(key) else {
            return default;
        };
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(key, value, "a whole number, without quotes");
            return default;
        };
        let number = i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix());
        match number {
            Ok(number) if allowed(number) => number,
            _ => {
                let message = format!("`{}` is not allowed; use {expected}", integer.as_str());
                self.note(key, message, &value.span(), format!("expected {expected}"));
                default
            }
        }
    }

    /// `true` or `false`, or the default.
    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.take(key) else {
            return default;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(key, value, "`true` or `false`, without quotes");
            default
        })
    }

    /// A table inside this one.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Self> {
        let value = self.take(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a table");
            return None;
        };
        Some(Self::new(
            self.path_of(key),
            table,
            value.span(),
            self.notes,
        ))
    }

    /// A table inside this one that has to be there.
    pub(super) fn required_section(&mut self, key: &'static str) -> Option<Self> {
        if !self.has(key) {
            self.missing(key);
        }
        self.section(key)
    }

    /// The tables of a list, in order. `None` when the key is absent.
    pub(super) fn sections(&mut self, key: &'static str) -> Option<Located<Vec<Self>>> {
        let value = self.take(key)?;
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of tables");
            return None;
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{}[{index}]", self.path_of(key));
            match item.get_ref().as_table() {
                Some(table) => {
                    sections.push(Self::new(path, table, item.span(), self.notes));
                }
                None => self.wrong_type_at(path, item, "a table"),
            }
        }
        Some(Located {
            value: sections,
            span: value.span(),
        })
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self) {
        for (key, _) in self.table {
            if self.asked.contains(&key.get_ref().as_ref()) {
                continue;
            }
            let message = format!("is not a known key; use {}", listed(&self.asked));
            let label = nearest(key.get_ref(), &self.asked).map_or_else(
                || "not known here".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            self.note(key.get_ref(), message, &key.span(), label);
        }
    }

    /// Notes a mistake at one of the keys.
    pub(super) fn note(
        &self,
        key: &str,
        message: impl Into<String>,
        span: &Range<usize>,
        label: impl Into<String>,
    ) {
        self.notes.add(self.path_of(key), message, span, label);
    }

    /// Notes that a key has to be there.
    pub(super) fn missing(&self, key: &'static str) {
        let place = if self.path.is_empty() {
            "in this file"
        } else {
            "here"
        };
        let label = format!("`{key}` has to be {place}");
        self.note(key, "is missing", &self.span, label);
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn take(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    fn parse<T>(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Located<T>>
    where
        T: FromStr<Err: Wrong>,
    {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "text in quotes");
            return None;
        };
        match text.parse() {
            Ok(parsed) => Some(Located {
                value: parsed,
                span: value.span(),
            }),
            Err(wrong) => {
                let wrong: T::Err = wrong;
                self.note(key, wrong.to_string(), &value.span(), wrong.label());
                None
            }
        }
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        self.wrong_type_at(self.path_of(key), value, expected);
    }

    fn wrong_type_at(&self, path: String, value: &Spanned<DeValue<'_>>, expected: &str) {
        let given = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("is {given}; use {expected}");
        self.notes
            .add(path, message, &value.span(), format!("expected {expected}"));
    }
}
