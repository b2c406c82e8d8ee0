//! IAM.

use super::{Group, Used};
use crate::permissions::place::{On, Place};

const ROLES: On = On::new("Roles", &[Place::Roles]);

pub(super) const ROLE: &[Group] = &[
    Group::new(
        Used::Always,
        ROLES,
        &[
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
        ],
    ),
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
        ROLES,
        &["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    ),
    Group::new(
        Used::For("PermissionsBoundary"),
        ROLES,
        &[
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
        ],
    ),
    Group::new(
        Used::For("Policies"),
        ROLES,
        &["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
    ),
];
