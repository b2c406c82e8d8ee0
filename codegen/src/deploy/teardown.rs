//! `destroy` as a whole: integration, target, source, each gone before the next is touched. Deletes
//! stacks, never data: what the templates retain stays, and is listed.

use serde_json::Value;

use super::account::Login;
use super::ask::Ask;
use super::aws_error::AwsError;
use super::by_hand;
use super::carry_out::{StepError, as_surveyed};
use super::cloudformation::{Event, Stack};
use super::delete::{DeleteError, delete};
use super::deployed::Template;
use super::events::retained;
use super::hindrance::hinders_destroy;
use super::progress::Progress;
use super::resource_types::removal;
use super::rollout::{Permits, other_deployment};
use super::session::{Session, SignInProblems};
use super::stack_state::Verdict;
use super::survey::{SurveyError, Surveyed, settle, survey};
use crate::flows::zero_etl::consent::Consent;
use crate::plan::DeploymentPlan;

/// A resource that outlives its stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// The resource type.
    pub resource_type: String,
    /// The resource's own name.
    pub name: String,
    /// Whether the template names it, so that a later deployment can take it in again.
    pub named: bool,
    /// How to remove it by hand, where we know.
    pub command: Option<String>,
}

/// What a teardown did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destroyed {
    /// The stacks that it deleted, in order.
    pub deleted: Vec<String>,
    /// What outlives them.
    pub kept: Vec<Retained>,
}

/// Why the teardown did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DestroyError {
    /// Not signed in, or not to the right accounts.
    #[error(transparent)]
    SignIn(#[from] SignInProblems),
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A stack is protected, busy, or somebody else's.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// The stacks were deployed for something else than what the config names.
    #[error("nothing was deleted\n  {0}\n    if they may go, add `{flag}`", flag = .0.flag())]
    Consent(Consent),
    /// A stack could not be deleted.
    #[error("{cause}{}", told(.deleted))]
    Stopped {
        /// Why.
        cause: StepError,
        /// The stacks that were deleted before.
        deleted: Vec<String>,
    },
}

fn told(deleted: &[String]) -> String {
    if deleted.is_empty() {
        "\n  before that, this run had deleted nothing".to_owned()
    } else {
        format!(
            "\n  before that, this run had deleted: `{}`",
            deleted.join("`, `")
        )
    }
}

/// What is there to be deleted.
#[derive(Debug)]
pub struct Teardown<'a> {
    session: Session,
    stacks: Vec<Surveyed<'a>>,
}

impl<'a> Teardown<'a> {
    /// Signs in and looks; follows what an earlier run began; touches nothing.
    pub async fn survey(
        plan: &'a DeploymentPlan,
        permits: &Permits,
        ask: &impl Ask,
        progress: &impl Progress,
    ) -> Result<Self, DestroyError> {
        let session = Session::open(plan).await?;
        let mut stacks = survey(&session, plan).await?;
        stacks.reverse();
        settle(&session, &mut stacks, hinders_destroy, progress).await?;
        if let Some(consent) = other_deployment(&stacks)
            && !permits.given(&consent)
            && ask.ask(&consent.to_string()).await != Some(true)
        {
            return Err(DestroyError::Consent(consent));
        }
        Ok(Self { session, stacks })
    }

    /// The stacks that go, with their accounts, in the order in which they go.
    pub fn standing(&self) -> Vec<String> {
        let stacks = self.stacks.iter().filter(|surveyed| goes(surveyed));
        stacks
            .map(|surveyed| {
                let plan = surveyed.plan;
                format!("`{}` in account {}", plan.name, plan.account)
            })
            .collect()
    }

    /// Deletes them.
    pub async fn carry_out(self, progress: &impl Progress) -> Result<Destroyed, DestroyError> {
        let mut destroyed = Destroyed::default();
        for surveyed in &self.stacks {
            let name = &surveyed.plan.name;
            if let Some(deleted) = &surveyed.deleted {
                let kept = self.kept(surveyed, &deleted.events, deleted.template.read());
                destroyed.kept.extend(kept);
            }
            match &surveyed.standing {
                Some(stack) if goes(surveyed) => {
                    match self.delete(surveyed, stack, progress).await {
                        Ok(kept) => destroyed.kept.extend(kept),
                        Err(cause) => {
                            return Err(DestroyError::Stopped {
                                cause,
                                deleted: destroyed.deleted,
                            });
                        }
                    }
                    destroyed.deleted.push(name.clone());
                }
                // Somebody's change set may wait in it, which would be deleted with it.
                Some(_) => progress.line(&format!(
                    "`{name}` holds nothing but what somebody may be about to deploy: it is left alone"
                )),
                None => progress.line(&format!("`{name}` is absent")),
            }
        }
        Ok(destroyed)
    }

