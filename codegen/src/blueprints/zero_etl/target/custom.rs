//! The custom resources: the statements in the catalog policy, and one table's properties each.

use super::{Input, PartitionInput, Switch, TargetInputs, TargetTable, arns, database_arn, ids};
use crate::model::{IamPolicy, IamStatement, Object, Principal, Resource, Value};

/// Seconds until CloudFormation gives up on a reply. Lambda runs a failed function again after one
/// and after two minutes, and each of the three runs may take two.
pub(super) const SERVICE_TIMEOUT: i64 = 600;

pub(super) fn resources(inputs: &TargetInputs) -> Vec<Resource> {
    let mut resources = vec![catalog_policy(inputs).after([ids::PROVIDER_INVOKE_CONFIG])];
    resources.extend(
        inputs
            .tables
            .iter()
            .map(|table| guard(table_properties(table, inputs), inputs)),
    );
    resources
}

/// Lets table properties wait for everything else, so that everything else goes only after them.
/// The provider keeps table properties while an integration uses them; so a target stack that is
/// deleted too early stops there, and takes nothing from the living integration.
fn guard(properties: Resource, inputs: &TargetInputs) -> Resource {
    let guarded = properties.after([
        ids::BUCKET_POLICY,
        ids::TARGET_REGISTRATION,
        ids::CATALOG_POLICY,
    ]);
    let grants = [ids::DATABASE_GRANT, ids::LOCATION_GRANT];
    match &inputs.lake_formation_managed {
        Switch::Absent => guarded,
        Switch::Present(()) => guarded.after(grants),
        Switch::When(condition, ()) => guarded.after_when(condition, grants),
    }
}

fn custom(properties: &Object, inputs: &TargetInputs) -> Object {
    let head = Object::new()
        .with("ServiceToken", Value::GetAtt(ids::PROVIDER_FUNCTION, "Arn"))
        .with("ServiceTimeout", SERVICE_TIMEOUT)
        .with("ForceUpdate", inputs.force_update.value(Input::value));
    properties.iter().fold(head, |all, (key, value)| {
        all.with(key.as_str(), value.clone())
    })
}

fn catalog_policy(inputs: &TargetInputs) -> Resource {
    let properties = Object::new()
        .with("EnableHybrid", inputs.enable_hybrid.value())
        .with("PolicyDocument", catalog_statements(inputs));
    Resource::new(
        ids::CATALOG_POLICY,
        "Custom::GlueResourcePolicy",
        custom(&properties, inputs),
    )
}

/// The source account may create an integration, and Glue may authorize it, for these tables only.
/// Here the condition names the tables, not the integrations.
fn catalog_statements(inputs: &TargetInputs) -> IamPolicy {
    let tables = || {
        let arn = |table: &TargetTable| {
            arns::dynamodb_table(inputs.source_account.part(), table.name.part())
        };
        Value::one_or_many(inputs.tables.iter().map(arn).collect())
    };
    let resources = || [arns::catalog(), database_arn()];
    IamPolicy::new([
        IamStatement::allow(
            "CreateIntegration",
            ["glue:CreateInboundIntegration"],
            resources(),
        )
        .principal(Principal::Aws(arns::root_of(inputs.source_account.part())))
        .when("StringEquals", "aws:SourceArn", tables()),
        IamStatement::allow(
            "AuthorizeIntegration",
            ["glue:AuthorizeInboundIntegration"],
            resources(),
        )
        .principal(Principal::Service("glue.amazonaws.com"))
        .when("StringEquals", "aws:SourceArn", tables()),
    ])
}

fn table_properties(table: &TargetTable, inputs: &TargetInputs) -> Resource {
    let config = Object::new()
        .with("UnnestSpec", table.unnest.value())
        .with(
            "PartitionSpec",
            table
                .partitions
                .value(|list| Value::list(list.iter().map(partition))),
        )
        .with("TargetTableName", table.target_name.value(Input::value));
    let properties = Object::new()
        .with("ResourceArn", database_arn())
        .with("TableName", table.name.value())
        .with("TargetTableConfig", config);
    let id = ids::per_table(&ids::TABLE_PROPERTIES, table.suffix.as_ref());
    Resource::new(
        id,
        "Custom::IntegrationTableProperties",
        custom(&properties, inputs),
    )
}

fn partition(partition: &PartitionInput) -> Value {
    Object::new()
        .with("FieldName", partition.field.value())
        .with("FunctionSpec", partition.function.value())
        .with("ConversionSpec", partition.conversion.value(Input::value))
        .into()
}
