//! DynamoDB.

use super::{Group, NOWHERE, Used};
use crate::permissions::{
    handlers::Operation,
    place::{On, Place},
};

const TABLE: On = On::new("Table", &[Place::Table]);
const KEY: On = On::new("TableKey", &[Place::TableKey]).via("dynamodb.*.amazonaws.com");
const KEY_GRANTS: On = On::new("GrantsOnTableKey", &[Place::TableKey])
    .via("dynamodb.*.amazonaws.com")
    .for_services();
const SCALING: On = On::new("ReadBackScaling", &[Place::Anything]);

const ONE_REPLICA: Used = Used::Never("the table has one replica, in the Region of the stack");
const ON_DEMAND: Used = Used::Never("the table is paid per request, so nothing scales");

pub(super) const GLOBAL_TABLE: &[Group] = &[
    Group::new(
        Used::Always,
        TABLE,
        &[
            "dynamodb:CreateTable",
            "dynamodb:Describe*",
            "dynamodb:ListTagsOfResource",
            "dynamodb:UpdateTable",
        ],
    ),
    // The update handler deletes the tables of replicas that go.
    Group::new(
        Used::In(Operation::Delete),
        TABLE,
        &["dynamodb:DeleteTable"],
    ),
    Group::new(
        Used::For("Replicas.PointInTimeRecoverySpecification"),
        TABLE,
        &["dynamodb:UpdateContinuousBackups"],
    ),
    // Reading back covers the policy as well.
    Group::new(Used::Always, TABLE, &["dynamodb:GetResourcePolicy"]),
    Group::new(
        Used::For("Replicas.ResourcePolicy"),
        TABLE,
        &["dynamodb:PutResourcePolicy"],
    ),
    Group::new(
        Used::Never("the policy changes, but is never taken away"),
        NOWHERE,
        &["dynamodb:DeleteResourcePolicy"],
    ),
    Group::new(
        Used::ForTags,
        TABLE,
        &["dynamodb:TagResource", "dynamodb:UntagResource"],
    ),
    Group::new(
        Used::For("SSESpecification"),
        KEY,
        &["kms:Decrypt", "kms:DescribeKey"],
    ),
    Group::new(
        Used::For("SSESpecification"),
        KEY_GRANTS,
        &["kms:CreateGrant", "kms:RevokeGrant"],
    ),
    Group::new(
        Used::Never("keys are named by ARN, never by alias"),
        NOWHERE,
        &["kms:ListAliases"],
    ),
    Group::new(
        Used::Always,
        SCALING,
        &["application-autoscaling:Describe*"],
    ),
    Group::new(
        ON_DEMAND,
        NOWHERE,
        &[
            "application-autoscaling:DeleteScalingPolicy",
            "application-autoscaling:DeleteScheduledAction",
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:PutScheduledAction",
            "application-autoscaling:RegisterScalableTarget",
            "dynamodb:UpdateTableReplicaAutoScaling",
        ],
    ),
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_security.html
    Group::new(
        ONE_REPLICA,
        NOWHERE,
        &[
            "dynamodb:BatchWriteItem",
            "dynamodb:CreateTableReplica",
            "dynamodb:DeleteItem",
            "dynamodb:DeleteTableReplica",
            "dynamodb:DisassociateTableReplica",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
            "iam:CreateServiceLinkedRole",
        ],
    ),
    Group::new(
        Used::For("TimeToLiveSpecification"),
        TABLE,
        &["dynamodb:UpdateTimeToLive"],
    ),
    Group::new(
        Used::For("Replicas.ContributorInsightsSpecification"),
        TABLE,
        &["dynamodb:UpdateContributorInsights"],
    ),
    Group::new(
        Used::For("Replicas.KinesisStreamSpecification"),
        TABLE,
        &[
            "dynamodb:DisableKinesisStreamingDestination",
            "dynamodb:EnableKinesisStreamingDestination",
            "dynamodb:UpdateKinesisStreamingDestination",
            "kinesis:DescribeStream",
            "kinesis:ListStreams",
            "kinesis:PutRecords",
        ],
    ),
    Group::new(
        Used::Never("the handler's own metrics; without them the table is the same"),
        NOWHERE,
        &["cloudwatch:PutMetricData"],
    ),
];
