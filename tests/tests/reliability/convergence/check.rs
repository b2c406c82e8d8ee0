//! Runs a script and says what broke.

use std::thread;

use serde_json::Value;
use zeroetl_tests::blackbox::World;
use zeroetl_tests::blackbox::samples::{database, foreign_policy, tables_in};

use super::player::Stack;
use super::script::{Kind, Script};

/// What came of a script.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) violations: Vec<String>,
    pub(crate) requests: usize,
    pub(crate) calls: usize,
}

/// Plays all stacks of a script at once, and checks what stands then and after their deletion.
pub(crate) fn run(world: &World, script: &Script) -> Verdict {
    world.glue.reset();
    let text = script.foreign.then(foreign_policy);
    world.glue.policy(|policy| policy.set(text.as_deref()));
    let theirs = world.glue.statements();

    let mut stacks: Vec<Stack<'_>> = (0..script.stacks.len())
        .map(|number| Stack::new(world, number))
        .collect();
    thread::scope(|scope| {
        for (stack, steps) in stacks.iter_mut().zip(&script.stacks) {
            scope.spawn(move || steps.iter().for_each(|step| stack.play(step)));
        }
    });
    let mut violations = standing(world, &stacks, &theirs);
    thread::scope(|scope| {
        for stack in &mut stacks {
            scope.spawn(move || stack.tear_down());
        }
    });
    violations.extend(standing(world, &stacks, &theirs));
    let unconditional = world.glue.policy(|policy| policy.unconditional_writes());
    if unconditional > 0 {
        violations.push(format!(
            "{unconditional} writes to the policy without a condition"
        ));
    }
    let requests = stacks.iter().map(|stack| stack.requests).sum();
    violations.extend(stacks.into_iter().flat_map(|stack| stack.violations));
    Verdict {
        violations,
        requests,
        calls: world.glue.mark(),
    }
}

/// Whether exactly what lives is there, and everything of others.
fn standing(world: &World, stacks: &[Stack<'_>], theirs: &[Value]) -> Vec<String> {
    let mut violations = Vec::new();
    let live = world.glue.statements();
    let is_ours = |one: &Value| tables_in(std::slice::from_ref(one))[0].starts_with("Own");

    let ours = sorted(live.iter().filter(|one| is_ours(one)).map(without_sid));
    let wanted = stacks.iter().flat_map(|stack| stack.standing(Kind::Policy));
    let wanted = wanted.flat_map(|properties| {
        properties["PolicyDocument"]["Statement"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    });
    difference(
        &mut violations,
        "own statements",
        &ours,
        &sorted(wanted.map(|one| one.to_string())),
    );

    let others = sorted(
        live.iter()
            .filter(|one| !is_ours(one))
            .map(Value::to_string),
    );
    let kept = theirs
        .iter()
        .chain(stacks.iter().flat_map(|stack| &stack.foreign));
    difference(
        &mut violations,
        "foreign statements",
        &others,
        &sorted(kept.map(Value::to_string)),
    );

    let pairs = world.glue.tables(|tables| {
        let entry = |name: &str| tables.live(&database("sales"), name).cloned();
        tables
            .pairs()
            .into_iter()
            .map(|(_, name)| (entry(&name), name))
            .collect::<Vec<_>>()
    });
    let pairs = sorted(pairs.into_iter().map(|(entry, name)| {
        format!(
            "{name}: {}",
            entry.and_then(|entry| entry.target).unwrap_or_default()
        )
    }));
    let wanted = stacks.iter().flat_map(|stack| stack.standing(Kind::Table));
    let wanted = wanted.map(|properties| {
        let name = properties["TableName"].as_str().unwrap_or_default();
        format!("{name}: {}", properties["TargetTableConfig"])
    });
    difference(&mut violations, "table properties", &pairs, &sorted(wanted));
    violations
}

fn without_sid(statement: &Value) -> String {
    let mut statement = statement.clone();
    if let Value::Object(members) = &mut statement {
        members.shift_remove("Sid");
    }
    statement.to_string()
}

fn sorted(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = all.collect();
    all.sort();
    all
}

fn difference(violations: &mut Vec<String>, what: &str, found: &[String], wanted: &[String]) {
    if found != wanted {
        let count = |list: &[String], one: &String| list.iter().filter(|x| *x == one).count();
        let only = |a: &[String], b: &[String]| {
            a.iter()
                .filter(|one| count(a, one) > count(b, one))
                .cloned()
                .collect::<Vec<_>>()
        };
        let (extra, missing) = (only(found, wanted), only(wanted, found));
        violations.push(format!(
            "{what}: without an owner {extra:?}, missing {missing:?}"
        ));
    }
}
