//! Which calls are made of a tool, and with which arguments.

use serde_json::{Map, Value, json};

use super::CallKind;
use crate::{
    live::Live,
    options::Permission,
    schema::{Inputs, Kind},
    surface::Tool,
    thresholds,
    verbs::{self, Judgement, words},
};

/// A call that is to be made.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) kind: CallKind,
    pub(super) arguments: Value,
    pub(super) forbidden: bool,
    /// It is made only if no earlier forbidden call of the tool succeeded.
    pub(super) careful: bool,
}

impl Planned {
    pub(super) fn new(kind: CallKind, arguments: Value, forbidden: bool) -> Self {
        Self {
            kind,
            arguments,
            forbidden,
            careful: false,
        }
    }
}

/// What is done with a tool.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) calls: Vec<Planned>,
    /// The compiled schema.
    pub(super) inputs: Option<Inputs>,
    /// Whether it is called again with values that were found on the server.
    pub(super) fills: bool,
    /// Whether it may act, so that it is called while nothing else is in flight.
    pub(super) alone: bool,
}

/// Whether an argument is a confirmation: what is said with `true` there can act.
pub(crate) fn is_confirmation(name: &str) -> bool {
    words(name).iter().any(|word| {
        word.starts_with("confirm")
            || matches!(
                word.as_str(),
                "force"
                    | "approve"
                    | "approved"
                    | "acknowledge"
                    | "acknowledged"
                    | "execute"
                    | "sure"
                    | "yes"
            )
    })
}

/// The same arguments without a confirmation: what confirms is false where it must be there. None where
/// they would be no longer valid.
pub(super) fn unconfirmed(inputs: &Inputs, mut arguments: Value) -> Option<Value> {
    let object = arguments.as_object_mut()?;
    let required = inputs.required();
    let confirming: Vec<String> = object
        .keys()
        .filter(|name| is_confirmation(name))
        .cloned()
        .collect();
    for name in confirming {
        if object.get(&name) == Some(&Value::Bool(false)) {
            continue;
        }
        if !required.contains(&name) {
            object.remove(&name);
        } else if object.get(&name).is_some_and(Value::is_boolean) {
            object.insert(name, json!(false));
        }
    }
    inputs.accepts(&arguments).then_some(arguments)
}

/// The calls of a tool, as far as the run's permission goes.
pub(super) fn plan(live: &Live, tool: &Tool, left_out: &mut Vec<(String, String)>) -> Plan {
    let mut out = |why: String| left_out.push((tool.name.clone(), why));
    let inputs = match Inputs::of(&tool.input_schema, live.options.seed) {
        Ok(inputs) => inputs,
        Err(why) => {
            out(format!("its inputSchema cannot be used: {why}"));
            return Plan::default();
        }
    };
    let judged = verbs::judge(tool);
    let allowed = live.may_call(tool, &CallKind::Valid);
    let mut plan = Plan::default();
    if let Err(why) = allowed {
        plan.calls = harmless(&inputs);
        if plan.calls.is_empty() {
            out(format!(
                "{why}; and no argument of it can be left out or spoilt without doubt"
            ));
        } else {
            out(why);
        }
        plan.inputs = Some(inputs);
        return plan;
    }
    plan.alone = matches!(judged, Judgement::Acts(_));
    plan.fills = true;
    let plain = inputs.valid().and_then(|valid| unconfirmed(&inputs, valid));
    if plan.alone {
        plan.calls = harmless(&inputs);
    } else {
        plan.calls = forbidden(live, &inputs);
        let made_up = inputs.made_up().filter(|_| !inputs.required().is_empty());
        let made_up = made_up.and_then(|made_up| unconfirmed(&inputs, made_up));
        plan.calls.extend(
            made_up
                .filter(|made_up| Some(made_up) != plain.as_ref())
                .map(|made_up| Planned::new(CallKind::MadeUp, made_up, false)),
        );
    }
    let examples = live.options.examples.get(&tool.name).into_iter().flatten();
    for example in examples.take(thresholds::CALLS_PER_KIND) {
        let confirmed = example
            .as_object()
            .into_iter()
            .flatten()
            .any(|(name, value)| is_confirmation(name) && *value != Value::Bool(false));
        if confirmed && live.options.permission < Permission::Destructive {
            out("its example confirms; --destructive calls it so".to_owned());
        } else {
            plan.calls
                .push(Planned::new(CallKind::Example, example.clone(), false));
        }
    }
    match plain {
        Some(plain) => plan.calls.push(Planned::new(CallKind::Valid, plain, false)),
        None => out(
            "no valid arguments could be made by its schema; give some with --example".to_owned(),
        ),
    }
    plan.inputs = Some(inputs);
    plan
}

