//! What the templates' parameters take, for the constructs' own checks: the same limits, and the
//! same words.

use askama::{Template, filters::Safe};

use super::{
    Error, header,
    text::{TsDoc, TsIdent, TsString},
    ts_code::TsCode,
};
use crate::model::{Constraint, Parameter};

#[derive(Template)]
#[template(path = "cdk/templates/limits.ts")]
struct LimitsFile {
    header: Safe<TsCode>,
    regions: Safe<TsCode>,
    limits: Vec<LimitView>,
}

struct LimitView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    value: Safe<TsCode>,
}

/// The limits of all parameters; a parameter of several templates is the same in each.
pub(super) fn limits(
    templates: &[&crate::model::Template],
    regions: &[&str],
) -> Result<String, Error> {
    let mut limits: Vec<(&str, LimitView)> = Vec::new();
    for parameter in templates.iter().flat_map(|template| &template.parameters) {
        let name = parameter.name.as_str();
        if !limits.iter().any(|(known, _)| *known == name) {
            limits.push((name, limit(parameter)?));
        }
    }
    limits.sort_by_key(|(name, _)| *name);
    let regions: Vec<TsCode> = regions.iter().map(|region| text(region)).collect();
    let file = LimitsFile {
        header: header("the parameters of the templates").safe(),
        regions: TsCode::list(&regions, 0).safe(),
        limits: limits.into_iter().map(|(_, limit)| limit).collect(),
    };
    Ok(file.render()?)
}

fn text(text: &str) -> TsCode {
    TsCode::from(&TsString::new(text))
}

fn limit(parameter: &Parameter) -> Result<LimitView, Error> {
    let number = parameter.constraint.is_number();
    let mut properties = Vec::new();
    match &parameter.constraint {
        Constraint::Pattern {
            pattern,
            min_length,
            max_length,
        } => {
            properties.push(("pattern", TsCode::pattern(&TsString::new(pattern))));
            let bounds = [("least", min_length), ("most", max_length)];
            for (name, length) in bounds {
                if let Some(length) = length.and_then(|it| i64::try_from(it).ok()) {
                    properties.push((name, TsCode::integer(length)));
                }
            }
        }
        Constraint::Allowed(words) => {
            let words: Vec<TsCode> = words.iter().map(|word| text(word)).collect();
            properties.push(("allowed", TsCode::list(&words, 2)));
        }
        Constraint::AllowedNumbers(numbers) => {
            let numbers: Vec<TsCode> = numbers.iter().copied().map(TsCode::integer).collect();
            properties.push(("allowed", TsCode::list(&numbers, 2)));
        }
        Constraint::Between(least, most) => {
            properties.push(("least", TsCode::integer(*least)));
            properties.push(("most", TsCode::integer(*most)));
        }
    }
    if let Some(default) = &parameter.default {
        let code = default
            .parse()
            .ok()
            .filter(|_| number)
            .map_or_else(|| text(default), TsCode::integer);
        properties.push(("default", code));
    }
    properties.push(("expected", text(&parameter.expected)));
    let properties: Vec<(TsCode, TsCode)> = properties
        .into_iter()
        .map(|(name, value)| (TsCode::fixed(name), value))
        .collect();
    Ok(LimitView {
        doc: TsDoc::new(0, &parameter.description, &[]).safe(),
        name: TsIdent::constant(parameter.name.as_str())?.safe(),
        value: TsCode::object(&properties, 0).safe(),
    })
}
