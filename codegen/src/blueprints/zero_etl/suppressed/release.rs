//! Findings in the bucket of the releases.

use crate::model::{
    Resource,
    Scanner::{CdkNag, Checkov, Guard},
};

const NO_ACCESS_LOG: &str = "The bucket has templates and code that are no secret, public access is \
                             blocked, and the accounts that are named read through CloudFormation \
                             only. Access logs need a second bucket; CloudTrail data events record \
                             each access where that is wanted.";
const OWN_KEY: &str = "Accounts of others read the objects, so a customer key would have to let \
                       them in as well, for templates and code that are no secret. S3 encrypts every \
                       object with its own keys.";
const NO_LOCK: &str = "Versions keep what was released. A lock would also keep a faulty release \
                       from being taken away.";
const NO_EVENTS: &str = "Nothing waits for a release: an administrator uploads it and then names its \
                         version.";

/// Adds them.
pub(in super::super) fn in_release_bucket(bucket: &mut Resource) {
    bucket.suppress(Checkov, "CKV_AWS_18", NO_ACCESS_LOG);
    bucket.suppress(Guard, "s3_bucket_logging_enabled_check", NO_ACCESS_LOG);
    bucket.suppress(Guard, "s3_bucket_default_encryption_kms_check", OWN_KEY);
    bucket.suppress(Guard, "s3_bucket_object_lock_enabled_check", NO_LOCK);
    bucket.suppress(Guard, "s3_event_notifications_enabled_check", NO_EVENTS);
    bucket.suppress(CdkNag, "AwsSolutions-S1", NO_ACCESS_LOG);
}
