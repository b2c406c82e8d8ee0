//! Plays one stack as CloudFormation does, and remembers what has to stand at its end.

use serde_json::{Value, json};
use zeroetl_tests::blackbox::cloudformation::{CfnRequest, Reply, stack_id};
use zeroetl_tests::blackbox::samples::{POLICY, TABLE, policy, statement, table};
use zeroetl_tests::blackbox::{LambdaResult, Outcome, World, access_key};

use super::script::{Action, Kind, RESOURCES, Step};

/// How often Lambda calls again after an error.
const LAMBDA_RETRIES: usize = 2;
/// How often an operator tries again what must succeed in the end.
const OPERATOR_RETRIES: usize = 3;

/// A resource that stands.
#[derive(Debug, Clone)]
struct Living {
    request: CfnRequest,
    physical_id: String,
}

/// One stack, bound to one process.
#[derive(Debug)]
pub(crate) struct Stack<'w> {
    world: &'w World,
    number: usize,
    name: String,
    living: [Option<Living>; RESOURCES.len()],
    /// The statements of other people that this stack's steps have added and not removed.
    pub(crate) foreign: Vec<Value>,
    /// Whether the process is ended in this step.
    crashes: bool,
    /// What broke the promise.
    pub(crate) violations: Vec<String>,
    /// How many requests were sent.
    pub(crate) requests: usize,
}

impl<'w> Stack<'w> {
    pub(crate) fn new(world: &'w World, number: usize) -> Self {
        let name = stack_id(&format!("s{number}"));
        let living = [const { None }; RESOURCES.len()];
        Self {
            world,
            number,
            name,
            living,
            foreign: Vec::new(),
            crashes: false,
            violations: Vec::new(),
            requests: 0,
        }
    }

    /// The properties that stand, by type.
    pub(crate) fn standing(&self, kind: Kind) -> Vec<&Value> {
        RESOURCES
            .iter()
            .zip(&self.living)
            .filter(|(one, _)| **one == kind)
            .filter_map(|(_, living)| living.as_ref().map(|living| &living.request.properties))
            .collect()
    }

    /// One step, with everything that follows from it.
    pub(crate) fn play(&mut self, step: &Step) {
        let key = access_key(self.number);
        self.crashes = step.crash.is_some();
        for (operation, fault) in &step.faults {
            self.world
                .glue
                .script_for(&key, *operation, [fault.clone()]);
        }
        match (step.action, self.living[step.resource].clone()) {
            (Action::CreateAndDeleteByInventedId, None) => {
                let request = self.request(step);
                let _ = self.deliver(&request, step);
                self.delete(&request.delete_by_invented_id(&self.world.replies), step);
            }
            (Action::Update | Action::UpdateAndRollBack, Some(living)) => {
                let identity = living.request.properties["TableName"].clone();
                self.update(step, &living, self.properties(step, identity.as_str()));
            }
            (Action::Replace | Action::ReplaceAndRollBack, Some(living)) => {
                self.update(step, &living, self.properties(step, None));
            }
            (Action::Delete, Some(living)) => {
                self.living[step.resource] = None;
                let delete = living
                    .request
                    .delete(&self.world.replies, &living.physical_id);
                self.delete(&delete, step);
            }
            (Action::ForeignEdit, _) => self.edit_foreign(step),
            (Action::Delete, None)
            | (Action::Create | Action::CreateAndDeleteByInventedId, Some(_)) => {}
            (_, None) => self.create(step),
        }
        self.world.glue.heal_for(&key);
    }

    /// Deletes all that stands, without faults.
    pub(crate) fn tear_down(&mut self) {
        for resource in 0..RESOURCES.len() {
            let step = plain(resource, Action::Delete);
            self.play(&step);
        }
    }

    fn create(&mut self, step: &Step) {
        let request = self.request(step);
        match self.deliver(&request, step) {
            Some(reply) if reply.success => {
                self.living[step.resource] = Some(Living {
                    request,
                    physical_id: reply.physical_id,
                });
            }
            Some(reply) => {
                self.delete(
                    &request.delete(&self.world.replies, &reply.physical_id),
                    step,
                );
            }
            None => self.delete(&request.delete_by_invented_id(&self.world.replies), step),
        }
    }

    fn update(&mut self, step: &Step, living: &Living, properties: Value) {
        let replies = &self.world.replies;
        let old_id = &living.physical_id;
        let request = living.request.update(replies, old_id, properties);
        let answered = self.deliver(&request, step).filter(|reply| reply.success);
        let Some(reply) = answered else {
            // Back to the old properties, under the old id.
            self.must_succeed(&request.rollback(replies), step);
            return;
        };
        let replaced = reply.physical_id != *old_id;
        let back = matches!(
            step.action,
            Action::UpdateAndRollBack | Action::ReplaceAndRollBack
        );
        if back {
            let mut rollback = request.rollback(replies);
            rollback.physical_id = Some(reply.physical_id.clone());
            if let Some(reply) = self.must_succeed(&rollback, step)
                && reply.physical_id != *old_id
            {
                let (found, wanted) = (&reply.physical_id, old_id);
                self.violations
                    .push(format!("rolled back to `{found}`, not to `{wanted}`"));
            }
            if replaced {
                self.delete(&request.delete(replies, &reply.physical_id), step);
            }
            return;
        }
        if replaced {
            self.delete(&living.request.delete(replies, old_id), step);
        }
        self.living[step.resource] = Some(Living {
            request,
            physical_id: reply.physical_id,
        });
    }

    /// A Delete that fails leaves the stack to an operator, who tries again.
    fn delete(&mut self, request: &CfnRequest, step: &Step) {
        self.must_succeed(request, step);
    }

