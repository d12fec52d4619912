//! What asks the client for input in the modern era: calls, prompts and reads that are answered with
//! `input_required`. Found once; rules look at it together.

use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    live::Live,
    requests, thresholds,
    wire::{Answer, Era},
};

/// A request that asks for input.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The method: `tools/call`, `prompts/get` or `resources/read`.
    pub(crate) method: &'static str,
    /// Its parameters, without `_meta`.
    pub(crate) params: Value,
    /// The tool's or prompt's name, or the resource's URI.
    pub(crate) name: String,
    /// The answer, to a client that declares every capability.
    pub(crate) answer: Answer,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// The requests that ask for input.
    pub(crate) asking: Vec<Asking>,
    /// How many tools were not called, as this run may not.
    pub(crate) left_out: usize,
    /// Why the search ended early, if it did.
    pub(crate) lost: Option<String>,
}

/// The capabilities of a client that can be asked for everything.
pub(crate) fn all_capabilities() -> Value {
    json!({"elicitation": {"form": {}, "url": {}}, "roots": {}, "sampling": {}})
}

/// Parameters with a client's capabilities: each modern request declares its own.
pub(crate) fn declaring(params: &Value, capabilities: &Value) -> Value {
    let mut params = params.clone();
    params["_meta"] = json!({"io.modelcontextprotocol/clientCapabilities": capabilities});
    params
}

impl Live {
    /// What asks for input in the modern era; looked for when first asked.
    pub(crate) async fn inputs(&self) -> &Inputs {
        self.inputs.get_or_init(|| find(self)).await
    }
}

async fn find(live: &Live) -> Inputs {
    let mut inputs = Inputs::default();
    let Some(surface) = live.surfaces.get(&Era::Modern) else {
        return inputs;
    };
    let mut requests: Vec<(&'static str, String, Value)> = Vec::new();
    for prompt in surface.prompts.iter().take(thresholds::INPUT_TRIES) {
        if let Some(params) = requests::get_prompt(prompt) {
            let name = prompt["name"].as_str().unwrap_or_default();
            requests.push(("prompts/get", name.to_owned(), params));
        }
    }
    for resource in surface.resources.iter().take(thresholds::INPUT_TRIES) {
        if let Some(uri) = resource["uri"].as_str() {
            requests.push(("resources/read", uri.to_owned(), json!({"uri": uri})));
        }
    }
    let calls = live.calls().await;
    let mut tried = 0;
    for tool in &surface.tools {
        if live.may_call(tool, &CallKind::Valid).is_err() {
            inputs.left_out += 1;
            continue;
        }
        let made = calls.valid().find(|call| call.tool == tool.name);
        let slow = made.is_some_and(|call| {
            call.outcome
                .as_ref()
                .is_ok_and(|answer| answer.took > thresholds::ENVELOPE_CALL)
        });
        let Some(call) = made.filter(|_| !slow && tried < thresholds::INPUT_TRIES) else {
            continue;
        };
        tried += 1;
        let params = json!({"name": tool.name, "arguments": call.arguments});
        requests.push(("tools/call", tool.name.clone(), params));
    }
    for (method, name, params) in requests {
        if method == "tools/call" {
            live.log.called(&name, CallKind::Valid.name());
        }
        let session = match live.scratch(Era::Modern).await {
            Ok(session) => session,
            Err(lost) => {
                inputs.lost = Some(lost.to_string());
                break;
            }
        };
        let sent = declaring(&params, &all_capabilities());
        // what loses the connection is for the rules about calls
        let Ok(answer) = session.request(method, sent).await else {
            continue;
        };
        if answer.result()["resultType"] == "input_required" {
            inputs.asking.push(Asking {
                method,
                params,
                name,
                answer,
            });
        }
    }
    inputs
}
