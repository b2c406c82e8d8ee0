//! Lake Formation. Its actions know no resources; who may grant what is decided in Lake Formation.

use super::{Group, Used};
use crate::permissions::place::{On, Place};

const GRANTS: On = On::new("LakeFormation", &[Place::Anything]);
const THE_DATABASE: On = On::new("Database", &[Place::Catalog, Place::Database]);
const PASS: On = On::passed_to(
    "PassRoleToLakeFormation",
    &[Place::TargetRole],
    "lakeformation.amazonaws.com",
);

pub(super) const RESOURCE: &[Group] = &[
    Group::new(
        Used::Always,
        GRANTS,
        &[
            "lakeformation:DeregisterResource",
            "lakeformation:DescribeResource",
            "lakeformation:RegisterResource",
            "lakeformation:UpdateResource",
        ],
    ),
    Group::new(Used::For("RoleArn"), PASS, &["iam:PassRole"]),
];

pub(super) const PERMISSIONS: &[Group] = &[
    Group::new(
        Used::Always,
        GRANTS,
        &[
            "lakeformation:GrantPermissions",
            "lakeformation:ListPermissions",
            "lakeformation:RevokePermissions",
        ],
    ),
    Group::new(
        Used::For("Resource.Database"),
        THE_DATABASE,
        &["glue:GetDatabase"],
    ),
    Group::new(
        Used::For("Resource.Table"),
        THE_DATABASE,
        &["glue:GetTable"],
    ),
];
