//! The report in one word, and why it is not `standing`. Pure.

use std::fmt;

use serde::Serialize;

use super::report::{CatalogPolicy, IntegrationReport, PropertiesReport, StackReport};
use crate::deploy::stack_state::{Verdict, judge};

/// How everything together stands. The exit code of `status` is 0 for `standing` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Every stack stands, every integration works, policy and properties are there.
    Standing,
    /// None of the stacks is there.
    Absent,
    /// Something is missing or still under way.
    Incomplete,
    /// Something failed, or was taken away behind a stack's back.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standing => "standing",
            Self::Absent => "absent",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
        })
    }
}

/// Judges the parts together.
pub(super) fn judge_all(
    stacks: &[StackReport],
    integrations: &[IntegrationReport],
    policy: Option<&CatalogPolicy>,
    properties: &[PropertiesReport],
) -> (State, Vec<String>) {
    if stacks.iter().all(|stack| stack.status.is_none()) {
        return (State::Absent, vec!["no stack is there".to_owned()]);
    }
    let mut found: Vec<(State, String)> = stacks.iter().filter_map(of_stack).collect();
    // Glue is asked to agree only with stacks that claim to stand.
    if stands(stacks, "integration") {
        found.extend(integrations.iter().filter_map(of_integration));
    }
    if stands(stacks, "target") {
        if !policy.is_some_and(|policy| policy.statements.iter().any(|one| one.owned)) {
            let text = "the catalog policy has no statement of the target stack; update the stack \
                        with another `PolicyDocument`, or destroy and deploy it";
            found.push((State::Failed, text.to_owned()));
        }
        found.extend(properties.iter().filter(|one| !one.found).map(|one| {
            (
                State::Failed,
                format!(
                    "table `{}` has no integration table properties; {ANEW}",
                    one.table
                ),
            )
        }));
    }
    let state = found
        .iter()
        .map(|(state, _)| *state)
        .max()
        .unwrap_or(State::Standing);
    (state, found.into_iter().map(|(_, reason)| reason).collect())
}

/// What repairs stacks that do not know what they lost.
const ANEW: &str = "run `zeroetl destroy` and then, as it says, `zeroetl deploy --import-existing`";

fn stands(stacks: &[StackReport], kind: &str) -> bool {
    stacks
        .iter()
        .any(|stack| stack.kind == kind && judge(stack.status.as_deref()) == Verdict::Update)
}

fn of_stack(stack: &StackReport) -> Option<(State, String)> {
    let status = stack.status.as_deref();
    let is = || format!("stack `{}` is `{}`", stack.name, status.unwrap_or("absent"));
    match judge(status) {
        Verdict::Update => None,
        Verdict::Create | Verdict::Busy => Some((State::Incomplete, is())),
        Verdict::Stuck(_) => Some((State::Failed, is())),
    }
}

