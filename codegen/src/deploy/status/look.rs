//! Gathers the report: signs in, looks at the stacks, asks Glue, and compares config, deployed stacks and
//! what is live.

use super::glue;
use super::health::judge_all;
use super::owner;
use super::report::{Report, StackReport, ZeroEtlReport};
use crate::deploy::account::Side;
use crate::deploy::aws_error::AwsError;
use crate::deploy::look::{Closely, look as compare};
use crate::deploy::progress::Progress;
use crate::deploy::session::{Session, SignInProblems};
use crate::deploy::stack_state::Verdict;
use crate::deploy::survey::{SurveyError, Surveyed, read, survey};
use crate::flows::zero_etl::live::{DEPLOY, Difference};
use crate::flows::zero_etl::undeployed::undeployed;
use crate::plan::{DeploymentPlan, StackKind};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// Not signed in, or not to the right accounts.
    #[error(transparent)]
    SignIn(#[from] SignInProblems),
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The stacks could not be looked at.
    #[error(transparent)]
    Survey(#[from] SurveyError),
}

/// Looks at everything that the plan deploys.
pub async fn look(plan: &DeploymentPlan, progress: &impl Progress) -> Result<Report, StatusError> {
    let session = Session::open(plan).await?;
    let mut surveyed = survey(&session, plan).await?;
    let troubles = read(&session, &mut surveyed).await?;
    let mut differences: Vec<Difference> = Vec::new();
    for one in &surveyed {
        let kind = one.plan.kind;
        match troubles.iter().find(|(of, _)| *of == kind) {
            Some((_, trouble)) => differences.push(of_stack(kind, trouble.clone(), None)),
            None if one.verdict() == Verdict::Create => {
                let what = format!("stack `{}` is absent", one.plan.name);
                differences.push(of_stack(kind, what, Some(DEPLOY)));
            }
            None => {
                let deployed = one.deployed();
                differences.extend(
                    deployed
                        .map(|old| undeployed(kind, old, &one.wanted))
                        .into_iter()
                        .flatten(),
                );
            }
        }
    }
    // Of somebody else's stack there is nothing to compare.
    let is_ours = |kind: StackKind| !troubles.iter().any(|(of, _)| *of == kind);
    let ours = |one: &&Surveyed<'_>| is_ours(one.plan.kind);
    let ours: Vec<&Surveyed<'_>> = surveyed.iter().filter(ours).collect();
    let compared = compare(&session, plan, &ours, Closely::Everything, progress).await?;
    differences.extend(compared.differences);

    let stacks: Vec<_> = surveyed.iter().map(stack).collect();
    let target = session.account(Side::Target);
    let markers = markers(&surveyed);
    let integrations = glue::integrations(session.account(Side::Source), &plan.tables).await?;
    let policy = glue::catalog_policy(target, |statement| owner::owns(&markers, statement)).await?;
    let mut properties = Vec::new();
    for table in &plan.tables {
        properties.push(glue::table_properties(target, &plan.database, &table.source_table).await?);
    }
    Ok(Report {
        flow: "zero-etl",
        state: judge_all(&stacks, &integrations, &differences),
        differences,
        stacks,
        zero_etl: ZeroEtlReport {
            integrations,
            catalog_policy: policy,
            table_properties: properties,
        },
    })
}

fn of_stack(kind: StackKind, what: String, mend: Option<&str>) -> Difference {
    Difference {
        stack: kind.as_str(),
        resource: None,
        what,
        mend: mend.map(str::to_owned),
    }
}

fn stack(surveyed: &Surveyed<'_>) -> StackReport {
    let standing = surveyed.standing.as_ref();
    StackReport {
        kind: surveyed.plan.kind.as_str(),
        name: surveyed.plan.name.clone(),
        account: surveyed.plan.account.clone(),
        region: surveyed.plan.region.clone(),
        status: standing.map(|stack| stack.status.clone()),
        reason: standing.and_then(|stack| stack.reason.clone()),
        outputs: standing
            .map(|stack| stack.outputs.clone())
            .unwrap_or_default(),
    }
}

fn markers(surveyed: &[Surveyed<'_>]) -> Vec<String> {
    surveyed
        .iter()
        .filter(|surveyed| surveyed.plan.kind == StackKind::Target)
        .filter_map(|surveyed| Some((&surveyed.wanted, surveyed.standing.as_ref()?)))
        .flat_map(|(wanted, stack)| owner::markers(wanted, &stack.id))
        .collect()
}
