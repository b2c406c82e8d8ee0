//! What the three stacks consist of: statements of policies, properties of resources that have no
//! construct of a higher level, and the few numbers and words that both worlds share.
//!
//! Every resource of a template is listed here with what the constructs take from it, so that one
//! that is added to a blueprint cannot be forgotten.

use super::{
    Error,
    body::{Body, Take, path},
    code::Hole,
};
use crate::model::{ConditionName, LogicalId, ParameterName, Pseudo, Reference, Template, Value};

/// The source stack.
pub(super) fn source(template: &Template) -> Result<String, Error> {
    let takes = [(
        "Table",
        vec![Take::Statements(EXPORT_POLICY, "tableExport")],
    )];
    Body::new("source", template, pseudo()).file(&takes)
}

/// Where the policy of a table's only replica lies.
const EXPORT_POLICY: &[&str] = &["Replicas", "ResourcePolicy", "PolicyDocument"];

/// The target stack.
pub(super) fn target(template: &Template) -> Result<String, Error> {
    let mut holes = pseudo();
    let tables = path(
        template,
        "target",
        "CatalogPolicy",
        &[
            "PolicyDocument",
            "Statement",
            "Condition",
            "StringEquals",
            "aws:SourceArn",
        ],
    )?;
    holes.extend([
        hole(tables.clone(), "sourceTableArns", "any"),
        hole(parameter("SourceAccountId"), "sourceAccount", "string"),
        hole(parameter("DatabaseName"), "databaseName", "string"),
        hole(resource("Database"), "databaseName", "string"),
        hole(resource("Bucket"), "bucketName", "string"),
        hole(attribute("Bucket", "Arn"), "bucketArn", "string"),
        hole(attribute("TargetRole", "Arn"), "roleArn", "string"),
        hole(
            attribute("ProviderLogGroup", "Arn"),
            "logGroupArn",
            "string",
        ),
        hole(parameter("TargetKmsKeyArn"), "keyArn", "string"),
    ]);
    let takes = [
        ("Bucket", vec![Take::Nothing]),
        (
            "BucketPolicy",
            vec![Take::Statements(&["PolicyDocument"], "bucketPolicy")],
        ),
        ("Database", vec![Take::Properties]),
        (
            "TargetRole",
            vec![
                Take::Constant(&["Description"], "TARGET_ROLE"),
                Take::Statements(&["AssumeRolePolicyDocument"], "targetRoleTrust"),
                Take::Inline("WriteLakehouse", "writeLakehouse"),
                Take::Inline("UseKey", "useKey"),
                Take::Inline("ReadThroughLakeFormation", "readThroughLakeFormation"),
            ],
        ),
        ("TargetRegistration", vec![Take::Properties]),
        ("LakeLocation", vec![Take::Properties]),
        ("DatabaseGrant", vec![Take::Properties]),
        ("LocationGrant", vec![Take::Properties]),
        ("ProviderLogGroup", vec![Take::Nothing]),
        (
            "ProviderRole",
            vec![
                Take::Constant(&["Description"], "PROVIDER_ROLE"),
                Take::Statements(&["AssumeRolePolicyDocument"], "providerRoleTrust"),
                Take::EachInline("Provide"),
            ],
        ),
        (
            "ProviderFunction",
            vec![Take::Constant(
                &["Description", "Handler", "Timeout", "MemorySize"],
                "PROVIDER_FUNCTION",
            )],
        ),
        (
            "ProviderInvokeConfig",
            vec![Take::Constant(
                &["MaximumEventAgeInSeconds", "MaximumRetryAttempts"],
                "PROVIDER_INVOKE_CONFIG",
            )],
        ),
        (
            "CatalogPolicy",
            vec![
                Take::Constant(&["ServiceTimeout"], "CUSTOM_RESOURCE"),
                Take::Statements(&["PolicyDocument"], "catalogPolicy"),
            ],
        ),
        ("TableProperties", vec![Take::Nothing]),
    ];
    let governed = ConditionName::fixed("IsLakeFormationManaged");
    Body::new("target", template, holes)
        .when(governed, "lakeFormationManaged")
        .file(&takes)
}

/// The integration stack.
pub(super) fn integration(template: &Template) -> Result<String, Error> {
    let mut holes = pseudo();
    holes.extend([
        hole(
            path(template, "integration", "Integration", &["SourceArn"])?.clone(),
            "sourceArn",
            "string",
        ),
        hole(
            path(template, "integration", "Integration", &["TargetArn"])?.clone(),
            "targetArn",
            "string",
        ),
        hole(parameter("IntegrationName"), "integrationName", "string"),
        hole(
            parameter("RefreshIntervalMinutes"),
            "refreshIntervalMinutes",
            "string",
        ),
        Hole {
            optional: true,
            ..hole(parameter("IntegrationKmsKeyId"), "keyId", "string")
        },
    ]);
    let takes = [("Integration", vec![Take::Properties])];
    Body::new("integration", template, holes).file(&takes)
}

fn hole(value: Value, name: &'static str, kind: &'static str) -> Hole {
    Hole {
        value,
        name,
        kind,
        optional: false,
    }
}

fn pseudo() -> Vec<Hole> {
    [
        (Pseudo::AccountId, "account"),
        (Pseudo::Partition, "partition"),
        (Pseudo::Region, "region"),
        (Pseudo::StackId, "stackId"),
    ]
    .map(|(pseudo, name)| hole(Value::reference(pseudo), name, "string"))
    .into()
}

fn parameter(name: &'static str) -> Value {
    Value::Ref(Reference::Parameter(ParameterName::fixed(name)))
}

fn resource(name: &'static str) -> Value {
    Value::Ref(Reference::Resource(LogicalId::fixed(name)))
}

fn attribute(name: &'static str, attribute: &'static str) -> Value {
    Value::GetAtt(LogicalId::fixed(name), attribute)
}
