//! `deploy` as a whole: everything checked, then the provider's code, then the three stacks in
//! order. Stops at the first failure; a second run goes on from where the first one ended.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::account::Side;
use super::apply::{Applied, ApplyError, Wanted, apply};
use super::aws_error::AwsError;
use super::cloudformation::Template;
use super::code_bucket::BucketError;
use super::consent::{Consent, with_consent};
use super::delete::{DeleteError, delete};
use super::plan_check::{PlanProblems, check};
use super::progress::Progress;
use super::provider_zip::{self, Architecture, ZipError};
use super::relayout::relayouts;
use super::retire::{Reload, Retirement, retirement, retirement_of_all};
use super::session::{Session, SignInProblems};
use super::stack_state::Verdict;
use super::survey::{SurveyError, Surveyed, hinders_deploy, settle, survey};
use super::uploads::Uploads;
use crate::plan::{DeploymentPlan, StackKind};

/// What the user decides beside the plan.
#[derive(Debug, Clone)]
pub struct Options {
    /// The provider's zip; the default place when absent.
    pub zip: Option<PathBuf>,
    /// What the provider runs on.
    pub architecture: Architecture,
    /// A bucket of the target account for the provider's code and the target's template.
    pub target_bucket: Option<String>,
    /// A bucket of the source account for large templates of the source account.
    pub source_bucket: Option<String>,
    /// Whether retained resources and table properties of an earlier deployment are taken in.
    pub import_existing: bool,
    /// Whether integrations may be made anew, and layouts be changed, which loads tables from the
    /// start.
    pub allow_reload: bool,
    /// How long changed policies may spread before the integration is made; our own choice when
    /// absent.
    pub settle: Option<Duration>,
}

/// One stack as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedStack {
    /// Which one.
    pub kind: StackKind,
    /// Its name.
    pub name: String,
    /// Whether this run changed it.
    pub changed: bool,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
}

