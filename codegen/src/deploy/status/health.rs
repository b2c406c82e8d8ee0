//! The report in one word. Pure.

use std::fmt;

use serde::Serialize;

use super::report::{IntegrationReport, StackReport};
use crate::deploy::stack_state::{Verdict, judge};
use crate::flows::zero_etl::live::Difference;

/// How everything together is. The exit code of `status` is 0 for `healthy` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Config, deployed stacks and what is live agree.
    Healthy,
    /// None of the stacks is there.
    Absent,
    /// Something is missing or still under way.
    Incomplete,
    /// Something differs from what was deployed or from the config.
    Drifted,
    /// Something failed.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Healthy => "healthy",
            Self::Absent => "absent",
            Self::Incomplete => "incomplete",
            Self::Drifted => "drifted",
            Self::Failed => "failed",
        })
    }
}

/// Judges the parts together. A stack that cannot be updated, and an integration that does not work, are
/// failures; a stack that is missing or at work is incomplete; every other difference is drift.
pub(super) fn judge_all(
    stacks: &[StackReport],
    integrations: &[IntegrationReport],
    differences: &[Difference],
) -> State {
    if stacks.iter().all(|stack| stack.status.is_none()) {
        return State::Absent;
    }
    let of_stacks = stacks
        .iter()
        .filter_map(|stack| match judge(stack.status.as_deref()) {
            Verdict::Update => None,
            Verdict::Create | Verdict::Busy => Some(State::Incomplete),
            Verdict::Stuck(_) => Some(State::Failed),
        });
    let made = stacks.iter().any(|stack| {
        stack.kind == "integration" && judge(stack.status.as_deref()) == Verdict::Update
    });
    let of_integrations =
        integrations
            .iter()
            .filter(|_| made)
            .filter_map(|one| match one.status.as_deref() {
                Some("FAILED" | "NEEDS_ATTENTION") => Some(State::Failed),
                Some("CREATING") => Some(State::Incomplete),
                _ => None,
            });
    let of_rest = differences.iter().map(|_| State::Drifted);
    let all = of_stacks.chain(of_integrations);
    let worst = all.max();
    match worst {
        Some(State::Failed) => State::Failed,
        // What is missing differs from the config too; that it is missing says more.
        Some(state) => state,
        None => of_rest.max().unwrap_or(State::Healthy),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn stacks(status: [Option<&str>; 3]) -> Vec<StackReport> {
        let kinds = ["source", "target", "integration"].into_iter();
        kinds
            .zip(status)
            .map(|(kind, status)| StackReport {
                kind,
                name: format!("demo-{kind}"),
                account: "111111111111".to_owned(),
                region: "us-east-1".to_owned(),
                status: status.map(str::to_owned),
                reason: None,
                outputs: BTreeMap::new(),
            })
            .collect()
    }

    fn integration(status: Option<&str>) -> Vec<IntegrationReport> {
        vec![IntegrationReport {
            table: "Orders".to_owned(),
            name: "demo-Orders".to_owned(),
            status: status.map(str::to_owned),
            arn: None,
            errors: Vec::new(),
        }]
    }

    fn difference() -> Vec<Difference> {
        vec![Difference {
            stack: "target",
            resource: Some("TargetRole".to_owned()),
            what: "changed".to_owned(),
            mend: None,
        }]
    }

    const ALL: [Option<&str>; 3] = [Some("CREATE_COMPLETE"); 3];

    #[test]
    fn only_what_agrees_everywhere_is_healthy() {
        let active = integration(Some("ACTIVE"));
        assert_eq!(judge_all(&stacks(ALL), &active, &[]), State::Healthy);
        assert_eq!(
            judge_all(&stacks(ALL), &active, &difference()),
            State::Drifted
        );
    }

    #[test]
    fn nothing_at_all_is_absent_and_not_failed() {
        let none = stacks([None; 3]);
        assert_eq!(
            judge_all(&none, &integration(None), &difference()),
            State::Absent
        );
    }

    #[test]
    fn what_is_missing_or_under_way_is_incomplete_and_what_failed_is_failed() {
        let state = |status, integration: &[IntegrationReport]| {
            judge_all(&stacks(status), integration, &difference())
        };
        let busy = [Some("CREATE_COMPLETE"), Some("UPDATE_IN_PROGRESS"), None];
        assert_eq!(state(busy, &integration(None)), State::Incomplete);
        let stuck = [Some("CREATE_COMPLETE"), Some("ROLLBACK_COMPLETE"), None];
        assert_eq!(state(stuck, &[]), State::Failed);
        for (status, expected) in [
            ("NEEDS_ATTENTION", State::Failed),
            ("FAILED", State::Failed),
            ("CREATING", State::Incomplete),
        ] {
            assert_eq!(state(ALL, &integration(Some(status))), expected, "{status}");
        }
    }
}
