//! Whether a template holds together: names that nobody defines, things that nobody uses, circles,
//! texts that are too long. A defect is a mistake in a blueprint, never in a user's config.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{LogicalId, Object, Parameter, Part, Reference, Resource, Template, Test, Value};

const PARAMETERS: usize = 200;
const OUTPUTS: usize = 200;
const DESCRIPTION_BYTES: usize = 1_024;
const PARAMETER_DESCRIPTION_BYTES: usize = 4_000;

/// One thing that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Where: `resources.Bucket`.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}

/// All defects of a template.
pub fn validate(template: &Template) -> Vec<Defect> {
    let mut check = Check {
        template,
        used: Uses::default(),
        defects: Vec::new(),
    };
    check.sizes();
    check.sections();
    check.unused();
    check.circles();
    check.defects
}

/// What a value or a test names: parameters, resources and pseudo parameters apart, conditions.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// Parameters and resources.
    pub references: BTreeSet<String>,
    /// Conditions.
    pub conditions: BTreeSet<String>,
}

impl Mentioned {
    /// What is named in a value.
    pub fn in_value(value: &Value) -> Self {
        let mut uses = Uses::default();
        uses.value(value);
        uses.into()
    }

    /// What is named in a test.
    pub fn in_test(test: &Test) -> Self {
        let mut uses = Uses::default();
        uses.test(test);
        uses.into()
    }
}

impl From<Uses<'_>> for Mentioned {
    fn from(uses: Uses<'_>) -> Self {
        let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
        Self {
            references: owned(uses.references),
            conditions: owned(uses.conditions),
        }
    }
}

/// What a template refers to.
#[derive(Default)]
struct Uses<'a> {
    references: BTreeSet<&'a str>,
    conditions: BTreeSet<&'a str>,
}

impl<'a> Uses<'a> {
    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::NoValue => {}
            Value::List(items) | Value::Join(_, items) => {
                for item in items {
                    self.value(item);
                }
            }
            Value::Split(_, text) => self.value(text),
            Value::Object(object) => self.object(object),
            Value::Ref(reference) => self.reference(reference),
            Value::GetAtt(id, _) => {
                self.references.insert(id.as_str());
            }
            Value::Concat(parts) => parts.iter().for_each(|part| match part {
                Part::Text(_) => {}
                Part::Ref(reference) => self.reference(reference),
                Part::GetAtt(id, _) => {
                    self.references.insert(id.as_str());
                }
            }),
            Value::If(condition, then, otherwise) => {
                self.conditions.insert(condition.as_str());
                self.value(then);
                self.value(otherwise);
            }
        }
    }

    fn object(&mut self, object: &'a Object) {
        object.iter().for_each(|(_, value)| self.value(value));
    }

    fn waits(&mut self, resource: &'a Resource) {
        self.references
            .extend(resource.depends_on.iter().map(LogicalId::as_str));
        for (condition, id) in &resource.depends_on_when {
            self.conditions.insert(condition.as_str());
            self.references.insert(id.as_str());
        }
    }

    fn reference(&mut self, reference: &'a Reference) {
        if !matches!(reference, Reference::Pseudo(_)) {
            self.references.insert(reference.as_str());
        }
    }

    fn test(&mut self, test: &'a Test) {
        match test {
            Test::Equals(left, right) => {
                self.value(left);
                self.value(right);
            }
            Test::Not(inner) => self.test(inner),
            Test::And(tests) | Test::Or(tests) => tests.iter().for_each(|test| self.test(test)),
            Test::OneOf(value, _) => self.value(value),
            Test::Named(condition) => {
                self.conditions.insert(condition.as_str());
            }
        }
    }
}

struct Check<'a> {
    template: &'a Template,
    used: Uses<'a>,
    defects: Vec<Defect>,
}

impl<'a> Check<'a> {
    fn defect(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.defects.push(Defect {
            path: path.into(),
            message: message.into(),
        });
    }

    fn sizes(&mut self) {
        let template = self.template;
        let sizes = [
            ("parameters", template.parameters.len(), PARAMETERS),
            ("outputs", template.outputs.len(), OUTPUTS),
            ("description", template.description.len(), DESCRIPTION_BYTES),
        ];
        for (path, size, most) in sizes {
            if size > most {
                self.defect(
                    path,
                    format!("has a size of {size}; CloudFormation takes {most}"),
                );
            }
        }
        for parameter in &template.parameters {
            let size = parameter.description.len();
            if size > PARAMETER_DESCRIPTION_BYTES {
                let message = format!("is described in {size} bytes");
                self.defect(format!("parameters.{}", parameter.name), message);
            }
        }
    }

    /// Collects what every section uses, and looks each use up.
    fn sections(&mut self) {
        let template = self.template;
        let mut names = BTreeSet::new();
        let parameters = template
            .parameters
            .iter()
            .map(|p| ("parameters", p.name.as_str()));
        let resources = template
            .resources
            .iter()
            .map(|r| ("resources", r.id.as_str()));
        for (section, name) in parameters.chain(resources) {
            if !names.insert(name) {
                self.defect(format!("{section}.{name}"), "is there twice");
            }
        }
        for rule in &template.rules {
            let tests = rule
                .when
                .iter()
                .chain(rule.assertions.iter().map(|a| &a.assert));
            self.section(&format!("rules.{}", rule.name), &names, |uses| {
                tests.for_each(|test| uses.test(test));
            });
        }
        for (name, test) in &template.conditions {
            self.section(&format!("conditions.{name}"), &names, |uses| {
                uses.test(test);
            });
        }
        for resource in &template.resources {
            self.section(&format!("resources.{}", resource.id), &names, |uses| {
                uses.object(&resource.properties);
                uses.conditions.extend(
                    resource
                        .condition
                        .as_ref()
                        .map(super::ConditionName::as_str),
                );
                uses.waits(resource);
            });
        }
        for (name, output) in &template.outputs {
            self.section(&format!("outputs.{name}"), &names, |uses| {
                uses.value(&output.value);
            });
        }
    }

