//! CloudFormation's side of many lives, with faults drawn at random: whatever happens on the way,
//! in the end nothing of others has changed, and nothing of ours is left but pairs of which a Reason
//! said that they may be.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Asked, FakeGlue, Fault};
use crate::{
    ports::{CallErrorKind, TableConfig, TableKey, TargetConfig},
    resource::{Applied, Failure, PhysicalId, ReasonKind, Resource},
    resources::{
        glue_resource_policy::GlueResourcePolicy,
        integration_table_properties::IntegrationTableProperties,
    },
};

/// One thing that happens to a resource.
#[derive(Debug, Clone, Copy)]
enum Step {
    Create(u8),
    Update(u8),
    /// An Update that works, in a stack that rolls back all the same.
    UpdateAndBack(u8),
    /// The last request once more.
    Again,
    Delete,
    /// A Delete with an id that CloudFormation made up.
    DeleteMadeUp,
}

/// A resource as CloudFormation knows it.
struct Life<'a> {
    resource: &'a dyn Resource,
    glue: &'a FakeGlue,
    name: String,
    properties: fn(u8, &str) -> Value,
    alive: Option<(PhysicalId, Value)>,
    /// Tables of pairs that an Update may have made without knowing.
    may_be_left: Vec<Value>,
}

impl Life<'_> {
    async fn apply(&self, asked: Asked) -> (Asked, Result<Applied, Failure>) {
        let asked = asked.of(&self.name);
        let done = timeout(
            Duration::from_secs(125),
            asked.apply(self.resource, self.glue),
        )
        .await;
        let stopped = |_| Err(Failure::touched(ReasonKind::OutOfTime, ""));
        (asked, done.unwrap_or_else(stopped))
    }

    /// A Delete is tried until it succeeds; people mend what is broken.
    async fn delete(&self, id: &str, properties: &Value) {
        let asked = Asked::delete(id, properties).of(&self.name);
        for attempt in 0..3 {
            let cleanup = asked.cleanup(self.resource, self.glue);
            match timeout(Duration::from_secs(125), cleanup).await {
                Ok(Ok(())) => return,
                _ if attempt == 0 => {}
                _ => self.glue.heal(),
            }
        }
        panic!("a Delete of {} fails without a fault", self.name);
    }

    async fn update(&mut self, properties: Value) {
        let Some((id, old)) = self.alive.clone() else {
            return;
        };
        match self.apply(Asked::update(&id, &old, &properties)).await.1 {
            Ok(applied) => {
                if applied.id != id {
                    self.delete(id.as_str(), &old).await;
                }
                self.alive = Some((applied.id, properties));
            }
            Err(failure) => {
                self.note(&failure, &properties);
                self.roll_back(&id, &properties, &old).await;
            }
        }
    }

    /// What a failed Update says of the pair that it was to make.
    fn note(&mut self, failure: &Failure, properties: &Value) {
        if !failure.untouched {
            self.may_be_left.push(properties["TableName"].clone());
        }
    }

    /// The older properties again, until they hold; then the Delete of what replaced them.
    async fn roll_back(&mut self, id: &PhysicalId, from: &Value, to: &Value) {
        for attempt in 0..3 {
            if let Ok(applied) = self.apply(Asked::update(id, from, to)).await.1 {
                if applied.id != *id {
                    self.delete(id.as_str(), from).await;
                }
                self.alive = Some((applied.id, to.clone()));
                return;
            }
            if attempt > 0 {
                self.glue.heal();
            }
        }
        panic!("a rollback of {} fails without a fault", self.name);
    }

    async fn step(&mut self, step: Step) {
        match (step, self.alive.clone()) {
            (Step::Create(n), None) => {
                let properties = (self.properties)(n, &self.name);
                let (asked, created) = self.apply(Asked::create(&properties)).await;
                match created {
                    Ok(applied) => self.alive = Some((applied.id, properties)),
                    Err(failure) => {
                        let id = asked.failed_id(self.resource, &failure);
                        self.delete(id.as_str(), &properties).await;
                    }
                }
            }
            (Step::Update(n), Some(_)) => self.update((self.properties)(n, &self.name)).await,
            (Step::UpdateAndBack(n), Some((id, old))) => {
                let new = (self.properties)(n, &self.name);
                let from = match self.apply(Asked::update(&id, &old, &new)).await.1 {
                    Ok(applied) => applied.id,
                    Err(failure) => {
                        self.note(&failure, &new);
                        id
                    }
                };
                self.roll_back(&from, &new, &old).await;
            }
            (Step::Again, Some((id, now))) => {
                // The old properties of a duplicate do not matter once it is done.
                let _ = self.apply(Asked::update(&id, &now, &now)).await;
            }
            (Step::Delete, Some((id, now))) => {
                self.delete(id.as_str(), &now).await;
                self.alive = None;
            }
            (Step::DeleteMadeUp, Some((_, now))) => {
                self.delete("stack-Resource-1ABC", &now).await;
                self.alive = None;
            }
            _ => {}
        }
    }
}

