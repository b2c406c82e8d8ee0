//! The function behind the custom resources, with as few permissions as it can do with.

use super::{
    TargetInputs, arns,
    custom::SERVICE_TIMEOUT,
    database_arn_by_name, ids,
    role::{boundary, inline},
};
use crate::model::{IamPolicy, IamStatement, Object, Part, Principal, Pseudo, Resource, Value};

/// Seconds for one run of the function.
const TIMEOUT: i64 = 120;
/// Megabytes. The function needs about a tenth; it is the least that Lambda takes.
const MEMORY: i64 = 128;

pub(super) fn resources(inputs: &TargetInputs) -> [Resource; 4] {
    [
        log_group(inputs),
        role(inputs),
        function(inputs),
        invoke_config(),
    ]
}

/// The log group belongs to the stack, so that it goes with it and has a retention.
fn log_group(inputs: &TargetInputs) -> Resource {
    let name = Value::concat([
        "/aws/lambda/".into(),
        Pseudo::StackName.into(),
        "-zeroetl-provider".into(),
    ]);
    let properties = Object::new()
        .with("LogGroupName", name)
        .with("RetentionInDays", inputs.log_retention_in_days.value());
    Resource::new(ids::PROVIDER_LOG_GROUP, "AWS::Logs::LogGroup", properties).deleted()
}

fn role(inputs: &TargetInputs) -> Resource {
    let trust = IamStatement::allow("LambdaAssumes", ["sts:AssumeRole"], [])
        .principal(Principal::Service("lambda.amazonaws.com"));
    let properties = Object::new()
        .with(
            "Description",
            "The function behind the zeroetl custom resources.",
        )
        .with("AssumeRolePolicyDocument", IamPolicy::new([trust]))
        .with(
            "Policies",
            Value::list([inline("Provide", permissions(inputs))]),
        )
        .with("PermissionsBoundary", boundary(inputs));
    Resource::new(ids::PROVIDER_ROLE, "AWS::IAM::Role", properties)
}

fn permissions(inputs: &TargetInputs) -> IamPolicy {
    IamPolicy::new([
        IamStatement::allow(
            "CatalogPolicy",
            [
                "glue:GetResourcePolicy",
                "glue:PutResourcePolicy",
                "glue:DeleteResourcePolicy",
            ],
            [arns::catalog()],
        ),
        IamStatement::allow(
            "TableProperties",
            [
                "glue:CreateIntegrationTableProperties",
                "glue:UpdateIntegrationTableProperties",
            ],
            [arns::catalog(), database_arn_by_name(inputs)],
        ),
        // When the stack's database changes, CloudFormation changes this role first, and sends the
        // Delete of the old pair last. So removal is not limited to the database of the day.
        IamStatement::allow(
            "FormerTableProperties",
            [
                "glue:GetIntegrationTableProperties",
                "glue:DeleteIntegrationTableProperties",
            ],
            [arns::catalog(), arns::databases()],
        ),
        // The action knows no resources.
        IamStatement::allow(
            "InboundIntegrations",
            ["glue:DescribeInboundIntegrations"],
            [Value::from("*")],
        ),
        // Whether another resource of the stack still holds a pair that is to be removed.
        IamStatement::allow(
            "ResourcesOfThisStack",
            ["cloudformation:ListStackResources"],
            [Value::reference(Pseudo::StackId)],
        ),
        IamStatement::allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [Value::GetAtt(ids::PROVIDER_LOG_GROUP, "Arn")],
        ),
    ])
}

fn function(inputs: &TargetInputs) -> Resource {
    let code = Object::new()
        .with("S3Bucket", inputs.provider_code_bucket.value())
        .with("S3Key", inputs.provider_code_key.value());
    let log = Object::new().with(
        "LogGroup",
        Value::concat([Part::from(&ids::PROVIDER_LOG_GROUP)]),
    );
    let properties = Object::new()
        .with("Description", "Provider of the zeroetl custom resources.")
        .with("Runtime", "provided.al2023")
        .with("Handler", "bootstrap")
        .with(
            "Architectures",
            Value::list([inputs.provider_architecture.value()]),
        )
        .with("Code", code)
        .with("Role", Value::GetAtt(ids::PROVIDER_ROLE, "Arn"))
        .with("Timeout", TIMEOUT)
        .with("MemorySize", MEMORY)
        .with("LoggingConfig", log);
    Resource::new(ids::PROVIDER_FUNCTION, "AWS::Lambda::Function", properties)
}

/// An event that waited longer than CloudFormation does is not worked on: its stack may be gone.
fn invoke_config() -> Resource {
    let properties = Object::new()
        .with("FunctionName", Value::reference(&ids::PROVIDER_FUNCTION))
        .with("Qualifier", "$LATEST")
        .with("MaximumEventAgeInSeconds", SERVICE_TIMEOUT)
        .with("MaximumRetryAttempts", 2_i64);
    Resource::new(
        ids::PROVIDER_INVOKE_CONFIG,
        "AWS::Lambda::EventInvokeConfig",
        properties,
    )
}
