//! Reads one TOML table key by key. A wrong value is noted and reading goes on, so that one run
//! shows every mistake; the keys that were asked for are the keys that are known.

use std::{cell::RefCell, fmt::Display, ops::Range, str::FromStr};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use zeroetl_properties::{InvalidName, UnknownChoice};

use super::{
    advice::{example, homes, meant},
    error::Problem,
    suggest::{listed, nearest_value},
};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A number, and where it stands; the default stands nowhere.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) value: i64,
    pub(super) span: Option<Range<usize>>,
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
        nearest_value(&self.value, &self.allowed).map_or_else(
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
        let located = self.located_number(key, default, allowed, expected);
        located.value
    }

    /// The same with its place; without one it is the default, or a wrong value, which is noted.
    pub(super) fn located_number(
        &mut self,
        key: &'static str,
        default: i64,
        allowed: impl Fn(i64) -> bool,
        expected: &str,
    ) -> Chosen {
        let default = Chosen {
            value: default,
            span: None,
        };
        let Some(value) = self.take(key) else {
            return default;
        };
        let Some(integer) = value.get_ref().as_integer() else {
            let digits = value.get_ref().as_str().map(str::trim);
            let digits = digits
                .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
            let expected = "a whole number, without quotes";
            match digits {
                Some(digits) => {
                    self.wrong_type_with(key, value, expected, &format!("{key} = {digits}"));
                }
                None => self.wrong_type(key, value, expected),
            }
            return default;
        };
        let number = i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix());
        match number {
            Ok(number) if allowed(number) => Chosen {
                value: number,
                span: Some(value.span()),
            },
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
            let word = value.get_ref().as_str().unwrap_or_default();
            let expected = "`true` or `false`, without quotes";
            match word.to_ascii_lowercase().as_str() {
                word @ ("true" | "false") => {
                    self.wrong_type_with(key, value, expected, &format!("{key} = {word}"));
                }
                _ => self.wrong_type(key, value, expected),
            }
            default
        })
    }

    /// A table inside this one.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Self> {
        let value = self.take(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_shape(key, value, "a table");
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
            self.wrong_shape(key, value, "a list of tables");
            return None;
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{}[{index}]", self.path_of(key));
            if let Some(table) = item.get_ref().as_table() {
                sections.push(Self::new(path, table, item.span(), self.notes));
            } else {
                let given = item.get_ref().as_str();
                self.wrong_type_at(path, item, "a table", example(key, given).as_deref());
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
            let homes = homes(key.get_ref());
            let (message, label) = if homes.is_empty() {
                let label = meant(key.get_ref(), &self.asked).map_or_else(
                    || "not known here".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                let known = listed(&self.asked);
                (format!("is not a known key; use {known}"), label)
            } else {
                let homes = homes.join(" or ");
                // What follows a heading belongs to that heading, up to the next one.
                let message = format!("is not a key of this section; move the line to {homes}");
                (message, format!("belongs to {homes}"))
            };
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
            match unquoted(value.get_ref()) {
                Some(text) => {
                    let right = format!("{key} = \"{text}\"");
                    self.wrong_type_with(key, value, "text in quotes", &right);
                }
                None => self.wrong_type(key, value, "text in quotes"),
            }
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
        self.wrong_type_at(self.path_of(key), value, expected, None);
    }

    /// The same, with what to type.
    fn wrong_type_with(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
        right: &str,
    ) {
        self.wrong_type_at(self.path_of(key), value, expected, Some(right));
    }

    /// Something else than the section or the list that it should be.
    fn wrong_shape(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let right = example(key, value.get_ref().as_str());
        self.wrong_type_at(self.path_of(key), value, expected, right.as_deref());
    }

    fn wrong_type_at(
        &self,
        path: String,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
        right: Option<&str>,
    ) {
        let given = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let right = right.map_or_else(String::new, |right| format!(": `{right}`"));
        let message = format!("is {given}; use {expected}{right}");
        self.notes
            .add(path, message, &value.span(), format!("expected {expected}"));
    }
}

/// The text of a value that lacks its quotes.
fn unquoted(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(integer) if integer.radix() == 10 => {
            Some(integer.as_str().replace('_', ""))
        }
        DeValue::Float(float) => Some(float.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}