    fn section(&mut self, path: &str, names: &BTreeSet<&str>, collect: impl FnOnce(&mut Uses<'a>)) {
        let mut uses = Uses::default();
        collect(&mut uses);
        for name in &uses.references {
            if !names.contains(name) {
                self.defect(path, format!("refers to `{name}`, which is not there"));
            }
        }
        for name in &uses.conditions {
            if !self
                .template
                .conditions
                .keys()
                .any(|known| known.as_str() == *name)
            {
                self.defect(
                    path,
                    format!("has the condition `{name}`, which is not there"),
                );
            }
        }
        self.used.references.extend(uses.references);
        self.used.conditions.extend(uses.conditions);
    }

    fn unused(&mut self) {
        let template = self.template;
        let unused =
            |parameter: &&Parameter| !self.used.references.contains(parameter.name.as_str());
        let parameters: Vec<_> = template.parameters.iter().filter(unused).collect();
        let conditions: Vec<_> = template
            .conditions
            .keys()
            .filter(|name| !self.used.conditions.contains(name.as_str()))
            .collect();
        for parameter in parameters {
            self.defect(format!("parameters.{}", parameter.name), "is not used");
        }
        for name in conditions {
            self.defect(format!("conditions.{name}"), "is not used");
        }
    }

    /// Removes resources that wait for nothing until nothing changes; the rest is a circle.
    fn circles(&mut self) {
        let ids: BTreeSet<&str> = self
            .template
            .resources
            .iter()
            .map(|r| r.id.as_str())
            .collect();
        let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut awaited: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for resource in &self.template.resources {
            let mut uses = Uses::default();
            uses.object(&resource.properties);
            uses.waits(resource);
            uses.references.retain(|name| ids.contains(name));
            for name in &uses.references {
                awaited.entry(name).or_default().push(resource.id.as_str());
            }
            waiting.insert(resource.id.as_str(), uses.references);
        }
        let mut ready: Vec<&str> = waiting
            .iter()
            .filter(|(_, on)| on.is_empty())
            .map(|(id, _)| *id)
            .collect();
        while let Some(id) = ready.pop() {
            waiting.remove(id);
            for other in awaited.get(id).into_iter().flatten() {
                if let Some(on) = waiting.get_mut(other)
                    && on.remove(id)
                    && on.is_empty()
                {
                    ready.push(other);
                }
            }
        }
        for id in waiting.into_keys() {
            self.defect(
                format!("resources.{id}"),
                "waits for itself, directly or through others",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConditionName, Origin, OutputName};

    const A: LogicalId = LogicalId::fixed("A");
    const B: LogicalId = LogicalId::fixed("B");

    fn template(resources: impl IntoIterator<Item = Resource>) -> Template {
        let origin = Origin {
            blueprint: "test",
            instead: "nothing",
        };
        let mut template = Template::new(origin, "A test.");
        template.resources.extend(resources);
        template
    }

    fn resource(id: LogicalId, refers_to: Option<&LogicalId>) -> Resource {
        let properties = refers_to.map_or_else(Object::new, |other| {
            Object::new().with("P", Value::reference(other))
        });
        Resource::new(id, "Test::Test::Test", properties)
    }

    fn found(template: &Template) -> Vec<String> {
        validate(template).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_whole_template_has_no_defect() {
        assert!(found(&template([resource(A, Some(&B)), resource(B, None)])).is_empty());
    }

    #[test]
    fn a_reference_to_nothing_is_a_defect() {
        assert_eq!(
            found(&template([resource(A, Some(&B))])),
            ["resources.A: refers to `B`, which is not there"]
        );
    }

    #[test]
    fn a_circle_is_a_defect() {
        let circle = template([resource(A, Some(&B)), resource(B, None).after([A])]);
        assert_eq!(
            found(&circle),
            [
                "resources.A: waits for itself, directly or through others",
                "resources.B: waits for itself, directly or through others"
            ]
        );
    }

    #[test]
    fn two_resources_with_one_id_are_a_defect() {
        assert_eq!(
            found(&template([resource(A, None), resource(A, None)])),
            ["resources.A: is there twice"]
        );
    }

    #[test]
    fn a_condition_has_to_be_there_and_to_be_used() {
        const C: ConditionName = ConditionName::fixed("C");
        const D: ConditionName = ConditionName::fixed("D");
        let mut template = template([resource(A, None)]);
        template
            .conditions
            .insert(D, Test::is_set(Value::from("x")));
        template.output(OutputName::fixed("O"), "", Value::from("x").when(&C));
        assert_eq!(
            found(&template),
            [
                "outputs.O: has the condition `C`, which is not there",
                "conditions.D: is not used"
            ]
        );
    }
}
