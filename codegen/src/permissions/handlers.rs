//! The actions of each type's handlers, as the CloudFormation registry publishes them. The file is
//! written by `tests/lint/handlers.py` from the schemas that cfn-lint ships.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// What CloudFormation does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Makes it.
    Create,
    /// Reads it back.
    Read,
    /// Changes it in place.
    Update,
    /// Deletes it.
    Delete,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];
}

/// The handlers of one type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Handlers {
    #[serde(default)]
    create: Vec<String>,
    #[serde(default)]
    read: Vec<String>,
    #[serde(default)]
    update: Vec<String>,
    #[serde(default)]
    delete: Vec<String>,
}

static PUBLISHED: LazyLock<BTreeMap<String, Handlers>> = LazyLock::new(|| {
    // Read by a test before it can get into a release.
    serde_json::from_str(include_str!("handlers.json")).unwrap_or_default()
});

/// Types that publish nothing: what they call, from the documentation of what they wrap.
const UNPUBLISHED: [(&str, Operation, &str); 9] = [
    // https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_RegisterResource.html
    (
        "AWS::LakeFormation::Resource",
        Operation::Create,
        "iam:PassRole",
    ),
    (
        "AWS::LakeFormation::Resource",
        Operation::Create,
        "lakeformation:RegisterResource",
    ),
    (
        "AWS::LakeFormation::Resource",
        Operation::Read,
        "lakeformation:DescribeResource",
    ),
    (
        "AWS::LakeFormation::Resource",
        Operation::Update,
        "iam:PassRole",
    ),
    (
        "AWS::LakeFormation::Resource",
        Operation::Update,
        "lakeformation:UpdateResource",
    ),
    (
        "AWS::LakeFormation::Resource",
        Operation::Delete,
        "lakeformation:DeregisterResource",
    ),
    // CloudFormation invokes the function of a custom resource with the rights of the deployer.
    ("Custom::", Operation::Create, "lambda:InvokeFunction"),
    ("Custom::", Operation::Update, "lambda:InvokeFunction"),
    ("Custom::", Operation::Delete, "lambda:InvokeFunction"),
];

/// All custom resources are one type here.
pub(super) fn family(resource_type: &str) -> &str {
    if resource_type.starts_with("Custom::") {
        "Custom::"
    } else {
        resource_type
    }
}

/// The actions that a handler of a type may call.
pub(super) fn actions(resource_type: &str, operation: Operation) -> Vec<&'static str> {
    let family = family(resource_type);
    if let Some(handlers) = PUBLISHED.get(family) {
        let actions = match operation {
            Operation::Create => &handlers.create,
            Operation::Read => &handlers.read,
            Operation::Update => &handlers.update,
            Operation::Delete => &handlers.delete,
        };
        return actions.iter().map(String::as_str).collect();
    }
    UNPUBLISHED
        .iter()
        .filter(|(name, when, _)| *name == family && *when == operation)
        .map(|(_, _, action)| *action)
        .collect()
}

#[cfg(test)]
pub(super) fn published() -> impl Iterator<Item = &'static str> {
    PUBLISHED.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_can_be_read() {
        let handlers: BTreeMap<String, Handlers> =
            serde_json::from_str(include_str!("handlers.json")).unwrap();
        assert!(handlers.contains_key("AWS::Glue::Integration"));
        assert!(
            actions("AWS::Glue::Integration", Operation::Create)
                .contains(&"glue:CreateInboundIntegration")
        );
    }

    #[test]
    fn a_custom_resource_is_an_invocation() {
        let called = actions("Custom::GlueResourcePolicy", Operation::Delete);
        assert_eq!(called, ["lambda:InvokeFunction"]);
    }
}
