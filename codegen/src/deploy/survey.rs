//! All three stacks looked at before the first is touched: what stands, whose it is, what is under
//! way, and what has to be repaired first. Follows an operation that an earlier run of ours began.

use super::account::Login;
use super::aws_error::AwsError;
use super::cloudformation::{CloudFormation, Event, Stack, StackResource};
use super::deployed::{Deployed, Template};
use super::events::{Tail, failures, own_failure};
use super::failure::{findings, stuck_resources};
use super::hindrance::{busy, foreign_stack, hinders_deploy};
use super::operation::{Ended, LostSight, follow};
use super::progress::Progress;
use super::session::Session;
use super::stack_state::{TOKEN_PREFIX, Verdict, is_busy, judge, own_token};
use crate::plan::{DeploymentPlan, StackKind, StackPlan};

/// One stack of the plan, and what stands of it.
#[derive(Debug)]
pub(crate) struct Surveyed<'a> {
    /// The plan.
    pub(crate) plan: &'a StackPlan,
    /// The plan's template.
    pub(crate) wanted: Template,
    /// The stack, where there is one.
    pub(crate) standing: Option<Stack>,
    /// The template that it was made from, once [`settle`] has asked for it.
    pub(crate) template: Option<Deployed>,
    /// Whether its creation failed and it holds nothing; known after [`settle`].
    pub(crate) empty: bool,
    /// The change sets of somebody else that wait in a stack that holds nothing yet; known after
    /// [`settle`].
    pub(crate) pending: Vec<String>,
    /// The resources that failed in the operation that left the stack as it is; known after
    /// [`settle`].
    pub(crate) failed: Vec<String>,
    /// What an earlier run's deletion, followed to its end by [`settle`], left behind.
    pub(crate) deleted: Option<Deleted>,
}

/// A deletion that is through.
#[derive(Debug)]
pub(crate) struct Deleted {
    /// Its events.
    pub(crate) events: Vec<Event>,
    /// The template of what was deleted.
    pub(crate) template: Deployed,
}

impl<'a> Surveyed<'a> {
    /// A stack of which only this is known yet.
    pub(crate) fn new(plan: &'a StackPlan, wanted: Template, standing: Option<Stack>) -> Self {
        Self {
            plan,
            wanted,
            standing,
            template: None,
            empty: false,
            pending: Vec::new(),
            failed: Vec::new(),
            deleted: None,
        }
    }

    /// What can be done with the stack.
    pub(crate) fn verdict(&self) -> Verdict {
        judge(self.standing.as_ref().map(|stack| stack.status.as_str()))
    }

    /// What the stack was made from; `None` also where that cannot be read, which [`settle`] has
    /// refused.
    pub(crate) fn deployed(&self) -> Option<&Template> {
        self.template.as_ref()?.read()
    }
}

/// Why nothing can be done now.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// A stack could not be looked at.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Contact was lost while an earlier operation was followed.
    #[error(transparent)]
    LostSight(#[from] LostSight),
    /// Somebody has to act first; nothing was touched.
    #[error("nothing was touched:\n  {}", .0.join("\n  "))]
    Blocked(Vec<String>),
    /// A template of the plan itself is none.
    #[error("the plan's template for stack `{stack}` cannot be read: {why}")]
    Plan {
        /// The stack's name.
        stack: String,
        /// Why.
        why: String,
    },
}

/// Looks at every stack of the plan, in its order.
pub(crate) async fn survey<'a>(
    session: &Session,
    plan: &'a DeploymentPlan,
) -> Result<Vec<Surveyed<'a>>, SurveyError> {
    let mut all = Vec::new();
    for plan in &plan.stacks {
        let wanted = Template::parse(&plan.template).map_err(|why| SurveyError::Plan {
            stack: plan.name.clone(),
            why,
        })?;
        let standing = session.cloudformation(plan.kind).stack(&plan.name).await?;
        all.push(Surveyed::new(plan, wanted, standing));
    }
    Ok(all)
}

