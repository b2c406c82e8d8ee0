//! Any live policy and any properties: a Create that succeeds is complete, a second one changes
//! nothing, what is foreign keeps its value, and a Delete takes away exactly what is ours.
//!
//! The input is two texts, divided by the first NUL: the live policy, and the properties.

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use zeroetl_properties::EnableHybrid;
use zeroetl_provider::deadline::Deadline;
use zeroetl_provider::ports::{
    Call, CatalogPolicy, Condition, Home, Integration, Integrations, LivePolicy, StackResource,
    StackResources, TableConfig, TableKey, TableProperties,
};
use zeroetl_provider::protocol::{LogicalId, StackId};
use zeroetl_provider::resource::{Request, World, find};

#[derive(Default)]
struct Catalog {
    live: RefCell<Option<LivePolicy>>,
    writes: RefCell<usize>,
}

impl Catalog {
    fn set(&self, text: Option<&str>) {
        let count = *self.writes.borrow();
        let hash = Some(format!("h{count}"));
        *self.live.borrow_mut() = text.map(|text| LivePolicy {
            text: text.to_owned(),
            hash,
        });
        *self.writes.borrow_mut() += 1;
    }
}

impl CatalogPolicy for Catalog {
    fn read(&self) -> Call<'_, Option<LivePolicy>> {
        Box::pin(async { Ok(self.live.borrow().clone()) })
    }

    fn put<'a>(&'a self, text: &'a str, _: &'a Condition, _: EnableHybrid) -> Call<'a, String> {
        self.set(Some(text));
        Box::pin(async { Ok("hash".to_owned()) })
    }

    fn delete<'a>(&'a self, _: &'a str) -> Call<'a, ()> {
        self.set(None);
        Box::pin(async { Ok(()) })
    }
}

impl StackResources for Catalog {
    fn list<'a>(&'a self, _: &'a str) -> Call<'a, Vec<StackResource>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl TableProperties for Catalog {
    fn get<'a>(&'a self, _: &'a TableKey) -> Call<'a, Option<TableConfig>> {
        Box::pin(async { Ok(None) })
    }

    fn create<'a>(&'a self, _: &'a TableKey, _: &'a TableConfig) -> Call<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn update<'a>(&'a self, _: &'a TableKey, _: &'a TableConfig) -> Call<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TableKey) -> Call<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

impl Integrations for Catalog {
    fn inbound<'a>(&'a self, _: &'a str) -> Call<'a, Vec<Integration>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// A policy whose statements are kept as they are spelled.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Statement")]
    statement: Option<Box<RawValue>>,
}

/// The statements of a policy, as text.
fn statements(catalog: &Catalog) -> Option<Vec<String>> {
    let live = catalog.live.borrow();
    let Some(live) = live.as_ref() else {
        return Some(Vec::new());
    };
    let document: Document = serde_json::from_str(&live.text).ok()?;
    let Some(statement) = document.statement else {
        return Some(Vec::new());
    };
    let list: Vec<Box<RawValue>> = if statement.get().starts_with('[') {
        serde_json::from_str(statement.get()).ok()?
    } else {
        vec![statement]
    };
    Some(list.iter().map(|one| compact(one.get())).collect())
}

/// JSON text without the space between its tokens, which is no part of a value.
fn compact(text: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    text.chars()
        .filter(|character| {
            let keep = inside || !character.is_ascii_whitespace();
            inside ^= *character == '"' && !escaped;
            escaped = *character == '\\' && !escaped;
            keep
        })
        .collect()
}

/// The Sid of a statement, where it has one.
fn sid(statement: &str) -> Option<String> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(statement).ok()?;
    serde_json::from_str(members.get("Sid")?.get()).ok()
}

fuzz_target!(|input: &str| {
    let Some((live, properties)) = input.split_once('\0') else {
        return;
    };
    let Ok(properties) = serde_json::from_str::<Value>(properties) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime
        .expect("a runtime")
        .block_on(check(live, &properties));
});

async fn check(live: &str, properties: &Value) {
    let resource = find("Custom::GlueResourcePolicy").expect("the resource exists");
    let home =
        Home::of_function("arn:aws:lambda:us-east-1:111122223333:function:f").expect("an ARN");
    let catalog = Catalog::default();
    if !live.is_empty() {
        catalog.set(Some(live));
    }
    let before = statements(&catalog);
    let world = World {
        glue: &catalog,
        stack: &catalog,
        home: Some(&home),
        deadline: Deadline::after(Duration::from_mins(1)),
    };
    let request = Request {
        stack_id: &StackId::new("stack"),
        logical_id: &LogicalId::new("logical"),
        physical_id: None,
        update: false,
        properties,
        old_properties: &Value::Null,
    };
    let count = *catalog.writes.borrow();
    let Ok(applied) = resource.apply(request, world).await else {
        assert_eq!(
            *catalog.writes.borrow(),
            count,
            "a Create that was refused has written"
        );
        // Whatever the properties are, the Delete that follows succeeds.
        assert!(resource.cleanup(request, world).await.is_ok());
        return;
    };
    let before = before.expect("a Create over a policy that is no JSON succeeded");
    let owner = &applied.data["Owner"];
    let foreign = |all: Vec<String>| -> Vec<String> {
        // By the marker alone: what somebody wrote behind it makes the statement nobody else's.
        let ours = |one: &str| sid(one).is_some_and(|sid| sid.starts_with(owner.as_str()));
        all.into_iter().filter(|one| !ours(one)).collect()
    };
    let kept = foreign(before);
    assert_eq!(
        foreign(statements(&catalog).expect("JSON was written")),
        kept
    );

    let count = *catalog.writes.borrow();
    let again = resource
        .apply(request, world)
        .await
        .expect("what succeeded succeeds again");
    assert_eq!(again.id, applied.id);
    assert_eq!(
        *catalog.writes.borrow(),
        count,
        "a second Create has written"
    );

    let request = Request {
        physical_id: Some(&applied.id),
        ..request
    };
    assert!(resource.cleanup(request, world).await.is_ok());
    let left = statements(&catalog).expect("JSON was written");
    assert_eq!(left.len(), kept.len(), "something of ours is left");
    assert_eq!(foreign(left), kept);
}
