//! The statements that the target stack owns in the catalog policy: as the template wants them, and
//! whether the live ones mean the same. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::deploy::{CATALOG_POLICY, Template, marker};

/// A stack as it is deployed: what its template refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deployed<'a> {
    /// The template.
    pub(crate) template: &'a Template,
    /// The stack's ARN.
    pub(crate) stack_id: &'a str,
    /// The values of its parameters.
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// The physical ids of its resources.
    pub(crate) physical_ids: &'a BTreeMap<String, String>,
}

/// By policy resource, how many of its statements differ in the live policy. One whose statements the
/// template does not list cannot be compared, and is left out.
pub(crate) fn missing(deployed: Deployed<'_>, live: &[&Value]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (id, resource) in deployed.template.of_type(CATALOG_POLICY) {
        let marker = marker(deployed.stack_id, id);
        let own: Vec<_> = live
            .iter()
            .filter(|one| sid(one).starts_with(&marker))
            .collect();
        let wanted = resource.properties.get("PolicyDocument");
        let wanted = wanted.and_then(|document| document.get("Statement"));
        let Some(Value::Array(wanted)) = wanted else {
            continue;
        };
        let wanted: Vec<_> = wanted
            .iter()
            .enumerate()
            .map(|(index, statement)| as_owned(&deployed.resolved(statement), &marker, index))
            .collect();
        let absent = wanted
            .iter()
            .filter(|wanted| !own.iter().any(|live| normal(live) == normal(wanted)));
        let extra = own
            .iter()
            .filter(|live| !wanted.iter().any(|wanted| sid(wanted) == sid(live)));
        let differ = absent.count() + extra.count();
        if differ > 0 {
            found.insert(id.to_owned(), differ);
        }
    }
    found
}

