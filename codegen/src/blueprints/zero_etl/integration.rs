//! The integration stack: one integration per table, in the account that owns the tables.

use super::{
    arns, context, ids,
    input::{Input, Optional},
    outputs,
};
use crate::{
    model::{LogicalId, Object, Origin, Pseudo, Resource, Template, Value},
    plan::StackKind,
};

/// What the integration stack is made of.
pub(super) struct IntegrationInputs {
    pub(super) target_account: Input,
    pub(super) database: Input,
    pub(super) refresh_interval_minutes: Input,
    pub(super) kms_key_id: Optional<Input>,
    pub(super) tables: Vec<IntegrationTable>,
}

/// One table.
pub(super) struct IntegrationTable {
    pub(super) suffix: Option<LogicalId>,
    pub(super) name: Input,
    pub(super) integration_name: Input,
}

/// The integration stack.
pub(super) fn template(inputs: &IntegrationInputs, origin: Origin) -> Template {
    let mut template = Template::new(
        origin,
        "Zero-ETL from DynamoDB to a lakehouse, source account: the integration between the table \
         and the database. Deploy it last, into the account of the source stack; delete it first.",
    );
    let mut before: Option<LogicalId> = None;
    for table in &inputs.tables {
        let id = ids::per_table(&ids::INTEGRATION, table.suffix.as_ref());
        // Glue refuses several integrations on one target at once, so they wait for each other.
        let resource = integration(id.clone(), table, inputs).after(before);
        template.resources.push(resource);
        before = Some(id);
    }
    let arns: Vec<Value> = template
        .resources
        .iter()
        .map(|resource| Value::GetAtt(resource.id.clone(), "IntegrationArn"))
        .collect();
    template.output(
        outputs::INTEGRATION_ARN,
        "ARN of the integration.",
        outputs::per_table(arns),
    );
    context::explain(StackKind::Integration, &mut template);
    template
}

fn integration(id: LogicalId, table: &IntegrationTable, inputs: &IntegrationInputs) -> Resource {
    let source = arns::dynamodb_table(Pseudo::AccountId.into(), table.name.part());
    let target = arns::database(inputs.target_account.part(), inputs.database.part());
    // No `DataFilter`: Glue refuses it for DynamoDB.
    let properties = Object::new()
        .with("IntegrationName", table.integration_name.value())
        .with("SourceArn", source)
        .with("TargetArn", target)
        .with("KmsKeyId", inputs.kms_key_id.value(Input::value))
        .with(
            "IntegrationConfig",
            Object::new().with("RefreshInterval", inputs.refresh_interval_minutes.value()),
        );
    Resource::new(id, "AWS::Glue::Integration", properties)
}
