//! IAM.

use super::{Group, Used};
use crate::permissions::place::{Boundary, On, Place};

const BOTH: &[Place] = &[Place::TargetRole, Place::ProviderRole];
const ROLES: On = On::new("Roles", BOTH);
/// The calls that give a role its rights and have `iam:PermissionsBoundary` as a condition key:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
const RIGHTS: On = On::new("RightsOfRoles", BOTH).boundary(Boundary::Demanded);
const NO_BOUNDARY: On = On::new("BoundaryOfRoles", BOTH).boundary(Boundary::Kept);

pub(super) const ROLE: &[Group] = &[
    Group::new(
        Used::Always,
        ROLES,
        &[
            "iam:DeleteRole",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
        ],
    ),
    Group::new(Used::Always, RIGHTS, &["iam:CreateRole"]),
    Group::new(Used::ForTags, ROLES, &["iam:TagRole", "iam:UntagRole"]),
    Group::new(
        Used::For("AssumeRolePolicyDocument"),
        ROLES,
        &["iam:UpdateAssumeRolePolicy"],
    ),
    Group::new(
        Used::For("Description"),
        ROLES,
        &["iam:UpdateRole", "iam:UpdateRoleDescription"],
    ),
    Group::new(
        Used::For("ManagedPolicyArns"),
        RIGHTS,
        &["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    ),
    Group::new(
        Used::HasOption("PermissionsBoundary"),
        RIGHTS,
        &["iam:PutRolePermissionsBoundary"],
    ),
    Group::new(
        Used::HasOption("PermissionsBoundary"),
        NO_BOUNDARY,
        &["iam:DeleteRolePermissionsBoundary"],
    ),
    Group::new(Used::For("Policies"), RIGHTS, &["iam:PutRolePolicy"]),
    // Takes rights away, so a stack of an older boundary can still be deleted.
    Group::new(Used::For("Policies"), ROLES, &["iam:DeleteRolePolicy"]),
];
