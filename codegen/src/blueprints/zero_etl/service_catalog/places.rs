//! What the things of products are called that somebody launches: Service Catalog names the stack
//! `SC-<account>-pp-<id>`, and everything in it follows.

use super::parameters as p;
use crate::{
    blueprints::zero_etl::arns,
    model::{Part, Pseudo, Value},
    permissions::Place,
};

/// The stacks of launched products.
pub(super) fn stacks() -> Value {
    arns::of_this_account("cloudformation", stack("stack/SC-", "/*"))
}

/// `before`, the rest of the name of a stack that Service Catalog made up, and `after`.
fn stack(before: &str, after: &str) -> [Part; 4] {
    [
        before.into(),
        Pseudo::AccountId.into(),
        "-pp-*".into(),
        after.into(),
    ]
}

/// What a statement of a launch role names for a place.
pub(super) fn of_launched_stacks(place: Place) -> Value {
    let here = || Part::from(Pseudo::AccountId);
    let database = || Part::from(&p::DATABASE_NAMES);
    let target = || Part::from(&p::TARGET_ACCOUNT_ID);
    match place {
        Place::Anything => Value::from("*"),
        Place::Table => arns::dynamodb_table(here(), Part::from(&p::TABLE_NAMES)),
        Place::TableKey => arns::of_this_account("kms", ["key/*".into()]),
        Place::Bucket => arns::bucket(stack("sc-", "-bucket-*")),
        Place::Catalog => arns::catalog_of(here()),
        Place::Database => arns::database(here(), database()),
        Place::TargetRole => arns::roles(stack("SC-", "-TargetRole-*")),
        Place::ProviderRole => arns::roles(stack("SC-", "-ProviderRole-*")),
        Place::Registrations => {
            arns::of_this_account("glue", ["integrationresourceproperty/*".into()])
        }
        Place::LogGroup => {
            let group = stack("log-group:/aws/lambda/SC-", "-zeroetl-provider");
            arns::of_this_account("logs", group)
        }
        Place::LogStreams => {
            let streams = stack("log-group:/aws/lambda/SC-", "-zeroetl-provider:*");
            arns::of_this_account("logs", streams)
        }
        Place::Function => {
            arns::of_this_account("lambda", stack("function:SC-", "-ProviderFunction-*"))
        }
        Place::Code => arns::bucket([Part::from(&p::RELEASE_BUCKET), "/*".into()]),
        Place::Integrations => arns::integrations_of(here()),
        Place::TargetCatalog => arns::catalog_of(target()),
        Place::TargetDatabase => arns::database(target(), database()),
        Place::IntegrationKey => arns::any_key(),
    }
}