fn sid(statement: &Value) -> &str {
    statement
        .get("Sid")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A statement with the Sid that the provider gives it.
fn as_owned(statement: &Value, marker: &str, index: usize) -> Value {
    let mut statement = statement.clone();
    let sid = match sid(&statement) {
        "" => format!("{marker}N{index}"),
        sid => format!("{marker}S{sid}"),
    };
    if let Some(members) = statement.as_object_mut() {
        members.insert("Sid".to_owned(), Value::String(sid));
    }
    statement
}

impl Deployed<'_> {
    /// A value as text; `None` where more would have to be known of the stack.
    pub(crate) fn text(&self, value: &Value) -> Option<String> {
        match self.resolved(value) {
            Value::String(text) if !text.contains("${") => Some(text),
            _ => None,
        }
    }

    /// A value with everything in it that is known of the stack.
    fn resolved(&self, value: &Value) -> Value {
        match value {
            Value::Object(call) if call.len() == 1 => {
                match call.iter().next().map(|(key, value)| (key.as_str(), value)) {
                    Some(("Ref", Value::String(name))) => self.named(name),
                    Some(("Fn::Sub", Value::String(text))) => Value::String(self.filled(text)),
                    _ => self.members(call),
                }
            }
            Value::Object(members) => self.members(members),
            Value::Array(values) => values.iter().map(|value| self.resolved(value)).collect(),
            scalar => scalar.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Value {
        let resolved = members
            .iter()
            .map(|(key, value)| (key.clone(), self.resolved(value)));
        Value::Object(resolved.collect())
    }

    fn named(&self, name: &str) -> Value {
        Value::String(self.filled(&format!("${{{name}}}")))
    }

    fn filled(&self, text: &str) -> String {
        let parts: Vec<_> = self.stack_id.split(':').collect();
        let place = |index: usize| parts.get(index).copied().unwrap_or_default().to_owned();
        let mut filled = text
            .replace("${AWS::Partition}", &place(1))
            .replace("${AWS::Region}", &place(3))
            .replace("${AWS::AccountId}", &place(4));
        for (name, value) in self.parameters.iter().chain(self.physical_ids) {
            filled = filled.replace(&format!("${{{name}}}"), value);
        }
        filled
    }
}

/// A statement in the one form in which equal meanings are equal: lists sorted and without brackets
/// around one element, an account's root as its number.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| name.as_str());
            let normal = sorted
                .into_iter()
                .map(|(name, value)| (name.clone(), normal(value)));
            Value::Object(normal.collect())
        }
        Value::Array(values) => {
            let mut all: Vec<_> = values.iter().map(normal).collect();
            all.sort_by_key(ToString::to_string);
            match all.as_slice() {
                [only] => only.clone(),
                _ => Value::Array(all),
            }
        }
        Value::String(text) => {
            let account = text
                .strip_suffix(":root")
                .and_then(|arn| arn.rsplit(':').next());
            let is_root = text.starts_with("arn:") && text.contains(":iam::");
            Value::String(account.filter(|_| is_root).unwrap_or(text).to_owned())
        }
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STACK: &str = "arn:aws:cloudformation:us-east-1:222222222222:stack/demo-target/1";

    fn template() -> Template {
        let statement = json!({
            "Sid": "Create", "Effect": "Allow",
            "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:root" } },
            "Action": "glue:CreateInboundIntegration",
            "Resource": [
                { "Fn::Sub": "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:catalog" },
                { "Fn::Sub": "arn:aws:glue:${AWS::Region}:${AWS::AccountId}:database/${Database}" },
            ],
            "Condition": { "StringEquals": { "aws:SourceArn": { "Ref": "Table" } } },
        });
        let policy = json!({ "Type": CATALOG_POLICY, "Properties": {
            "PolicyDocument": { "Version": "2012-10-17", "Statement": [statement] },
        } });
        Template::parse(&json!({ "Resources": { "Policy": policy } }).to_string()).unwrap()
    }

    fn live() -> Value {
        json!({
            "Sid": format!("{}SCreate", marker(STACK, "Policy")), "Effect": "Allow",
            "Principal": { "AWS": "111111111111" },
            "Action": ["glue:CreateInboundIntegration"],
            "Resource": [
                "arn:aws:glue:us-east-1:222222222222:database/orders",
                "arn:aws:glue:us-east-1:222222222222:catalog",
            ],
            "Condition": { "StringEquals": { "aws:SourceArn": ["arn:of:table"] } },
        })
    }

    fn differences(live: &[&Value]) -> usize {
        let template = template();
        let parameters = BTreeMap::from([("Table".to_owned(), "arn:of:table".to_owned())]);
        let physical_ids = BTreeMap::from([("Database".to_owned(), "orders".to_owned())]);
        let deployed = Deployed {
            template: &template,
            stack_id: STACK,
            parameters: &parameters,
            physical_ids: &physical_ids,
        };
        missing(deployed, live).get("Policy").copied().unwrap_or(0)
    }

    #[test]
    fn statements_that_mean_the_same_are_no_difference() {
        let theirs = json!({ "Sid": "Theirs", "Effect": "Deny" });
        assert_eq!(differences(&[&theirs, &live()]), 0);
    }

    #[test]
    fn a_text_is_known_where_everything_in_it_is() {
        let template = template();
        let parameters = BTreeMap::from([("Table".to_owned(), "Orders".to_owned())]);
        let physical_ids = BTreeMap::from([("Database".to_owned(), "orders".to_owned())]);
        let deployed = Deployed {
            template: &template,
            stack_id: STACK,
            parameters: &parameters,
            physical_ids: &physical_ids,
        };
        let place = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:database";
        let of = |end: &str| deployed.text(&json!({ "Fn::Sub": format!("{place}/{end}") }));
        assert_eq!(
            of("${Database}").as_deref(),
            Some("arn:aws:glue:us-east-1:222222222222:database/orders")
        );
        assert_eq!(of("${Other}"), None);
        assert_eq!(
            deployed.text(&json!({ "Ref": "Table" })).as_deref(),
            Some("Orders")
        );
        assert_eq!(
            deployed.text(&json!({ "Fn::GetAtt": ["Other", "Arn"] })),
            None
        );
    }

    #[test]
    fn a_statement_that_was_removed_stripped_or_added_is_a_difference() {
        assert_eq!(differences(&[]), 1);
        let mut stripped = live();
        stripped.as_object_mut().unwrap().remove("Condition");
        assert_eq!(differences(&[&stripped]), 1);
        let mut more = live();
        more["Sid"] = json!(format!("{}SMore", marker(STACK, "Policy")));
        assert_eq!(differences(&[&live(), &more]), 1);
    }
}
