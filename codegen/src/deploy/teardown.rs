//! `destroy` as a whole: integration, target, source, each gone before the next is touched. Deletes
//! stacks, never data: what the templates retain stays, and is listed.

use serde_json::Value;

use super::account::Login;
use super::aws_error::AwsError;
use super::cloudformation::{Event, Stack};
use super::delete::{DeleteError, delete};
use super::deployed::Template;
use super::events::retained;
use super::progress::Progress;
use super::resource_types::removal;
use super::session::{Session, SignInProblems};
use super::survey::{SurveyError, Surveyed, hinders_destroy, settle, survey};
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
    /// A stack could not be deleted.
    #[error(transparent)]
    Delete(#[from] DeleteError),
}

/// What is there to be deleted.
#[derive(Debug)]
pub struct Teardown<'a> {
    session: Session,
    stacks: Vec<Surveyed<'a>>,
}

impl<'a> Teardown<'a> {
    /// Signs in and looks; touches nothing.
    pub async fn survey(plan: &'a DeploymentPlan) -> Result<Self, DestroyError> {
        let session = Session::open(plan).await?;
        let mut stacks = survey(&session, plan).await?;
        stacks.reverse();
        Ok(Self { session, stacks })
    }

    /// The names of the stacks that stand, in the order in which they go.
    pub fn standing(&self) -> Vec<&str> {
        let stacks = self
            .stacks
            .iter()
            .filter_map(|surveyed| surveyed.standing.as_ref());
        stacks.map(|stack| stack.name.as_str()).collect()
    }

    /// Deletes them.
    pub async fn carry_out(
        mut self,
        progress: &impl Progress,
    ) -> Result<Vec<Retained>, DestroyError> {
        settle(&self.session, &mut self.stacks, hinders_destroy, progress).await?;
        let mut left = Vec::new();
        for surveyed in &self.stacks {
            match &surveyed.standing {
                None => {
                    progress.line(&format!("`{}` is absent", surveyed.plan.name));
                    if let Some(deleted) = &surveyed.deleted {
                        left.extend(self.kept(surveyed, &deleted.events, deleted.template.read()));
                    }
                }
                Some(stack) => left.extend(self.delete(surveyed, stack, progress).await?),
            }
        }
        Ok(left)
    }

    async fn delete(
        &self,
        surveyed: &Surveyed<'_>,
        stack: &Stack,
        progress: &impl Progress,
    ) -> Result<Vec<Retained>, DeleteError> {
        let kind = surveyed.plan.kind;
        let login = &self.session.account(kind).login;
        let api = self.session.cloudformation(kind);
        let ended = delete(&api, stack, login, progress).await?;
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
