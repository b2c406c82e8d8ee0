//! Log groups.

use super::{Group, NOWHERE, Used};
use crate::permissions::place::{On, Place};

const THE_GROUP: On = On::new("LogGroup", &[Place::LogGroup, Place::LogStreams]);
const ALL_GROUPS: On = On::new("ReadBackLogs", &[Place::Anything]);

pub(super) const LOG_GROUP: &[Group] = &[
    Group::new(
        Used::Always,
        THE_GROUP,
        &["logs:CreateLogGroup", "logs:DeleteLogGroup"],
    ),
    // Reading back.
    Group::new(
        Used::Always,
        THE_GROUP,
        &[
            "logs:DescribeIndexPolicies",
            "logs:GetDataProtectionPolicy",
            "logs:ListTagsForResource",
        ],
    ),
    Group::new(
        Used::Always,
        ALL_GROUPS,
        &["logs:DescribeLogGroups", "logs:DescribeResourcePolicies"],
    ),
    Group::new(
        Used::ForTags,
        THE_GROUP,
        &["logs:TagResource", "logs:UntagResource"],
    ),
    Group::new(
        Used::For("RetentionInDays"),
        THE_GROUP,
        &["logs:PutRetentionPolicy"],
    ),
    Group::new(
        Used::Never("the retention changes, but is never taken away"),
        NOWHERE,
        &["logs:DeleteRetentionPolicy"],
    ),
    Group::new(
        Used::For("BearerTokenAuthenticationEnabled"),
        THE_GROUP,
        &["logs:PutBearerTokenAuthentication"],
    ),
    Group::new(
        Used::For("DataProtectionPolicy"),
        THE_GROUP,
        &[
            "firehose:TagDeliveryStream",
            "logs:CreateLogDelivery",
            "logs:DeleteDataProtectionPolicy",
            "logs:PutDataProtectionPolicy",
            "s3:REST.PUT.OBJECT",
        ],
    ),
    Group::new(
        Used::For("DeletionProtectionEnabled"),
        THE_GROUP,
        &["logs:PutLogGroupDeletionProtection"],
    ),
    Group::new(
        Used::For("FieldIndexPolicies"),
        THE_GROUP,
        &["logs:DeleteIndexPolicy", "logs:PutIndexPolicy"],
    ),
    Group::new(
        Used::For("KmsKeyId"),
        THE_GROUP,
        &["logs:AssociateKmsKey", "logs:DisassociateKmsKey"],
    ),
    Group::new(
        Used::For("ResourcePolicyDocument"),
        ALL_GROUPS,
        &["logs:DeleteResourcePolicy", "logs:PutResourcePolicy"],
    ),
];
