//! What happens in one sequence: a few stacks side by side, each with its steps in order, and what
//! goes wrong at each step. Drawn from a seed, and short enough to read.

use std::fmt;
use std::time::Duration;

use fastrand::Rng;
use zeroetl_tests::blackbox::PutFault;
use zeroetl_tests::blackbox::glue::{Fault, GlueError, Operation};

/// The two types of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Policy,
    Table,
}

/// What a stack does next. What cannot be changed because it is not there is made, and any other
/// step that makes no sense in the state it meets is skipped: any subset of a script is a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The resource enters the template.
    Create,
    /// Its properties change.
    Update,
    /// Its properties change, and then the stack rolls back because of a sibling.
    UpdateAndRollBack,
    /// Its identity changes; a policy has none that could.
    Replace,
    /// Its identity changes, and then the stack rolls back.
    ReplaceAndRollBack,
    /// A sibling fails while it is being made; CloudFormation deletes it by an id it made up.
    CreateAndDeleteByInventedId,
    /// It leaves the template.
    Delete,
    /// Somebody else adds or removes a statement of theirs.
    ForeignEdit,
}

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) resource: usize,
    pub(crate) action: Action,
    /// Tells this step's properties from all others.
    pub(crate) content: u32,
    /// The same event comes twice.
    pub(crate) twice: bool,
    pub(crate) faults: Vec<(Operation, Fault)>,
    pub(crate) put_faults: Vec<PutFault>,
    /// The process ends so long after it got the event; Lambda sends it to a new one.
    pub(crate) crash: Option<Duration>,
}

/// One sequence.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) seed: u64,
    /// Whether other people have a policy from the start.
    pub(crate) foreign: bool,
    /// The steps of each stack.
    pub(crate) stacks: Vec<Vec<Step>>,
}

/// The resources of every stack.
pub(crate) const RESOURCES: [Kind; 4] = [Kind::Policy, Kind::Policy, Kind::Table, Kind::Table];

