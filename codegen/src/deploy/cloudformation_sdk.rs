//! [`CloudFormation`] by the AWS SDK: requests, pages and plain answers, no decisions.

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    self as sdk, Capability, ChangeSetType, DeploymentMode, EventFilter, Parameter,
    StackDriftDetectionStatus, StackResourceDriftStatus, ValidationStatus,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::account::Account;
use super::aws_error::{AwsError, Problem};
use super::cloudformation::{
    Change, ChangeSet, CloudFormation, Drifted, Event, EventPage, MadeChangeSet, NewChangeSet,
    Stack, StackResource, Template, Validated,
};

/// CloudFormation as one account sees it.
#[derive(Debug)]
pub(crate) struct SdkCloudFormation<'a> {
    account: &'a Account,
    client: Client,
}

impl<'a> SdkCloudFormation<'a> {
    /// A client with the account's configuration.
    pub(crate) fn new(account: &'a Account) -> Self {
        Self {
            account,
            client: Client::new(&account.config),
        }
    }
}

/// Shortens the error mapping: `.map_err(failed!(self, "cloudformation:DescribeStacks"))`.
macro_rules! failed {
    ($self:ident, $call:literal) => {
        |error| AwsError::new($call, $self.account, &error)
    };
}

impl CloudFormation for SdkCloudFormation<'_> {
    async fn stack(&self, name_or_id: &str) -> Result<Option<Stack>, AwsError> {
        let answer = self
            .client
            .describe_stacks()
            .stack_name(name_or_id)
            .send()
            .await
            .map_err(failed!(self, "cloudformation:DescribeStacks"));
        match answer {
            Ok(found) => Ok(found.stacks().first().map(stack)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn template(&self, stack_id: &str) -> Result<String, AwsError> {
        let answer = self
            .client
            .get_template()
            .stack_name(stack_id)
            .send()
            .await
            .map_err(failed!(self, "cloudformation:GetTemplate"))?;
        Ok(answer.template_body().unwrap_or_default().to_owned())
    }

    async fn resources(&self, stack_id: &str) -> Result<Vec<StackResource>, AwsError> {
        let mut all = Vec::new();
        let mut page = None;
        loop {
            let answer = self
                .client
                .list_stack_resources()
                .stack_name(stack_id)
                .set_next_token(page)
                .send()
                .await
                .map_err(failed!(self, "cloudformation:ListStackResources"))?;
            all.extend(answer.stack_resource_summaries().iter().map(resource));
            page = answer.next_token().map(str::to_owned);
            if page.is_none() {
                return Ok(all);
            }
        }
    }

    async fn log(&self, group: &str, stream: &str) -> Result<Vec<String>, AwsError> {
        let answer = aws_sdk_cloudwatchlogs::Client::new(&self.account.config)
            .filter_log_events()
            .log_group_name(group)
            .log_stream_names(stream)
            .send()
            .await
            .map_err(failed!(self, "logs:FilterLogEvents"))?;
        let lines = answer.events().iter().filter_map(|event| event.message());
        Ok(lines.map(str::to_owned).collect())
    }

    async fn detect_drift(&self, stack_id: &str) -> Result<String, AwsError> {
        let answer = self
            .client
            .detect_stack_drift()
            .stack_name(stack_id)
            .send()
            .await
            .map_err(failed!(self, "cloudformation:DetectStackDrift"))?;
        let id = answer.stack_drift_detection_id().unwrap_or_default();
        Ok(id.to_owned())
    }

    async fn drift_detected(&self, detection: &str) -> Result<bool, AwsError> {
        let answer = self
            .client
            .describe_stack_drift_detection_status()
            .stack_drift_detection_id(detection)
            .send()
            .await
            .map_err(failed!(
                self,
                "cloudformation:DescribeStackDriftDetectionStatus"
            ))?;
        // A resource that could not be read, for lack of permission above all, is not known to be as deployed.
        if answer.detection_status() == Some(&StackDriftDetectionStatus::DetectionFailed) {
            let reason = answer.detection_status_reason();
            return Err(AwsError {
                call: "cloudformation:DetectStackDrift",
                account: self.account.login.to_string(),
                problem: Problem::Denied {
                    message: reason.unwrap_or("no reason").to_owned(),
                },
            });
        }
        Ok(answer.detection_status() != Some(&StackDriftDetectionStatus::DetectionInProgress))
    }

    async fn drifted(&self, stack_id: &str) -> Result<Vec<Drifted>, AwsError> {
        let mut all = Vec::new();
        let mut page = None;
        loop {
            let answer = self
                .client
                .describe_stack_resource_drifts()
                .stack_name(stack_id)
                .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
                .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
                .set_next_token(page)
                .send()
                .await
                .map_err(failed!(self, "cloudformation:DescribeStackResourceDrifts"))?;
            all.extend(answer.stack_resource_drifts().iter().map(drifted));
            page = answer.next_token().map(str::to_owned);
            if page.is_none() {
                return Ok(all);
            }
        }
    }

    async fn events(&self, stack_id: &str, page: Option<String>) -> Result<EventPage, AwsError> {
        let answer = self
            .client
            .describe_stack_events()
            .stack_name(stack_id)
            .set_next_token(page)
            .send()
            .await
            .map_err(failed!(self, "cloudformation:DescribeStackEvents"))?;
        Ok(EventPage {
            events: answer.stack_events().iter().map(event).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn create_change_set(&self, new: &NewChangeSet) -> Result<MadeChangeSet, AwsError> {
        let (body, url) = match &new.template {
            Template::Inline(body) => (Some(body.clone()), None),
            Template::Url(url) => (None, Some(url.clone())),
        };
        let parameters = new.parameters.iter().map(|(key, value)| {
            Parameter::builder()
                .parameter_key(key)
                .parameter_value(value)
                .build()
        });
        let kind = if new.creates {
            ChangeSetType::Create
        } else {
            ChangeSetType::Update
        };
        let answer = self
            .client
            .create_change_set()
            .stack_name(&new.stack)
            .change_set_name(&new.name)
            .client_token(&new.name)
            .change_set_type(kind)
            .set_template_body(body)
            .set_template_url(url)
            .set_parameters(Some(parameters.collect()))
            .capabilities(Capability::CapabilityIam)
            .set_import_existing_resources(new.import_existing.then_some(true))
            .set_deployment_mode(new.revert_drift.then_some(DeploymentMode::RevertDrift))
            .send()
            .await
            .map_err(failed!(self, "cloudformation:CreateChangeSet"))?;
        Ok(MadeChangeSet {
            id: answer.id().unwrap_or_default().to_owned(),
            stack_id: answer.stack_id().unwrap_or_default().to_owned(),
        })
    }

    async fn change_set(&self, id: &str) -> Result<ChangeSet, AwsError> {
        let mut whole = ChangeSet::default();
        let mut page = None;
        loop {
            let answer = self
                .client
                .describe_change_set()
                .change_set_name(id)
                .set_next_token(page)
                .send()
                .await
                .map_err(failed!(self, "cloudformation:DescribeChangeSet"))?;
            let status = answer.status().map_or("UNKNOWN", |status| status.as_str());
            status.clone_into(&mut whole.status);
            whole.reason = answer.status_reason().and_then(text);
            let resources = answer
                .changes()
                .iter()
                .filter_map(sdk::Change::resource_change);
            whole.changes.extend(resources.map(change));
            page = answer.next_token().map(str::to_owned);
            if page.is_none() {
                return Ok(whole);
            }
        }
    }

    async fn findings(&self, validated: Validated<'_>) -> Result<Vec<String>, AwsError> {
        let (change_set, stack, since) = match validated {
            Validated::ChangeSet(id) => (Some(id), None, ""),
            Validated::Operation { stack_id, since } => (None, Some(stack_id), since),
        };
        let answer = self
            .client
            .describe_events()
            .set_change_set_name(change_set.map(str::to_owned))
            .set_stack_name(stack.map(str::to_owned))
            .filters(EventFilter::builder().failed_events(true).build())
            .send()
            .await
            .map_err(failed!(self, "cloudformation:DescribeEvents"))?;
        Ok(answer
            .operation_events()
            .iter()
            .filter(|event| event.validation_status() == Some(&ValidationStatus::Failed))
            .filter(|event| to_the_second(&time(event.timestamp())) >= to_the_second(since))
            .map(finding)
            .collect())
    }

    async fn execute(&self, id: &str, token: &str, keep_on_failure: bool) -> Result<(), AwsError> {
        self.client
            .execute_change_set()
            .change_set_name(id)
            .client_request_token(token)
            .retain_except_on_create(!keep_on_failure)
            .send()
            .await
            .map_err(failed!(self, "cloudformation:ExecuteChangeSet"))?;
        Ok(())
    }

    async fn change_sets(&self, stack_id: &str) -> Result<Vec<String>, AwsError> {
        let mut all = Vec::new();
        let mut page = None;
        loop {
            let answer = self
                .client
                .list_change_sets()
                .stack_name(stack_id)
                .set_next_token(page)
                .send()
                .await
                .map_err(failed!(self, "cloudformation:ListChangeSets"))?;
            let names = answer.summaries().iter();
            all.extend(names.filter_map(|one| one.change_set_name().map(str::to_owned)));
            page = answer.next_token().map(str::to_owned);
            if page.is_none() {
                return Ok(all);
            }
        }
    }

    async fn delete_change_set(&self, id: &str) -> Result<(), AwsError> {
        self.client
            .delete_change_set()
            .change_set_name(id)
            .send()
            .await
            .map_err(failed!(self, "cloudformation:DeleteChangeSet"))?;
        Ok(())
    }

    async fn delete_stack(&self, stack_id: &str, token: Option<&str>) -> Result<(), AwsError> {
        self.client
            .delete_stack()
            .stack_name(stack_id)
            .set_client_request_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(failed!(self, "cloudformation:DeleteStack"))?;
        Ok(())
    }
}

/// CloudFormation has no error code of its own for a stack that does not exist.
fn is_absent(error: &AwsError) -> bool {
    matches!(&error.problem, Problem::Refused { code, message }
        if code == "ValidationError" && message.contains("does not exist"))
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn stack(stack: &sdk::Stack) -> Stack {
    Stack {
        id: stack.stack_id().unwrap_or_default().to_owned(),
        name: stack.stack_name().unwrap_or_default().to_owned(),
        status: stack
            .stack_status()
            .map_or("UNKNOWN", |status| status.as_str())
            .to_owned(),
        reason: stack.stack_status_reason().and_then(text),
        outputs: stack
            .outputs()
            .iter()
            .filter_map(|output| {
                Some((
                    output.output_key()?.to_owned(),
                    output.output_value()?.to_owned(),
                ))
            })
            .collect(),
        protected: stack.enable_termination_protection().unwrap_or(false),
        changed_at: time(stack.last_updated_time().or(stack.creation_time())),
        parameters: stack
            .parameters()
            .iter()
            .filter_map(|parameter| {
                Some((
                    parameter.parameter_key()?.to_owned(),
                    parameter.parameter_value()?.to_owned(),
                ))
            })
            .collect(),
    }
}

fn resource(resource: &sdk::StackResourceSummary) -> StackResource {
    let owned = |value: Option<&str>| value.unwrap_or_default().to_owned();
    StackResource {
        logical_id: owned(resource.logical_resource_id()),
        physical_id: owned(resource.physical_resource_id()),
        resource_type: owned(resource.resource_type()),
        status: resource
            .resource_status()
            .map_or("UNKNOWN", |status| status.as_str())
            .to_owned(),
    }
}

fn drifted(drift: &sdk::StackResourceDrift) -> Drifted {
    let owned = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Drifted {
        logical_id: owned(drift.logical_resource_id()),
        resource_type: owned(drift.resource_type()),
        deleted: drift.stack_resource_drift_status() == Some(&StackResourceDriftStatus::Deleted),
        properties: drift
            .property_differences()
            .iter()
            .map(|difference| owned(difference.property_path()))
            .collect(),
    }
}

fn event(event: &sdk::StackEvent) -> Event {
    let owned = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Event {
        id: owned(event.event_id()),
        time: time(event.timestamp()),
        logical_id: owned(event.logical_resource_id()),
        physical_id: owned(event.physical_resource_id()),
        resource_type: owned(event.resource_type()),
        status: event
            .resource_status()
            .map_or("UNKNOWN", |status| status.as_str())
            .to_owned(),
        reason: event
            .resource_status_reason()
            .and_then(text)
            .or_else(|| event.hook_status_reason().and_then(text)),
        token: event.client_request_token().and_then(text),
    }
}

fn time(time: Option<&DateTime>) -> String {
    time.and_then(|time| time.fmt(Format::DateTime).ok())
        .unwrap_or_default()
}

/// Times differ in how many digits follow the second.
fn to_the_second(time: &str) -> &str {
    time.get(..19).unwrap_or_default()
}

fn change(change: &sdk::ResourceChange) -> Change {
    let owned = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let mut causes: Vec<String> = change
        .details()
        .iter()
        .filter_map(|detail| detail.target())
        .filter_map(|target| {
            let named = target
                .name()
                .filter(|name| !name.is_empty())
                .map(str::to_owned);
            named.or_else(|| {
                target
                    .attribute()
                    .map(|attribute| attribute.as_str().to_owned())
            })
        })
        .collect();
    causes.dedup();
    Change {
        action: change
            .action()
            .map_or("Unknown", |action| action.as_str())
            .to_owned(),
        logical_id: owned(change.logical_resource_id()),
        resource_type: owned(change.resource_type()),
        physical_id: change.physical_resource_id().and_then(text),
        replacement: change
            .replacement()
            .map(|replacement| replacement.as_str().to_owned()),
        policy_action: change
            .policy_action()
            .map(|action| action.as_str().to_owned()),
        causes,
    }
}

fn finding(event: &sdk::OperationEvent) -> String {
    let parts = [
        event.logical_resource_id(),
        event.validation_path(),
        event.validation_name(),
        event.validation_status_reason(),
    ];
    parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(": ")
}

#[cfg(test)]
mod tests;
