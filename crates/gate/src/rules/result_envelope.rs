//! What every result of the modern era carries around its content.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{ExchangeId, Place},
    live::Live,
    requests,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    thresholds,
    wire::{Answer, Era},
};

pub(super) static RULE: Rule = Rule {
    id: "P06",
    name: "result-envelope",
    summary: "2026-07-28 results carry resultType, lists and reads carry ttlMs and cacheScope",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "In the modern era, the results of server/discover, of every page of every list, and of a read, \
               a prompt, a completion and calls must have resultType; discover, lists and reads also ttlMs \
               (an integer of at least 0) and cacheScope (public or private), the same on all pages. A result \
               input_required must have inputRequests or requestState, and come from a call, a prompt or a \
               read.",
        why: "Clients choose by resultType how to read a result, and cache by ttlMs and cacheScope. A missing \
              hint is fetched again and again; a wrong public one shows a user's data to others.",
        source: "MCP 2026-07-28, Overview, Responses: \"The result MUST include a resultType field\"; Caching, \
                 Cacheable Results (MUST), Interaction with Pagination (MUST); Multi Round-Trip Requests.",
        bad: "{\"tools\": [...]}",
        good: "{\"resultType\": \"complete\", \"tools\": [...], \"ttlMs\": 60000, \"cacheScope\": \"public\"}",
        fix: "Add the fields in one place, where modern results leave the server: resultType to all, ttlMs and \
              cacheScope to server/discover, the lists and resources/read.",
    },
    checks: &[Check::Live(check)],
};

/// Methods whose complete results carry caching hints.
const CACHED: [&str; 6] = [
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "server/discover",
    "tools/list",
];

/// Methods that may ask for input.
const ASKING: [&str; 3] = ["prompts/get", "resources/read", "tools/call"];

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let (Some(greeting), Some(surface)) = (
            live.greetings.get(&Era::Modern).filter(|it| it.is_spoken()),
            live.surfaces.get(&Era::Modern),
        ) else {
            return Outcome::not_applicable("it does not speak 2026-07-28");
        };
        let mut seen = Seen {
            extended: surface.capabilities["extensions"]
                .as_object()
                .is_some_and(|extensions| !extensions.is_empty()),
            ..Seen::default()
        };
        if let Ok(answer) = &greeting.answer {
            seen.judge("server/discover", None, answer.result(), answer.exchange);
        }
        for walk in &surface.walks {
            for (envelope, exchange) in walk.envelopes.iter().zip(&walk.exchanges) {
                seen.judge(walk.method, None, envelope, *exchange);
            }
            let scopes: BTreeSet<_> = walk
                .envelopes
                .iter()
                .filter_map(|envelope| envelope["cacheScope"].as_str())
                .collect();
            if scopes.len() > 1 {
                seen.find(
                    walk.method,
                    None,
                    "scopes",
                    "cacheScope changes from page to page".to_owned(),
                    "Give all pages of a list the same cacheScope; \"private\" where one of them is.",
                    walk.exchanges.last().copied(),
                    &Value::Null,
                );
            }
        }
        if let Err(lost) = ask(live, surface, &mut seen).await {
            seen.outcome.unknown(lost.to_string());
        }
        calls(live, &mut seen).await;
        seen.outcome
    })
}

/// Asks for one of each thing that is got by name.
async fn ask(live: &Live, surface: &Surface, seen: &mut Seen) -> Result<(), crate::wire::Lost> {
    let session = live.session_in(Era::Modern).await?;
    let mut requests = Vec::new();
    let uri = surface
        .resources
        .iter()
        .find_map(|resource| resource["uri"].as_str());
    if let Some(uri) = uri {
        requests.push(("resources/read", json!({"uri": uri})));
    }
    if let Some(params) = surface.prompts.iter().find_map(requests::get_prompt) {
        requests.push(("prompts/get", params));
    }
    if !surface.capabilities["completions"].is_null()
        && let Some(params) = requests::complete(surface)
    {
        requests.push(("completion/complete", params));
    }
    for (method, params) in requests {
        let answer = session.request(method, params).await?;
        if let Ok(result) = &answer.reply {
            seen.judge(method, None, result, answer.exchange);
        }
    }
    Ok(())
}

