//! What the things of one stack are called, as far as it is known before they are made.

use super::{INTEGRATION_KMS_KEY_ARN, STACK_NAME};
use crate::{
    blueprints::zero_etl::{arns, generic::parameters as p},
    model::{ConditionName, ParameterName, Part, Pseudo, Value},
    permissions::Place,
};

/// The name of the condition in the target stack.
const HAS_BUCKET_NAME: ConditionName = ConditionName::fixed("HasBucketName");

/// The stack itself; the end of its ARN is made up by CloudFormation.
pub(super) fn stack() -> Value {
    arns::of_this_account("cloudformation", ["stack/".into(), own_name(), "/*".into()])
}

/// What a statement of the policy names for a place.
pub(super) fn of_one_stack(place: Place) -> Value {
    let here = || Part::from(Pseudo::AccountId);
    match place {
        Place::Anything => Value::from("*"),
        Place::Table => arns::dynamodb_table(here(), parameter(&p::SOURCE_TABLE_NAME)),
        Place::TableKey => Value::reference(&p::SOURCE_KMS_KEY_ARN),
        Place::Bucket => bucket(),
        Place::Catalog => arns::catalog_of(here()),
        Place::Database => arns::database(here(), parameter(&p::DATABASE_NAME)),
        Place::TargetRole => arns::roles([own_name(), "-TargetRole-*".into()]),
        Place::ProviderRole => arns::roles([own_name(), "-ProviderRole-*".into()]),
        Place::Registrations => {
            arns::of_this_account("glue", ["integrationresourceproperty/*".into()])
        }
        Place::LogGroup => log_group("-zeroetl-provider"),
        Place::LogStreams => log_group("-zeroetl-provider:*"),
        Place::Function => arns::of_this_account(
            "lambda",
            ["function:".into(), own_name(), "-ProviderFunction-*".into()],
        ),
        // Not the one key: the next version has another one.
        Place::Code => arns::bucket([parameter(&p::PROVIDER_CODE_BUCKET), "/*".into()]),
        Place::Integrations => arns::integrations_of(here()),
        Place::TargetCatalog => arns::catalog_of(parameter(&p::TARGET_ACCOUNT_ID)),
        Place::TargetDatabase => arns::database(
            parameter(&p::TARGET_ACCOUNT_ID),
            parameter(&p::DATABASE_NAME),
        ),
        // The stack's own parameter takes an alias too, which a policy cannot name.
        Place::IntegrationKey => Value::reference(&INTEGRATION_KMS_KEY_ARN),
    }
}

fn log_group(end: &str) -> Value {
    let name = ["log-group:/aws/lambda/".into(), own_name(), end.into()];
    arns::of_this_account("logs", name)
}

fn own_name() -> Part {
    parameter(&STACK_NAME)
}

fn parameter(name: &ParameterName) -> Part {
    Part::from(name)
}

/// The name that the user gives, or the one that CloudFormation makes of the names of stack and
/// resource, in lower case.
fn bucket() -> Value {
    let given = arns::bucket([parameter(&p::BUCKET_NAME)]);
    let made_up = arns::bucket([own_name(), "-bucket-*".into()]);
    Value::If(HAS_BUCKET_NAME, Box::new(given), Box::new(made_up))
}
