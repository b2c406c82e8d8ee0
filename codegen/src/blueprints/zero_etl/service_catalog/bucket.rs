//! The bucket of the releases, readable for the accounts that deploy, but only by CloudFormation.

use super::{origin, parameters as p};
use crate::{
    blueprints::zero_etl::{arns, suppressed},
    model::{
        ConditionName, IamPolicy, IamStatement, LogicalId, Object, OutputName, Part, Principal,
        Resource, Template, Test, Value,
    },
};

const BUCKET: LogicalId = LogicalId::fixed("Bucket");
const BUCKET_POLICY: LogicalId = LogicalId::fixed("BucketPolicy");
const HAS_SOURCE: ConditionName = ConditionName::fixed("HasSourceAccount");
const HAS_TARGET: ConditionName = ConditionName::fixed("HasTargetAccount");
const RELEASE_BUCKET: OutputName = OutputName::fixed("ReleaseBucket");

pub(super) fn template() -> Template {
    let mut template = Template::new(
        origin("zero_etl/service_catalog/release_bucket"),
        "Zero-ETL from DynamoDB to a lakehouse: a bucket for the release folder, in the Region that \
         the stacks are deployed to. The accounts that are named may read it through \
         CloudFormation.",
    );
    let reads = "whose stacks may read the templates and the provider's code; empty for none.";
    template.parameters = vec![
        p::source_account_id(&format!("Account of the DynamoDB tables, {reads}")),
        p::target_account_id(&format!("Account of the lakehouse, {reads}")),
    ];
    for (condition, name) in [
        (HAS_SOURCE, p::SOURCE_ACCOUNT_ID),
        (HAS_TARGET, p::TARGET_ACCOUNT_ID),
    ] {
        let test = Test::is_set(Value::reference(&name));
        template.conditions.insert(condition, test);
    }
    template.resources = vec![bucket(), bucket_policy()];
    template.output(
        RELEASE_BUCKET,
        "Name of the bucket.",
        Value::reference(&BUCKET),
    );
    template
}

fn bucket() -> Resource {
    let by_default = Object::new().with("SSEAlgorithm", "AES256");
    let rule = Object::new().with("ServerSideEncryptionByDefault", by_default);
    let public_access = [
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    ]
    .into_iter()
    .fold(Object::new(), |blocked, key| blocked.with(key, true));
    let ownership = Object::new().with("ObjectOwnership", "BucketOwnerEnforced");
    let encryption = Object::new().with(
        "ServerSideEncryptionConfiguration",
        Value::list([rule.into()]),
    );
    let properties = Object::new()
        .with("BucketEncryption", encryption)
        .with("PublicAccessBlockConfiguration", public_access)
        .with(
            "OwnershipControls",
            Object::new().with("Rules", Value::list([ownership.into()])),
        )
        // What was released can be had again.
        .with(
            "VersioningConfiguration",
            Object::new().with("Status", "Enabled"),
        )
        .with("LifecycleConfiguration", no_half_uploads());
    let mut bucket = Resource::new(BUCKET, "AWS::S3::Bucket", properties).retained();
    suppressed::in_release_bucket(&mut bucket);
    bucket
}

/// Uploads that broke off would be paid for, unseen.
fn no_half_uploads() -> Object {
    let after = Object::new().with("DaysAfterInitiation", 7);
    let rule = Object::new()
        .with("Id", "AbortIncompleteUploads")
        .with("Status", "Enabled")
        .with("AbortIncompleteMultipartUpload", after);
    Object::new().with("Rules", Value::list([rule.into()]))
}

fn bucket_policy() -> Resource {
    let arn = || Value::GetAtt(BUCKET, "Arn");
    let objects = || Value::Join("", vec![arn(), "/*".into()]);
    let encrypted_only = IamStatement::deny("DenyInsecureTransport", ["s3:*"], [arn(), objects()])
        .principal(Principal::Anyone)
        .when("Bool", "aws:SecureTransport", "false");
    // Lambda reads the code with the rights of the deployer, on a call of CloudFormation.
    let reads = |sid, account, condition| {
        IamStatement::allow(sid, ["s3:GetObject"], [objects()])
            .principal(Principal::Aws(arns::root_of(Part::from(account))))
            .when("Bool", "aws:ViaAWSService", "true")
            .when(
                "ForAnyValue:StringEquals",
                "aws:CalledVia",
                "cloudformation.amazonaws.com",
            )
            .only_when(condition)
    };
    let document = IamPolicy::new([
        encrypted_only,
        reads("SourceAccountReads", &p::SOURCE_ACCOUNT_ID, HAS_SOURCE),
        reads("TargetAccountReads", &p::TARGET_ACCOUNT_ID, HAS_TARGET),
    ]);
    let properties = Object::new()
        .with("Bucket", Value::reference(&BUCKET))
        .with("PolicyDocument", document);
    Resource::new(BUCKET_POLICY, "AWS::S3::BucketPolicy", properties)
}
