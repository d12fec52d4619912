//! The calls that rules judge together: each is made once, and many rules look at it.
//!
//! What may be called is decided here and nowhere else ([`Live::may_call`], and `plan.rs`, which makes
//! the arguments): arguments that break the tool's schema go to every tool, and where a tool does not
//! read by our own judgement, they are such that nothing sensible can be done with them. Arguments that
//! fit the schema go to tools that read by our own judgement; unclear ones need `--active`, acting ones
//! `--destructive`. A confirmation is never given.
//!
//! - `plan.rs`: which calls, with which arguments.
//! - `known.rs`: values that exist on the server, found in its own lists and answers.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::{
    live::Live,
    options::Permission,
    schema::Inputs,
    surface::Tool,
    thresholds,
    verbs::{self, Judgement},
    wire::{Answer, Lost},
};

mod known;
mod plan;

pub use known::Known;
use plan::Planned;
pub(crate) use plan::is_confirmation;

/// What kind of call it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CallKind {
    /// A required argument is missing: its name.
    MissingArgument(String),
    /// An argument is of a wrong type: its name.
    WrongType(String),
    /// An argument that the schema does not know, beside valid ones.
    UnknownArgument,
    /// A value at or beyond a bound, or out of an enumeration: the argument's name.
    Boundary(String),
    /// Valid by the schema, with values that hardly exist on the server.
    MadeUp,
    /// Valid by the schema, with the plainest values.
    Valid,
    /// Valid, with values that the user gave or the server's own lists showed.
    Example,
}

impl CallKind {
    /// As the report counts it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MissingArgument(_) => "missing argument",
            Self::WrongType(_) => "wrong type",
            Self::UnknownArgument => "unknown argument",
            Self::Boundary(_) => "boundary value",
            Self::MadeUp => "made-up value",
            Self::Valid => "valid",
            Self::Example => "example",
        }
    }

    /// Whether the schema forbids it, so that a server that checks its arguments cannot act on it.
    pub fn is_invalid(&self) -> bool {
        matches!(self, Self::MissingArgument(_) | Self::WrongType(_))
    }

    /// The argument that it is about, if it is about one.
    pub fn argument(&self) -> Option<&str> {
        match self {
            Self::MissingArgument(name) | Self::WrongType(name) | Self::Boundary(name) => {
                Some(name)
            }
            _ => None,
        }
    }
}

/// A call and what came of it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The tool's name.
    pub tool: String,
    /// The arguments.
    pub arguments: Value,
    /// What kind of call it is.
    pub kind: CallKind,
    /// Whether the schema forbids the arguments: seen by a validator.
    pub forbidden: bool,
    /// What came of it.
    pub outcome: Result<Answer, Lost>,
}

/// The shared calls of a run.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// The calls, in the order of the tools.
    pub calls: Vec<Call>,
    /// Tools for which some kind of call was not made, and why.
    pub left_out: Vec<(String, String)>,
    /// Values that exist on the server.
    pub known: Known,
}

impl Calls {
    /// The calls that a schema forbids.
    pub fn invalid(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.kind.is_invalid())
    }

    /// The calls that should succeed.
    pub fn valid(&self) -> impl Iterator<Item = &Call> {
        self.calls
            .iter()
            .filter(|call| matches!(call.kind, CallKind::Valid | CallKind::Example))
    }

    /// All calls that were answered.
    pub fn answered(&self) -> impl Iterator<Item = (&Call, &Answer)> {
        self.calls
            .iter()
            .filter_map(|call| Some((call, call.outcome.as_ref().ok()?)))
    }

    /// The arguments of a call of that tool that succeeded, the user's and the server's own first; none
    /// where none did.
    pub fn succeeded(&self, tool: &str) -> Option<&Call> {
        let mut found: Vec<&Call> = self
            .valid()
            .filter(|call| call.tool == tool)
            .filter(|call| matches!(&call.outcome, Ok(answer) if !answer.is_refusal()))
            .collect();
        found.sort_by_key(|call| call.kind != CallKind::Example);
        found.first().copied()
    }

    /// Why a tool was not called in some way, if so.
    pub fn why_left_out(&self, tool: &str) -> Option<&str> {
        self.left_out
            .iter()
            .find(|(name, _)| name == tool)
            .map(|(_, why)| why.as_str())
    }

    /// Arguments for a tool that are valid and, as far as known, exist: for rules that call it
    /// themselves. None where the schema yields none.
    pub fn arguments(&self, live: &Live, tool: &Tool) -> Option<Value> {
        if let Some(call) = self.succeeded(&tool.name) {
            return Some(call.arguments.clone());
        }
        if let Some(example) = live
            .options
            .examples
            .get(&tool.name)
            .and_then(|all| all.first())
        {
            return Some(example.clone());
        }
        let inputs = Inputs::of(&tool.input_schema, live.options.seed).ok()?;
        let plain = plan::unconfirmed(&inputs, inputs.valid()?)?;
        Some(self.known.fill(&inputs, &plain).unwrap_or(plain))
    }
}