/// Calls tools again in the modern era, as they were called in the other: one call that the schema
/// forbids and one that should succeed.
async fn calls(live: &Live, seen: &mut Seen) {
    let calls = live.calls().await;
    if live.main_era() == Era::Modern {
        for (call, answer) in calls.answered() {
            seen.judge_answer(&call.tool, answer);
        }
        return;
    }
    let Ok(session) = live.session_in(Era::Modern).await else {
        return;
    };
    let mut chosen = Vec::new();
    for tool in live
        .surface
        .tools
        .iter()
        .filter(|tool| tool.only_in != Some(Era::Legacy))
        .take(thresholds::ENVELOPE_TOOLS)
    {
        let quick = |answer: &Answer| answer.took < thresholds::ENVELOPE_CALL;
        for valid in [false, true] {
            let like = calls.answered().find(|(call, answer)| {
                call.tool == tool.name
                    && quick(answer)
                    && if valid {
                        live.may_call(tool, &call.kind).is_ok() && !call.kind.is_invalid()
                    } else {
                        call.kind.is_invalid()
                    }
            });
            chosen.extend(like.map(|(call, _)| call));
        }
    }
    for call in chosen {
        live.log.called(&call.tool, call.kind.name());
        let params = json!({"name": call.tool, "arguments": call.arguments});
        match session.request("tools/call", params).await {
            Ok(answer) => seen.judge_answer(&call.tool, &answer),
            // what a call does to the server is for other rules
            Err(lost) => {
                seen.outcome
                    .unknown(format!("the call of {} got no answer: {lost}", call.tool));
                return;
            }
        }
    }
}

#[derive(Default)]
struct Seen {
    outcome: Outcome,
    /// Whether extensions may add types of results.
    extended: bool,
    told: BTreeSet<String>,
}

impl Seen {
    fn judge_answer(&mut self, tool: &str, answer: &Answer) {
        if let Ok(result) = &answer.reply {
            self.judge("tools/call", Some(tool), result, answer.exchange);
        }
    }

    fn judge(&mut self, method: &str, tool: Option<&str>, result: &Value, exchange: ExchangeId) {
        let kind = &result["resultType"];
        let wrong = match kind.as_str() {
            Some("complete") => None,
            Some("input_required") if !ASKING.contains(&method) => Some(
                "resultType is \"input_required\", which this method must not answer".to_owned(),
            ),
            Some("input_required") => {
                let asks =
                    result["inputRequests"].is_object() || result["requestState"].is_string();
                (!asks).then(|| {
                    "resultType is \"input_required\" without inputRequests and requestState"
                        .to_owned()
                })
            }
            Some(_) if self.extended => None,
            Some(other) => Some(format!("resultType is {other:?}, which no client knows")),
            None if kind.is_null() => Some("the result has no resultType".to_owned()),
            None => Some(format!("resultType is {kind}, no string")),
        };
        if let Some(wrong) = wrong {
            let fix = "Add \"resultType\": \"complete\" to the result.";
            self.find(
                method,
                tool,
                "resultType",
                wrong,
                fix,
                Some(exchange),
                result,
            );
        }
        if !CACHED.contains(&method) || kind == "input_required" {
            return;
        }
        let lifetime = &result["ttlMs"];
        let whole = lifetime.is_u64()
            || lifetime
                .as_f64()
                .is_some_and(|number| number >= 0.0 && number.fract() == 0.0);
        if !whole {
            let wrong = if lifetime.is_null() {
                "the result has no ttlMs".to_owned()
            } else {
                format!("ttlMs is {lifetime}, no integer of at least 0")
            };
            let fix =
                "Add \"ttlMs\": 0 to the result, or for how many milliseconds it stays fresh.";
            self.find(method, tool, "ttlMs", wrong, fix, Some(exchange), result);
        }
        let scope = &result["cacheScope"];
        if !matches!(scope.as_str(), Some("public" | "private")) {
            let wrong = if scope.is_null() {
                "the result has no cacheScope".to_owned()
            } else {
                format!("cacheScope is {scope}, neither \"public\" nor \"private\"")
            };
            let fix = "Add \"cacheScope\": \"private\" to the result, or \"public\" where it is the same for all \
                       users.";
            self.find(
                method,
                tool,
                "cacheScope",
                wrong,
                fix,
                Some(exchange),
                result,
            );
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one place makes all findings")]
    fn find(
        &mut self,
        method: &str,
        tool: Option<&str>,
        field: &str,
        wrong: String,
        fix: &str,
        exchange: Option<ExchangeId>,
        result: &Value,
    ) {
        // one page, and one tool, stand for all
        if !self.told.insert(format!("{method} {field}")) {
            return;
        }
        let message = match tool {
            Some(tool) => format!("{wrong} (a call of {tool})"),
            None => wrong,
        };
        let mut finding = RULE
            .finding(Place::Method(method.to_owned()), message, fix)
            .exchange(exchange)
            .key(field);
        if !result.is_null() {
            finding = finding.text("result", &result.to_string());
        }
        self.outcome.find(finding);
    }
}