    fn must_succeed(&mut self, request: &CfnRequest, step: &Step) -> Option<Reply> {
        let mut request = request.clone();
        let mut last = String::from("no reply");
        for _ in 0..=OPERATOR_RETRIES {
            match self.deliver(&request, step) {
                Some(reply) if reply.success => return Some(reply),
                Some(reply) => last = reply.reason,
                None => {}
            }
            self.world.glue.heal_for(&access_key(self.number));
            request = request.renewed(&self.world.replies);
        }
        let kind = request.kind.name();
        self.violations.push(format!(
            "{kind} of {} never succeeds: {last}",
            request.logical_id
        ));
        None
    }

    /// Sends a request until Lambda takes it as done, and returns what CloudFormation finds.
    fn deliver(&mut self, request: &CfnRequest, step: &Step) -> Option<Reply> {
        self.world
            .replies
            .script(&request.request_id, step.put_faults.iter().cloned());
        let mut found = None;
        for retry in 0..=LAMBDA_RETRIES {
            self.requests += 1;
            let outcome = match step.crash.filter(|_| retry == 0) {
                Some(after) => self.world.send_and_kill(self.number, request, after),
                None => self.world.send_to(self.number, request),
            };
            let reply = self.judge(&outcome);
            found = found.or(reply);
            if outcome.lambda.is_success() {
                break;
            }
        }
        if step.twice && found.is_some() {
            self.requests += 1;
            let again = self.world.send_to(self.number, request);
            let reply = self.judge(&again);
            self.compare(request, found.as_ref(), reply.as_ref());
        }
        self.world.replies.clear_script(&request.request_id);
        found
    }

    /// Exactly one reply that was taken, or an error towards Lambda.
    fn judge(&mut self, outcome: &Outcome) -> Option<Reply> {
        let name = format!(
            "{} of {}",
            outcome.request.kind.name(),
            outcome.request.logical_id
        );
        let taken = outcome
            .puts
            .iter()
            .filter(|put| put.status.is_some_and(|s| s / 100 == 2));
        let taken = taken.count();
        match &outcome.lambda {
            LambdaResult::Success(_) if taken != 1 => {
                self.violations.push(format!(
                    "{name}: {taken} replies taken, Lambda told of success"
                ));
            }
            LambdaResult::Error(text) if taken != 0 => {
                self.violations
                    .push(format!("{name}: a reply was taken, Lambda got `{text}`"));
            }
            LambdaResult::Died if self.crashes => {}
            LambdaResult::TimedOut | LambdaResult::Died => {
                self.violations
                    .push(format!("{name}: Lambda saw {:?}", outcome.lambda));
            }
            _ => {}
        }
        let mut replies = outcome.puts.iter().filter(|put| put.kept);
        let first = replies.next()?;
        if replies.any(|other| other.body != first.body) {
            self.violations.push(format!("{name}: replies that differ"));
        }
        match Reply::read(first, &outcome.request) {
            Ok(reply) => Some(reply),
            Err(problems) => {
                self.violations
                    .push(format!("{name}: {}", problems.join(", ")));
                None
            }
        }
    }

    fn compare(&mut self, request: &CfnRequest, first: Option<&Reply>, second: Option<&Reply>) {
        let (Some(first), Some(second)) = (first, second) else {
            return;
        };
        let name = format!("{} of {}", request.kind.name(), request.logical_id);
        if first.success && second.success && first.physical_id != second.physical_id {
            self.violations
                .push(format!("{name}: another id for the same event"));
        }
    }

    fn request(&self, step: &Step) -> CfnRequest {
        let kind = RESOURCES[step.resource];
        let name = format!("{kind:?}{}", step.resource);
        let resource_type = if kind == Kind::Policy { POLICY } else { TABLE };
        let properties = self.properties(step, None);
        let replies = &self.world.replies;
        CfnRequest::create_in(replies, &self.name, &name, resource_type, properties)
            .within(std::time::Duration::from_millis(4_500))
    }

    /// Properties that no other step has; with the identity given, or with one of its own.
    fn properties(&self, step: &Step, identity: Option<&str>) -> Value {
        let own = format!("Own{}x{}x{}", self.number, step.resource, step.content);
        match RESOURCES[step.resource] {
            Kind::Policy if step.content.is_multiple_of(3) => {
                policy(&[statement(&own), statement(&format!("{own}b"))])
            }
            Kind::Policy => policy(&[statement(&own)]),
            Kind::Table => {
                let name = identity.unwrap_or(&own);
                table(
                    "sales",
                    name,
                    json!({ "TargetTableName": own.to_lowercase() }),
                )
            }
        }
    }

    fn edit_foreign(&mut self, step: &Step) {
        let one = statement(&format!("Foreign{}x{}", self.number, step.content));
        let gone = if step.content.is_multiple_of(2) {
            self.foreign.pop()
        } else {
            None
        };
        let added = gone.is_none().then(|| one.clone());
        self.world.glue.policy(|policy| {
            let live = policy
                .live()
                .and_then(|live| serde_json::from_str::<Value>(&live.text).ok());
            let mut all =
                live.unwrap_or_else(|| json!({ "Version": "2012-10-17", "Statement": [] }));
            if let Value::Array(list) = &mut all["Statement"] {
                list.retain(|one| Some(one) != gone.as_ref());
                list.extend(added.clone());
            }
            let empty = all["Statement"].as_array().is_some_and(Vec::is_empty);
            policy.set((!empty).then(|| all.to_string()).as_deref());
        });
        self.foreign.extend(added);
    }
}

fn plain(resource: usize, action: Action) -> Step {
    let (faults, put_faults) = (Vec::new(), Vec::new());
    Step {
        resource,
        action,
        content: 0,
        twice: false,
        faults,
        put_faults,
        crash: None,
    }
}
