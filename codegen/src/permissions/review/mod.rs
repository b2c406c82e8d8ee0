//! What we know of each action that a handler may call: what it is called for, and on what.
//!
//! Read handlers give back the whole resource, whatever the template sets, so their actions count
//! in full. Of the others, those count that belong to what the template sets. A test compares the
//! tables with what AWS publishes: an action that appears there has to be reviewed here.

mod dynamodb;
mod functions;
mod glue;
mod iam;
mod lake_formation;
mod logs;
mod s3;

use super::{
    handlers::{self, Operation},
    place::On,
};

/// What an action is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    /// The resource itself, whatever is set.
    Always,
    /// Tags, which every stack may have.
    ForTags,
    /// A property.
    For(&'static str),
    /// A property that may be set or not, now or in a later version of the stack's parameters.
    HasOption(&'static str),
    /// The resource itself, but only in this handler; others call it for what no template says.
    In(Operation),
    /// Nothing that a template could say; why.
    Never(&'static str),
}

/// Actions that are called for the same reason.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    used: Used,
    on: On,
    actions: &'static [&'static str],
}

impl Group {
    const fn new(used: Used, on: On, actions: &'static [&'static str]) -> Self {
        Self { used, on, actions }
    }
}

/// One action of a type, reviewed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reviewed {
    pub(super) action: &'static str,
    pub(super) used: Used,
    pub(super) on: On,
}

/// A handler calls something that nobody has looked at: a mistake of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{action}` of `{resource_type}` is not reviewed; say in `permissions/review` what it is for"
)]
pub struct Unreviewed {
    /// The type.
    pub resource_type: String,
    /// The action.
    pub action: String,
}

/// For what is never used, the place does not matter.
const NOWHERE: On = On::new("Nowhere", &[]);

fn groups(resource_type: &str) -> &'static [Group] {
    match handlers::family(resource_type) {
        "AWS::DynamoDB::GlobalTable" => dynamodb::GLOBAL_TABLE,
        "AWS::Glue::Database" => glue::DATABASE,
        "AWS::Glue::Integration" => glue::INTEGRATION,
        "AWS::Glue::IntegrationResourceProperty" => glue::RESOURCE_PROPERTY,
        "AWS::IAM::Role" => iam::ROLE,
        "AWS::LakeFormation::PrincipalPermissions" => lake_formation::PERMISSIONS,
        "AWS::LakeFormation::Resource" => lake_formation::RESOURCE,
        "AWS::Lambda::EventInvokeConfig" => functions::EVENT_INVOKE_CONFIG,
        "AWS::Lambda::Function" => functions::FUNCTION,
        "AWS::Logs::LogGroup" => logs::LOG_GROUP,
        "AWS::S3::Bucket" => s3::BUCKET,
        "AWS::S3::BucketPolicy" => s3::BUCKET_POLICY,
        "Custom::" => functions::CUSTOM,
        _ => &[],
    }
}

/// What is known of an action of a type.
pub(super) fn of(resource_type: &str, action: &str) -> Result<Reviewed, Unreviewed> {
    groups(resource_type)
        .iter()
        .find_map(|group| {
            let action = group.actions.iter().find(|known| **known == action)?;
            Some(Reviewed {
                action,
                used: group.used,
                on: group.on,
            })
        })
        .ok_or_else(|| Unreviewed {
            resource_type: resource_type.to_owned(),
            action: format!("`{action}`"),
        })
}

/// Refuses a type that nobody has looked at: it would seem to need nothing.
pub(super) fn check_known(resource_type: &str) -> Result<(), Unreviewed> {
    if groups(resource_type).is_empty() {
        return Err(Unreviewed {
            resource_type: resource_type.to_owned(),
            action: "what the handlers call".to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn called(resource_type: &str, operations: &[Operation]) -> BTreeSet<&'static str> {
        operations
            .iter()
            .flat_map(|operation| handlers::actions(resource_type, *operation))
            .collect()
    }

    fn types() -> impl Iterator<Item = &'static str> {
        handlers::published().chain(["AWS::LakeFormation::Resource", "Custom::"])
    }

    #[test]
    fn each_action_of_a_handler_is_reviewed_and_nothing_else_is() {
        for resource_type in types() {
            let reviewed: Vec<&str> = groups(resource_type)
                .iter()
                .flat_map(|group| group.actions)
                .copied()
                .collect();
            let once: BTreeSet<&str> = reviewed.iter().copied().collect();
            assert_eq!(once.len(), reviewed.len(), "{resource_type}: twice");
            assert_eq!(
                once,
                called(resource_type, &Operation::ALL),
                "{resource_type}"
            );
        }
    }

    #[test]
    fn reading_back_is_never_left_out_for_a_property_that_is_not_set() {
        for resource_type in types() {
            for action in called(resource_type, &[Operation::Read]) {
                let used = of(resource_type, action).unwrap().used;
                let of_a_key = action.starts_with("kms:");
                let federated = used == Used::For("DatabaseInput.FederatedDatabase");
                let granted = resource_type == "AWS::LakeFormation::PrincipalPermissions";
                assert!(
                    !matches!(used, Used::For(_)) || of_a_key || federated || granted,
                    "{resource_type}: {action} is {used:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_never_used_says_why() {
        for group in types().flat_map(groups) {
            if let Used::Never(reason) = group.used {
                assert!(reason.len() > 10, "{:?}", group.actions);
            }
        }
    }
}
