//! The target stack: the lakehouse, who may write into it, and our custom resources.

mod custom;
mod lake_formation;
mod provider;
mod role;
mod storage;

use super::{
    arns, context, ids,
    input::{Input, Optional, Switch},
    outputs, suppressed,
};
use crate::{
    model::{LogicalId, Origin, Part, Pseudo, Template, Value},
    plan::StackKind,
};

/// What the target stack is made of.
pub(super) struct TargetInputs {
    pub(super) source_account: Input,
    pub(super) database: Input,
    pub(super) bucket: Optional<Input>,
    pub(super) kms_key_arn: Optional<Input>,
    pub(super) enable_hybrid: Input,
    pub(super) lake_formation_managed: Switch,
    pub(super) provider_code_bucket: Input,
    pub(super) provider_code_key: Input,
    pub(super) provider_architecture: Input,
    pub(super) log_retention_in_days: Input,
    pub(super) permissions_boundary_arn: Optional<Input>,
    pub(super) force_update: Optional<Input>,
    pub(super) tables: Vec<TargetTable>,
}

/// One table.
pub(super) struct TargetTable {
    pub(super) suffix: Option<LogicalId>,
    pub(super) name: Input,
    pub(super) target_name: Optional<Input>,
    pub(super) unnest: Input,
    pub(super) partitions: Optional<Vec<PartitionInput>>,
}

/// One partition of the Iceberg table.
pub(super) struct PartitionInput {
    pub(super) field: Input,
    pub(super) function: Input,
    pub(super) conversion: Optional<Input>,
}

/// The target stack.
pub(super) fn template(inputs: &TargetInputs, origin: Origin) -> Template {
    let mut template = Template::new(
        origin,
        "Zero-ETL from DynamoDB to a lakehouse, target account: bucket, Glue database, the role \
         that Glue writes with, and the custom resources for the catalog policy and the table \
         properties. Deploy this stack and the source stack in either order, then the integration \
         stack.",
    );
    template.resources.extend(storage::resources(inputs));
    template.resources.extend(role::resources(inputs));
    template.resources.extend(lake_formation::resources(inputs));
    template.resources.extend(provider::resources(inputs));
    template.resources.extend(custom::resources(inputs));
    add_outputs(&mut template);
    context::explain(StackKind::Target, &mut template);
    suppressed::in_stack(&mut template);
    template
}

fn add_outputs(template: &mut Template) {
    template.output(
        outputs::DATABASE_NAME,
        "Name of the Glue database.",
        Value::reference(&ids::DATABASE),
    );
    template.output(
        outputs::DATABASE_ARN,
        "ARN of the Glue database.",
        database_arn(),
    );
    template.output(
        outputs::BUCKET_NAME,
        "Name of the bucket.",
        Value::reference(&ids::BUCKET),
    );
    template.output(
        outputs::TARGET_ROLE_ARN,
        "ARN of the role that Glue writes with.",
        Value::GetAtt(ids::TARGET_ROLE, "Arn"),
    );
    template.output(
        outputs::POLICY_HASH,
        "Hash of the catalog policy after it was last written.",
        Value::GetAtt(ids::CATALOG_POLICY, "PolicyHash"),
    );
    template.output(
        outputs::PROVIDER_FUNCTION_ARN,
        "ARN of the function behind the custom resources.",
        Value::GetAtt(ids::PROVIDER_FUNCTION, "Arn"),
    );
}

/// The database, by reference: whoever uses the ARN waits for the database.
fn database_arn() -> Value {
    arns::database(Pseudo::AccountId.into(), Part::from(&ids::DATABASE))
}

/// The database, by name: roles have to exist before it, or beside it.
fn database_arn_by_name(inputs: &TargetInputs) -> Value {
    arns::database(Pseudo::AccountId.into(), inputs.database.part())
}

/// An ARN of the bucket, or of what lies in it.
fn bucket_arn(path: &str) -> Value {
    Value::concat([Part::GetAtt(ids::BUCKET, "Arn"), path.into()])
}
