//! Gathers the report: signs in, looks at the stacks, asks Glue.

use super::glue;
use super::health::judge_all;
use super::owner;
use super::report::{Report, StackReport};
use crate::deploy::account::Side;
use crate::deploy::aws_error::AwsError;
use crate::deploy::session::{Session, SignInProblems};
use crate::deploy::survey::{SurveyError, Surveyed, survey};
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
pub async fn look(plan: &DeploymentPlan) -> Result<Report, StatusError> {
    let session = Session::open(plan).await?;
    let surveyed = survey(&session, plan).await?;
    let stacks: Vec<_> = surveyed.iter().map(stack).collect();
    let target = session.account(Side::Target);

    let markers = markers(&surveyed);
    let integrations = glue::integrations(session.account(Side::Source), &plan.tables).await?;
    let policy = glue::catalog_policy(target, |statement| owner::owns(&markers, statement)).await?;
    let mut properties = Vec::new();
    for table in &plan.tables {
        properties.push(glue::table_properties(target, &plan.database, &table.source_table).await?);
    }

    let (state, reasons) = judge_all(&stacks, &integrations, policy.as_ref(), &properties);
    Ok(Report {
        state,
        reasons,
        stacks,
        integrations,
        catalog_policy: policy,
        table_properties: properties,
    })
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
