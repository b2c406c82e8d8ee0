//! `deploy`, `status` and `destroy` with a fault at any call and a second operator at any point:
//! foreign things stay as they are, nothing that holds data is deleted, and what the last message
//! claims is so. Seeded; `ZEROETL_TRUST_SECONDS` makes it longer, `ZEROETL_TRUST_SEED` repeats one.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{DATABASE, deploy, destroy, folder, run, stderr, table, write_config};
use crate::expected::foreign_statement;
use crate::others::stacks;
use crate::stage::Stage;

/// Enough for some dozens of runs; CI sets more.
const SECONDS: u64 = 60;

/// A small generator of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.roll(from.len() as u64);
        &from[usize::try_from(index).unwrap()]
    }
}

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::vars().find(|(key, _)| key == name);
    set.map_or(default, |(_, value)| value.parse().unwrap())
}

/// One pair of accounts and what must not change in it.
struct World {
    stage: Stage,
    folder: tempfile::TempDir,
    foreign: Value,
    /// What held data after a success, by the call that finds it.
    data: Vec<Vec<String>>,
}

impl World {
    async fn new(stage: Stage) -> Self {
        let foreign = foreign_statement(&stage.target.id);
        let policy = json!({ "Version": "2012-10-17", "Statement": [foreign] });
        stage.target.put_policy(&policy).await;
        let folder = folder(&stage, &table("Orders", ""));
        Self {
            stage,
            folder,
            foreign,
            data: Vec::new(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A verb, and perhaps a changed config before it.
    fn verb(&self, dice: &mut Dice) -> (String, Command) {
        let tables = [
            table("Orders", ""),
            table("Orders", "unnest = \"FULL\""),
            table("Orders", "") + &table("Sales", ""),
        ];
        write_config(self.path(), &self.stage, dice.pick::<String>(&tables));
        let mut command = deploy(&self.stage, self.path());
        match dice.roll(5) {
            0 => ("destroy".to_owned(), destroy(&self.stage, self.path())),
            1 => ("deploy".to_owned(), command),
            // What destroy kept is in the way of a deployment that does not import.
            _ => {
                command.args(["--allow-reload", "--allow-removal", "--import-existing"]);
                ("deploy with every flag".to_owned(), command)
            }
        }
    }

    fn fault(&self, dice: &mut Dice) -> Value {
        let codes = [
            "InternalFailure",
            "AccessDeniedException",
            "ValidationError",
        ];
        let account = *dice.pick(&[&self.stage.source.id, &self.stage.target.id]);
        let mut fault = json!({
            "operation": "*", "account": account, "skip": dice.roll(70), "times": 1 + dice.roll(3),
        });
        match dice.roll(4) {
            0 => fault["cut"] = json!(true),
            1 => {
                fault["code"] = json!("InternalFailure");
                fault["after"] = json!(true);
            }
            _ => fault["code"] = json!(dice.pick(&codes)),
        }
        self.stage.fault(&fault);
        fault
    }

    fn heal(&self) {
        self.stage.control("DELETE", "/_zeroetl/faults", "");
    }

    fn aws(&self, account_of: &str, args: &[&str]) -> Output {
        let account = match account_of {
            "source" => &self.stage.source,
            _ => &self.stage.target,
        };
        let mut command = self.stage.aws(account);
        command.args(args);
        run(command)
    }

    /// What always holds.
    async fn assert_unharmed(&self, told: &str) {
        let policy = self.stage.target.policy().await;
        let policy = policy.unwrap_or_else(|| panic!("the catalog policy is gone:\n{told}"));
        let statements = policy["Statement"].as_array().unwrap();
        assert!(statements.contains(&self.foreign), "{policy:#}\n{told}");
        for call in &self.data {
            let words: Vec<_> = call[1..].iter().map(String::as_str).collect();
            let output = self.aws(&call[0], &words);
            assert!(output.status.success(), "{call:?} is gone:\n{told}");
        }
    }

    /// Remembers what holds data once a deployment came to its end.
    fn remember(&mut self) {
        let calls: [&[&str]; 2] = [
            &[
                "source",
                "dynamodb",
                "describe-table",
                "--table-name",
                "Orders",
            ],
            &["target", "glue", "get-database", "--name", DATABASE],
        ];
        self.data = calls
            .iter()
            .map(|call| call.iter().map(|&word| word.to_owned()).collect())
            .collect();
    }

    async fn names(&self) -> Vec<String> {
        let mut all = stacks(&self.stage.source).await;
        all.extend(stacks(&self.stage.target).await);
        all.retain(|one| !one.ends_with("REVIEW_IN_PROGRESS"));
        all
    }

    /// Whether the last words of a verb that ran alone are true.
    async fn assert_true(&self, verb: &str, before: &[String], output: &Output, told: &str) {
        let after = self.names().await;
        let told_stderr = stderr(output);
        if output.status.success() {
            if verb == "destroy" {
                assert!(after.is_empty(), "{after:?}\n{told}");
            } else {
                assert_eq!(after.len(), 3, "{after:?}\n{told}");
            }
        }
        if told_stderr.contains("nothing was touched") {
            assert_eq!(after, before, "{told}");
        }
        if let Some((_, deeds)) = told_stderr.split_once("before that, this run had done:") {
            for line in deeds.lines() {
                let Some(name) = line.split('`').nth(1) else {
                    continue;
                };
                let stands = after.iter().any(|one| one.starts_with(&format!("{name} ")));
                if line.ends_with("is made") || line.ends_with("is updated") {
                    assert!(stands, "{line}: {after:?}\n{told}");
                }
            }
        }
        if let Some((_, deleted)) = told_stderr.split_once("this run had deleted: ") {
            let names = deleted.lines().next().unwrap_or_default();
            for name in names.split('`').filter(|name| name.contains("orders-lake")) {
                let stands = after.iter().any(|one| one.starts_with(&format!("{name} ")));
                assert!(!stands, "{name}: {after:?}\n{told}");
            }
        }
    }

    /// Without faults and alone, a few runs repair whatever happened.
    async fn recovers(&mut self, story: &str) -> Result<(), String> {
        self.heal();
        write_config(self.path(), &self.stage, &table("Orders", ""));
        let mut told = String::new();
        for _ in 0..4 {
            let mut command = deploy(&self.stage, self.path());
            command.args(["--allow-reload", "--allow-removal", "--import-existing"]);
            let output = run(command);
            told = stderr(&output);
            self.assert_unharmed(&told).await;
            if output.status.success() {
                self.remember();
                return Ok(());
            }
        }
        // A state that needs a person: the message has to say what to do.
        let says = ["next: ", "`aws ", "name the bucket"];
        assert!(
            says.iter().any(|says| told.contains(says)),
            "{story}\nat last:\n{told}"
        );
        Err(told)
    }
}

fn spawn(mut command: Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[tokio::test]
async fn whatever_fails_and_whoever_else_is_there_the_last_message_is_true() {
    let seed = number("ZEROETL_TRUST_SEED", 0x5EED_2026);
    let end = Instant::now() + Duration::from_secs(number("ZEROETL_TRUST_SECONDS", SECONDS));
    let mut dice = Dice(seed);
    let first = Stage::alone().await;
    let (mut runs, mut failed, mut worlds, mut recovered) = (0, 0, 0, 0);
    let mut dead_ends = String::new();
    while Instant::now() < end {
        let mut world = World::new(first.next().await).await;
        let mut story = format!("seed {seed}, after {runs} runs\n");
        for _ in 0..3 {
            let before = world.names().await;
            let (verb, command) = world.verb(&mut dice);
            let faulty = dice.roll(4) > 0;
            let fault = faulty.then(|| world.fault(&mut dice));
            let child = spawn(command);
            let second = (dice.roll(3) == 0).then(|| {
                std::thread::sleep(Duration::from_millis(dice.roll(1500)));
                let (verb, command) = world.verb(&mut dice);
                (verb, spawn(command))
            });
            let output = child.wait_with_output().unwrap();
            let _ = writeln!(story, "{verb}, fault {fault:?}:\n{}", stderr(&output));
            let alone = second.is_none();
            if let Some((verb, child)) = second {
                let output = child.wait_with_output().unwrap();
                let _ = writeln!(story, "at the same time {verb}:\n{}", stderr(&output));
            }
            world.heal();
            let clean = output.status.success() && verb != "destroy" && alone;
            if clean {
                world.remember();
            }
            world.assert_unharmed(&story).await;
            if alone {
                world.assert_true(&verb, &before, &output, &story).await;
            }
            runs += 1;
            failed += u32::from(!output.status.success());
        }
        worlds += 1;
        match world.recovers(&story).await {
            Ok(()) => recovered += 1,
            Err(told) => dead_ends += &told,
        }
    }
    // A test that meets no failure, or nothing but dead ends, shows nothing.
    assert!(failed > 0, "{runs} runs, none failed");
    assert!(
        recovered * 2 > worlds,
        "{recovered} of {worlds} recovered:\n{dead_ends}"
    );
}
