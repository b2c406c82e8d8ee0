//! Convergence: sequences drawn at random over several stacks and processes at once, with faults.
//! After each, foreign statements are what they were, every request was answered exactly once or
//! failed towards Lambda, and nothing stands without a living owner.
//!
//! `ZEROETL_SEED=<n>` plays one seed again, `ZEROETL_SEQUENCES=<n>` changes how many are drawn.

mod check;
mod player;
mod script;

use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use zeroetl_tests::blackbox::{World, WorldOptions, at_once};

use self::check::run;
use self::script::Script;

/// Stacks, and processes, of a sequence.
const STACKS: usize = 3;
/// Sequences that run at the same time, each in a world of its own. Most of their time is waiting.
const WORLDS: usize = 6;
/// How long a failure may be made shorter.
const SHRINKING: Duration = Duration::from_mins(1);

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("`{name}` is `{text}`; give a whole number"))
    })
}

fn world() -> World {
    let quiet = WorldOptions {
        environment: Vec::new(),
        ..WorldOptions::default()
    };
    World::start_with(&quiet.with("RUST_LOG", "info").processes(STACKS))
}

/// The same sequences in every run, so that a change is judged and not the draw; other seeds by
/// `ZEROETL_SEED` together with `ZEROETL_SEQUENCES`.
const FIRST_SEED: u64 = 1_000_000;

#[test]
fn any_sequence_converges() {
    let chosen = number("ZEROETL_SEED");
    let first = chosen.unwrap_or(FIRST_SEED);
    let count = number("ZEROETL_SEQUENCES").unwrap_or(if chosen.is_some() { 1 } else { 240 });
    println!("seeds {first} to {}", first + count - 1);

    let next = AtomicU64::new(0);
    let (requests, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failure: Mutex<Option<Script>> = Mutex::new(None);
    let start = Instant::now();
    at_once(
        0..WORLDS.min(usize::try_from(count).unwrap_or(WORLDS)),
        |_| {
            let world = world();
            loop {
                let index = next.fetch_add(1, Ordering::SeqCst);
                if index >= count || failure.lock().is_ok_and(|failure| failure.is_some()) {
                    break;
                }
                let script = Script::from_seed(first + index, STACKS);
                let verdict = run(&world, &script);
                requests.fetch_add(verdict.requests, Ordering::SeqCst);
                calls.fetch_add(verdict.calls, Ordering::SeqCst);
                if !verdict.violations.is_empty()
                    && let Ok(mut failure) = failure.lock()
                {
                    println!("seed {} broke: {:#?}", script.seed, verdict.violations);
                    failure.get_or_insert(script);
                }
            }
        },
    );
    println!(
        "{count} sequences, {} requests, {} calls to Glue, {:.1} s",
        requests.into_inner(),
        calls.into_inner(),
        start.elapsed().as_secs_f64()
    );
    if let Some(script) = failure.into_inner().ok().flatten() {
        let (short, violations) = shrink(&script);
        panic!(
            "does not converge; play it again with ZEROETL_SEED={}\n{short}\n{violations:#?}",
            script.seed
        );
    }
}

/// The shortest script found that still breaks, and how it does.
fn shrink(script: &Script) -> (Script, Vec<String>) {
    let worlds: Vec<World> = (0..WORLDS).map(|_| world()).collect();
    let end = Instant::now() + SHRINKING;
    let again = vec![script.clone(); WORLDS];
    let Some((mut best, mut violations)) = first_that_breaks(&worlds, &again) else {
        return (
            script.clone(),
            vec!["not seen again; the stacks raced".to_owned()],
        );
    };
    'shorter: while Instant::now() < end {
        for candidates in best.shorter().chunks(WORLDS) {
            if let Some(found) = first_that_breaks(&worlds, candidates) {
                (best, violations) = found;
                continue 'shorter;
            }
        }
        break;
    }
    (best, violations)
}

/// Plays the scripts at the same time, each in a world of its own.
fn first_that_breaks(worlds: &[World], scripts: &[Script]) -> Option<(Script, Vec<String>)> {
    let found = Mutex::new(Vec::new());
    at_once(
        worlds.iter().zip(scripts).enumerate(),
        |(index, (world, script))| {
            let verdict = run(world, script);
            if let (false, Ok(mut found)) = (verdict.violations.is_empty(), found.lock()) {
                found.push((index, verdict.violations));
            }
        },
    );
    let found = found
        .into_inner()
        .ok()?
        .into_iter()
        .min_by_key(|(index, _)| *index);
    found.map(|(index, violations)| (scripts[index].clone(), violations))
}