fn statements(n: u8, _: &str) -> Value {
    let statement = |index: u8| {
        json!({
            "Sid": format!("S{index}"), "Effect": "Allow", "Principal": {"AWS": "222222222222"},
            "Action": format!("glue:A{n}"), "Resource": "arn:aws:glue:us-east-1:111111111111:catalog",
        })
    };
    json!({"PolicyDocument": {"Statement": (0..=n % 3).map(statement).collect::<Vec<_>>()}})
}

fn table(n: u8, name: &str) -> Value {
    json!({
        "ResourceArn": "arn:aws:glue:us-east-1:111111111111:database/db",
        "TableName": format!("{name}{}", n % 2),
        "TargetTableConfig": {"UnnestSpec": (["FULL", "TOPLEVEL"][usize::from(n / 2 % 2)])},
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..6_u8).prop_map(Step::Create),
        (0..6_u8).prop_map(Step::Update),
        (0..6_u8).prop_map(Step::UpdateAndBack),
        Just(Step::Again),
        Just(Step::Delete),
        Just(Step::DeleteMadeUp),
    ]
}

fn fault() -> impl Strategy<Value = (&'static str, Fault)> {
    let operation = prop::sample::select(vec![
        "glue:GetResourcePolicy",
        "glue:PutResourcePolicy",
        "glue:DeleteResourcePolicy",
        "glue:GetIntegrationTableProperties",
        "glue:CreateIntegrationTableProperties",
        "glue:UpdateIntegrationTableProperties",
        "glue:DeleteIntegrationTableProperties",
        "glue:DescribeInboundIntegrations",
    ]);
    let fault = prop_oneof![
        Just(Fault::Hang),
        Just(Fault::EffectThenHang),
        Just(Fault::Refuse(CallErrorKind::Unavailable, "")),
        Just(Fault::EffectThenRefuse(CallErrorKind::Unavailable)),
        Just(Fault::EffectThenRefuse(CallErrorKind::AccessDenied)),
        Just(Fault::Refuse(CallErrorKind::AccessDenied, "")),
        Just(Fault::Refuse(CallErrorKind::ConditionFailed, "")),
    ];
    prop_oneof![
        9 => (operation, fault),
        // Only a policy has principals. A pair that Glue calls invalid is not there.
        1 => Just((
            "glue:PutResourcePolicy",
            Fault::Refuse(CallErrorKind::Invalid, "Invalid principal in policy"),
        )),
    ]
}

type Script = Vec<(usize, Step, Vec<(&'static str, Fault)>)>;

fn script() -> impl Strategy<Value = Script> {
    prop::collection::vec(
        (0..3_usize, step(), prop::collection::vec(fault(), 0..3)),
        1..14,
    )
}

/// Plays the script with three resources, then deletes what is still alive. The tables of the pairs that
/// may be left.
async fn play(
    glue: &FakeGlue,
    resource: &dyn Resource,
    properties: fn(u8, &str) -> Value,
    script: Script,
) -> Vec<Value> {
    let mut lives: Vec<_> = ["A", "B", "C"]
        .map(|name| Life {
            resource,
            glue,
            name: name.to_owned(),
            properties,
            alive: None,
            may_be_left: Vec::new(),
        })
        .into();
    for (who, step, faults) in script {
        glue.heal();
        for (operation, fault) in faults {
            glue.fail(operation, [fault]);
        }
        lives[who].step(step).await;
    }
    glue.heal();
    for life in &mut lives {
        life.step(Step::Delete).await;
    }
    lives
        .into_iter()
        .flat_map(|life| life.may_be_left)
        .collect()
}

fn run(future: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_statement_outlives_its_owner_and_none_of_others_changes(script in script()) {
        run(async {
            let foreign = r#"{"Id":"x","Statement":[{"Sid":"Theirs","Num":1.0}]}"#;
            let glue = FakeGlue::with_policy(foreign);
            play(&glue, &GlueResourcePolicy, statements, script).await;
            assert_eq!(glue.policy().as_deref(), Some(foreign));
        });
    }

    #[test]
    fn no_table_properties_outlive_their_owner_and_none_of_others_change(script in script()) {
        run(async {
            let glue = FakeGlue::default();
            let theirs = TableKey {
                resource_arn: "arn:aws:glue:us-east-1:111111111111:database/db".to_owned(),
                table_name: "A1".to_owned(),
            };
            let config = TableConfig {
                target: Some(TargetConfig { target_table_name: Some("t".into()), ..<_>::default() }),
                source: None,
            };
            glue.state.borrow_mut().set_table(&theirs, config.clone());
            let may_be_left = play(&glue, &IntegrationTableProperties, table, script).await;
            let mut tables = glue.state.borrow().tables.clone();
            tables.retain(|(key, _)| {
                *key == theirs || !may_be_left.contains(&json!(key.table_name))
            });
            assert_eq!(tables, [(theirs, config)]);
        });
    }
}
