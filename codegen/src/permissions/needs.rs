//! From a template to the actions that its deployer needs.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    handlers::{self, Operation},
    place::{Boundary, On, Place},
    presence::{Presence, presence},
    review::{self, Unreviewed, Used},
};
use crate::model::{ConditionName, IamStatement, Resource, Template, Value};

/// One action that is needed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Where.
    pub on: On,
    /// Only when this condition of the template holds.
    pub when: Option<ConditionName>,
    /// The action.
    pub action: &'static str,
}

/// What the deployer of a template needs, tags on the stack included.
pub fn needs(template: &Template) -> Result<BTreeSet<Need>, Unreviewed> {
    let mut found = BTreeSet::new();
    for resource in &template.resources {
        review::check_known(resource.resource_type)?;
        for operation in Operation::ALL {
            for action in handlers::actions(resource.resource_type, operation) {
                let reviewed = review::of(resource.resource_type, action)?;
                let when = match used(resource, operation, reviewed.used) {
                    Presence::Absent => continue,
                    Presence::When(condition) => Some(condition),
                    Presence::Present => None,
                };
                let on = reviewed.on;
                let action = reviewed.action;
                found.insert(Need { on, when, action });
            }
        }
    }
    Ok(once(found))
}

/// Each action once per place: needed in any case outweighs needed sometimes, and the statement
/// that comes first is enough.
fn once(found: BTreeSet<Need>) -> BTreeSet<Need> {
    let (always, sometimes): (Vec<Need>, Vec<Need>) =
        found.into_iter().partition(|need| need.when.is_none());
    let mut said = BTreeSet::new();
    always
        .into_iter()
        .chain(sometimes)
        .filter(|need| {
            let on = need.on;
            said.insert((
                on.places,
                on.passed_to,
                on.via,
                on.for_services,
                on.boundary,
                need.action,
            ))
        })
        .collect()
}

/// Whether what an action is for is there, the resource itself included.
fn used(resource: &Resource, operation: Operation, used: Used) -> Presence {
    let found = match used {
        Used::Always | Used::ForTags => Presence::Present,
        Used::For(path) => presence(&resource.properties, path),
        Used::HasOption(path) => match presence(&resource.properties, path) {
            Presence::Absent => Presence::Absent,
            Presence::When(_) | Presence::Present => Presence::Present,
        },
        Used::In(only) if only == operation => Presence::Present,
        Used::In(_) | Used::Never(_) => Presence::Absent,
    };
    match (&resource.condition, found) {
        (Some(condition), Presence::Present | Presence::When(_)) => {
            Presence::When(condition.clone())
        }
        (_, found) => found,
    }
}

/// The permissions boundary that whoever writes a policy may demand.
#[derive(Debug, Clone)]
pub struct DemandedBoundary {
    /// The condition of the policy's template that holds where one is demanded.
    pub when: ConditionName,
    /// Its ARN.
    pub arn: Value,
}

/// The needs as statements, in the order of the places. `place` says what a place is called;
/// `condition` says which condition decides whether a statement is there, if any does.
pub fn statements(
    needs: &BTreeSet<Need>,
    place: impl Fn(Place) -> Value,
    condition: impl Fn(&ConditionName) -> Option<ConditionName>,
    boundary: &DemandedBoundary,
) -> Vec<IamStatement> {
    let mut groups: BTreeMap<(Option<&ConditionName>, On), Vec<&'static str>> = BTreeMap::new();
    for need in needs {
        let group = groups.entry((need.when.as_ref(), need.on)).or_default();
        group.push(need.action);
    }
    groups
        .into_iter()
        .map(|((when, on), actions)| {
            let places = on.places.iter().map(|it| place(*it));
            let mut statement = IamStatement::allow(on.sid, actions, places);
            if let Some(service) = on.passed_to {
                statement = statement.when("StringEquals", "iam:PassedToService", service);
            }
            if let Some(service) = on.via {
                statement = statement.when("StringLike", "kms:ViaService", service);
            }
            if on.for_services {
                statement = statement.when("Bool", "kms:GrantIsForAWSResource", "true");
            }
            statement = match on.boundary {
                Boundary::Indifferent => statement,
                Boundary::Demanded => statement
                    .when(
                        "StringEquals",
                        "iam:PermissionsBoundary",
                        boundary.arn.clone(),
                    )
                    .conditions_only_when(boundary.when.clone()),
                Boundary::Kept => statement.unless(boundary.when.clone()),
            };
            if let Some(when) = when {
                statement = statement.marked(when.as_str());
            }
            match when.and_then(&condition) {
                Some(condition) => statement.only_when(condition),
                None => statement,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LogicalId, Object, Origin};

    const GROUP: LogicalId = LogicalId::fixed("Group");
    const TABLE: LogicalId = LogicalId::fixed("Table");
    const KEYED: ConditionName = ConditionName::fixed("Keyed");

    fn of(resources: impl IntoIterator<Item = Resource>) -> BTreeSet<Need> {
        let origin = Origin {
            blueprint: "test",
            instead: "nothing",
        };
        let mut template = Template::new(origin, "A test.");
        template.resources.extend(resources);
        needs(&template).unwrap()
    }

    fn actions(needs: &BTreeSet<Need>) -> BTreeSet<(&str, bool)> {
        let sometimes = |need: &Need| (need.action, need.when.is_some());
        needs.iter().map(sometimes).collect()
    }

    fn log_group(properties: Object) -> Resource {
        Resource::new(GROUP, "AWS::Logs::LogGroup", properties)
    }

    #[test]
    fn a_property_brings_its_actions() {
        let bare = of([log_group(Object::new())]);
        assert!(!actions(&bare).contains(&("logs:PutRetentionPolicy", false)));
        let kept = of([log_group(Object::new().with("RetentionInDays", 30))]);
        let added: Vec<&str> = kept.difference(&bare).map(|need| need.action).collect();
        assert_eq!(added, ["logs:PutRetentionPolicy"]);
    }

    /// A first deployment that fails takes back what it made, also what stays with `RetainExceptOnCreate`.
    #[test]
    fn what_is_kept_can_be_taken_back() {
        let gone = of([log_group(Object::new())]);
        let kept = of([log_group(Object::new()).retained()]);
        assert_eq!(gone, kept);
    }

    #[test]
    fn an_option_brings_its_actions_under_its_condition() {
        let key = Value::from("key").when(&KEYED);
        let table = Object::new().with("SSESpecification", key);
        let found = of([Resource::new(TABLE, "AWS::DynamoDB::GlobalTable", table)]);
        assert!(actions(&found).contains(&("kms:CreateGrant", true)));
        assert!(actions(&found).contains(&("dynamodb:CreateTable", false)));
    }

    #[test]
    fn needed_in_any_case_is_not_needed_a_second_time() {
        let optional = Resource::new(TABLE, "AWS::Logs::LogGroup", Object::new());
        let both = [log_group(Object::new()), optional.only_when(Some(KEYED))];
        assert_eq!(of(both), of([log_group(Object::new())]));
    }

    #[test]
    fn a_type_that_nobody_has_reviewed_is_refused() {
        let origin = Origin {
            blueprint: "test",
            instead: "nothing",
        };
        let mut template = Template::new(origin, "A test.");
        let queue = Resource::new(GROUP, "AWS::SQS::Queue", Object::new());
        template.resources.push(queue);
        let error = needs(&template).unwrap_err().to_string();
        assert!(
            error.contains("`AWS::SQS::Queue` is not reviewed"),
            "{error}"
        );
    }
}