/// Why the deployment did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The plan does not hang together.
    #[error(transparent)]
    Plan(#[from] PlanProblems),
    /// The provider's zip cannot be used.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// Not signed in, or not to the right accounts.
    #[error(transparent)]
    SignIn(#[from] SignInProblems),
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A stack has to be repaired or waited for, or is somebody else's.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// Data would be loaded again, and nobody said that it may.
    #[error(
        "nothing was touched: Glue cannot change an integration in place, so the new config makes \
         {} anew, and its table is loaded from the start; add `--allow-reload` if that may be",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Reload(Vec<Reload>),
    /// The same, by a layout that changes in place.
    #[error(
        "nothing was touched: the new config changes {} under a live integration, and Glue may load \
         the table from the start; add `--allow-reload` if that may be",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Relayout(Vec<Reload>),
    /// The code has no place.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// An integration that has to go first is still there.
    #[error(transparent)]
    Delete(#[from] DeleteError),
    /// A stack failed.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// Carries out the plan.
pub async fn rollout(
    plan: &DeploymentPlan,
    options: &Options,
    progress: &impl Progress,
) -> Result<Vec<DeployedStack>, DeployError> {
    check(plan)?;
    let plan = &permitted(plan, options);
    let zip = provider_zip::open(options.zip.as_deref(), options.architecture)?;
    let session = Session::open(plan).await?;
    let mut stacks = survey(&session, plan).await?;
    settle(&session, &mut stacks, hinders_deploy, progress).await?;
    let retirement = must_go_first(&stacks);
    if let Some(Retirement { reloaded, .. }) = &retirement
        && !reloaded.is_empty()
        && !options.allow_reload
    {
        return Err(DeployError::Reload(reloaded.clone()));
    }
    let relayouts = changed_layouts(&stacks);
    if !relayouts.is_empty() && !options.allow_reload {
        return Err(DeployError::Relayout(relayouts));
    }

    let interim = retirement
        .as_ref()
        .and_then(|retirement| retirement.interim.as_deref());
    let uploads = Uploads::prepare(&session, plan, interim, options, &zip, progress).await?;
    let rollout = Rollout {
        session: &session,
        uploads: &uploads,
        options,
        progress,
    };
    if let Some(retirement) = &retirement {
        for surveyed in &mut stacks {
            if surveyed.plan.kind == StackKind::Integration {
                rollout.retire(surveyed, retirement).await?;
            }
        }
    }
    rollout.stacks(&stacks).await
}

/// The plan with what the user permits for this run.
fn permitted(plan: &DeploymentPlan, options: &Options) -> DeploymentPlan {
    let consent = Consent {
        adopt_existing: options.import_existing,
        allow_resync: options.allow_reload,
    };
    let mut plan = plan.clone();
    for stack in &mut plan.stacks {
        stack.template = with_consent(&stack.template, consent);
    }
    plan
}

/// What the integration stack has to give up before the others change.
fn must_go_first(stacks: &[Surveyed<'_>]) -> Option<Retirement> {
    let of = |kind| stacks.iter().find(|one| one.plan.kind == kind);
    let integration = of(StackKind::Integration)?;
    let (deployed, wanted) = (integration.deployed()?, &integration.wanted);
    let target = of(StackKind::Target)?;
    let all = target
        .deployed()
        .and_then(|old| retirement_of_all(deployed, wanted, (old, &target.wanted)));
    all.or_else(|| retirement(deployed, wanted))
}

/// The layouts that change under a live integration.
fn changed_layouts(stacks: &[Surveyed<'_>]) -> Vec<Reload> {
    let of = |kind| stacks.iter().find(|one| one.plan.kind == kind);
    let found = || {
        let (target, integration) = (of(StackKind::Target)?, of(StackKind::Integration)?);
        Some(relayouts(
            target.deployed()?,
            &target.wanted,
            integration.deployed()?,
        ))
    };
    found().unwrap_or_default()
}

/// Everything that each stack's deployment needs.
struct Rollout<'a, P> {
    session: &'a Session,
    uploads: &'a Uploads,
    options: &'a Options,
    progress: &'a P,
}

impl<P: Progress> Rollout<'_, P> {
    /// All stacks, in the plan's order.
    async fn stacks(&self, stacks: &[Surveyed<'_>]) -> Result<Vec<DeployedStack>, DeployError> {
        let mut done: Vec<DeployedStack> = Vec::new();
        for (index, surveyed) in stacks.iter().enumerate() {
            let plan = surveyed.plan;
            if plan.kind == StackKind::Integration && done.iter().any(|stack| stack.changed) {
                self.wait_for_policies().await;
            }
            match self.apply(surveyed, self.uploads.template(plan)).await {
                Ok(applied) => done.push(DeployedStack {
                    kind: plan.kind,
                    name: plan.name.clone(),
                    changed: applied.changed,
                    outputs: applied.stack.outputs,
                }),
                Err(error) => {
                    let rest = stacks[index + 1..]
                        .iter()
                        .map(|next| format!("`{}`", next.plan.name));
                    let rest: Vec<_> = rest.collect();
                    if !rest.is_empty() {
                        self.progress
                            .line(&format!("stopped; not touched: {}", rest.join(", ")));
                    }
                    return Err(error.into());
                }
            }
        }
        Ok(done)
    }

    /// Takes integrations out of their stack; deletes it when none would be left.
    async fn retire(
        &self,
        surveyed: &mut Surveyed<'_>,
        retirement: &Retirement,
    ) -> Result<(), DeployError> {
        let reloaded = retirement.reloaded.iter().map(|reload| &reload.logical_id);
        let names: Vec<_> = retirement
            .removed
            .iter()
            .chain(reloaded)
            .map(|id| format!("`{id}`"))
            .collect();
        self.progress.line(&format!(
            "leaving first, since nothing of their tables can change while they live: {}",
            names.join(", ")
        ));
        let Some(stack) = &surveyed.standing else {
            return Ok(());
        };
        if let Some(template) = self.uploads.interim() {
            let applied = self.apply(surveyed, template).await?;
            surveyed.standing = Some(applied.stack);
        } else {
            let kind = surveyed.plan.kind;
            let api = self.session.cloudformation(kind);
            delete(
                &api,
                stack,
                &self.session.account(kind).login,
                self.progress,
            )
            .await?;
            surveyed.standing = None;
        }
        Ok(())
    }

    async fn apply(
        &self,
        surveyed: &Surveyed<'_>,
        template: Template,
    ) -> Result<Applied, ApplyError> {
        let plan = surveyed.plan;
        let creates = surveyed.verdict() == Verdict::Create;
        self.progress.line(&format!(
            "{} `{}` in account {} ({})",
            if creates { "creating" } else { "updating" },
            plan.name,
            plan.account,
            plan.region
        ));
        let wanted = Wanted {
            name: &plan.name,
            template,
            parameters: self.uploads.parameters(plan),
            standing: surveyed.standing.clone(),
            creates,
            import_existing: self.options.import_existing,
            login: &self.session.account(plan.kind).login,
        };
        apply(
            &self.session.cloudformation(plan.kind),
            &wanted,
            self.progress,
        )
        .await
    }

    /// The catalog policy and the table's policy take seconds to spread; an integration that is made
    /// too early is refused.
    async fn wait_for_policies(&self) {
        let endpoint = self.session.account(Side::Source).endpoint();
        let settle = self.options.settle.unwrap_or(settle_time(endpoint));
        if !settle.is_zero() {
            self.progress.line(&format!(
                "waiting {} s for policies to spread",
                settle.as_secs()
            ));
            tokio::time::sleep(settle).await;
        }
    }
}

const SETTLE: Duration = Duration::from_secs(10);

/// On this machine nothing has to spread.
fn settle_time(endpoint: Option<&str>) -> Duration {
    let local = ["://127.", "://localhost", "://[::1]"];
    if endpoint.is_some_and(|endpoint| local.iter().any(|host| endpoint.contains(host))) {
        Duration::ZERO
    } else {
        SETTLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_local_aws_needs_no_time_for_policies_to_spread() {
        assert_eq!(settle_time(Some("http://127.0.0.1:4566")), Duration::ZERO);
        assert_eq!(
            settle_time(Some("https://vpce-1.cloudformation.us-east-1.vpce")),
            SETTLE
        );
        assert_eq!(settle_time(None), SETTLE);
    }

    #[test]
    fn a_reload_names_the_integration_the_reason_and_the_flag() {
        let reload = Reload {
            logical_id: "Integration".to_owned(),
            properties: vec!["IntegrationConfig".to_owned()],
        };
        let text = DeployError::Reload(vec![reload]).to_string();
        assert!(
            text.contains("makes `Integration` (IntegrationConfig) anew"),
            "{text}"
        );
        assert!(text.contains("--allow-reload"), "{text}");
    }
}
