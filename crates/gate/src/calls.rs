//! The calls that rules judge together: each is made once, and many rules look at it.
//!
//! What may be called is decided here and nowhere else ([`Live::may_call`]): arguments that break the
//! tool's schema go to every tool, provided that a required argument is missing or of a wrong type;
//! arguments that fit it go to tools that read by our own judgement; unclear ones need `--active`,
//! acting ones `--destructive`.

use serde_json::{Value, json};

use crate::{
    live::Live,
    options::Permission,
    schema,
    surface::Tool,
    thresholds,
    verbs::{self, Judgement},
    wire::{Answer, Lost},
};

/// What kind of call it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CallKind {
    /// A required argument is missing: its name.
    MissingArgument(String),
    /// An argument is of a wrong type: its name.
    WrongType(String),
    /// An argument that the schema does not know, beside valid ones.
    UnknownArgument,
    /// A value at or beyond a bound: the argument's name.
    Boundary(String),
    /// Valid by the schema, with values that were made up.
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
            Self::Valid => "valid",
            Self::Example => "example",
        }
    }

    /// Whether the schema forbids it, so that a server that checks its arguments cannot act on it.
    pub fn is_invalid(&self) -> bool {
        matches!(self, Self::MissingArgument(_) | Self::WrongType(_))
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

async fn make(live: &Live) -> Calls {
    let mut made = Calls::default();
    for tool in live.surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        let mut silent = false;
        for (kind, arguments) in plan(live, tool, &mut made.left_out) {
            if silent {
                break;
            }
            let outcome = live.call(tool, arguments.clone(), &kind).await;
            silent = matches!(outcome, Err(Lost::Silent(_)));
            made.calls.push(Call {
                tool: tool.name.clone(),
                arguments,
                kind,
                outcome,
            });
        }
    }
    made
}

fn plan(live: &Live, tool: &Tool, left_out: &mut Vec<(String, String)>) -> Vec<(CallKind, Value)> {
    let valid = schema::valid(&tool.input_schema);
    let mut plan = Vec::new();
    for name in tool.required() {
        let mut arguments = valid.clone();
        if let Some(object) = arguments.as_object_mut() {
            object.remove(name);
        }
        plan.push((CallKind::MissingArgument(name.to_owned()), arguments));
    }
    match live.may_call(tool, &CallKind::Valid) {
        Ok(()) => {
            for example in live.options.examples.get(&tool.name).into_iter().flatten() {
                plan.push((CallKind::Example, example.clone()));
            }
            plan.push((CallKind::Valid, valid));
        }
        Err(why) => left_out.push((tool.name.clone(), why)),
    }
    plan
}
