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
    arns::of_this_account("cloudformation", ["stack/SC-*/*".into()])
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
        Place::Bucket => arns::bucket(["sc-*".into()]),
        Place::Catalog => arns::catalog_of(here()),
        Place::Database => arns::database(here(), database()),
        Place::Roles => arns::roles(["SC-*".into()]),
        Place::Registrations => {
            arns::of_this_account("glue", ["integrationresourceproperty/*".into()])
        }
        Place::LogGroup => arns::of_this_account("logs", ["log-group:/aws/lambda/SC-*".into()]),
        Place::Function => arns::of_this_account("lambda", ["function:SC-*".into()]),
        Place::Code => arns::bucket([Part::from(&p::RELEASE_BUCKET), "/*".into()]),
        Place::Integrations => arns::integrations_of(here()),
        Place::TargetCatalog => arns::catalog_of(target()),
        Place::TargetDatabase => arns::database(target(), database()),
        Place::IntegrationKey => arns::any_key(),
    }
}
