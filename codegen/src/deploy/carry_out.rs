//! The steps of a deployment, carried out one after the other. Keeps what was done; stops at the first
//! failure. Looks at each stack again before it is touched: somebody else may have been there.

use std::collections::BTreeSet;
use std::time::Duration;

use super::account::Side;
use super::apply::{Applied, ApplyError, Wanted, apply};
use super::aws_error::AwsError;
use super::cloudformation::{CloudFormation, Stack};
use super::delete::{DeleteError, delete};
use super::deployed::Deployed;
use super::done::{Deed, Stopped};
use super::progress::Progress;
use super::rollout::{DeployError, DeployedStack, Options, Permits};
use super::session::Session;
use super::stack_state::{Verdict, judge};
use super::survey::Surveyed;
use super::uploads::Uploads;
use crate::flows::zero_etl::steps::{Apply, Purpose, Step};
use crate::plan::StackKind;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A stack is not as wanted.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A stack is still there.
    #[error(transparent)]
    Delete(#[from] DeleteError),
}

/// Everything that the steps need.
pub(super) struct CarryOut<'a, P> {
    session: &'a Session,
    uploads: &'a Uploads,
    options: &'a Options,
    permits: &'a Permits,
    progress: &'a P,
    stacks: Vec<Surveyed<'a>>,
    changed: BTreeSet<StackKind>,
    done: Vec<Deed>,
}

impl<'a, P: Progress> CarryOut<'a, P> {
    /// Nothing is done yet.
    pub(super) fn new(
        session: &'a Session,
        uploads: &'a Uploads,
        options: &'a Options,
        permits: &'a Permits,
        stacks: Vec<Surveyed<'a>>,
        progress: &'a P,
    ) -> Self {
        Self {
            session,
            uploads,
            options,
            permits,
            progress,
            stacks,
            changed: BTreeSet::new(),
            done: Vec::new(),
        }
    }

    /// The stacks as they are now.
    pub(super) fn stacks(&self) -> &[Surveyed<'a>] {
        &self.stacks
    }

    /// All steps, in order.
    pub(super) async fn all(&mut self, steps: &[Step]) -> Result<(), DeployError> {
        for (index, step) in steps.iter().enumerate() {
            if let Err(cause) = self.step(step).await {
                let left = self.left(&steps[index + 1..]);
                return Err(DeployError::Stopped {
                    cause,
                    stopped: Stopped {
                        done: std::mem::take(&mut self.done),
                        left,
                    },
                });
            }
        }
        Ok(())
    }

