//! Properties that tests and benchmarks send.

use serde_json::{Value, json};

use super::{ACCOUNT, REGION};

/// The type that owns statements of the catalog policy.
pub const POLICY: &str = "Custom::GlueResourcePolicy";
/// The type that owns table properties.
pub const TABLE: &str = "Custom::IntegrationTableProperties";

/// The catalog's ARN.
pub fn catalog() -> String {
    format!("arn:aws:glue:{REGION}:{ACCOUNT}:catalog")
}

/// The ARN of a database of the catalog.
pub fn database(name: &str) -> String {
    format!("arn:aws:glue:{REGION}:{ACCOUNT}:database/{name}")
}

/// A statement that Glue takes, told from others by its source table.
pub fn statement(table: &str) -> Value {
    json!({
        "Effect": "Allow",
        "Principal": { "Service": "glue.amazonaws.com" },
        "Action": "glue:AuthorizeInboundIntegration",
        "Resource": [catalog(), database("sales")],
        "Condition": { "StringEquals": {
            "aws:SourceArn": format!("arn:aws:dynamodb:{REGION}:444455556666:table/{table}")
        } }
    })
}

/// The same with a Sid.
pub fn statement_with_sid(sid: &str, table: &str) -> Value {
    let mut statement = json!({ "Sid": sid });
    if let (Some(all), Value::Object(rest)) = (statement.as_object_mut(), self::statement(table)) {
        all.extend(rest);
    }
    statement
}

/// A document of these statements.
pub fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The properties of a policy resource with these statements.
pub fn policy(statements: &[Value]) -> Value {
    json!({ "PolicyDocument": document(statements) })
}

/// The properties of a table resource.
pub fn table(database_name: &str, table: &str, config: Value) -> Value {
    let mut properties = json!({ "ResourceArn": database(database_name), "TableName": table });
    if !config.is_null() {
        properties["TargetTableConfig"] = config;
    }
    properties
}

/// The source tables that statements name, in order; `-` for one that names none.
pub fn tables_in(statements: &[Value]) -> Vec<String> {
    statements
        .iter()
        .map(|statement| {
            let arn = statement["Condition"]["StringEquals"]["aws:SourceArn"].as_str();
            arn.and_then(|arn| arn.rsplit('/').next())
                .unwrap_or("-")
                .to_owned()
        })
        .collect()
}

/// A catalog policy of other people, with everything in it that a careless merge would change.
pub fn foreign_policy() -> String {
    let (catalog, database) = (catalog(), database("theirs"));
    // Written by hand: the order, the numbers and the spelling are part of what has to stay.
    format!(
        r#"{{"Id":"their policy","Version":"2008-10-17","Statement":[
        {{"Resource":"{catalog}","Effect":"Allow","Principal":"*","Action":"glue:GetTables","Sid":"Twice"}},
        {{"Sid":"Twice","Effect":"Allow","Principal":{{"AWS":["444455556666"]}},"Action":["glue:GetTable"],"Resource":["{database}"]}},
        {{"Effect":"Deny","NotPrincipal":{{"AWS":"arn:aws:iam::444455556666:root"}},"NotAction":"glue:Get*","Resource":"{catalog}",
          "Condition":{{"NumericLessThan":{{"aws:MultiFactorAuthAge":3600.0}},"Bool":{{"aws:SecureTransport":false}}}}}},
        {{"Sid":"RAM","Effect":"Allow","Principal":{{"Service":"ram.amazonaws.com"}},"Action":"glue:ShareResource","Resource":["{catalog}","{catalog}"]}},
        {{"Sid":"Ünïcode \" \\ \u0007","Effect":"Allow","Principal":{{"AWS":"444455556666"}},"Action":"glue:*","Resource":"{catalog}","Unknown":{{"b":[],"a":null}}}}
        ]}}"#
    )
}

/// The same in the shortest form that IAM takes: one statement that is no list.
pub fn foreign_policy_of_one() -> String {
    json!({ "Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "glue:GetTable", "Resource": catalog(),
    } })
    .to_string()
}
