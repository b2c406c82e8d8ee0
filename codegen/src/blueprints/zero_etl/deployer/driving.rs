//! What it takes to drive a stack, whatever is in it.

use super::places;
use crate::model::IamStatement;

/// What the commands of the guide call: `deploy`, `wait`, `describe-stack-events`, `delete-stack`.
const ACTIONS: [&str; 7] = [
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplateSummary",
];

/// The statement for the one stack.
pub(super) fn statement() -> IamStatement {
    IamStatement::allow("Stack", ACTIONS, [places::stack()])
}
