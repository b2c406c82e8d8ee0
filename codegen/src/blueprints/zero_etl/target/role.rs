//! The role that Glue writes with, and its registration for the database.
//!
//! All permissions are inline: whoever waits for the role waits for its permissions as well.

use super::{Input, TargetInputs, arns, bucket_arn, database_arn, database_arn_by_name, ids};
use crate::model::{IamPolicy, IamStatement, Object, Principal, Resource, Value};

pub(super) fn resources(inputs: &TargetInputs) -> [Resource; 2] {
    [role(inputs), registration()]
}

fn role(inputs: &TargetInputs) -> Resource {
    // Lake Formation assumes the role that a location is registered with:
    // https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
    let services = inputs.lake_formation_managed.value_or(
        |()| Value::texts(["glue.amazonaws.com", "lakeformation.amazonaws.com"]),
        "glue.amazonaws.com".into(),
    );
    let trust = IamStatement::allow("GlueAssumes", ["sts:AssumeRole"], [])
        .principal(Principal::Services(services));
    let properties = Object::new()
        .with(
            "Description",
            "Glue zero-ETL writes into the lakehouse with this role.",
        )
        .with("AssumeRolePolicyDocument", IamPolicy::new([trust]))
        .with(
            "Policies",
            Value::list([
                inline("WriteLakehouse", write_lakehouse(inputs)),
                inputs
                    .kms_key_arn
                    .value(|key| inline("UseKey", use_key(key.value()))),
                inputs
                    .lake_formation_managed
                    .value(|()| inline("ReadThroughLakeFormation", lake_formation())),
            ]),
        )
        .with("PermissionsBoundary", boundary(inputs));
    Resource::new(ids::TARGET_ROLE, "AWS::IAM::Role", properties)
}

/// What bounds both roles of the stack, where the company demands it.
pub(super) fn boundary(inputs: &TargetInputs) -> Value {
    inputs.permissions_boundary_arn.value(Input::value)
}

pub(super) fn inline(name: &str, policy: IamPolicy) -> Value {
    Object::new()
        .with("PolicyName", name)
        .with("PolicyDocument", policy)
        .into()
}

/// Every action that the Glue guide demands of a target role.
fn write_lakehouse(inputs: &TargetInputs) -> IamPolicy {
    let database = || database_arn_by_name(inputs);
    let tables = arns::tables_of(inputs.database.part());
    IamPolicy::new([
        IamStatement::allow("ListData", ["s3:ListBucket"], [bucket_arn("")]),
        IamStatement::allow(
            "ReadAndWriteData",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [bucket_arn("/*")],
        ),
        IamStatement::allow(
            "ReadDatabase",
            ["glue:GetDatabase"],
            [arns::catalog(), database()],
        ),
        IamStatement::allow(
            "WriteTables",
            [
                "glue:CreateTable",
                "glue:GetTable",
                "glue:GetTables",
                "glue:UpdateTable",
                "glue:DeleteTable",
                "glue:GetTableVersion",
                "glue:GetTableVersions",
                "glue:GetResourcePolicy",
            ],
            [arns::catalog(), database(), tables],
        ),
        IamStatement::allow(
            "PutMetrics",
            ["cloudwatch:PutMetricData"],
            [Value::from("*")],
        )
        .when("StringEquals", "cloudwatch:namespace", "AWS/Glue/ZeroETL"),
        IamStatement::allow(
            "WriteLogs",
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            ],
            [arns::zero_etl_logs()],
        ),
    ])
}

fn use_key(key: Value) -> IamPolicy {
    IamPolicy::new([IamStatement::allow(
        "UseKey",
        ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
        [key],
    )])
}

fn lake_formation() -> IamPolicy {
    // The action knows no resources.
    let access = ["lakeformation:GetDataAccess"];
    IamPolicy::new([IamStatement::allow(
        "GetDataAccess",
        access,
        [Value::from("*")],
    )])
}

fn registration() -> Resource {
    let target = Object::new().with("RoleArn", Value::GetAtt(ids::TARGET_ROLE, "Arn"));
    let properties = Object::new()
        .with("ResourceArn", database_arn())
        .with("TargetProcessingProperties", target);
    Resource::new(
        ids::TARGET_REGISTRATION,
        "AWS::Glue::IntegrationResourceProperty",
        properties,
    )
}
