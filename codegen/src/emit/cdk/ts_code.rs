//! TypeScript code, made of names, texts and other code. Nothing else comes in.

use std::fmt;

use askama::filters::Safe;

use super::text::{TsIdent, TsString, push_escaped, shown};

/// Code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TsCode(String);

impl TsCode {
    /// Code known when the program is built.
    pub(super) fn fixed(code: &'static str) -> Self {
        Self(code.to_owned())
    }

    /// The first lines of a generated file.
    pub(super) fn header(generator: &'static str, from: &'static str) -> Self {
        Self(format!(
            "// {generator} from {from}.\n// Do not edit; change that and run `cargo xtask generate`."
        ))
    }

    pub(super) fn integer(number: i64) -> Self {
        Self(number.to_string())
    }

    /// `object.name`.
    pub(super) fn member(object: &TsIdent, name: &TsIdent) -> Self {
        Self(format!("{object}.{name}"))
    }

    /// `function(argument)`.
    pub(super) fn call(function: &TsIdent, argument: &Self) -> Self {
        Self(format!("{function}({argument})"))
    }

    /// A function of a library, on one argument.
    pub(super) fn apply(function: &'static str, argument: &Self) -> Self {
        Self(format!("{function}({argument})"))
    }

    /// `new RegExp(pattern, 'u')`.
    pub(super) fn pattern(pattern: &TsString) -> Self {
        Self(format!("new RegExp({pattern}, 'u')"))
    }

    /// Each item of an optional list, through `function`.
    pub(super) fn mapped(list: &Self, function: &TsIdent) -> Self {
        Self(format!("{list}?.map((item) => {function}(item))"))
    }

    /// An optional boolean as the words that the API has for it.
    pub(super) fn flag(value: &Self) -> Self {
        Self(format!(
            "{value} === undefined ? undefined : {value} ? 'TRUE' : 'FALSE'"
        ))
    }

    /// One value or the other.
    pub(super) fn choice(holds: &Self, then: &Self, otherwise: &Self) -> Self {
        Self(format!("{holds} ? {then} : {otherwise}"))
    }

    /// The type of a list.
    pub(super) fn list_of(kind: &Self) -> Self {
        Self(format!("{kind}[]"))
    }

    /// A list, one item a line.
    pub(super) fn list(items: &[Self], indent: usize) -> Self {
        Self(block(
            '[',
            items.iter().map(ToString::to_string),
            ']',
            indent,
        ))
    }

    /// An object, one property a line.
    pub(super) fn object(properties: &[(Self, Self)], indent: usize) -> Self {
        let lines = properties
            .iter()
            .map(|(key, value)| format!("{key}: {value}"));
        Self(block('{', lines, '}', indent))
    }

    /// A text with code in it.
    pub(super) fn template(parts: &[TemplatePart<'_>]) -> Self {
        let mut code = String::from("`");
        for part in parts {
            match part {
                TemplatePart::Text(text) => {
                    text.chars().for_each(|c| push_escaped(&mut code, c, '`'));
                }
                TemplatePart::Code(inner) => code.extend(["${", inner.0.as_str(), "}"]),
            }
        }
        code.push('`');
        Self(code)
    }
}

/// A piece of a text with code in it.
pub(super) enum TemplatePart<'a> {
    Text(&'a str),
    Code(TsCode),
}

fn block(open: char, lines: impl Iterator<Item = String>, close: char, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let lines: Vec<String> = lines.map(|line| format!("\n{margin}  {line},")).collect();
    if lines.is_empty() {
        format!("{open}{close}")
    } else {
        format!("{open}{}\n{margin}{close}", lines.concat())
    }
}

impl From<&TsString> for TsCode {
    fn from(text: &TsString) -> Self {
        Self(text.to_string())
    }
}

impl From<&TsIdent> for TsCode {
    fn from(name: &TsIdent) -> Self {
        Self(name.to_string())
    }
}

shown! { TsCode }
