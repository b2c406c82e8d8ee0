//! Why the three stacks are as they are: what depends on what, what must not change, and which
//! change replaces the integration.

use super::ids;
use crate::{
    model::{
        Context,
        Mutability::{ChangeWithConstraints, FreeToTune, MustNeverChange, ReviewRequired},
        Resource, Template, TemplateContext,
    },
    plan::StackKind,
};

const ARCH: &str = "Three stacks over two accounts: source (DynamoDB table) and target (bucket, Glue \
                    database, role, catalog policy) in either order, then integration in the \
                    source account. Plain wiring: every ARN is built from parameters, nothing is \
                    looked up or exported.";

/// Says so in the template.
pub(super) fn explain(kind: StackKind, template: &mut Template) {
    let must = match kind {
        StackKind::Source => vec![
            "Deployed into the account that owns the table; the integration goes there too.",
            "Deleted last: integration, then target, then source.",
        ],
        StackKind::Target => vec![
            "Deployed into the account of the lakehouse, in the Region of the table.",
            "Never deleted while the integration exists: the stack refuses, and what it already \
             lost would stop the integration.",
            "New provider code comes under a new ProviderCodeKey.",
        ],
        StackKind::Integration => vec![
            "Deployed last, into the source account, whatever the target is; deleted first.",
            "A change that replaces the integration fails while the old one owns the table's place \
             in the database: delete this stack and deploy it anew.",
        ],
    };
    template.context = Some(TemplateContext { arch: ARCH, must });
    for resource in &mut template.resources {
        resource.context = of(resource);
    }
}

fn of(resource: &Resource) -> Option<Context> {
    let context = match resource.resource_type {
        "AWS::DynamoDB::GlobalTable" => table(),
        "AWS::S3::Bucket" => bucket(),
        "AWS::S3::BucketPolicy" => Context::new("Refuses requests without TLS.", ReviewRequired)
            .must("No statement may deny the target role; Glue writes with it.")
            .but(MustNeverChange, ["Bucket"]),
        "AWS::Glue::Database" => database(),
        "AWS::IAM::Role" if resource.id == ids::TARGET_ROLE => target_role(),
        "AWS::IAM::Role" => provider_role(),
        "AWS::Glue::IntegrationResourceProperty" => registration(),
        "AWS::LakeFormation::Resource" => Context::new(
            "Registers the bucket with the target role, so that Lake Formation vends its data to \
             that role only.",
            ReviewRequired,
        )
        .must("The target role trusts lakeformation.amazonaws.com while this is there.")
        .but(MustNeverChange, ["ResourceArn"]),
        "AWS::LakeFormation::PrincipalPermissions" => Context::new(
            "Lets the target role write where Lake Formation governs; without it the integration \
             needs attention.",
            ReviewRequired,
        )
        .must("Every property replaces the grant.")
        .but(
            ChangeWithConstraints,
            [
                "Catalog",
                "Principal",
                "Resource",
                "Permissions",
                "PermissionsWithGrantOption",
            ],
        ),
        "AWS::Logs::LogGroup" => Context::new(
            "Belongs to the stack, so that it has a retention and goes with it.",
            FreeToTune,
        )
        .must("The function writes to this group and may write nowhere else.")
        .but(ReviewRequired, ["LogGroupName"]),
        "AWS::Lambda::Function" => function(),
        "AWS::Lambda::EventInvokeConfig" => Context::new(
            "Drops a request that CloudFormation no longer waits for: nothing is made for a stack that \
             is gone.",
            ReviewRequired,
        )
        .must("As long as the ServiceTimeout of the custom resources."),
        "Custom::GlueResourcePolicy" => catalog_policy(),
        "Custom::IntegrationTableProperties" => table_properties(),
        "AWS::Glue::Integration" => integration(),
        _ => return None,
    };
    Some(context)
}

fn table() -> Context {
    Context::new(
        "The data. Glue exports it from point-in-time recovery, by the policy on the table; \
         capacity is not used. Kept when the stack goes.",
        ReviewRequired,
    )
    .must("Point-in-time recovery stays on; its window is longer than the refresh interval.")
    .must(
        "Encrypted with the AWS-owned key or a customer key, never with the AWS-managed key, which \
         zero-ETL does not support.",
    )
    .must(
        "The policy names this account and its integrations, also for a target in another account.",
    )
    .but(
        MustNeverChange,
        ["TableName", "KeySchema", "AttributeDefinitions"],
    )
}

