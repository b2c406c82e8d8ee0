//! Glue in memory, for every test of a resource: with versions, Glue's own rules, and faults that
//! a test puts in. Time is tokio's, which tests pause.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
};

use serde_json::Value;

use crate::ports::{
    Call, CallError, CallErrorKind, Integration, Integrations, StackResource, StackResources,
    TableConfig, TableKey,
};

mod converge;
mod policy;
mod requests;
mod tables;

pub(crate) use requests::Asked;

/// What happens to a call instead of, or beside, what should.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// It is refused.
    Refuse(CallErrorKind, &'static str),
    /// It takes effect, and is answered with an error.
    EffectThenRefuse(CallErrorKind),
    /// It never answers.
    Hang,
    /// It takes effect and never answers.
    EffectThenHang,
    /// A read answers with what was there before.
    Stale,
}

type Interlude = Box<dyn FnMut(&mut State)>;

/// How this Glue differs from the plain one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quirk {
    /// The refusal of a principal says which.
    NamesPrincipals,
    /// Lake Formation shares exist.
    HybridRequired,
    /// A Create of what exists is refused, not taken as an update.
    CreateRefusesExisting,
    /// An Update succeeds and changes nothing.
    IgnoresUpdates,
    /// A read answers without the hash.
    WithoutHash,
}

/// Everything that Glue knows.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) policy: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) version: u64,
    pub(crate) unknown_principals: Vec<&'static str>,
    pub(crate) quirks: Vec<Quirk>,
    pub(crate) puts: Vec<(crate::ports::Condition, zeroetl_properties::EnableHybrid)>,
    pub(crate) tables: Vec<(TableKey, TableConfig)>,
    pub(crate) integrations: VecDeque<Vec<Integration>>,
    pub(crate) stack: Vec<StackResource>,
}

/// Glue in memory.
#[derive(Default)]
pub(crate) struct FakeGlue {
    pub(crate) state: RefCell<State>,
    calls: RefCell<Vec<&'static str>>,
    faults: RefCell<BTreeMap<&'static str, VecDeque<Fault>>>,
    always: RefCell<BTreeMap<&'static str, Fault>>,
    interludes: RefCell<BTreeMap<&'static str, Interlude>>,
}

impl FakeGlue {
    /// A catalog with this policy.
    pub(crate) fn with_policy(text: &str) -> Self {
        let glue = Self::default();
        glue.state.borrow_mut().set_policy(Some(text));
        glue
    }

    /// The next calls of `operation` go wrong like this.
    pub(crate) fn fail(&self, operation: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.faults
            .borrow_mut()
            .entry(operation)
            .or_default()
            .extend(faults);
    }

    /// Every call of `operation` goes wrong like this.
    pub(crate) fn always(&self, operation: &'static str, fault: Fault) {
        self.always.borrow_mut().insert(operation, fault);
    }

    /// Nothing goes wrong any longer.
    pub(crate) fn heal(&self) {
        self.faults.borrow_mut().clear();
        self.always.borrow_mut().clear();
    }

    /// Somebody else does this right before every call of `operation`.
    pub(crate) fn before(&self, operation: &'static str, act: impl FnMut(&mut State) + 'static) {
        self.interludes
            .borrow_mut()
            .insert(operation, Box::new(act));
    }

    /// The calls since the last time this was asked.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.take()
    }

    /// From now on Glue is like this.
    pub(crate) fn quirk(&self, quirk: Quirk) {
        self.state.borrow_mut().quirks.push(quirk);
    }

    /// The live policy.
    pub(crate) fn policy(&self) -> Option<String> {
        self.state.borrow().policy.clone()
    }

    /// The statements of the live policy.
    pub(crate) fn statements(&self) -> Vec<Value> {
        let Some(text) = self.policy() else {
            return Vec::new();
        };
        let document: Value = serde_json::from_str(&text).unwrap();
        document["Statement"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// Makes one call of `operation`, whose effect is `effect`.
    async fn call<T>(
        &self,
        operation: &'static str,
        effect: impl FnOnce(&mut State) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        self.calls.borrow_mut().push(operation);
        let interlude = self.interludes.borrow_mut().remove(operation);
        if let Some(mut act) = interlude {
            act(&mut self.state.borrow_mut());
            self.interludes.borrow_mut().entry(operation).or_insert(act);
        }
        // Even an immediate answer lets others go first.
        tokio::task::yield_now().await;
        let scripted = self
            .faults
            .borrow_mut()
            .get_mut(operation)
            .and_then(VecDeque::pop_front);
        let fault = scripted.or_else(|| self.always.borrow().get(operation).cloned());
        if let Some(Fault::Hang | Fault::EffectThenHang) = fault {
            if matches!(fault, Some(Fault::EffectThenHang)) {
                effect(&mut self.state.borrow_mut())?;
            }
            return std::future::pending().await;
        }
        let mut state = self.state.borrow_mut();
        match fault {
            Some(Fault::Refuse(kind, message)) => Err(error(operation, kind, message)),
            Some(Fault::EffectThenRefuse(kind)) => {
                effect(&mut state)?;
                Err(error(operation, kind, "after its effect"))
            }
            Some(Fault::Stale) => {
                let now = (state.policy.clone(), state.version);
                state.policy = state.before.clone();
                state.version -= 1;
                let stale = effect(&mut state);
                (state.policy, state.version) = now;
                stale
            }
            _ => effect(&mut state),
        }
    }
}

/// An error as the adapter makes it.
fn error(action: &'static str, kind: CallErrorKind, message: &str) -> CallError {
    CallError {
        action,
        kind,
        code: format!("{kind:?}"),
        message: message.to_owned(),
    }
}

impl Integrations for &FakeGlue {
    fn inbound<'a>(&'a self, _: &'a str) -> Call<'a, Vec<Integration>> {
        // Each look takes the next list; the last one stays.
        Box::pin(self.call("glue:DescribeInboundIntegrations", |state| {
            let lists = &mut state.integrations;
            let next = if lists.len() > 1 {
                lists.pop_front()
            } else {
                lists.front().cloned()
            };
            Ok(next.unwrap_or_default())
        }))
    }
}

impl StackResources for &FakeGlue {
    fn list<'a>(&'a self, _: &'a str) -> Call<'a, Vec<StackResource>> {
        Box::pin(self.call("cloudformation:ListStackResources", |state| {
            Ok(state.stack.clone())
        }))
    }
}
