//! Findings in the three stacks.

use super::{super::ids, wildcards};
use crate::model::{
    Resource,
    Scanner::{CdkNag, Checkov, Guard},
    Template, Value,
};

/// Logs shorter than this are found too short.
const ONE_YEAR: i64 = 365;

const NO_ACCESS_LOG: &str = "Access logs need a second bucket, which is not the stack's to make. \
                             Public access is blocked, and CloudTrail data events record each \
                             access where that is wanted.";
const NO_VERSIONS: &str = "Iceberg tables keep snapshots of their own and can be loaded anew from \
                           the source. Old versions of what Glue compacts or deletes would stay \
                           for good, deleted personal data included.";
const NO_LIFECYCLE: &str = "Iceberg's metadata decides which objects are live. A rule that \
                            expires or moves objects by their age would destroy tables.";
const NO_LOCK: &str = "Glue has to rewrite and delete files of Iceberg tables. A lock would stop \
                       compaction and keep data that was deleted in the source.";
const NO_EVENTS: &str = "Nothing waits for objects of the bucket. Readers go through the Data \
                         Catalog, which Glue updates after the files.";
const OWN_KEY: &str = "A customer key is an option of the stack, because its key policy must let \
                       the target role in, which only the owner of the key can do. Without it S3 \
                       encrypts every object with its own keys.";

const NO_VPC: &str = "The function calls Glue and the reply address of CloudFormation, over TLS, \
                      and nothing private; only CloudFormation calls it. In a VPC without \
                      endpoints for both its reply would never arrive.";
const NO_DEAD_LETTERS: &str = "CloudFormation waits for the reply: an event that is lost fails \
                               the stack after ServiceTimeout, so nothing is lost unseen. The \
                               event carries a pre-signed URL, which should lie in no queue.";
const NO_RESERVATION: &str = "Only CloudFormation calls the function, once per custom resource \
                              and change, and its writes are conditional, so runs at once are \
                              safe. A reservation takes from the account's concurrency and fails \
                              where there is little.";
const LOG_KEY: &str = "The log has ids and outcomes of requests, neither properties nor policies \
                       nor data. CloudWatch encrypts it with a key of its own.";
const LOG_TIME: &str = "How long the log is kept is an option of the stack. It is there to find \
                        faults; the record of what was called in Glue is CloudTrail's.";

/// Adds them.
pub(in super::super) fn in_stack(template: &mut Template) {
    for resource in &mut template.resources {
        match resource.resource_type {
            "AWS::S3::Bucket" => bucket(resource),
            "AWS::Lambda::Function" => function(resource),
            "AWS::Logs::LogGroup" => log_group(resource),
            "AWS::IAM::Role" if resource.id == ids::TARGET_ROLE => {
                wildcards::add(resource, wildcards::TARGET_ROLE);
            }
            "AWS::IAM::Role" => wildcards::add(resource, wildcards::PROVIDER_ROLE),
            _ => {}
        }
    }
}

fn bucket(bucket: &mut Resource) {
    bucket.suppress(Checkov, "CKV_AWS_18", NO_ACCESS_LOG);
    bucket.suppress(Checkov, "CKV_AWS_21", NO_VERSIONS);
    bucket.suppress(Guard, "s3_bucket_logging_enabled_check", NO_ACCESS_LOG);
    bucket.suppress(Guard, "s3_bucket_versioning_enabled_check", NO_VERSIONS);
    bucket.suppress(Guard, "s3_lifecycle_policy_check", NO_LIFECYCLE);
    bucket.suppress(Guard, "s3_bucket_object_lock_enabled_check", NO_LOCK);
    bucket.suppress(Guard, "s3_event_notifications_enabled_check", NO_EVENTS);
    if has_text(&bucket.properties.clone().into(), "AES256") {
        bucket.suppress(Guard, "s3_bucket_default_encryption_kms_check", OWN_KEY);
    }
    bucket.suppress(CdkNag, "AwsSolutions-S1", NO_ACCESS_LOG);
}

fn function(function: &mut Resource) {
    function.suppress(Checkov, "CKV_AWS_115", NO_RESERVATION);
    function.suppress(Checkov, "CKV_AWS_116", NO_DEAD_LETTERS);
    function.suppress(Checkov, "CKV_AWS_117", NO_VPC);
    function.suppress(Guard, "lambda_inside_vpc_check", NO_VPC);
}

fn log_group(group: &mut Resource) {
    group.suppress(Checkov, "CKV_AWS_158", LOG_KEY);
    group.suppress(Guard, "cloudwatch_log_group_encrypted_check", LOG_KEY);
    let long = matches!(group.properties.get("RetentionInDays"),
        Some(Value::Integer(days)) if *days >= ONE_YEAR);
    if !long {
        group.suppress(
            Guard,
            "cloudwatch_log_group_retention_period_check",
            LOG_TIME,
        );
    }
}

fn has_text(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Text(text) => text == wanted,
        Value::List(items) => items.iter().any(|it| has_text(it, wanted)),
        Value::Object(object) => object.iter().any(|(_, it)| has_text(it, wanted)),
        Value::If(_, then, otherwise) => has_text(then, wanted) || has_text(otherwise, wanted),
        _ => false,
    }
}
