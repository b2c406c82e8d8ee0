//! What Glue would refuse, found before anything is written: all of it at once, with the
//! statement's place and name. The rules are Glue's own for catalog policies:
//! <https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html>

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use zeroetl_properties::{Arn, Problem, is_absent, text};

use super::wanted::author_sid;
use crate::ports::Home;

/// The problems of the author's statements in the catalog of `home`.
pub(super) fn lint(statements: &[Value], home: &Home) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut sids = BTreeMap::new();
    for (index, statement) in statements.iter().enumerate() {
        let path = format!("PolicyDocument.Statement[{index}]");
        let Value::Object(entries) = statement else {
            problems.push(Problem::new(path, "is no object; a statement was expected"));
            continue;
        };
        let sid = author_sid(entries);
        let mut lint = Lint {
            path,
            sid: sid.clone(),
            entries,
            problems: &mut problems,
        };
        lint.sid(index, &mut sids);
        lint.effect();
        lint.one_of("Action", "NotAction");
        lint.one_of("Principal", "NotPrincipal");
        lint.principals("Principal");
        lint.principals("NotPrincipal");
        lint.resources("Resource", home);
        lint.resources("NotResource", home);
        lint.lockout(home);
    }
    problems
}

/// One statement under inspection.
struct Lint<'a> {
    path: String,
    sid: Option<String>,
    entries: &'a Map<String, Value>,
    problems: &'a mut Vec<Problem>,
}

impl Lint<'_> {
    fn problem(&mut self, below: &str, message: &str) {
        let who = self
            .sid
            .as_ref()
            .map(|sid| format!(" (Sid `{sid}`)"))
            .unwrap_or_default();
        let path = format!("{}{below}", self.path);
        self.problems
            .push(Problem::new(path, format!("{message}{who}")));
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).filter(|value| !is_absent(value))
    }

    fn sid(&mut self, index: usize, seen: &mut BTreeMap<String, usize>) {
        let Some(value) = self.get("Sid") else { return };
        let Some(sid) = text(value).map(std::borrow::Cow::into_owned) else {
            return self.problem(".Sid", "is no string; use letters and digits");
        };
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            self.problem(".Sid", "has other characters; use letters and digits only");
        }
        if let Some(earlier) = seen.get(&sid) {
            let message = format!("is that of Statement[{earlier}] too; use each Sid once");
            self.problem(".Sid", &message);
        }
        seen.entry(sid).or_insert(index);
    }

    fn effect(&mut self) {
        match self.get("Effect").and_then(Value::as_str) {
            Some("Allow" | "Deny") => {}
            Some(other) => {
                let message = format!("is `{other}`; use `Allow` or `Deny`");
                self.problem(".Effect", &message);
            }
            None => self.problem(".Effect", "is required; use `Allow` or `Deny`"),
        }
    }

    fn one_of(&mut self, key: &str, not_key: &str) {
        match (self.get(key).is_some(), self.get(not_key).is_some()) {
            (false, false) => {
                let message = format!("is required, or {not_key}");
                self.problem(&format!(".{key}"), &message);
            }
            (true, true) => {
                let message = format!("stands beside {key}; keep one of them");
                self.problem(&format!(".{not_key}"), &message);
            }
            _ => {}
        }
    }

    fn principals(&mut self, key: &str) {
        let wrong: Vec<String> = self
            .get(key)
            .and_then(|value| value.get("AWS"))
            .map_or_else(Vec::new, |names| {
                let names = each(names).filter_map(|(place, name)| Some((place, text(name)?)));
                let wild = names.filter(|(_, name)| name.len() > 1 && name.contains('*'));
                wild.map(|(place, _)| place).collect()
            });
        for place in wrong {
            self.problem(
                &format!(".{key}.AWS{place}"),
                "has a wildcard inside a principal; name the principal, or its account with a \
                 condition on `aws:PrincipalArn`",
            );
        }
    }

    /// A Deny on everybody would keep this function from ever taking it back.
    fn lockout(&mut self, home: &Home) {
        let catalog = format!("{}catalog", home.glue_prefix());
        let denied = OWN_ACTIONS
            .into_iter()
            .find(|action| self.covers("Action", "NotAction", action));
        if self.get("Effect").and_then(Value::as_str) == Some("Deny")
            && self.get("Condition").is_none()
            && self.means_everybody(home)
            && self.covers("Resource", "NotResource", &catalog)
            && let Some(action) = denied
        {
            let message = format!(
                "denies everybody, this function included, `{action}` on the catalog, and nobody could take it \
                 back; name the principals, or add a condition"
            );
            self.problem("", &message);
        }
    }

    fn means_everybody(&self, home: &Home) -> bool {
        let account = home.account.as_str();
        let is_wide = |name: &str| {
            name == "*" || name == account || name.ends_with(&format!("::{account}:root"))
        };
        self.get("NotPrincipal").is_some()
            || self.get("Principal").is_some_and(|principal| {
                let names = principal.get("AWS").unwrap_or(principal);
                each(names).any(|(_, name)| text(name).is_some_and(|name| is_wide(&name)))
            })
    }

    /// Whether one of the patterns of `key` matches, or none of those of `not_key`.
    fn covers(&self, key: &str, not_key: &str, what: &str) -> bool {
        let any = |patterns: &Value| {
            each(patterns).any(|(_, pattern)| text(pattern).is_some_and(|it| matches(&it, what)))
        };
        match (self.get(key), self.get(not_key)) {
            (Some(patterns), _) => any(patterns),
            (None, Some(patterns)) => !any(patterns),
            (None, None) => false,
        }
    }

    fn resources(&mut self, key: &str, home: &Home) {
        let prefix = home.glue_prefix();
        let wrong: Vec<_> = self
            .get(key)
            .into_iter()
            .flat_map(each)
            .filter_map(|(place, resource)| Some((place, foreign(resource, home)?)))
            .collect();
        for (place, what) in wrong {
            let message = format!("{what}; use an ARN that begins with `{prefix}`");
            self.problem(&format!(".{key}{place}"), &message);
        }
    }
}

