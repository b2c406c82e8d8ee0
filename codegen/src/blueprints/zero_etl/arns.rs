//! ARNs, put together from inputs: nothing has to be looked up over accounts.

use crate::model::{Part, Pseudo, Value};

/// `arn:<partition>:<service>:<region>:<account>:<resource>`, of this partition and Region.
fn regional(service: &str, account: Part, resource: impl IntoIterator<Item = Part>) -> Value {
    let head = [
        "arn:".into(),
        Pseudo::Partition.into(),
        format!(":{service}:").as_str().into(),
        Pseudo::Region.into(),
        ":".into(),
        account,
        ":".into(),
    ];
    Value::concat(head.into_iter().chain(resource))
}

/// A DynamoDB table.
pub(super) fn dynamodb_table(account: Part, name: Part) -> Value {
    regional("dynamodb", account, ["table/".into(), name])
}

/// Any zero-ETL integration of an account. The id is made by Glue, so it is not known before.
pub(super) fn integrations_of(account: Part) -> Value {
    regional("glue", account, ["integration:*".into()])
}

/// The Data Catalog of this account.
pub(super) fn catalog() -> Value {
    catalog_of(Pseudo::AccountId.into())
}

/// The Data Catalog of an account.
pub(super) fn catalog_of(account: Part) -> Value {
    regional("glue", account, ["catalog".into()])
}

/// Something of this account and Region.
pub(super) fn of_this_account(service: &str, resource: impl IntoIterator<Item = Part>) -> Value {
    regional(service, Pseudo::AccountId.into(), resource)
}

/// Roles of this account, by the pattern of their names.
pub(super) fn roles(name: impl IntoIterator<Item = Part>) -> Value {
    let head: [Part; 5] = [
        "arn:".into(),
        Pseudo::Partition.into(),
        ":iam::".into(),
        Pseudo::AccountId.into(),
        ":role/".into(),
    ];
    Value::concat(head.into_iter().chain(name))
}

/// A bucket, or something in it.
pub(super) fn bucket(name: impl IntoIterator<Item = Part>) -> Value {
    let head: [Part; 3] = ["arn:".into(), Pseudo::Partition.into(), ":s3:::".into()];
    Value::concat(head.into_iter().chain(name))
}

/// Any key of KMS in this Region, whoever owns it.
pub(super) fn any_key() -> Value {
    regional("kms", "*".into(), ["key/*".into()])
}

/// A Glue database.
pub(super) fn database(account: Part, name: Part) -> Value {
    regional("glue", account, ["database/".into(), name])
}

/// All Glue databases of this account.
pub(super) fn databases() -> Value {
    database(Pseudo::AccountId.into(), "*".into())
}

/// All tables of a Glue database of this account.
pub(super) fn tables_of(database: Part) -> Value {
    regional(
        "glue",
        Pseudo::AccountId.into(),
        ["table/".into(), database, "/*".into()],
    )
}

/// An account as a principal.
pub(super) fn root_of(account: Part) -> Value {
    Value::concat([
        "arn:".into(),
        Pseudo::Partition.into(),
        ":iam::".into(),
        account,
        ":root".into(),
    ])
}

/// The log groups that Glue makes for zero-ETL in this account, with their streams.
pub(super) fn zero_etl_logs() -> Value {
    regional(
        "logs",
        Pseudo::AccountId.into(),
        ["log-group:/aws-glue/zeroETL-integrations/*".into()],
    )
}
