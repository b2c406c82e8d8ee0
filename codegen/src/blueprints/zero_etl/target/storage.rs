//! Bucket and database. Both hold data, so both stay when the stack goes.

use super::{TargetInputs, bucket_arn, ids};
use crate::model::{IamPolicy, IamStatement, Object, Part, Principal, Pseudo, Resource, Value};

pub(super) fn resources(inputs: &TargetInputs) -> [Resource; 3] {
    [bucket(inputs), bucket_policy(inputs), database(inputs)]
}

fn bucket(inputs: &TargetInputs) -> Resource {
    let own_key: Value = encryption(Object::new().with("SSEAlgorithm", "AES256"), false);
    let encryption = inputs.kms_key_arn.value_or(
        |key| {
            let by_default = Object::new()
                .with("SSEAlgorithm", "aws:kms")
                .with("KMSMasterKeyID", key.value());
            encryption(by_default, true)
        },
        own_key,
    );
    let public_access = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls"]
        .into_iter()
        .chain(["RestrictPublicBuckets"])
        .fold(Object::new(), |blocked, key| blocked.with(key, true));
    let ownership = Object::new().with("ObjectOwnership", "BucketOwnerEnforced");
    let properties = Object::new()
        .with("BucketName", inputs.bucket.value(super::Input::value))
        .with("BucketEncryption", encryption)
        .with("PublicAccessBlockConfiguration", public_access)
        .with(
            "OwnershipControls",
            Object::new().with("Rules", Value::list([ownership.into()])),
        );
    Resource::new(ids::BUCKET, "AWS::S3::Bucket", properties).retained()
}

fn encryption(by_default: Object, bucket_key: bool) -> Value {
    let rule = Object::new().with("ServerSideEncryptionByDefault", by_default);
    // A bucket key spares one call to KMS per object.
    let rule = if bucket_key {
        rule.with("BucketKeyEnabled", true)
    } else {
        rule
    };
    Object::new()
        .with(
            "ServerSideEncryptionConfiguration",
            Value::list([rule.into()]),
        )
        .into()
}

/// Stays with its bucket: data that outlives the stack is still refused without TLS.
fn bucket_policy(inputs: &TargetInputs) -> Resource {
    // Joined: the Control Tower rule for TLS knows no other spelling of the objects' ARN.
    let objects = Value::Join("", vec![bucket_arn(""), "/*".into()]);
    let encrypted_only =
        IamStatement::deny("DenyInsecureTransport", ["s3:*"], [bucket_arn(""), objects])
            .principal(Principal::Anyone)
            .when("Bool", "aws:SecureTransport", "false");
    // By its name where it was given one: a kept policy can be imported again by its name only. The
    // statement refers to the bucket, and so waits for it.
    let bucket = inputs
        .bucket
        .value_or(super::Input::value, Value::reference(&ids::BUCKET));
    let properties = Object::new()
        .with("Bucket", bucket)
        .with("PolicyDocument", IamPolicy::new([encrypted_only]));
    Resource::new(ids::BUCKET_POLICY, "AWS::S3::BucketPolicy", properties).retained()
}

fn database(inputs: &TargetInputs) -> Resource {
    let location = Value::concat(["s3://".into(), Part::from(&ids::BUCKET), "/".into()]);
    let input = Object::new()
        .with("Name", inputs.database.value())
        .with("LocationUri", location);
    let properties = Object::new()
        .with("CatalogId", Value::reference(Pseudo::AccountId))
        // The primary identifier: without it a kept database cannot be imported again.
        .with("DatabaseName", inputs.database.value())
        .with("DatabaseInput", input);
    Resource::new(ids::DATABASE, "AWS::Glue::Database", properties).retained()
}