impl Script {
    /// The sequence of a seed.
    pub(crate) fn from_seed(seed: u64, stacks: usize) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut content = 0;
        let stacks = (0..stacks)
            .map(|_| {
                let count = rng.usize(3..9);
                (0..count)
                    .map(|_| {
                        content += 1;
                        step(&mut rng, content)
                    })
                    .collect()
            })
            .collect();
        Self {
            seed,
            foreign: rng.bool(),
            stacks,
        }
    }

    /// All scripts that are this one with one thing taken away, the largest things first.
    pub(crate) fn shorter(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let busy = self.stacks.iter().filter(|steps| !steps.is_empty()).count();
        for stack in (0..self.stacks.len()).filter(|_| busy > 1) {
            let mut less = self.clone();
            for other in (0..self.stacks.len()).filter(|other| *other != stack) {
                less.stacks[other].clear();
            }
            all.push(less);
        }
        for stack in 0..self.stacks.len() {
            let mut less = self.clone();
            less.stacks[stack].clear();
            if !self.stacks[stack].is_empty() {
                all.push(less);
            }
        }
        for stack in 0..self.stacks.len() {
            for step in 0..self.stacks[stack].len() {
                let mut less = self.clone();
                less.stacks[stack].remove(step);
                all.push(less);
            }
        }
        for stack in 0..self.stacks.len() {
            for step in 0..self.stacks[stack].len() {
                let whole = &self.stacks[stack][step];
                for index in 0..whole.faults.len() {
                    let mut less = self.clone();
                    less.stacks[stack][step].faults.remove(index);
                    all.push(less);
                }
                if !whole.put_faults.is_empty() || whole.twice || whole.crash.is_some() {
                    let mut less = self.clone();
                    less.stacks[stack][step].put_faults.clear();
                    less.stacks[stack][step].twice = false;
                    less.stacks[stack][step].crash = None;
                    all.push(less);
                }
            }
        }
        if self.foreign {
            all.push(Self {
                foreign: false,
                ..self.clone()
            });
        }
        all
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}, other people's policy: {}",
            self.seed, self.foreign
        )?;
        for (number, steps) in self
            .stacks
            .iter()
            .enumerate()
            .filter(|(_, s)| !s.is_empty())
        {
            writeln!(f, "stack {number}")?;
            for step in steps {
                let kind = RESOURCES[step.resource];
                write!(f, "  {:?} of {kind:?}{}", step.action, step.resource)?;
                if step.twice {
                    write!(f, ", delivered twice")?;
                }
                if let Some(time) = step.crash {
                    write!(f, ", process ends after {time:?}")?;
                }
                for (operation, fault) in &step.faults {
                    write!(f, ", {operation}: {fault}")?;
                }
                for fault in &step.put_faults {
                    write!(f, ", PUT: {fault:?}")?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

fn step(rng: &mut Rng, content: u32) -> Step {
    let resource = rng.usize(0..RESOURCES.len());
    let action = match rng.u8(0..20) {
        0..=3 => Action::Create,
        4..=8 => Action::Update,
        9 | 10 => Action::UpdateAndRollBack,
        11 | 12 => Action::Replace,
        13 => Action::ReplaceAndRollBack,
        14 | 15 => Action::CreateAndDeleteByInventedId,
        16 | 17 => Action::Delete,
        _ => Action::ForeignEdit,
    };
    let count = [0, 0, 0, 1, 1, 2, 3][rng.usize(0..7)];
    let kind = RESOURCES[resource];
    let faults = (0..count).flat_map(|_| fault(rng, kind, action)).collect();
    let put_faults = if rng.u8(0..5) == 0 {
        vec![put_fault(rng)]
    } else {
        Vec::new()
    };
    Step {
        resource,
        action,
        content,
        twice: rng.u8(0..5) == 0,
        faults,
        put_faults,
        crash: (rng.u8(0..8) == 0).then(|| Duration::from_micros(rng.u64(200..12_000))),
    }
}

fn fault(rng: &mut Rng, kind: Kind, action: Action) -> Vec<(Operation, Fault)> {
    let operations: &[Operation] = match kind {
        Kind::Policy => &[
            Operation::GetPolicy,
            Operation::PutPolicy,
            Operation::DeletePolicy,
        ],
        Kind::Table => &[
            Operation::GetTable,
            Operation::CreateTable,
            Operation::UpdateTable,
            Operation::DeleteTable,
            Operation::Inbound,
        ],
    };
    let operation = operations[rng.usize(0..operations.len())];
    let write = operation.is_write();
    let (fault, most) = match rng.u8(0..24) {
        0..=3 => (Fault::throttled(), 4),
        4..=6 => (Fault::internal(), 3),
        7 | 8 => (Fault::Close, 2),
        9..=12 if write => (Fault::EffectThenClose, 1),
        13..=15 if write => (Fault::internal_after_effect(), 1),
        16 if write => (Fault::EffectThenHang, 1),
        17 if write => (
            Fault::EffectThenRefuse(GlueError::new("AccessDeniedException", "no")),
            1,
        ),
        18 => (Fault::Hang, 1),
        19 => (Fault::access_denied(operation.name()), 2),
        20 => (Fault::Slow(Duration::from_millis(rng.u64(5..200))), 2),
        21 if operation == Operation::PutPolicy => (Fault::unknown_principal("someone new"), 2),
        22 if operation == Operation::PutPolicy => (Fault::condition_failed(), 2),
        // A lagging read can hide what is there; only who makes something new can see through it.
        23 if !write && action == Action::Create => (Fault::Stale, 1),
        _ => (Fault::Garbage, 1),
    };
    vec![(operation, fault); rng.usize(1..=most)]
}

fn put_fault(rng: &mut Rng) -> PutFault {
    match rng.u8(0..12) {
        0..=3 => PutFault::Status([500, 503, 429, 408][rng.usize(0..4)]),
        4 | 5 => PutFault::Close,
        6..=8 => PutFault::KeepAndClose,
        9 => PutFault::Slow(Duration::from_millis(rng.u64(5..200))),
        10 => PutFault::Status(403),
        _ => PutFault::Redirect(307),
    }
}
