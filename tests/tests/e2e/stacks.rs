//! CloudFormation as a user drives it: create, update and delete a stack, wait, and read why it
//! failed.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudformation::types::{Capability, Parameter, StackEvent};
use serde_json::Value;
use zeroetl_tests::workspace_root;

use crate::stage::Account;

const POLL: Duration = Duration::from_millis(150);
/// More than any deployment here takes; a stack that waits for a lost reply would reach it.
const LIMIT: Duration = Duration::from_mins(3);

pub(crate) type Parameters = BTreeMap<&'static str, String>;

/// A committed template, from its JSON twin.
pub(crate) fn template(name: &str) -> Value {
    let path = workspace_root().join(format!("templates/zero-etl/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// How an operation ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: String,
    /// `logical id: reason` of each failed event, oldest first.
    pub(crate) reasons: Vec<String>,
    pub(crate) outputs: BTreeMap<String, String>,
}

impl Ended {
    #[track_caller]
    pub(crate) fn expect(self, status: &str) -> Self {
        assert_eq!(self.status, status, "{:#?}", self.reasons);
        self
    }
}

impl Account {
    pub(crate) async fn create(&self, stack: &str, body: &Value, values: &Parameters) -> Ended {
        let request = self
            .deployer(stack, body, values)
            .await
            .create_stack()
            .stack_name(stack)
            .template_body(body.to_string())
            .capabilities(Capability::CapabilityIam)
            .set_parameters(Some(parameters(values)));
        match request.send().await {
            Ok(_) => self.wait(stack, 0).await,
            // Refused before anything was made: a parameter, a rule, the template itself.
            Err(error) => Ended {
                status: "REFUSED".to_owned(),
                reasons: vec![format!("{:?}", error.into_service_error())],
                outputs: BTreeMap::new(),
            },
        }
    }

    pub(crate) async fn update(&self, stack: &str, body: &Value, values: &Parameters) -> Ended {
        let before = self.events(stack).await.len();
        self.deployer(stack, body, values)
            .await
            .update_stack()
            .stack_name(stack)
            .template_body(body.to_string())
            .capabilities(Capability::CapabilityIam)
            .set_parameters(Some(parameters(values)))
            .send()
            .await
            .unwrap();
        self.wait(stack, before).await
    }

    pub(crate) async fn delete(&self, stack: &str) -> Ended {
        let id = self.stack_id(stack).await;
        let before = self.events(&id).await.len();
        self.deployer_of(stack)
            .delete_stack()
            .stack_name(&id)
            .send()
            .await
            .unwrap();
        self.wait(&id, before).await
    }

    /// The outputs of a stack that stands.
    pub(crate) async fn outputs(&self, stack: &str) -> BTreeMap<String, String> {
        self.wait(stack, 0).await.outputs
    }

    /// Waits until a deletion is through.
    pub(crate) async fn gone(&self, stack_id: &str) {
        self.wait(stack_id, 0).await.expect("DELETE_COMPLETE");
    }

    pub(crate) async fn stack_id(&self, stack: &str) -> String {
        let reply = self
            .cloudformation
            .describe_stacks()
            .stack_name(stack)
            .send()
            .await
            .unwrap();
        reply.stacks()[0].stack_id().unwrap().to_owned()
    }

    async fn wait(&self, stack: &str, events_before: usize) -> Ended {
        let mut waited = Duration::ZERO;
        loop {
            let reply = self
                .cloudformation
                .describe_stacks()
                .stack_name(stack)
                .send()
                .await
                .unwrap();
            let described = &reply.stacks()[0];
            let status = described.stack_status().unwrap().as_str().to_owned();
            if !status.ends_with("_IN_PROGRESS") {
                let events = self.events(stack).await;
                return Ended {
                    status,
                    reasons: reasons(&events[events_before..]),
                    outputs: described
                        .outputs()
                        .iter()
                        .map(|output| {
                            let key = output.output_key().unwrap().to_owned();
                            (key, output.output_value().unwrap().to_owned())
                        })
                        .collect(),
                };
            }
            assert!(waited < LIMIT, "{stack} is still {status} after {LIMIT:?}");
            tokio::time::sleep(POLL).await;
            waited += POLL;
        }
    }

    /// All events of a stack, oldest first.
    pub(crate) async fn events(&self, stack: &str) -> Vec<StackEvent> {
        let mut events: Vec<StackEvent> = self
            .cloudformation
            .describe_stack_events()
            .stack_name(stack)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .unwrap();
        events.reverse();
        events
    }
}

fn parameters(values: &Parameters) -> Vec<Parameter> {
    values
        .iter()
        .map(|(key, value)| {
            Parameter::builder()
                .parameter_key(*key)
                .parameter_value(value)
                .build()
        })
        .collect()
}

fn reasons(events: &[StackEvent]) -> Vec<String> {
    events
        .iter()
        .filter(|event| {
            event
                .resource_status()
                .is_some_and(|status| status.as_str().ends_with("_FAILED"))
        })
        .map(|event| {
            let id = event.logical_resource_id().unwrap_or_default();
            format!(
                "{id}: {}",
                event.resource_status_reason().unwrap_or_default()
            )
        })
        .collect()
}