    async fn delete(
        &self,
        surveyed: &Surveyed<'_>,
        stack: &Stack,
        progress: &impl Progress,
    ) -> Result<Vec<Retained>, StepError> {
        let kind = surveyed.plan.kind;
        let login = &self.session.account(kind).login;
        let api = self.session.cloudformation(kind);
        as_surveyed(&api, surveyed).await?;
        let ended = match delete(&api, stack, login, progress).await {
            Err(DeleteError::Failed(mut failure)) => {
                let template = surveyed.deployed();
                let by_hand =
                    by_hand::removal(&api, self.session.account(kind), stack, template).await;
                failure.advice.extend(by_hand);
                return Err(DeleteError::Failed(failure).into());
            }
            ended => ended?,
        };
        Ok(self.kept(surveyed, &ended.events, surveyed.deployed()))
    }

    /// What a deletion left behind.
    fn kept(
        &self,
        surveyed: &Surveyed<'_>,
        events: &[Event],
        template: Option<&Template>,
    ) -> Vec<Retained> {
        let login = &self.session.account(surveyed.plan.kind).login;
        let kept = retained(events).into_iter();
        kept.map(|event| left_behind(event, template, login))
            .collect()
    }
}

/// Whether a stack is more than the shell of a change set.
fn goes(surveyed: &Surveyed<'_>) -> bool {
    surveyed.verdict() != Verdict::Create
}

fn left_behind(event: &Event, template: Option<&Template>, login: &Login) -> Retained {
    let name = &event.physical_id;
    Retained {
        resource_type: event.resource_type.clone(),
        name: name.clone(),
        named: template
            .and_then(|template| template.resources.get(&event.logical_id))
            .is_some_and(|resource| resource.properties.values().any(|value| says(value, name))),
        command: removal(&event.resource_type, name, login),
    }
}

/// Whether the name stands anywhere in the resource's properties.
fn says(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => text == name,
        Value::Array(values) => values.iter().any(|value| says(value, name)),
        Value::Object(members) => members.values().any(|value| says(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::deploy::testing::{event, login};

    fn kept(logical: &str, kind: &str, name: &str) -> Event {
        Event {
            physical_id: name.to_owned(),
            resource_type: kind.to_owned(),
            ..event("1", logical, "DELETE_SKIPPED")
        }
    }

    fn with(id: &str, properties: &Value) -> Template {
        let resource = json!({ "Type": "Some::Type", "Properties": properties });
        Template::parse(&json!({ "Resources": { id: resource } }).to_string()).unwrap()
    }

    #[test]
    fn what_stays_is_listed_with_the_command_that_removes_it() {
        let table = kept("Table", "AWS::DynamoDB::GlobalTable", "Orders");
        let template = with("Table", &json!({ "TableName": "Orders" }));
        let left = left_behind(&table, Some(&template), &login());
        assert!(left.named);
        assert_eq!(
            left.command.as_deref(),
            Some(
                "aws dynamodb delete-table --table-name Orders --region us-east-1 --profile \
                 source-admin"
            )
        );
    }

    #[test]
    fn a_name_that_cloudformation_made_up_is_told_apart() {
        let bucket = kept("Bucket", "AWS::S3::Bucket", "demo-target-bucket-1x2y");
        let template = with("Bucket", &json!({ "Tags": [] }));
        assert!(!left_behind(&bucket, Some(&template), &login()).named);
        assert!(!left_behind(&bucket, None, &login()).named);
        let database = kept("Database", "AWS::Glue::Database", "orders");
        let input = json!({ "DatabaseInput": { "Name": "orders" } });
        let template = with("Database", &input);
        assert!(left_behind(&database, Some(&template), &login()).named);
    }
}
