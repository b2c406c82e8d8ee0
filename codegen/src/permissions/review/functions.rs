//! Lambda functions, and custom resources, which CloudFormation invokes them for.

use super::{Group, NOWHERE, Used};
use crate::permissions::place::{On, Place};

const THE_FUNCTION: On = On::new("Function", &[Place::Function]);
const PASS: On = On::passed_to(
    "PassRoleToLambda",
    &[Place::ProviderRole],
    "lambda.amazonaws.com",
);
const CODE: On = On::new("Code", &[Place::Code]);

pub(super) const FUNCTION: &[Group] = &[
    Group::new(
        Used::Always,
        THE_FUNCTION,
        &[
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:UpdateFunctionConfiguration",
        ],
    ),
    // Reading back.
    Group::new(
        Used::Always,
        THE_FUNCTION,
        &[
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionRecursionConfig",
            "lambda:GetFunctionScalingConfig",
            "lambda:GetRuntimeManagementConfig",
        ],
    ),
    Group::new(
        Used::ForTags,
        THE_FUNCTION,
        &["lambda:TagResource", "lambda:UntagResource"],
    ),
    Group::new(Used::For("Role"), PASS, &["iam:PassRole"]),
    Group::new(
        Used::For("Code"),
        THE_FUNCTION,
        &["lambda:UpdateFunctionCode"],
    ),
    Group::new(Used::For("Code.S3Bucket"), CODE, &["s3:GetObject"]),
    Group::new(
        Used::For("Code.S3ObjectVersion"),
        CODE,
        &["s3:GetObjectVersion"],
    ),
    Group::new(
        Used::For("CapacityProviderConfig"),
        THE_FUNCTION,
        &["lambda:PassCapacityProvider"],
    ),
    Group::new(
        Used::For("CodeSigningConfigArn"),
        THE_FUNCTION,
        &[
            "lambda:DeleteFunctionCodeSigningConfig",
            "lambda:GetCodeSigningConfig",
            "lambda:PutFunctionCodeSigningConfig",
        ],
    ),
    Group::new(
        Used::For("FileSystemConfigs"),
        THE_FUNCTION,
        &[
            "elasticfilesystem:DescribeMountTargets",
            "s3files:ListMountTargets",
        ],
    ),
    Group::new(
        Used::For("FunctionScalingConfig"),
        THE_FUNCTION,
        &["lambda:PutFunctionScalingConfig"],
    ),
    Group::new(
        Used::For("KmsKeyArn"),
        THE_FUNCTION,
        &[
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
        ],
    ),
    Group::new(
        Used::For("Layers"),
        THE_FUNCTION,
        &["lambda:GetLayerVersion"],
    ),
    Group::new(
        Used::For("PublishToLatestPublished"),
        THE_FUNCTION,
        &["lambda:PublishVersion"],
    ),
    Group::new(
        Used::For("RecursiveLoop"),
        THE_FUNCTION,
        &["lambda:PutFunctionRecursionConfig"],
    ),
    Group::new(
        Used::For("ReservedConcurrentExecutions"),
        THE_FUNCTION,
        &[
            "lambda:DeleteFunctionConcurrency",
            "lambda:PutFunctionConcurrency",
        ],
    ),
    Group::new(
        Used::For("RuntimeManagementConfig"),
        THE_FUNCTION,
        &["lambda:PutRuntimeManagementConfig"],
    ),
    Group::new(
        Used::For("VpcConfig"),
        THE_FUNCTION,
        &[
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
    ),
    Group::new(
        Used::Never("`provided.al2023` is named as it is, not by an alias of runtimes"),
        NOWHERE,
        &["lambda:AssociateRuntimeAlias"],
    ),
];

pub(super) const EVENT_INVOKE_CONFIG: &[Group] = &[Group::new(
    Used::Always,
    THE_FUNCTION,
    &[
        "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:UpdateFunctionEventInvokeConfig",
    ],
)];

pub(super) const CUSTOM: &[Group] = &[Group::new(
    Used::For("ServiceToken"),
    THE_FUNCTION,
    &["lambda:InvokeFunction"],
)];
