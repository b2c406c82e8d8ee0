//! Properties that `Custom::GlueResourcePolicy` refuses, as a table.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::samples::{catalog, document, policy, statement, statement_with_sid};

/// Name, properties, and what the reason has to contain.
pub(crate) type Case = (&'static str, Value, Vec<&'static str>);

/// All of them.
pub(crate) fn refused() -> Vec<Case> {
    let mut all = documents();
    all.extend(statements());
    all
}

/// A good statement with one member changed.
pub(crate) fn with(key: &str, value: Value) -> Value {
    let mut one = statement("Orders");
    one[key] = value;
    one
}

/// A good statement without one member.
pub(crate) fn without(key: &str) -> Value {
    let mut one = statement("Orders");
    if let Value::Object(members) = &mut one {
        members.remove(key);
    }
    one
}

/// A document whose second statement is this one.
fn second(one: Value) -> Value {
    policy(&[statement("Users"), one])
}

fn text(document: &str) -> Value {
    json!({ "PolicyDocument": document })
}

/// Wrong outside the statements.
fn documents() -> Vec<Case> {
    let mut extra = policy(&[statement("Orders")]);
    extra["PolicyDocument"]["Statements"] = json!([]);
    let mut unknown = policy(&[statement("Orders")]);
    unknown["PolicyDokument"] = json!("x");
    let mut mode = policy(&[statement("Orders")]);
    mode["Mode"] = json!("Sometimes");
    let mut hybrid = policy(&[statement("Orders")]);
    hybrid["EnableHybrid"] = json!("MAYBE");
    vec![
        ("nothing at all", json!({}), vec!["PolicyDocument"]),
        (
            "a list",
            json!({ "PolicyDocument": ["x"] }),
            vec!["PolicyDocument"],
        ),
        (
            "an unknown property",
            unknown,
            vec!["`PolicyDokument`", "PolicyDocument"],
        ),
        (
            "a wrong mode",
            mode,
            vec!["Mode", "`Sometimes`", "Merge", "Exclusive"],
        ),
        (
            "a wrong hybrid",
            hybrid,
            vec!["EnableHybrid", "`MAYBE`", "TRUE", "FALSE"],
        ),
        (
            "text with a mistake",
            text("{\n \"Version\": \n }"),
            vec!["PolicyDocument", "line 3"],
        ),
        (
            "a doubled key in text",
            text(r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}"#),
            vec!["PolicyDocument.Version", "twice"],
        ),
        (
            "a doubled key deep in text",
            text(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Deny"}]}"#),
            vec!["PolicyDocument.Statement[0].Effect", "twice"],
        ),
        (
            "text that is no object",
            text("[1]"),
            vec!["PolicyDocument"],
        ),
        (
            "an unknown key of the document",
            extra,
            vec!["PolicyDocument", "`Statements`"],
        ),
        (
            "no statements",
            json!({ "PolicyDocument": document(&[]) }),
            vec!["PolicyDocument.Statement"],
        ),
    ]
}

/// Wrong in a statement.
fn statements() -> Vec<Case> {
    let path = "PolicyDocument.Statement[1]";
    vec![
        ("no effect", second(without("Effect")), vec![path, "Effect"]),
        (
            "a wrong effect",
            second(with("Effect", json!("Perhaps"))),
            vec![path, "Effect"],
        ),
        (
            "no action",
            second(without("Action")),
            vec![path, "Action", "NotAction"],
        ),
        (
            "no principal",
            second(without("Principal")),
            vec![path, "Principal", "NotPrincipal"],
        ),
        (
            "any resource",
            second(with("Resource", json!("*"))),
            vec!["Statement[1].Resource", "`*`"],
        ),
        (
            "another account",
            second(with(
                "Resource",
                json!([catalog(), catalog().replace("111122223333", "999988887777")]),
            )),
            vec!["Statement[1].Resource[1]", "999988887777", "111122223333"],
        ),
        (
            "another Region",
            second(with(
                "Resource",
                json!(catalog().replace("us-east-1", "eu-west-1")),
            )),
            vec!["Statement[1].Resource", "eu-west-1", "us-east-1"],
        ),
        (
            "another partition",
            second(with(
                "Resource",
                json!(catalog().replace("arn:aws:", "arn:aws-cn:")),
            )),
            vec!["Statement[1].Resource", "aws-cn"],
        ),
        (
            "another service",
            second(with("Resource", json!("arn:aws:s3:::bucket"))),
            vec!["Statement[1].Resource", "`s3`"],
        ),
        (
            "a Sid with a space",
            second(statement_with_sid("a b", "Orders")),
            vec!["Statement[1].Sid", "`a b`", "letters and digits"],
        ),
        (
            "a Sid with an umlaut",
            second(statement_with_sid("ä", "Orders")),
            vec!["Statement[1].Sid", "letters and digits"],
        ),
        (
            "a Sid twice",
            policy(&[
                statement_with_sid("Same", "A"),
                statement_with_sid("Same", "B"),
            ]),
            vec!["Statement[1].Sid", "`Same`"],
        ),
    ]
}
