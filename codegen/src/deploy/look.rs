//! What is live of a deployment, gathered from CloudFormation and Glue, and compared.

use std::collections::BTreeMap;

use super::account::Side;
use super::aws_error::{AwsError, Problem};
use super::cloudformation::{CloudFormation as _, physical_ids as by_logical_id};
use super::drift_detection::drifted;
use super::progress::Progress;
use super::session::Session;
use super::stack_state::Verdict;
use super::status::glue;
use super::survey::Surveyed;
use crate::flows::zero_etl::live::{Compared, Live, compare};
use crate::flows::zero_etl::statements::Deployed;
use crate::plan::{DeploymentPlan, StackKind};

/// How closely is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closely {
    /// CloudFormation looks for drift of every resource, and Glue is asked; where that is denied, there is
    /// no answer.
    Everything,
    /// CloudFormation looks for drift where it may, and Glue is asked.
    Permitted,
    /// Glue is asked.
    Glue,
}

/// Looks at what is deployed; where nothing is, there is nothing to see.
pub(crate) async fn look(
    session: &Session,
    plan: &DeploymentPlan,
    stacks: &[&Surveyed<'_>],
    closely: Closely,
    progress: &impl Progress,
) -> Result<Compared, AwsError> {
    let deployed = |kind: StackKind| {
        let found = stacks.iter().find(|one| one.plan.kind == kind)?;
        let stands = found.verdict() == Verdict::Update;
        Some((found.deployed()?, found.standing.as_ref()?)).filter(|_| stands)
    };
    let mut live = Live::default();
    if closely != Closely::Glue {
        for kind in StackKind::ALL {
            let Some((_, stack)) = deployed(kind) else {
                continue;
            };
            match drifted(&session.cloudformation(kind), &stack.id).await {
                Ok(found) => live
                    .drifted
                    .extend(found.into_iter().map(|one| (kind, one))),
                Err(error)
                    if closely == Closely::Permitted
                        && matches!(error.problem, Problem::Denied { .. }) =>
                {
                    progress.line(&format!(
                        "what was changed by hand in `{}` cannot be seen, and is not put back: {error}",
                        stack.name
                    ));
                }
                Err(error) => return Err(error),
            }
        }
    }
    let (target, integration) = (
        deployed(StackKind::Target),
        deployed(StackKind::Integration),
    );
    if integration.is_some() {
        let source = session.account(Side::Source);
        live.integrations = glue::integrations(source, &plan.tables).await?;
    }
    let mut physical_ids = BTreeMap::new();
    if let Some((_, stack)) = target {
        let account = session.account(Side::Target);
        let resources = session
            .cloudformation(StackKind::Target)
            .resources(&stack.id)
            .await?;
        physical_ids = by_logical_id(&resources);
        if let Some(policy) = glue::catalog_policy(account, |_| false).await? {
            let statements = policy.statements.into_iter().map(|one| one.statement);
            live.statements = statements.collect();
        }
        for table in &plan.tables {
            let found =
                glue::table_properties(account, &plan.database, &table.source_table).await?;
            live.properties.push(found);
        }
    }
    let target = target.map(|(template, stack)| Deployed {
        template,
        stack_id: &stack.id,
        parameters: &stack.parameters,
        physical_ids: &physical_ids,
    });
    let integration = integration.map(|(template, _)| template);
    Ok(compare(target, integration, &live))
}
