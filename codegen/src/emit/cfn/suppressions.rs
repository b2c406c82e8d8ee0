//! Suppressions, each in the metadata where its scanner looks for them.

use serde_json::{Map, Value as Json, json};

use super::expression::value;
use crate::model::{Finding, Scanner, Suppression, Value};

/// What the scanners read.
pub(super) fn for_scanners(suppressions: &[Suppression]) -> Map<String, Json> {
    let mut metadata = Map::new();
    for scanner in [
        Scanner::CfnLint,
        Scanner::Checkov,
        Scanner::Guard,
        Scanner::CdkNag,
    ] {
        let of: Vec<&Suppression> = of_scanner(suppressions, scanner).collect();
        if !of.is_empty() {
            let (key, body) = as_read(scanner, &of);
            metadata.insert(key.to_owned(), body);
        }
    }
    metadata
}

/// The scanner's key in the metadata, and what it wants under it.
fn as_read(scanner: Scanner, of: &[&Suppression]) -> (&'static str, Json) {
    let rules: Vec<&str> = of.iter().map(|it| it.rule).collect();
    let each = |body: fn(&Suppression) -> Json| of.iter().map(|it| body(it)).collect::<Json>();
    match scanner {
        Scanner::CfnLint => ("cfn-lint", json!({"config": {"ignore_checks": rules}})),
        Scanner::Checkov => ("checkov", json!({"skip": each(skip)})),
        Scanner::Guard => ("guard", json!({"SuppressedRules": rules})),
        Scanner::CdkNag => ("cdk_nag", json!({"rules_to_suppress": each(nag)})),
    }
}

fn of_scanner(
    suppressions: &[Suppression],
    scanner: Scanner,
) -> impl Iterator<Item = &Suppression> {
    suppressions.iter().filter(move |it| it.scanner == scanner)
}

fn skip(suppression: &Suppression) -> Json {
    json!({"id": suppression.rule, "comment": suppression.reason})
}

fn nag(suppression: &Suppression) -> Json {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(suppression.rule));
    body.insert("reason".to_owned(), json!(suppression.reason));
    if !suppression.findings.is_empty() {
        let findings: Vec<Json> = suppression.findings.iter().map(finding).collect();
        body.insert("applies_to".to_owned(), json!(findings));
    }
    Json::Object(body)
}

/// A finding as cdk-nag names it. What depends on a condition it names by the JSON text, with
/// references that cfn-lint takes for mistakes, so that is named by its condition.
fn finding(finding: &Finding) -> Json {
    match finding {
        Finding::Action(action) => json!(format!("Action::{action}")),
        Finding::Resource(Value::If(condition, ..)) => {
            let condition = condition.as_str();
            json!({"regex": format!(r#"/^Resource::\{{"Fn::If":\["{condition}",/"#)})
        }
        Finding::Resource(resource) => json!(format!("Resource::{}", flat(&value(resource)))),
        Finding::Unreadable(rule) => json!(rule),
    }
}

/// A value as cdk-nag writes it into one line; see its `flattenCfnReference`.
fn flat(value: &Json) -> String {
    let placeholders = |text: &str| text.replace("${", "<").replace('}', ">");
    let of = |function: &str| value.get(function);
    if let Some(text) = value.as_str().or(of("Fn::Sub").and_then(Json::as_str)) {
        return placeholders(text);
    }
    if let Some(name) = of("Ref").and_then(Json::as_str) {
        return format!("<{}>", placeholders(name));
    }
    if let Some([id, attribute]) = of("Fn::GetAtt").and_then(Json::as_array).map(Vec::as_slice) {
        return format!("<{}.{}>", flat(id), flat(attribute));
    }
    if let Some([separator, items]) = of("Fn::Join").and_then(Json::as_array).map(Vec::as_slice) {
        let items: Vec<String> = items.as_array().into_iter().flatten().map(flat).collect();
        return items.join(separator.as_str().unwrap_or_default());
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConditionName, LogicalId, Part};

    const BUCKET: LogicalId = LogicalId::fixed("Bucket");
    const NAMED: ConditionName = ConditionName::fixed("Named");

    fn suppression(scanner: Scanner, rule: &'static str, findings: Vec<Finding>) -> Suppression {
        let reason = "because".to_owned();
        Suppression {
            scanner,
            rule,
            findings,
            reason,
        }
    }

    #[test]
    fn every_scanner_finds_its_suppressions_where_it_looks() {
        let suppressions = [
            suppression(Scanner::CfnLint, "W1", vec![]),
            suppression(Scanner::Checkov, "CKV_1", vec![]),
            suppression(Scanner::Guard, "a_check", vec![]),
            suppression(Scanner::CdkNag, "S1", vec![]),
        ];
        assert_eq!(
            Json::Object(for_scanners(&suppressions)),
            json!({
                "cfn-lint": {"config": {"ignore_checks": ["W1"]}},
                "checkov": {"skip": [{"id": "CKV_1", "comment": "because"}]},
                "guard": {"SuppressedRules": ["a_check"]},
                "cdk_nag": {"rules_to_suppress": [{"id": "S1", "reason": "because"}]},
            })
        );
        assert_eq!(for_scanners(&[]), Map::new());
    }

    #[test]
    fn findings_are_named_as_cdk_nag_names_them() {
        let arn = Part::GetAtt(BUCKET, "Arn");
        let objects = Value::concat([arn, "/*".into()]);
        let joined = Value::Join("", vec![Value::GetAtt(BUCKET, "Arn"), "/*".into()]);
        let either = Value::If(NAMED, Box::new("a".into()), Box::new(objects.clone()));
        let names = [
            (Finding::Action("s3:*".to_owned()), json!("Action::s3:*")),
            (Finding::Resource("*".into()), json!("Resource::*")),
            (
                Finding::Resource(objects),
                json!("Resource::<Bucket.Arn>/*"),
            ),
            (Finding::Resource(joined), json!("Resource::<Bucket.Arn>/*")),
            (
                Finding::Resource(either),
                json!({"regex": r#"/^Resource::\{"Fn::If":\["Named",/"#}),
            ),
            (Finding::Unreadable("IAM5"), json!("IAM5")),
        ];
        for (found, name) in names {
            assert_eq!(finding(&found), name);
        }
    }
}
