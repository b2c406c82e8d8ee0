//! Values of the model as TypeScript: what a stack's template says, with arguments in place of its
//! parameters and of what other resources know.

use std::collections::BTreeMap;

use super::{
    Error,
    text::{TsIdent, TsString},
    ts_code::{TemplatePart, TsCode},
};
use crate::model::{ConditionName, Object, Part, Reference, Value};

/// How keys are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// As CloudFormation does: policies.
    AsWritten,
    /// As CDK does: properties of resources.
    Camel,
}

/// What stands for a value that is not known before the app runs.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    /// The value in the template.
    pub(super) value: Value,
    /// The argument's name.
    pub(super) name: &'static str,
    /// The argument's type.
    pub(super) kind: &'static str,
    /// Whether it may be left out.
    pub(super) optional: bool,
}

/// The arguments that code turned out to need, by name.
#[derive(Debug, Default)]
pub(super) struct Arguments(pub(super) BTreeMap<&'static str, (&'static str, bool)>);

/// Writes values of one stack.
pub(super) struct Printer<'a> {
    pub(super) stack: &'static str,
    pub(super) holes: &'a [Hole],
    /// Conditions, and the argument that says whether each holds.
    pub(super) conditions: &'a [(ConditionName, &'static str)],
    pub(super) arguments: Arguments,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        stack: &'static str,
        holes: &'a [Hole],
        conditions: &'a [(ConditionName, &'static str)],
    ) -> Self {
        Self {
            stack,
            holes,
            conditions,
            arguments: Arguments::default(),
        }
    }

    /// The value as code, with further lines indented by `indent`.
    pub(super) fn value(
        &mut self,
        value: &Value,
        keys: Keys,
        indent: usize,
    ) -> Result<TsCode, Error> {
        if let Some(hole) = self.holes.iter().find(|hole| hole.value == *value) {
            return self.argument(hole);
        }
        match value {
            Value::Bool(flag) => Ok(TsCode::fixed(if *flag { "true" } else { "false" })),
            Value::Integer(number) => Ok(TsCode::integer(*number)),
            Value::Text(text) => Ok(TsCode::from(&TsString::new(text))),
            Value::List(items) => {
                let items: Result<Vec<_>, _> = items
                    .iter()
                    .map(|item| self.value(item, keys, indent + 2))
                    .collect();
                Ok(TsCode::list(&items?, indent))
            }
            Value::Object(object) => self.object(object, keys, indent),
            Value::Concat(parts) => self.concat(parts),
            Value::Join("", items) => self.joined(items),
            // A value that may be left out is an argument that may be.
            Value::If(_, then, otherwise) if **otherwise == Value::NoValue => {
                let code = self.value(then, keys, indent)?;
                let optional = self
                    .holes
                    .iter()
                    .any(|hole| hole.value == **then && hole.optional);
                if optional {
                    Ok(code)
                } else {
                    Err(self.unknown(value))
                }
            }
            Value::If(condition, then, otherwise) => {
                let Some((_, name)) = self.conditions.iter().find(|(known, _)| known == condition)
                else {
                    return Err(self.unknown(value));
                };
                self.arguments.0.insert(*name, ("boolean", false));
                let holds = TsCode::member(&TsIdent::new("v")?, &TsIdent::new(*name)?);
                let then = self.value(then, keys, indent)?;
                let otherwise = self.value(otherwise, keys, indent)?;
                Ok(TsCode::choice(&holds, &then, &otherwise))
            }
            Value::Ref(_)
            | Value::GetAtt(..)
            | Value::Join(..)
            | Value::Split(..)
            | Value::NoValue => Err(self.unknown(value)),
        }
    }

    fn object(&mut self, object: &Object, keys: Keys, indent: usize) -> Result<TsCode, Error> {
        let mut properties = Vec::new();
        for (key, value) in object {
            let key = match keys {
                Keys::AsWritten => TsIdent::new(key.as_str()).map_or_else(
                    |_| TsCode::from(&TsString::new(key)),
                    |name| TsCode::from(&name),
                ),
                Keys::Camel => TsCode::from(&TsIdent::property(key)?),
            };
            properties.push((key, self.value(value, keys, indent + 2)?));
        }
        Ok(TsCode::object(&properties, indent))
    }

    fn concat(&mut self, parts: &[Part]) -> Result<TsCode, Error> {
        let mut pieces = Vec::new();
        for part in parts {
            pieces.push(match part {
                Part::Text(text) => TemplatePart::Text(text),
                Part::Ref(reference) => {
                    TemplatePart::Code(self.known(&Value::Ref(reference.clone()))?)
                }
                Part::GetAtt(id, attribute) => {
                    TemplatePart::Code(self.known(&Value::GetAtt(id.clone(), attribute))?)
                }
            });
        }
        Ok(TsCode::template(&pieces))
    }

    /// A text that the template has to spell as a list.
    fn joined(&mut self, items: &[Value]) -> Result<TsCode, Error> {
        let mut pieces = Vec::new();
        for item in items {
            pieces.push(match item {
                Value::Text(text) => TemplatePart::Text(text),
                other => TemplatePart::Code(self.known(other)?),
            });
        }
        Ok(TsCode::template(&pieces))
    }

    fn known(&mut self, value: &Value) -> Result<TsCode, Error> {
        match self.holes.iter().find(|hole| hole.value == *value) {
            Some(hole) => self.argument(hole),
            None => Err(self.unknown(value)),
        }
    }

    fn argument(&mut self, hole: &Hole) -> Result<TsCode, Error> {
        self.arguments
            .0
            .insert(hole.name, (hole.kind, hole.optional));
        Ok(TsCode::member(
            &TsIdent::new("v")?,
            &TsIdent::new(hole.name)?,
        ))
    }

    fn unknown(&self, value: &Value) -> Error {
        let what = match value {
            Value::Ref(reference) => format!("`Ref` of `{}`", Reference::as_str(reference)),
            Value::GetAtt(id, attribute) => format!("`GetAtt` of `{id}.{attribute}`"),
            Value::If(condition, ..) => format!("a value under the condition `{condition}`"),
            other => format!("{other:?}"),
        };
        Error::NoArgument {
            stack: self.stack,
            what,
        }
    }
}