/// What this function calls to change the policy again.
const OWN_ACTIONS: [&str; 3] = [
    "glue:PutResourcePolicy",
    "glue:GetResourcePolicy",
    "glue:DeleteResourcePolicy",
];

/// Whether a pattern with `*` and `?` matches, in any case.
fn matches(pattern: &str, what: &str) -> bool {
    fn bytes(pattern: &[u8], what: &[u8]) -> bool {
        match (pattern.split_first(), what.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => {
                bytes(rest, what)
                    || what
                        .split_first()
                        .is_some_and(|(_, what)| bytes(pattern, what))
            }
            (Some((b'?', rest)), Some((_, what))) => bytes(rest, what),
            (Some((one, rest)), Some((other, what))) if one.eq_ignore_ascii_case(other) => {
                bytes(rest, what)
            }
            _ => false,
        }
    }
    // Only a few stars stand in a pattern that somebody wrote; more than that is taken for a match.
    pattern.matches('*').count() > 6 || bytes(pattern.as_bytes(), what.as_bytes())
}

/// One value, or each of a list with its place.
fn each(value: &Value) -> Box<dyn Iterator<Item = (String, &Value)> + '_> {
    match value {
        Value::Array(items) => Box::new(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| (format!("[{index}]"), item)),
        ),
        single => Box::new(std::iter::once((String::new(), single))),
    }
}

