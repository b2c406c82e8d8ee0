//! What it takes to drive a stack, whatever is in it, and what `zeroetl deploy`, `status` and
//! `destroy` look at: the one table of the calls that the command makes itself.

use super::places;
use crate::{
    blueprints::zero_etl::{arns, generic::parameters as p},
    model::{IamStatement, Part, Pseudo, Value},
    permissions::Place,
    plan::StackKind,
};

/// What the guide's commands and `zeroetl` call on the stack.
const ON_THE_STACK: [&str; 15] = [
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DescribeStacks",
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:GetTemplateSummary",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStackResources",
];

/// Drift detection is asked for by its own id, which no ARN names.
const DETECTION: &str = "cloudformation:DescribeStackDriftDetectionStatus";

/// The statements for the one stack.
pub(super) fn statements(kind: StackKind) -> Vec<IamStatement> {
    let mut statements = vec![
        IamStatement::allow("Stack", ON_THE_STACK, [places::stack()]),
        IamStatement::allow("DriftDetection", [DETECTION], [Value::from("*")]),
    ];
    if kind == StackKind::Target {
        statements.extend(looks_at_target());
    }
    statements
}

/// What `zeroetl` reads next to CloudFormation. Of source and integration it reads what the
/// handlers of their resources read as well.
fn looks_at_target() -> [IamStatement; 4] {
    let catalog = || places::of_one_stack(Place::Catalog);
    let code = || arns::bucket([Part::from(&p::PROVIDER_CODE_BUCKET)]);
    [
        IamStatement::allow(
            "LookAtCatalog",
            [
                "glue:GetIntegrationTableProperties",
                "glue:GetResourcePolicy",
            ],
            [catalog(), places::of_one_stack(Place::Database)],
        ),
        IamStatement::allow(
            "LocateBuckets",
            ["s3:GetBucketLocation"],
            [places::of_one_stack(Place::Bucket), code()],
        ),
        IamStatement::allow("LookIntoCodeBucket", ["s3:ListBucket"], [code()]),
        IamStatement::allow(
            "ReadProviderLog",
            ["logs:FilterLogEvents"],
            [places::of_one_stack(Place::LogStreams)],
        ),
    ]
}

/// What clean-up after another database takes: its registration goes last.
pub(super) fn after_another_database(former: Part) -> IamStatement {
    IamStatement::allow(
        "FormerDatabase",
        [
            "glue:DeleteIntegrationResourceProperty",
            "glue:GetDatabase",
            "glue:GetIntegrationResourceProperty",
        ],
        [arns::database(Pseudo::AccountId.into(), former)],
    )
}