impl Live {
    /// Whether this run may make a call of that kind, and if not, why.
    ///
    /// # Errors
    /// The reason, for the report.
    pub fn may_call(&self, tool: &Tool, kind: &CallKind) -> Result<(), String> {
        if kind.is_invalid() {
            return Ok(());
        }
        let (needed, why) = match verbs::judge(tool) {
            // a hint is believed where it warns
            Judgement::Reads(_) if tool.read_only == Some(false) => (
                Permission::Active,
                "its readOnlyHint says that it does not only read; --active calls it".to_owned(),
            ),
            Judgement::Reads(_) => (Permission::Safe, String::new()),
            Judgement::Unclear => (
                Permission::Active,
                "its words do not say that it only reads; --active calls it".to_owned(),
            ),
            Judgement::Acts(word) => (
                Permission::Destructive,
                format!("it acts (\"{word}\"); --destructive calls it"),
            ),
        };
        if self.options.permission >= needed {
            Ok(())
        } else {
            Err(why)
        }
    }

    /// Calls a tool over the shared connection.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn call(
        &self,
        tool: &Tool,
        arguments: Value,
        kind: &CallKind,
    ) -> Result<Answer, Lost> {
        self.log.called(&tool.name, kind.name());
        let session = match tool.only_in {
            Some(era) => self.session_in(era).await?,
            None => self.session().await?,
        };
        session
            .request(
                "tools/call",
                json!({"name": tool.name, "arguments": arguments}),
            )
            .await
    }

    /// The shared calls; made when first asked for.
    pub async fn calls(&self) -> &Calls {
        self.calls.get_or_init(|| make(self)).await
    }
}

/// A tool and the calls that are still to be made.
struct Work<'a> {
    tool: &'a Tool,
    planned: std::vec::IntoIter<Planned>,
    made: Vec<Call>,
    /// The last call died with the server, while others were in flight.
    suspect: bool,
    /// Why no further call is made.
    stopped: Option<String>,
}

struct Maker<'a> {
    live: &'a Live,
    until: Instant,
    flying: AtomicUsize,
    left: AtomicUsize,
    silent: Mutex<usize>,
}

async fn make(live: &Live) -> Calls {
    let maker = Maker {
        live,
        until: Instant::now() + thresholds::CALLS_TIME,
        flying: AtomicUsize::new(0),
        left: AtomicUsize::new(thresholds::CALLS),
        silent: Mutex::new(0),
    };
    let mut made = Calls::default();
    let mut plans = Vec::new();
    let mut alone = Vec::new();
    for tool in live.surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        let plan = plan::plan(live, tool, &mut made.left_out);
        if plan.alone { &mut alone } else { &mut plans }.push((tool, plan));
        if plans.len() + alone.len() >= thresholds::CALLS {
            break;
        }
    }
    made.known.learn_surface(&live.surface);
    let mut done = maker.at_once(&plans, |plan| plan.calls.clone()).await;
    for call in done.iter().flat_map(|work| &work.made) {
        if let (CallKind::Valid | CallKind::Example, Ok(answer)) = (&call.kind, &call.outcome)
            && !answer.is_refusal()
        {
            made.known.learn(answer);
        }
    }
    made.known.learn_completions(live, &plans).await;
    let known = &made.known;
    let second = maker
        .at_once(&plans, |plan| {
            let asked = plan.inputs.as_ref().filter(|_| plan.fills);
            asked
                .and_then(|inputs| known.fill(inputs, &inputs.valid()?))
                .filter(|filled| {
                    plan.calls
                        .iter()
                        .all(|planned| planned.arguments != *filled)
                })
                .map(|filled| Planned::new(CallKind::Example, filled, false))
                .into_iter()
                .collect()
        })
        .await;
    for (first, second) in done.iter_mut().zip(second) {
        first.made.extend(second.made);
        if first.stopped.is_none() {
            first.stopped = second.stopped;
        }
    }
    for (tool, plan) in &alone {
        // what may act is called alone, and never twice for the sake of a doubt
        let mut work = Work::new(tool, plan.calls.clone());
        maker.go_on(&mut work).await;
        work.suspect = false;
        done.push(work);
    }
    let order = |name: &str| live.surface.tools.iter().position(|tool| tool.name == name);
    done.sort_by_key(|work| order(&work.tool.name));
    for work in done {
        if let Some(why) = work.stopped {
            made.left_out.push((work.tool.name.clone(), why));
        }
        made.calls.extend(work.made);
    }
    if live.surface.tools.len() > plans.len() + alone.len() {
        made.left_out.push((
            String::new(),
            format!(
                "only the first {} tools are called",
                plans.len() + alone.len()
            ),
        ));
    }
    made
}