fn of_integration(integration: &IntegrationReport) -> Option<(State, String)> {
    let state = match integration.status.as_deref() {
        Some("ACTIVE" | "SYNCING" | "MODIFYING") => return None,
        Some("CREATING") => State::Incomplete,
        _ => State::Failed,
    };
    let Some(status) = integration.status.as_deref() else {
        let text = format!(
            "integration `{}` is `absent`: it was deleted outside its stack, which a deployment does \
             not notice; {ANEW}",
            integration.name
        );
        return Some((State::Failed, text));
    };
    let faults = integration
        .errors
        .iter()
        .map(|one| format!("{} ({})", one.message, one.code));
    let parts = [format!("integration `{}` is `{status}`", integration.name)];
    Some((
        state,
        parts
            .into_iter()
            .chain(faults)
            .collect::<Vec<_>>()
            .join(": "),
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::report::{IntegrationFault, StatementReport};
    use super::*;

    fn stack(kind: &'static str, status: Option<&str>) -> StackReport {
        StackReport {
            kind,
            name: format!("demo-{kind}"),
            account: "111111111111".to_owned(),
            region: "us-east-1".to_owned(),
            status: status.map(str::to_owned),
            reason: None,
            outputs: BTreeMap::new(),
        }
    }

    fn stacks(status: [Option<&str>; 3]) -> Vec<StackReport> {
        ["source", "target", "integration"]
            .into_iter()
            .zip(status)
            .map(|(k, s)| stack(k, s))
            .collect()
    }

    fn integration(status: Option<&str>) -> IntegrationReport {
        IntegrationReport {
            table: "Orders".to_owned(),
            name: "demo-Orders".to_owned(),
            status: status.map(str::to_owned),
            arn: None,
            errors: vec![IntegrationFault {
                code: "RoleDenied".to_owned(),
                message: "no access".to_owned(),
            }],
        }
    }

    fn policy(owned: bool) -> CatalogPolicy {
        let statement = StatementReport {
            owned,
            statement: json!({}),
        };
        CatalogPolicy {
            document: serde_json::Value::Null,
            hash: "h".to_owned(),
            statements: vec![statement],
        }
    }

    fn properties(found: bool) -> PropertiesReport {
        PropertiesReport {
            table: "Orders".to_owned(),
            found,
            unnest_spec: None,
            partition_spec: Vec::new(),
            target_table_name: None,
            integration_arn: None,
        }
    }

    const ALL: [Option<&str>; 3] = [Some("CREATE_COMPLETE"); 3];

    #[test]
    fn what_works_is_standing_without_a_reason() {
        let whole = judge_all(
            &stacks(ALL),
            &[integration(Some("ACTIVE"))],
            Some(&policy(true)),
            &[properties(true)],
        );
        assert_eq!(whole, (State::Standing, Vec::new()));
    }

    #[test]
    fn nothing_at_all_is_absent_and_not_failed() {
        let (state, _) = judge_all(&stacks([None; 3]), &[integration(None)], None, &[]);
        assert_eq!(state, State::Absent);
    }

    #[test]
    fn a_stack_that_is_missing_or_under_way_makes_it_incomplete() {
        let missing = [Some("CREATE_COMPLETE"), Some("UPDATE_IN_PROGRESS"), None];
        let (state, reasons) = judge_all(&stacks(missing), &[integration(None)], None, &[]);
        assert_eq!(state, State::Incomplete);
        assert_eq!(
            reasons,
            [
                "stack `demo-target` is `UPDATE_IN_PROGRESS`",
                "stack `demo-integration` is `absent`"
            ]
        );
    }

    #[test]
    fn an_integration_that_needs_attention_fails_with_glues_words() {
        let (state, reasons) = judge_all(
            &stacks(ALL),
            &[integration(Some("NEEDS_ATTENTION"))],
            Some(&policy(true)),
            &[properties(true)],
        );
        assert_eq!(state, State::Failed);
        assert_eq!(
            reasons,
            ["integration `demo-Orders` is `NEEDS_ATTENTION`: no access (RoleDenied)"]
        );
    }

    #[test]
    fn policy_or_properties_taken_away_behind_a_stack_are_noticed() {
        let (state, reasons) = judge_all(
            &stacks(ALL),
            &[integration(Some("ACTIVE"))],
            Some(&policy(false)),
            &[properties(false)],
        );
        assert_eq!(state, State::Failed);
        assert_eq!(reasons.len(), 2, "{reasons:?}");
    }

    #[test]
    fn an_integration_deleted_behind_its_stack_comes_with_what_to_do() {
        let (state, reasons) = judge_all(
            &stacks(ALL),
            &[integration(None)],
            Some(&policy(true)),
            &[properties(true)],
        );
        assert_eq!(state, State::Failed);
        assert!(
            reasons[0].contains("`zeroetl deploy --import-existing`"),
            "{reasons:?}"
        );
    }

    #[test]
    fn a_stack_that_cannot_be_updated_is_failed() {
        let status = [Some("CREATE_COMPLETE"), Some("ROLLBACK_COMPLETE"), None];
        assert_eq!(judge_all(&stacks(status), &[], None, &[]).0, State::Failed);
    }
}
