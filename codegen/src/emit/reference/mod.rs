//! What every parameter, resource and output means, as one page of Markdown.
//!
//! It says what the templates say, for people who read before they deploy. A parameter that means
//! the same in several templates is explained where it comes first.

mod changes;
mod text;

use self::{changes::degree, text::GuidePage};
use crate::{
    emit::cfn::GENERATOR,
    model::{Mutability, Parameter, Resource, Template},
};

/// Templates that belong together.
#[derive(Debug, Clone)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// What they are for.
    pub about: &'static str,
    /// The templates by their paths without an ending, such as `zero-etl/source`.
    pub templates: Vec<(String, Template)>,
}

/// The page.
pub fn page(sections: &[Section]) -> String {
    let mut page = GuidePage::new(&format!(
        "<!-- {GENERATOR} from the blueprints. Do not edit; change those and run \
         `cargo xtask generate`. -->"
    ));
    page.heading(1, "Parameters");
    page.paragraph(
        "What each template takes and shows, made from the same model as the templates. A \
         parameter without a default has to be given. An empty default means \"not set\". A \
         parameter of the same name means the same in every template, unless it is explained anew.",
    );
    let mut known: Vec<(&str, &Parameter)> = Vec::new();
    for section in sections {
        page.heading(2, section.title);
        page.paragraph(section.about);
        for (path, template) in &section.templates {
            page.heading(3, &format!("`{path}`"));
            page.paragraph(&text::plain(&template.description));
            parameters(&mut page, path, template, &mut known);
            refusals(&mut page, template);
            resources(&mut page, template);
            outputs(&mut page, template);
        }
    }
    page.finish()
}

/// New ones as a table; those that were explained before by their names.
fn parameters<'a>(
    page: &mut GuidePage,
    path: &'a str,
    template: &'a Template,
    known: &mut Vec<(&'a str, &'a Parameter)>,
) {
    // How safe a change is depends on the template, so it is said there.
    let explained = template.context.is_some();
    let mut rows = Vec::new();
    let mut again: Vec<(&str, Vec<&str>)> = Vec::new();
    for parameter in &template.parameters {
        let before = known.iter().find(|(_, it)| *it == parameter);
        if let (Some((place, _)), false) = (before, explained) {
            let name = parameter.name.as_str();
            match again.iter_mut().find(|(known, _)| known == place) {
                Some((_, names)) => names.push(name),
                None => again.push((place, vec![name])),
            }
            continue;
        }
        if before.is_none() {
            known.push((path, parameter));
        }
        let mut row = vec![
            format!("`{}`", parameter.name.as_str()),
            default(parameter),
            text::cell(&parameter.description),
            text::cell(&parameter.expected),
        ];
        if explained {
            row.push(change(template, parameter));
        }
        rows.push(row);
    }
    if explained {
        page.table(
            &["parameter", "default", "meaning", "value", "later change"],
            &rows,
        );
    } else {
        page.table(&["parameter", "default", "meaning", "value"], &rows);
    }
    for (place, names) in again {
        page.paragraph(&format!(
            "As in `{place}`: {}.",
            text::listed_as_code(names.iter().copied())
        ));
    }
}

fn default(parameter: &Parameter) -> String {
    match parameter.default.as_deref() {
        None => "required".to_owned(),
        Some("") => "empty".to_owned(),
        Some(text) => text::code(text),
    }
}

/// How safe a change is, and which resource says why.
fn change(template: &Template, parameter: &Parameter) -> String {
    let Some((degree, resources)) = degree(template, parameter) else {
        return "any time".to_owned();
    };
    let words = match degree {
        Mutability::FreeToTune => return "any time".to_owned(),
        Mutability::ReviewRequired => "look at the change set",
        Mutability::ChangeWithConstraints => "with care",
        Mutability::MustNeverChange => "never",
    };
    format!("{words}: {}", text::listed_as_code(resources))
}

/// What CloudFormation refuses before it makes anything.
fn refusals(page: &mut GuidePage, template: &Template) {
    let messages: Vec<&str> = template
        .rules
        .iter()
        .flat_map(|rule| &rule.assertions)
        .map(|assertion| assertion.message)
        .collect();
    if messages.is_empty() {
        return;
    }
    page.paragraph("Refused before anything is made:");
    page.list(messages.iter().map(|message| text::plain(message)));
}

fn resources(page: &mut GuidePage, template: &Template) {
    let rows: Vec<Vec<String>> = template.resources.iter().filter_map(resource).collect();
    if !rows.is_empty() {
        page.table(&["resource", "what it is for", "what must hold"], &rows);
    }
}

fn resource(resource: &Resource) -> Option<Vec<String>> {
    let context = resource.context.as_ref()?;
    let needs = format!("Needs: {}.", context.deps.join("; "));
    let mut must = context.must.clone();
    if !context.deps.is_empty() {
        must.push(&needs);
    }
    Some(vec![
        format!("`{}`", resource.id.as_str()),
        text::cell(context.why),
        text::cell(&must.join(" ")),
    ])
}

fn outputs(page: &mut GuidePage, template: &Template) {
    let rows: Vec<Vec<String>> = template
        .outputs
        .iter()
        .map(|(name, output)| vec![format!("`{name}`"), text::cell(output.description)])
        .collect();
    if !rows.is_empty() {
        page.table(&["output", "what it is"], &rows);
    }
}

#[cfg(test)]
mod tests;
