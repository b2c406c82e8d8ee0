//! What must stand after a deployment, written by hand from the contract, not read from the
//! templates: the statements, and the parameters of the generic product.

use serde_json::{Value, json};

use crate::stacks::Parameters;
use crate::stage::{CODE_KEY, REGION, Stage};

pub(crate) const DATABASE: &str = "orders_lakehouse";

pub(crate) fn source_parameters() -> Parameters {
    Parameters::new()
}

pub(crate) fn target_parameters(stage: &Stage) -> Parameters {
    Parameters::from([
        ("SourceAccountId", stage.source.id.clone()),
        ("DatabaseName", DATABASE.to_owned()),
        ("ProviderCodeBucket", stage.target.code_bucket()),
        ("ProviderCodeKey", CODE_KEY.to_owned()),
    ])
}

pub(crate) fn integration_parameters(stage: &Stage) -> Parameters {
    Parameters::from([
        ("TargetAccountId", stage.target.id.clone()),
        ("DatabaseName", DATABASE.to_owned()),
        ("IntegrationName", "orders".to_owned()),
    ])
}

/// The two statements of the contract, without their Sids.
pub(crate) fn statements(source: &str, target: &str, database: &str, table: &str) -> [Value; 2] {
    let resources = json!([
        format!("arn:aws:glue:{REGION}:{target}:catalog"),
        format!("arn:aws:glue:{REGION}:{target}:database/{database}"),
    ]);
    let condition = json!({
        "StringEquals": {
            "aws:SourceArn": format!("arn:aws:dynamodb:{REGION}:{source}:table/{table}"),
        },
    });
    [
        json!({
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{source}:root") },
            "Action": "glue:CreateInboundIntegration",
            "Resource": resources,
            "Condition": condition,
        }),
        json!({
            "Effect": "Allow",
            "Principal": { "Service": "glue.amazonaws.com" },
            "Action": "glue:AuthorizeInboundIntegration",
            "Resource": resources,
            "Condition": condition,
        }),
    ]
}

/// Another team's statement, in a shape that a careless merge would tidy up.
pub(crate) fn foreign_statement(target: &str) -> Value {
    json!({
        "Sid": "AnalyticsTeamReads",
        "Effect": "Allow",
        "Principal": { "AWS": ["arn:aws:iam::333333333333:root"] },
        "Action": ["glue:GetTables", "glue:GetDatabase"],
        "Resource": [
            format!("arn:aws:glue:{REGION}:{target}:catalog"),
            format!("arn:aws:glue:{REGION}:{target}:database/analytics"),
            format!("arn:aws:glue:{REGION}:{target}:table/analytics/*"),
        ],
    })
}

/// A policy of other people's statements that leaves no room for ours in Glue's 10,240 bytes.
pub(crate) fn crowded_policy(target: &str) -> Value {
    let mut document = json!({ "Version": "2012-10-17", "Statement": [] });
    for number in 0.. {
        let mut statement = foreign_statement(target);
        statement["Sid"] = json!(format!("AnalyticsTeamReads{number}"));
        let statements = document["Statement"].as_array_mut().unwrap();
        statements.push(statement);
        if document.to_string().len() > 10_240 {
            document["Statement"].as_array_mut().unwrap().pop();
            break;
        }
    }
    document
}

/// Asserts that the policy holds the foreign statement unchanged and, beside it, exactly `ours`,
/// each with a Sid made of letters and digits.
#[track_caller]
pub(crate) fn assert_policy(policy: Option<&Value>, foreign: &Value, ours: &[Value]) {
    let statements = policy.expect("a catalog policy")["Statement"]
        .as_array()
        .unwrap()
        .clone();
    let (kept, owned): (Vec<Value>, Vec<Value>) = statements
        .into_iter()
        .partition(|statement| statement["Sid"] == foreign["Sid"]);
    assert_eq!(kept, vec![foreign.clone()]);
    // Byte for byte, so that key order counts too.
    assert_eq!(kept[0].to_string(), foreign.to_string());
    let mut without_sid = Vec::new();
    for mut statement in owned {
        let sid = statement
            .as_object_mut()
            .unwrap()
            .remove("Sid")
            .expect("a Sid");
        let sid = sid.as_str().unwrap();
        assert!(
            sid.chars()
                .all(|character| character.is_ascii_alphanumeric()),
            "{sid}"
        );
        without_sid.push(statement);
    }
    without_sid.sort_by_key(by_action);
    let mut wanted = ours.to_vec();
    wanted.sort_by_key(by_action);
    assert_eq!(without_sid, wanted);
}

fn by_action(statement: &Value) -> String {
    format!("{} {}", statement["Action"], statement["Condition"])
}
