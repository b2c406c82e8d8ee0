//! Findings of linters and scanners that do not apply, with the reasons. Knows no scanner's file
//! format.

use super::{Object, Part, Value};

/// Who looks at templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanner {
    /// cfn-lint.
    CfnLint,
    /// checkov.
    Checkov,
    /// cfn-guard, with the rules of Control Tower.
    Guard,
    /// cdk-nag, with its pack `AwsSolutions`.
    CdkNag,
}

/// A finding that does not apply, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Whose finding.
    pub scanner: Scanner,
    /// The scanner's id of the rule.
    pub rule: &'static str,
    /// What the rule finds here that is accepted; nothing: whatever it finds.
    pub findings: Vec<Finding>,
    /// Why it does not apply here.
    pub reason: String,
}

/// One of several findings of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An action with a wildcard.
    Action(String),
    /// A resource with a wildcard.
    Resource(Value),
    /// This rule cannot read the resource.
    Unreadable(&'static str),
}

/// A wildcard in a statement that permits something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    /// The `Sid` of the statement.
    pub sid: String,
    /// What has the wildcard.
    pub finding: Finding,
}

/// The wildcards in all statements of a resource, those under a condition included.
pub fn wildcards(properties: &Object) -> Vec<Wildcard> {
    let mut found = Vec::new();
    in_object(properties, &mut found);
    found
}

fn in_value(value: &Value, found: &mut Vec<Wildcard>) {
    match value {
        Value::Object(object) => in_object(object, found),
        Value::List(items) => items.iter().for_each(|item| in_value(item, found)),
        Value::If(_, then, otherwise) => {
            in_value(then, found);
            in_value(otherwise, found);
        }
        _ => {}
    }
}

fn in_object(object: &Object, found: &mut Vec<Wildcard>) {
    if object.get("Effect") != Some(&Value::from("Allow")) {
        object.iter().for_each(|(_, item)| in_value(item, found));
        return;
    }
    let sid = match object.get("Sid") {
        Some(Value::Text(sid)) => sid.as_str(),
        _ => "",
    };
    let mut add = |finding| {
        let sid = sid.to_owned();
        found.push(Wildcard { sid, finding });
    };
    for action in one_or_many(object.get("Action")) {
        if let Value::Text(action) = action
            && action.contains('*')
        {
            add(Finding::Action(action.clone()));
        }
    }
    for resource in one_or_many(object.get("Resource")) {
        resources(resource, &mut |it| add(Finding::Resource(it.clone())));
    }
}

fn one_or_many(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::List(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// A resource that depends on a condition counts as a whole and in each of its forms: a scanner
/// sees the one in the template and the others in what is deployed.
fn resources(value: &Value, add: &mut impl FnMut(&Value)) {
    if !has_wildcard(value) {
        return;
    }
    add(value);
    if let Value::If(_, then, otherwise) = value {
        resources(then, add);
        resources(otherwise, add);
    }
}

fn has_wildcard(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.contains('*'),
        Value::Concat(parts) => parts
            .iter()
            .any(|part| matches!(part, Part::Text(text) if text.contains('*'))),
        Value::List(items) | Value::Join(_, items) => items.iter().any(has_wildcard),
        Value::If(_, then, otherwise) => has_wildcard(then) || has_wildcard(otherwise),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConditionName, IamPolicy, IamStatement};

    const NAMED: ConditionName = ConditionName::fixed("Named");

    fn found(statement: IamStatement) -> Vec<Finding> {
        let properties = Object::new().with("PolicyDocument", IamPolicy::new([statement]));
        let found = wildcards(&properties).into_iter();
        found
            .inspect(|it| assert_eq!(it.sid, "S"))
            .map(|it| it.finding)
            .collect()
    }

    #[test]
    fn wildcards_are_found_in_actions_and_resources() {
        let resources = [Value::from("a"), Value::from("b/*")];
        let statement = IamStatement::allow("S", ["s3:Get*", "s3:PutObject"], resources);
        let expected = [
            Finding::Action("s3:Get*".to_owned()),
            Finding::Resource(Value::from("b/*")),
        ];
        assert_eq!(found(statement.clone()), expected);
        assert_eq!(found(statement.only_when(NAMED)), expected);
    }

    #[test]
    fn a_resource_under_a_condition_counts_in_each_of_its_forms() {
        let either = Value::If(NAMED, Box::new("a".into()), Box::new("b*".into()));
        let statement = IamStatement::allow("S", ["s3:GetObject"], [either.clone()]);
        let expected = [
            Finding::Resource(either),
            Finding::Resource(Value::from("b*")),
        ];
        assert_eq!(found(statement), expected);
    }

    #[test]
    fn what_is_denied_permits_nothing() {
        let statement = IamStatement::deny("S", ["s3:*"], [Value::from("*")]);
        assert_eq!(found(statement), []);
    }
}
