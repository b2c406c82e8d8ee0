//! The source stack: DynamoDB tables that Glue may export, in the account that owns them.

use super::{
    arns, context, ids,
    input::{Input, Optional},
    outputs,
};
use crate::{
    model::{
        IamPolicy, IamStatement, LogicalId, Object, Origin, Principal, Pseudo, Resource, Template,
        Value,
    },
    plan::StackKind,
};

/// What the source stack is made of.
pub(super) struct SourceInputs {
    pub(super) tables: Vec<SourceTable>,
    pub(super) kms_key_arn: Optional<Input>,
    pub(super) recovery_period_in_days: Input,
}

/// One table.
pub(super) struct SourceTable {
    pub(super) suffix: Option<LogicalId>,
    pub(super) name: Input,
    pub(super) partition_key: KeyInput,
    pub(super) sort_key: Optional<KeyInput>,
}

/// A key attribute.
pub(super) struct KeyInput {
    pub(super) name: Input,
    pub(super) key_type: Input,
}

/// The source stack.
pub(super) fn template(inputs: &SourceInputs, origin: Origin) -> Template {
    let mut template = Template::new(
        origin,
        "Zero-ETL from DynamoDB to a lakehouse, source account: the DynamoDB table, with \
         point-in-time recovery and a policy that lets Glue export it. Deploy this stack and the \
         target stack in either order, then the integration stack.",
    );
    let ids: Vec<LogicalId> = inputs
        .tables
        .iter()
        .map(|table| ids::per_table(&ids::TABLE, table.suffix.as_ref()))
        .collect();
    for (id, input) in ids.iter().zip(&inputs.tables) {
        template.resources.push(table(id.clone(), input, inputs));
    }
    template.output(
        outputs::SOURCE_TABLE_NAME,
        "Name of the DynamoDB table.",
        outputs::per_table(ids.iter().map(Value::reference)),
    );
    template.output(
        outputs::SOURCE_TABLE_ARN,
        "ARN of the DynamoDB table.",
        outputs::per_table(ids.into_iter().map(|id| Value::GetAtt(id, "Arn"))),
    );
    context::explain(StackKind::Source, &mut template);
    template
}

fn table(id: LogicalId, table: &SourceTable, inputs: &SourceInputs) -> Resource {
    let definition = |key: &KeyInput| -> Value {
        Object::new()
            .with("AttributeName", key.name.value())
            .with("AttributeType", key.key_type.value())
            .into()
    };
    let schema = |key: &KeyInput, kind: &str| -> Value {
        Object::new()
            .with("AttributeName", key.name.value())
            .with("KeyType", kind)
            .into()
    };
    // Only a customer key is ever named: without a key id, `SSEEnabled` would mean the AWS-managed
    // key, which zero-ETL does not support.
    let encryption = inputs.kms_key_arn.value(|_| {
        Object::new()
            .with("SSEEnabled", true)
            .with("SSEType", "KMS")
            .into()
    });
    let properties = Object::new()
        .with("TableName", table.name.value())
        .with("BillingMode", "PAY_PER_REQUEST")
        .with(
            "AttributeDefinitions",
            Value::list([
                definition(&table.partition_key),
                table.sort_key.value(definition),
            ]),
        )
        .with(
            "KeySchema",
            Value::list([
                schema(&table.partition_key, "HASH"),
                table.sort_key.value(|key| schema(key, "RANGE")),
            ]),
        )
        .with("SSESpecification", encryption)
        .with("Replicas", Value::list([replica(inputs)]));
    Resource::new(id, "AWS::DynamoDB::GlobalTable", properties).retained()
}

fn replica(inputs: &SourceInputs) -> Value {
    let recovery = Object::new().with("PointInTimeRecoveryEnabled", true).with(
        "RecoveryPeriodInDays",
        inputs.recovery_period_in_days.value(),
    );
    let encryption = inputs
        .kms_key_arn
        .value(|key| Object::new().with("KMSMasterKeyId", key.value()).into());
    Object::new()
        .with("Region", Value::reference(Pseudo::Region))
        .with("PointInTimeRecoverySpecification", recovery)
        .with("SSESpecification", encryption)
        .with(
            "ResourcePolicy",
            Object::new().with("PolicyDocument", export_policy()),
        )
        .into()
}

/// Lets Glue export the table for integrations of this account: integrations live in the account
/// of the table, whatever their target is.
///
/// `DescribeExport` is authorised on the export, whose ARN is not known before, and the table
/// cannot name itself; a policy on the table concerns the table and its exports only.
fn export_policy() -> IamPolicy {
    IamPolicy::new([IamStatement::allow(
        "GlueZeroEtlExport",
        [
            "dynamodb:DescribeTable",
            "dynamodb:ExportTableToPointInTime",
            "dynamodb:DescribeExport",
        ],
        [Value::from("*")],
    )
    .principal(Principal::Service("glue.amazonaws.com"))
    .when(
        "StringEquals",
        "aws:SourceAccount",
        Value::reference(Pseudo::AccountId),
    )
    .when(
        "ArnLike",
        "aws:SourceArn",
        arns::integrations_of(Pseudo::AccountId.into()),
    )])
}