/// Waits for operations of ours, and refuses whatever else stands in the way, all of it at once.
pub(crate) async fn settle(
    session: &Session,
    all: &mut [Surveyed<'_>],
    hinders: impl Fn(&Surveyed<'_>, &Login) -> Option<String>,
    progress: &impl Progress,
) -> Result<(), SurveyError> {
    let mut blocked = Vec::new();
    for surveyed in all.iter_mut() {
        let api = session.cloudformation(surveyed.plan.kind);
        let login = &session.account(surveyed.plan.kind).login;
        settle_one(&api, surveyed, progress).await?;
        let found = [
            hinders(surveyed, login),
            foreign_stack(surveyed, login),
            busy(surveyed, login),
        ];
        let Some(mut problem) = found.into_iter().flatten().next() else {
            continue;
        };
        if let Some(cause) = last_failure(&api, surveyed).await? {
            problem.push_str("\n    what failed: ");
            problem.push_str(&cause);
        }
        blocked.push(problem);
    }
    if blocked.is_empty() {
        Ok(())
    } else {
        Err(SurveyError::Blocked(blocked))
    }
}

/// Reads what stands, and follows nothing: what stands in the way of each stack, in its words.
pub(crate) async fn read(
    session: &Session,
    all: &mut [Surveyed<'_>],
) -> Result<Vec<(StackKind, String)>, SurveyError> {
    let mut found = Vec::new();
    for surveyed in all.iter_mut() {
        let kind = surveyed.plan.kind;
        let api = session.cloudformation(kind);
        let login = &session.account(kind).login;
        read_one(&api, surveyed).await?;
        let stuck = match (surveyed.verdict(), &surveyed.standing) {
            (Verdict::Stuck(_), Some(stack)) if surveyed.empty => Some(format!(
                "stack `{}` is `{}` and holds nothing",
                stack.name, stack.status
            )),
            _ => hinders_deploy(surveyed, login),
        };
        let problems = [foreign_stack(surveyed, login), stuck, busy(surveyed, login)];
        let Some(mut problem) = problems.into_iter().flatten().next() else {
            continue;
        };
        if let Some(cause) = last_failure(&api, surveyed).await? {
            problem.push_str("; what failed: ");
            problem.push_str(&cause);
        }
        found.push((kind, problem));
    }
    Ok(found)
}

/// Follows what an earlier run began, and asks for the template of what then stands.
async fn settle_one(
    api: &impl CloudFormation,
    surveyed: &mut Surveyed<'_>,
    progress: &impl Progress,
) -> Result<(), SurveyError> {
    if let Some(stack) = surveyed
        .standing
        .clone()
        .filter(|stack| is_busy(&stack.status))
        && let Some(ended) = follow_own(api, &stack, progress).await?
    {
        if ended.stack.status == "DELETE_COMPLETE" {
            surveyed.standing = None;
            surveyed.deleted = Some(Deleted {
                events: ended.events,
                template: match api.template(&stack.id).await {
                    Ok(text) => Deployed::parse(&text),
                    Err(error) => Deployed::Unreadable(error.to_string()),
                },
            });
        } else {
            surveyed.standing = Some(ended.stack);
        }
    }
    read_one(api, surveyed).await
}

/// Asks for the template of what stands, and for what failed where a stack is stuck.
async fn read_one(
    api: &impl CloudFormation,
    surveyed: &mut Surveyed<'_>,
) -> Result<(), SurveyError> {
    if let Some(stack) = surveyed.standing.clone()
        && stack.status == "REVIEW_IN_PROGRESS"
    {
        let names = api.change_sets(&stack.name).await?.into_iter();
        surveyed.pending = names
            .filter(|name| !name.starts_with(TOKEN_PREFIX))
            .collect();
    }
    if let Some(stack) = surveyed.standing.clone()
        && matches!(surveyed.verdict(), Verdict::Stuck(_))
    {
        let resources = api.resources(&stack.id).await?;
        surveyed.empty = stack.status == "ROLLBACK_COMPLETE" && resources.iter().all(is_gone);
        surveyed.failed = stuck_resources(&last_operation(api, &stack).await?);
    }
    // The shell of a change set that was never executed has no template.
    if let Some(stack) = surveyed
        .standing
        .as_ref()
        .filter(|_| surveyed.verdict() != Verdict::Create)
    {
        surveyed.template = Some(Deployed::parse(&api.template(&stack.id).await?));
    }
    Ok(())
}

/// Whether a stack holds a resource no more. One that was never made has no id.
fn is_gone(resource: &StackResource) -> bool {
    matches!(
        resource.status.as_str(),
        "DELETE_COMPLETE" | "DELETE_SKIPPED"
    ) || resource.physical_id.is_empty()
}

/// Follows the operation under way when it is one of ours; `None` when it is not.
async fn follow_own(
    api: &impl CloudFormation,
    stack: &Stack,
    progress: &impl Progress,
) -> Result<Option<Ended>, SurveyError> {
    let newest = api.events(&stack.id, None).await?.events;
    let Some(token) = own_token(&newest) else {
        return Ok(None);
    };
    progress.line(&format!(
        "`{}` is `{}` by an earlier run: following it to its end",
        stack.name, stack.status
    ));
    let tail = Tail::from_operation(api, &stack.id, token).await?;
    Ok(Some(follow(api, stack, tail, progress).await?))
}

/// The events of the operation that left the stack as it is, oldest first.
async fn last_operation(api: &impl CloudFormation, stack: &Stack) -> Result<Vec<Event>, AwsError> {
    let newest = api.events(&stack.id, None).await?.events;
    let Some(token) = newest.first().and_then(|event| event.token.as_deref()) else {
        return Ok(Vec::new());
    };
    let mut tail = Tail::from_operation(api, &stack.id, token).await?;
    tail.read(api, &stack.id).await
}

/// What failed first in the operation that left the stack as it is.
async fn last_failure(
    api: &impl CloudFormation,
    surveyed: &Surveyed<'_>,
) -> Result<Option<String>, AwsError> {
    let Some(stack) = &surveyed.standing else {
        return Ok(None);
    };
    if !matches!(surveyed.verdict(), Verdict::Stuck(_)) {
        return Ok(None);
    }
    let events = last_operation(api, stack).await?;
    if let Some(event) = failures(&events, &stack.id).first() {
        let reason = event.reason.as_deref().unwrap_or("no reason given");
        return Ok(Some(format!(
            "`{}` ({}): {reason}",
            event.logical_id, event.resource_type
        )));
    }
    let own = own_failure(&events, &stack.id).map(str::to_owned);
    let found = findings(api, &events, &stack.id).await;
    Ok(
        Some(own.into_iter().chain(found).collect::<Vec<_>>().join("; "))
            .filter(|text| !text.is_empty()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::{
        FakeCloudFormation, Lines, event, login, plan, stack, stack_event,
    };

    fn with_token(event: Event, token: &str) -> Event {
        Event {
            token: Some(token.to_owned()),
            ..event
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_operation_of_an_earlier_run_is_followed_from_its_first_event_to_its_end() {
        let api = FakeCloudFormation::default();
        api.set_status("UPDATE_IN_PROGRESS");
        api.add_events([
            with_token(stack_event("1", "CREATE_COMPLETE"), "zeroetl-1"),
            with_token(stack_event("2", "UPDATE_IN_PROGRESS"), "zeroetl-2"),
        ]);
        api.then(
            "UPDATE_COMPLETE",
            [with_token(stack_event("3", "UPDATE_COMPLETE"), "zeroetl-2")],
        );
        let lines = Lines::default();
        let plan = plan();
        let mut surveyed =
            Surveyed::new(&plan.stacks[0], Template::default(), Some(api.snapshot()));
        settle_one(&api, &mut surveyed, &lines).await.unwrap();
        assert_eq!(surveyed.verdict(), Verdict::Update);
        assert_eq!(lines.all().len(), 3, "{:?}", lines.all());
        assert!(lines.all()[0].contains("by an earlier run: following it to its end"));
        assert!(surveyed.template.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_elses_operation_is_not_followed() {
        let api = FakeCloudFormation::default();
        api.set_status("UPDATE_IN_PROGRESS");
        api.add_events([with_token(
            stack_event("1", "UPDATE_IN_PROGRESS"),
            "Console-1",
        )]);
        let followed = follow_own(&api, &api.snapshot(), &Lines::default())
            .await
            .unwrap();
        assert!(followed.is_none());
    }

    #[tokio::test]
    async fn somebody_elses_pending_change_set_hinders_a_deployment_and_ours_does_not() {
        for (name, hinders) in [("theirs", true), ("zeroetl-1-2", false)] {
            let api = FakeCloudFormation::default();
            api.set_status("REVIEW_IN_PROGRESS");
            api.await_execution(name);
            let plan = plan();
            let mut surveyed =
                Surveyed::new(&plan.stacks[0], Template::default(), Some(api.snapshot()));
            settle_one(&api, &mut surveyed, &Lines::default())
                .await
                .unwrap();
            let hindered = hinders_deploy(&surveyed, &login());
            assert_eq!(hindered.is_some(), hinders, "{hindered:?}");
        }
    }

    #[tokio::test]
    async fn a_failed_creation_hinders_a_deployment_only_while_its_stack_holds_something() {
        for (status, hinders) in [("DELETE_COMPLETE", false), ("DELETE_FAILED", true)] {
            let api = FakeCloudFormation::default();
            api.set_status("ROLLBACK_COMPLETE");
            api.hold("Bucket", "AWS::S3::Bucket", status);
            let plan = plan();
            let mut surveyed =
                Surveyed::new(&plan.stacks[0], Template::default(), Some(api.snapshot()));
            settle_one(&api, &mut surveyed, &Lines::default())
                .await
                .unwrap();
            let hindered = hinders_deploy(&surveyed, &login());
            assert_eq!(hindered.is_some(), hinders, "{hindered:?}");
        }
    }

    #[tokio::test]
    async fn a_stuck_stack_comes_with_what_failed_in_its_last_operation() {
        let api = FakeCloudFormation::with_page_size(1);
        let because = |id, reason: &str, token| {
            let failed = event(id, "Bucket", "CREATE_FAILED");
            with_token(
                Event {
                    reason: Some(reason.to_owned()),
                    ..failed
                },
                token,
            )
        };
        api.add_events([
            because("1", "an older story", "zeroetl-1"),
            because("2", "the name is taken", "zeroetl-2"),
            with_token(stack_event("3", "ROLLBACK_COMPLETE"), "zeroetl-2"),
        ]);
        let plan = plan();
        let standing = Some(stack("ROLLBACK_COMPLETE"));
        let surveyed = Surveyed::new(&plan.stacks[0], Template::default(), standing);
        let cause = last_failure(&api, &surveyed).await.unwrap().unwrap();
        assert_eq!(cause, "`Bucket` (): the name is taken");
    }
}