impl<'a> Work<'a> {
    fn new(tool: &'a Tool, planned: Vec<Planned>) -> Self {
        Self {
            tool,
            planned: planned.into_iter(),
            made: Vec::new(),
            suspect: false,
            stopped: None,
        }
    }
}

impl Maker<'_> {
    /// Makes the calls of several tools at once, those of each tool one after the other. Calls that
    /// were in flight when the server died are made again, one at a time, to see which one killed it.
    async fn at_once<'a>(
        &self,
        plans: &'a [(&'a Tool, plan::Plan)],
        calls: impl Fn(&plan::Plan) -> Vec<Planned>,
    ) -> Vec<Work<'a>> {
        let work: Vec<_> = plans
            .iter()
            .map(|(tool, plan)| {
                let mut work = Work::new(tool, calls(plan));
                async move {
                    self.go_on(&mut work).await;
                    work
                }
            })
            .collect();
        let mut done: Vec<Work<'a>> = stream::iter(work)
            .buffered(thresholds::CALLS_AT_ONCE)
            .collect()
            .await;
        for work in done.iter_mut().filter(|work| work.suspect) {
            if let Some(call) = work.made.pop() {
                work.suspect = false;
                let again = Planned::new(call.kind, call.arguments, call.forbidden);
                let rest: Vec<_> = std::iter::once(again)
                    .chain(work.planned.by_ref())
                    .collect();
                work.planned = rest.into_iter();
                work.stopped = None;
                self.go_on(work).await;
            }
        }
        done
    }

    async fn go_on(&self, work: &mut Work<'_>) {
        for planned in work.planned.by_ref() {
            if planned.careful && work.made.iter().any(accepted) {
                work.stopped = Some(
                    "it took arguments that its schema forbids; it is not called again".to_owned(),
                );
                return;
            }
            if let Some(why) = self.over() {
                work.stopped = Some(why);
                return;
            }
            self.flying.fetch_add(1, Ordering::Relaxed);
            let outcome = self
                .live
                .call(work.tool, planned.arguments.clone(), &planned.kind)
                .await;
            let flying = self.flying.fetch_sub(1, Ordering::Relaxed);
            let lost = outcome.as_ref().err().cloned();
            work.made.push(Call {
                tool: work.tool.name.clone(),
                arguments: planned.arguments,
                kind: planned.kind,
                forbidden: planned.forbidden,
                outcome,
            });
            match lost {
                None => {}
                Some(lost) => {
                    work.suspect = lost.is_death() && flying > 1;
                    if matches!(lost, Lost::Silent(_)) {
                        *lock(&self.silent) += 1;
                    }
                    work.stopped = Some(format!(
                        "an earlier call had no answer ({lost}); it is not called again"
                    ));
                    return;
                }
            }
        }
    }

    /// Why no call is made any more, if so.
    fn over(&self) -> Option<String> {
        if Instant::now() > self.until {
            return Some(format!(
                "the shared calls take more than {} s",
                thresholds::CALLS_TIME.as_secs()
            ));
        }
        if *lock(&self.silent) >= thresholds::SILENT_TOOLS {
            return Some("too many tools did not answer".to_owned());
        }
        let left = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        left.is_err()
            .then(|| format!("{} calls are made in all", thresholds::CALLS))
    }
}

/// Whether a call that the schema forbids succeeded.
fn accepted(call: &Call) -> bool {
    call.forbidden && matches!(&call.outcome, Ok(answer) if !answer.is_refusal())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
