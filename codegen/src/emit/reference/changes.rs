//! How safe it is to change a parameter, from what the resources say of their properties.

use crate::model::{Context, Mentioned, Mutability, Parameter, Resource, Template, Value};

/// From safe to unsafe.
const ORDER: [Mutability; 4] = [
    Mutability::FreeToTune,
    Mutability::ReviewRequired,
    Mutability::ChangeWithConstraints,
    Mutability::MustNeverChange,
];

/// The least safe degree of all properties that the parameter reaches, and the resources that have
/// them. Nothing when it reaches none.
pub(super) fn degree<'a>(
    template: &'a Template,
    parameter: &Parameter,
) -> Option<(Mutability, Vec<&'a str>)> {
    let reached: Vec<(usize, &str)> = template
        .resources
        .iter()
        .filter_map(|resource| {
            let rank = worst(template, resource, parameter)?;
            Some((rank, resource.id.as_str()))
        })
        .collect();
    let worst = reached.iter().map(|(rank, _)| *rank).max()?;
    let resources = reached
        .iter()
        .filter(|(rank, _)| *rank == worst)
        .map(|(_, id)| *id)
        .collect();
    Some((ORDER[worst], resources))
}

fn worst(template: &Template, resource: &Resource, parameter: &Parameter) -> Option<usize> {
    let context = resource.context.as_ref()?;
    let reaches = |condition: &str| reaches(template, condition, parameter);
    let of_properties = resource
        .properties
        .iter()
        .filter(|(_, value)| names(value, parameter, reaches))
        .map(|(key, _)| rank(of_property(context, key)));
    let of_the_whole = resource
        .condition
        .iter()
        .filter(|condition| reaches(condition.as_str()))
        .map(|_| rank(context.mutable));
    of_properties.chain(of_the_whole).max()
}

fn of_property(context: &Context, key: &str) -> Mutability {
    context
        .mutability
        .iter()
        .find(|(name, _)| *name == key)
        .map_or(context.mutable, |(_, degree)| *degree)
}

fn rank(degree: Mutability) -> usize {
    ORDER
        .iter()
        .position(|it| *it == degree)
        .unwrap_or_default()
}

/// Whether a value is made of the parameter, by itself or through a condition.
fn names(value: &Value, parameter: &Parameter, reaches: impl Fn(&str) -> bool) -> bool {
    let mentioned = Mentioned::in_value(value);
    mentioned.references.contains(parameter.name.as_str())
        || mentioned.conditions.iter().any(|it| reaches(it))
}

fn reaches(template: &Template, condition: &str, parameter: &Parameter) -> bool {
    let test = template
        .conditions
        .iter()
        .find(|(name, _)| name.as_str() == condition);
    test.is_some_and(|(_, test)| {
        let mentioned = Mentioned::in_test(test);
        mentioned.references.contains(parameter.name.as_str())
            || mentioned
                .conditions
                .iter()
                .any(|inner| reaches(template, inner, parameter))
    })
}