fn bucket() -> Context {
    Context::new(
        "Holds the Iceberg data. Kept when the stack goes.",
        ReviewRequired,
    )
    .must("In the Region of the database.")
    .must("What is in it is Glue's: no lifecycle rule may take objects away.")
    .but(MustNeverChange, ["BucketName"])
    .but(ChangeWithConstraints, ["BucketEncryption"])
}

fn database() -> Context {
    Context::new(
        "What the integration writes into. Kept when the stack goes.",
        ReviewRequired,
    )
    .must("Has a LocationUri in the bucket, or the integration is refused.")
    .must("The name has no hyphen: Glue takes one here, but not in an integration.")
    .but(
        MustNeverChange,
        ["CatalogId", "DatabaseName", "DatabaseInput"],
    )
}

fn target_role() -> Context {
    Context::new(
        "Glue writes into the lakehouse with it. Permissions are inline, so that whoever waits for \
         the role waits for them too.",
        ReviewRequired,
    )
    .must("Every action is one that the Glue guide demands; without one the integration needs attention.")
    .must("The trust policy has no condition keys.")
}

fn provider_role() -> Context {
    Context::new(
        "The function's rights: statements of the catalog policy, properties of this database's \
         tables, its own log.",
        ReviewRequired,
    )
    .must("No iam:PassRole, no data; writes to no other database, and only removes from a former one.")
}

fn registration() -> Context {
    Context::new(
        "Tells Glue which role writes into the database. One per database: all integrations on it \
         use the same role.",
        ReviewRequired,
    )
    .must("Exists before any integration on the database is made.")
    .but(MustNeverChange, ["ResourceArn"])
}

fn function() -> Context {
    Context::new(
        "Answers the two custom resources, for which CloudFormation has no type of its own.",
        FreeToTune,
    )
    .must("New code comes under a new key: CloudFormation does not see the same key change.")
    .must("The timeout is shorter than the custom resources' ServiceTimeout, with room for Lambda's two retries.")
    .but(ReviewRequired, ["Code", "Architectures", "Runtime", "Handler", "Timeout"])
}

fn catalog_policy() -> Context {
    Context::new(
        "Lets the source account create an integration on the database, and Glue authorize it. The \
         catalog has one policy per account and Region: only the statements of this resource are \
         touched.",
        ReviewRequired,
    )
    .must("Both statements name catalog and database; the condition names the table, not the integration.")
    .must("Taken away, it stops a running integration.")
    .but(MustNeverChange, ["ServiceToken"])
    .but(ChangeWithConstraints, ["EnableHybrid"])
}

fn table_properties() -> Context {
    Context::new(
        "How the table is laid out in the database. Everything else of the stack is deleted after \
         it, and it stays while an integration uses it: that is what protects a running integration \
         from a teardown in the wrong order.",
        ChangeWithConstraints,
    )
    .must("Exists before the integration.")
    .must(
        "TargetTableConfig.UnnestSpec and PartitionSpec change under a live integration only with \
         AllowResync, which can reload the whole table.",
    )
    .but(MustNeverChange, ["ServiceToken"])
}

/// What CloudFormation cannot change in place, by the type's schema.
fn integration() -> Context {
    Context::new(
        "Copies the table into the database and keeps it current.",
        FreeToTune,
    )
    .must(
        "A change of IntegrationName, SourceArn, TargetArn, KmsKeyId or IntegrationConfig, the \
         refresh interval included, replaces the integration and loads the table anew.",
    )
    .must("One integration per table and database.")
    .but(
        ChangeWithConstraints,
        [
            "IntegrationName",
            "SourceArn",
            "TargetArn",
            "KmsKeyId",
            "IntegrationConfig",
        ],
    )
    .needs("source stack, this account: the table SourceTableName with recovery and export policy")
    .needs(
        "target stack, account TargetAccountId: the database DatabaseName with its role, catalog \
         policy and table properties",
    )
}