/// What keeps this resource from being one of the catalog, if anything.
fn foreign(resource: &Value, home: &Home) -> Option<String> {
    let Some(text) = text(resource) else {
        return Some("is no string".to_owned());
    };
    let Ok(arn) = text.parse::<Arn>() else {
        let shown: String = text.chars().take(64).collect();
        return Some(format!("is `{shown}`, which is no ARN"));
    };
    let (region, account) = (home.region.as_str(), home.account.as_str());
    let parts = [
        ("partition", arn.partition(), home.partition.as_str()),
        ("service", arn.service(), "glue"),
        ("Region", arn.region(), region),
        ("account", arn.account(), account),
    ];
    let (part, given, _) = parts
        .into_iter()
        .find(|(_, given, wanted)| given != wanted)?;
    Some(format!("is of another catalog: its {part} is `{given}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(statements: &Value) -> Vec<String> {
        let home = Home::of_function("arn:aws:lambda:us-east-1:111111111111:function:f").unwrap();
        let statements = statements.as_array().unwrap();
        lint(statements, &home)
            .into_iter()
            .map(|problem| problem.to_string())
            .collect()
    }

    fn good() -> Value {
        json!({
            "Sid": "Read1", "Effect": "Allow", "Principal": {"AWS": "222222222222"},
            "Action": "glue:GetTable", "Resource": "arn:aws:glue:us-east-1:111111111111:catalog",
        })
    }

    #[test]
    fn a_statement_of_this_catalog_is_taken() {
        let unnamed = json!({
            "Effect": "Deny", "NotPrincipal": "*", "NotAction": ["glue:*"],
            "Resource": ["arn:aws:glue:us-east-1:111111111111:table/*/*"],
        });
        assert!(problems(&json!([good(), unnamed])).is_empty());
    }

    #[test]
    fn every_problem_of_every_statement_is_named_with_its_place_and_sid() {
        let found = problems(&json!([
            {"Sid": "a b"},
            {
                "Sid": "Both", "Effect": "allow", "Action": "a", "NotAction": "b",
                "Principal": {"AWS": ["arn:aws:iam::222222222222:role/*", "*"]}, "NotPrincipal": "*",
                "Resource": ["*", "arn:aws:glue:us-east-1:111111111111:catalog"],
            },
            "x",
        ]));
        insta::assert_snapshot!(found.join("\n"), @r"
        PolicyDocument.Statement[0].Sid: has other characters; use letters and digits only (Sid `a b`)
        PolicyDocument.Statement[0].Effect: is required; use `Allow` or `Deny` (Sid `a b`)
        PolicyDocument.Statement[0].Action: is required, or NotAction (Sid `a b`)
        PolicyDocument.Statement[0].Principal: is required, or NotPrincipal (Sid `a b`)
        PolicyDocument.Statement[1].Effect: is `allow`; use `Allow` or `Deny` (Sid `Both`)
        PolicyDocument.Statement[1].NotAction: stands beside Action; keep one of them (Sid `Both`)
        PolicyDocument.Statement[1].NotPrincipal: stands beside Principal; keep one of them (Sid `Both`)
        PolicyDocument.Statement[1].Principal.AWS[0]: has a wildcard inside a principal; name the principal, or its account with a condition on `aws:PrincipalArn` (Sid `Both`)
        PolicyDocument.Statement[1].Resource[0]: is `*`, which is no ARN; use an ARN that begins with `arn:aws:glue:us-east-1:111111111111:` (Sid `Both`)
        PolicyDocument.Statement[2]: is no object; a statement was expected
        ");
    }

    #[test]
    fn a_resource_of_another_catalog_is_refused() {
        for (resource, what) in [
            (
                "arn:aws:glue:us-east-1:222222222222:catalog",
                "account is `222222222222`",
            ),
            (
                "arn:aws:glue:eu-west-1:111111111111:catalog",
                "Region is `eu-west-1`",
            ),
            ("arn:aws:glue:*:111111111111:catalog", "Region is `*`"),
            (
                "arn:aws-cn:glue:us-east-1:111111111111:catalog",
                "partition is `aws-cn`",
            ),
            ("arn:aws:s3:::bucket", "service is `s3`"),
            ("*", "is no ARN"),
        ] {
            let mut statement = good();
            statement["Resource"] = resource.into();
            let found = problems(&json!([statement]));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(what), "{found:?}");
            assert!(
                found[0].starts_with("PolicyDocument.Statement[0].Resource: "),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_sid_stands_once() {
        let found = problems(&json!([good(), good()]));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("PolicyDocument.Statement[1].Sid: is that of Statement[0]"));
    }

    #[test]
    fn a_deny_that_would_lock_this_function_out_is_refused() {
        let deny = |principal: Value, action: &str, resource: &str| {
            json!([{
                "Sid": "D", "Effect": "Deny", "Principal": principal, "Action": action,
                "Resource": format!("arn:aws:glue:us-east-1:111111111111:{resource}"),
            }])
        };
        for principal in [
            json!("*"),
            json!({"AWS": "*"}),
            json!({"AWS": ["111111111111"]}),
            json!({"AWS": "arn:aws:iam::111111111111:root"}),
        ] {
            for action in ["*", "glue:*", "glue:Put*", "GLUE:*ResourcePolicy"] {
                let found = problems(&deny(principal.clone(), action, "catalog"));
                assert_eq!(found.len(), 1, "{principal} {action}: {found:?}");
                assert!(
                    found[0].contains("denies everybody, this function included"),
                    "{found:?}"
                );
            }
        }
        let mut conditional = deny(json!("*"), "glue:*", "catalog");
        conditional[0]["Condition"] = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}});
        for harmless in [
            conditional,
            deny(json!({"AWS": "222222222222"}), "glue:*", "catalog"),
            deny(json!("*"), "glue:GetTable*", "catalog"),
            deny(json!("*"), "glue:*", "table/*/*"),
        ] {
            assert_eq!(problems(&harmless), [""; 0], "{harmless}");
        }
    }
}