/// Forbidden arguments for a tool that may be called with valid ones.
fn forbidden(live: &Live, inputs: &Inputs) -> Vec<Planned> {
    let per_kind = if live.options.permission >= Permission::Active {
        2 * thresholds::CALLS_PER_KIND
    } else {
        thresholds::CALLS_PER_KIND
    };
    let mut calls: Vec<Planned> = Vec::new();
    let samples = inputs.invalid();
    for (kind, most) in [
        (Kind::Missing, per_kind),
        (Kind::WrongType, per_kind),
        (Kind::Unknown, 1),
        (Kind::NotInEnum, per_kind / 2),
        (Kind::BeyondBound, per_kind / 2),
    ] {
        let of_kind = samples
            .iter()
            .filter(|sample| sample.kind == kind && !confirms(&sample.arguments));
        for sample in of_kind.take(most) {
            let name = sample.argument.clone();
            let call_kind = match kind {
                Kind::Missing => CallKind::MissingArgument(name),
                Kind::WrongType => CallKind::WrongType(name),
                Kind::Unknown => CallKind::UnknownArgument,
                _ => CallKind::Boundary(name),
            };
            calls.push(Planned::new(call_kind, sample.arguments.clone(), true));
        }
    }
    // a schema that allows what it does not know forbids nothing, but such a call must be answered
    if !calls
        .iter()
        .any(|call| call.kind == CallKind::UnknownArgument)
        && let Some(Value::Object(mut valid)) = inputs.valid()
    {
        valid.insert(crate::schema::UNKNOWN.to_owned(), json!("x"));
        let valid = Value::Object(valid);
        if inputs.accepts(&valid) && !confirms(&valid) {
            calls.push(Planned::new(CallKind::UnknownArgument, valid, false));
        }
    }
    if live.options.permission >= Permission::Active {
        let bounds = inputs
            .boundaries()
            .into_iter()
            .filter(|sample| !confirms(&sample.arguments));
        for sample in bounds.take(2 * thresholds::CALLS_PER_KIND) {
            calls.push(Planned::new(
                CallKind::Boundary(sample.argument),
                sample.arguments,
                false,
            ));
        }
    }
    calls
}

/// Whether something in the arguments could be taken for a confirmation.
fn confirms(arguments: &Value) -> bool {
    arguments
        .as_object()
        .into_iter()
        .flatten()
        .any(|(name, value)| is_confirmation(name) && !matches!(value, Value::Bool(false)))
}

/// Forbidden arguments for a tool that may act: nothing at all, and required arguments that are objects
/// where none is meant, so that nothing sensible can be done with them. Switches are left alone: an
/// object is true to many a language.
fn harmless(inputs: &Inputs) -> Vec<Planned> {
    let spoilt: Map<String, Value> = inputs
        .required()
        .into_iter()
        .filter(|name| !is_confirmation(name))
        .filter_map(|name| {
            let schema = inputs.argument(&name);
            let kinds = kinds(&schema);
            if kinds.iter().any(|kind| kind == "boolean") || kinds.is_empty() {
                return None;
            }
            let value = if kinds.iter().any(|kind| kind == "object") {
                json!("of the wrong type")
            } else {
                json!({"unexpected": "object"})
            };
            Some((name, value))
        })
        .collect();
    let mut calls = Vec::new();
    let mut add = |kind: CallKind, arguments: Value| {
        if inputs.forbids(&arguments) {
            calls.push(Planned {
                careful: true,
                ..Planned::new(kind, arguments, true)
            });
        }
    };
    let Some(first) = spoilt.keys().next().cloned() else {
        return calls;
    };
    add(CallKind::MissingArgument(first.clone()), json!({}));
    if spoilt.len() > 1 {
        for name in spoilt.keys().take(thresholds::CALLS_PER_KIND) {
            let mut fewer = spoilt.clone();
            fewer.remove(name);
            add(
                CallKind::MissingArgument(name.clone()),
                Value::Object(fewer),
            );
        }
    }
    add(CallKind::WrongType(first), Value::Object(spoilt));
    calls
}

fn kinds(schema: &Value) -> Vec<String> {
    match &schema["type"] {
        Value::String(kind) => vec![kind.clone()],
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(|kind| kind.as_str().map(str::to_owned))
            .collect(),
        _ if schema["enum"].get(0).is_some_and(Value::is_string) => vec!["string".to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(properties: &Value, required: &[&str]) -> Inputs {
        let schema = json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false
        });
        Inputs::of(&schema, 1).unwrap()
    }

    #[test]
    fn nothing_sensible_can_be_done_with_what_acting_tools_get() {
        let inputs = inputs(
            &json!({
                "id": {"type": "string", "examples": ["n7"]},
                "reason": {"type": "string"},
                "confirm": {"type": "boolean", "default": true},
                "all": {"type": "boolean"},
            }),
            &["id", "reason", "confirm", "all"],
        );
        let calls = harmless(&inputs);
        let sent: Vec<_> = calls.iter().map(|call| call.arguments.clone()).collect();
        let object = json!({"unexpected": "object"});
        assert_eq!(
            sent,
            [
                json!({}),
                json!({"reason": object}),
                json!({"id": object}),
                json!({"id": object, "reason": object}),
            ]
        );
        assert!(calls.iter().all(|call| call.forbidden && call.careful));
    }

    #[test]
    fn what_takes_nothing_but_switches_is_left_alone() {
        let switches = inputs(&json!({"confirm": {"type": "boolean"}}), &["confirm"]);
        assert!(harmless(&switches).is_empty());
        let optional = inputs(&json!({"id": {"type": "string"}}), &[]);
        assert!(harmless(&optional).is_empty());
    }

    #[test]
    fn a_confirmation_is_never_given() {
        let optional = inputs(
            &json!({"id": {"type": "string"}, "confirm": {"type": "boolean"}, "force_delete": {"type": "boolean"}}),
            &["id"],
        );
        let given = json!({"id": "x", "confirm": true, "force_delete": true});
        assert_eq!(unconfirmed(&optional, given), Some(json!({"id": "x"})));
        let required = inputs(
            &json!({"confirm": {"type": "boolean", "default": true}}),
            &["confirm"],
        );
        assert_eq!(
            unconfirmed(&required, json!({"confirm": true})),
            Some(json!({"confirm": false}))
        );
        let constant = inputs(&json!({"confirm": {"const": true}}), &["confirm"]);
        assert_eq!(unconfirmed(&constant, json!({"confirm": true})), None);
    }
}
