//! Glue.

use super::{Group, Used};
use crate::permissions::place::{On, Place};

const THE_DATABASE: On = On::new("Database", &[Place::Catalog, Place::Database]);
const LAKE_FORMATION: On = On::new("LookAtLakeFormation", &[Place::Anything]);
const REGISTRATION: On = On::new(
    "Registration",
    &[Place::Catalog, Place::Database, Place::Registrations],
);
const PASS: On = On::passed_to("PassRoleToGlue", &[Place::TargetRole], "glue.amazonaws.com");
const INTEGRATIONS: On = On::new("Integrations", &[Place::Integrations]);
/// The reference names catalog and database beside the integration.
const CREATION: On = On::new(
    "CreateIntegration",
    &[
        Place::Integrations,
        Place::TargetCatalog,
        Place::TargetDatabase,
    ],
);
const INBOUND: On = On::new(
    "CreateInboundIntegration",
    &[Place::TargetCatalog, Place::TargetDatabase],
);
const KEY: On = On::new("IntegrationKey", &[Place::IntegrationKey]);
const KEY_GRANTS: On = On::new("GrantsOnIntegrationKey", &[Place::IntegrationKey]).for_services();

pub(super) const DATABASE: &[Group] = &[
    Group::new(
        Used::Always,
        THE_DATABASE,
        &[
            "glue:CreateDatabase",
            "glue:DeleteDatabase",
            "glue:GetDatabase",
            "glue:UpdateDatabase",
        ],
    ),
    // The handlers look whether Lake Formation governs the location.
    Group::new(
        Used::Always,
        LAKE_FORMATION,
        &[
            "lakeformation:DescribeLakeFormationIdentityCenterConfiguration",
            "lakeformation:DescribeResource",
            "lakeformation:ListResources",
        ],
    ),
    Group::new(
        Used::For("DatabaseInput.FederatedDatabase"),
        THE_DATABASE,
        &[
            "glue:CreateConnection",
            "glue:DeleteConnection",
            "glue:GetConnection",
            "glue:PassConnection",
            "glue:UpdateConnection",
        ],
    ),
];

pub(super) const RESOURCE_PROPERTY: &[Group] = &[
    Group::new(
        Used::Always,
        REGISTRATION,
        &[
            "glue:CreateIntegrationResourceProperty",
            "glue:DeleteIntegrationResourceProperty",
            "glue:GetIntegrationResourceProperty",
            "glue:GetTags",
            "glue:UpdateIntegrationResourceProperty",
        ],
    ),
    Group::new(
        Used::ForTags,
        REGISTRATION,
        &["glue:TagResource", "glue:UntagResource"],
    ),
    Group::new(
        Used::For("TargetProcessingProperties.RoleArn"),
        PASS,
        &["iam:PassRole"],
    ),
    Group::new(
        Used::For("TargetProcessingProperties.ConnectionName"),
        THE_DATABASE,
        &["glue:GetConnection", "glue:GetConnections"],
    ),
];

pub(super) const INTEGRATION: &[Group] = &[
    Group::new(Used::Always, CREATION, &["glue:CreateIntegration"]),
    Group::new(Used::Always, INBOUND, &["glue:CreateInboundIntegration"]),
    Group::new(
        Used::Always,
        INTEGRATIONS,
        &[
            "glue:DeleteIntegration",
            "glue:DescribeIntegrations",
            "glue:GetTags",
            "glue:ModifyIntegration",
        ],
    ),
    Group::new(
        Used::ForTags,
        INTEGRATIONS,
        &["glue:TagResource", "glue:UntagResource"],
    ),
    Group::new(Used::For("KmsKeyId"), KEY, &["kms:DescribeKey"]),
    Group::new(Used::For("KmsKeyId"), KEY_GRANTS, &["kms:CreateGrant"]),
];