    /// The stacks of these steps, each once.
    fn left(&self, steps: &[Step]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for step in steps {
            if let Step::Apply(apply) = step {
                let name = &self.of(apply.kind).plan.name;
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names
    }

    /// What is said at the end; ends of replication are said once more.
    pub(super) fn result(&self) -> Vec<DeployedStack> {
        for deed in &self.done {
            if let Deed::Ended { .. } = deed {
                self.progress.line(&format!("done: {deed}"));
            }
        }
        let outputs = |one: &Surveyed<'_>| one.standing.as_ref().map(|it| it.outputs.clone());
        self.stacks
            .iter()
            .map(|one| DeployedStack {
                kind: one.plan.kind,
                name: one.plan.name.clone(),
                changed: self.changed.contains(&one.plan.kind),
                outputs: outputs(one).unwrap_or_default(),
            })
            .collect()
    }

    fn of(&self, kind: StackKind) -> &Surveyed<'a> {
        let found = self.stacks.iter().find(|one| one.plan.kind == kind);
        #[expect(clippy::expect_used, reason = "the plan was checked")]
        found.expect("a checked plan has all three stacks")
    }

    fn now(&mut self, kind: StackKind, standing: Option<Stack>, template: Option<&str>) {
        self.changed.insert(kind);
        for one in &mut self.stacks {
            if one.plan.kind == kind {
                one.standing = standing;
                one.template = template.map(Deployed::parse);
                return;
            }
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), StepError> {
        match step {
            Step::DeleteEmpty(kind) => {
                let stack = self.of(*kind).plan.name.clone();
                self.progress.line(&format!(
                    "`{stack}` holds nothing, since its creation failed: deleting it first"
                ));
                self.delete(*kind).await?;
                self.done.push(Deed::DeletedEmpty { stack });
            }
            Step::EndAll { ends } => {
                self.tell_of_ends(ends);
                self.delete(StackKind::Integration).await?;
                self.done.push(Deed::Ended {
                    tables: ends.clone(),
                    deleted: Some(self.of(StackKind::Integration).plan.name.clone()),
                });
            }
            Step::End { template, ends } => {
                self.tell_of_ends(ends);
                // Leaving the stack is what the step is for, and what was consented to.
                let permits = Permits {
                    removal: true,
                    ..self.permits.clone()
                };
                let applied = self
                    .apply_text(StackKind::Integration, template, None, false, &permits)
                    .await?;
                self.now(StackKind::Integration, Some(applied.stack), Some(template));
                self.done.push(Deed::Ended {
                    tables: ends.clone(),
                    deleted: None,
                });
            }
            Step::Apply(apply) => self.apply(apply).await?,
            Step::Spread => {
                if !self.changed.is_empty() {
                    self.wait_for_policies().await;
                }
            }
        }
        Ok(())
    }

    fn tell_of_ends(&self, ends: &[String]) {
        let names: Vec<_> = ends.iter().map(|table| format!("`{table}`")).collect();
        self.progress.line(&format!(
            "ending the replication of {}: while an integration exists, nothing of its table can \
             change",
            names.join(", ")
        ));
    }

    async fn delete(&mut self, kind: StackKind) -> Result<(), StepError> {
        let surveyed = self.of(kind);
        let api = self.session.cloudformation(kind);
        as_surveyed(&api, surveyed).await?;
        if let Some(stack) = &surveyed.standing {
            let login = &self.session.account(kind).login;
            delete(&api, stack, login, self.progress).await?;
        }
        self.now(kind, None, None);
        Ok(())
    }

    async fn apply(&mut self, apply: &Apply) -> Result<(), StepError> {
        match apply.purpose {
            Purpose::Wanted => {}
            Purpose::WithoutCustomResources => self.progress.line(
                "the provider's function is gone: it is made again while the custom resources are \
                 left out; what they made in Glue stays",
            ),
            Purpose::WithdrawConsent => self
                .progress
                .line("taking the permission of this run out of the template again"),
        }
        let force = apply.force.as_deref();
        let applied = self
            .apply_text(
                apply.kind,
                &apply.template,
                force,
                apply.revert_drift,
                self.permits,
            )
            .await?;
        let created = self.of(apply.kind).verdict() == Verdict::Create;
        let stack = applied.stack.name.clone();
        if applied.changed {
            self.now(apply.kind, Some(applied.stack), Some(&apply.template));
            self.done.push(if created {
                Deed::Made { stack }
            } else {
                Deed::Updated { stack }
            });
        }
        Ok(())
    }

    async fn apply_text(
        &self,
        kind: StackKind,
        template: &str,
        force: Option<&str>,
        revert_drift: bool,
        permits: &Permits,
    ) -> Result<Applied, StepError> {
        let surveyed = self.of(kind);
        let plan = surveyed.plan;
        let creates = surveyed.verdict() == Verdict::Create;
        self.progress.line(&format!(
            "{} `{}` in account {} ({})",
            if creates { "creating" } else { "updating" },
            plan.name,
            plan.account,
            plan.region
        ));
        let api = self.session.cloudformation(kind);
        as_surveyed(&api, surveyed).await?;
        let wanted = Wanted {
            name: &plan.name,
            template: self.uploads.template(kind, template),
            parameters: self.uploads.parameters(surveyed, force),
            standing: surveyed.standing.clone(),
            creates,
            import_existing: self.options.import_existing,
            revert_drift: revert_drift && !creates,
            permits,
            login: &self.session.account(kind).login,
        };
        Ok(apply(&api, &wanted, self.progress).await?)
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

/// Whether a stack is still what this run took it for. What was computed, and what was consented to,
/// holds for that stack only.
pub(super) async fn as_surveyed(
    api: &impl CloudFormation,
    surveyed: &Surveyed<'_>,
) -> Result<(), StepError> {
    let now = api.stack(&surveyed.plan.name).await?;
    // The shell of a change set is no stack yet.
    let real = |stack: &Option<Stack>| {
        let stack = stack.as_ref()?;
        let is_there = judge(Some(&stack.status)) != Verdict::Create;
        is_there.then(|| {
            (
                stack.id.clone(),
                stack.status.clone(),
                stack.changed_at.clone(),
            )
        })
    };
    if real(&now) == real(&surveyed.standing) {
        return Ok(());
    }
    let said = match now {
        Some(stack) => format!("it is now `{}`", stack.status),
        None => "it is gone".to_owned(),
    };
    Err(ApplyError::Meanwhile {
        stack: surveyed.plan.name.clone(),
        said,
    }
    .into())
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
    use crate::deploy::deployed::Template;
    use crate::deploy::testing::{FakeCloudFormation, plan};

    #[test]
    fn only_a_local_aws_needs_no_time_for_policies_to_spread() {
        assert_eq!(settle_time(Some("http://127.0.0.1:4566")), Duration::ZERO);
        assert_eq!(
            settle_time(Some("https://vpce-1.cloudformation.us-east-1.vpce")),
            SETTLE
        );
        assert_eq!(settle_time(None), SETTLE);
    }

    #[tokio::test]
    async fn a_stack_that_somebody_else_changed_since_the_survey_is_not_touched() {
        let plan = plan();
        let api = FakeCloudFormation::default();
        let surveyed = |standing| Surveyed::new(&plan.stacks[0], Template::default(), standing);
        let absent = surveyed(None);
        assert!(as_surveyed(&api, &absent).await.is_ok());
        api.set_status("REVIEW_IN_PROGRESS");
        assert!(as_surveyed(&api, &absent).await.is_ok());
        api.set_status("CREATE_COMPLETE");
        let error = as_surveyed(&api, &absent).await.unwrap_err().to_string();
        assert!(error.contains("it is now `CREATE_COMPLETE`"), "{error}");

        let mut standing = api.snapshot();
        assert!(
            as_surveyed(&api, &surveyed(Some(standing.clone())))
                .await
                .is_ok()
        );
        "earlier".clone_into(&mut standing.changed_at);
        assert!(as_surveyed(&api, &surveyed(Some(standing))).await.is_err());
    }
}
