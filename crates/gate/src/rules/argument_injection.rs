//! An argument is data. A server that pastes it into a path, a command or an address hands the machine to
//! whoever writes the argument.

use std::collections::BTreeSet;

use futures::future::{BoxFuture, join_all};
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::{ExchangeId, Finding, Place},
    injection::{Family, Payload, Traps, passwd, payloads, uris},
    live::Live,
    options::Permission,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    thresholds,
    verbs::{self, Judgement},
    wire::{Answer, Lost},
};

pub(super) static RULE: Rule = Rule {
    id: "X07",
    name: "argument-injection",
    summary: "paths, shell commands, addresses and templates in arguments do nothing",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Active,
    docs: Docs {
        what: "With --active, text arguments of tools that read, resource templates and prompts are given \
               paths out of bounds, shell metacharacters, options, code, addresses on the loopback and \
               template expressions; with --destructive those of all other tools too, pointed at a folder \
               of the gate's own. What shows that one worked: a line of /etc/passwd or of a canary file \
               in the answer, a marker file, a request to the gate's own listener, a product of two \
               numbers.",
        why: "A model passes on what it read in an issue or a web page. One argument that reaches a shell \
              or leaves its folder gives the author of that page the machine.",
        source: "MCP 2025-11-25 and 2026-07-28, Tools, Security Considerations: \"Servers MUST validate all \
                 tool inputs\"; OWASP MCP Top 10, MCP05 command injection; CWE-22, CWE-78, CWE-88, CWE-918.",
        bad: "subprocess.run(f\"grep {pattern} notes.txt\", shell=True)",
        good: "subprocess.run([\"grep\", \"-e\", pattern, \"--\", \"notes.txt\"])",
        fix: "Paths: resolve, then check that the result is within the folder. Commands: no shell, \
              arguments as a list, and -- before them. Addresses: allow known hosts, and refuse private \
              and loopback addresses after resolution. Templates: values in, never source.",
    },
    // last: what it sends may take the server down
    checks: &[Check::After(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let surface = &live.surface;
        if surface.tools.is_empty()
            && surface.resources.is_empty()
            && surface.templates.is_empty()
            && surface.prompts.is_empty()
        {
            return Outcome::not_applicable("it has neither tools nor resources nor prompts");
        }
        if live.options.permission < Permission::Active {
            return Outcome::unverified(
                "it sends arguments that would act if the server were open to them: --active",
            );
        }
        let traps = match Traps::set().await {
            Ok(traps) => traps,
            Err(error) => {
                return Outcome::unverified(format!(
                    "no folder or listener could be made: {error}"
                ));
            }
        };
        let mut run = Run {
            live,
            traps,
            outcome: Outcome::pass(),
            tried: 0,
            sent: Vec::new(),
            found: BTreeSet::new(),
        };
        if let Some(endpoint) = live.http()
            && !matches!(
                endpoint.url.host_str(),
                Some("127.0.0.1" | "localhost" | "[::1]")
            )
        {
            run.outcome.unknown(
                "it may run on another machine, where marker files and requests cannot be seen",
            );
        }
        run.tools().await;
        run.resources().await;
        run.prompts().await;
        run.late().await;
        run.outcome
    })
}

/// Where a payload goes.
#[derive(Clone)]
struct Spot {
    place: Place,
    method: &'static str,
    /// The whole parameters of the request, by the payload's text.
    params: Value,
    /// Where in them the payload stands.
    pointer: String,
    /// The name of the argument, for people.
    argument: String,
    /// The tool, for the report's list of calls.
    tool: Option<String>,
}

impl Spot {
    fn with(&self, text: &str) -> Value {
        let mut params = self.params.clone();
        if let Some(value) = params.pointer_mut(&self.pointer) {
            *value = json!(text);
        }
        params
    }
}

struct Run<'a> {
    live: &'a Live,
    traps: Traps,
    outcome: Outcome,
    tried: usize,
    /// What may still take effect.
    sent: Vec<(Spot, Payload, Option<ExchangeId>)>,
    found: BTreeSet<(Place, String, Family)>,
}

impl Run<'_> {
    async fn tools(&mut self) {
        let live = self.live;
        let calls = live.calls().await;
        let mut unknown = Vec::new();
        for tool in live.surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
            let reads = matches!(verbs::judge(tool), Judgement::Reads(_));
            let may = if reads || live.options.permission >= Permission::Destructive {
                live.may_call(tool, &CallKind::Valid)
            } else {
                Err("its words do not say that it only reads; --destructive tries it".to_owned())
            };
            if let Err(why) = may {
                unknown.push((tool.name.clone(), why));
                continue;
            }
            let of_tool = || calls.valid().filter(|call| call.tool == tool.name);
            let good = of_tool()
                .find(|call| {
                    call.outcome
                        .as_ref()
                        .is_ok_and(|answer| !answer.is_refusal())
                })
                .or_else(|| of_tool().next());
            let spots = spots(tool, good.map_or(&json!({}), |call| &call.arguments));
            for (spot, plain, is_address) in spots.into_iter().take(thresholds::INJECTED_ARGUMENTS)
            {
                let payloads = payloads(&self.traps, &plain, !reads, is_address);
                self.try_all(&spot, payloads, !reads).await;
            }
        }
        self.outcome.unknown_each(unknown);
    }

    async fn resources(&mut self) {
        let surface = &self.live.surface;
        let templates = surface
            .templates
            .iter()
            .filter_map(|template| template["uriTemplate"].as_str());
        let resources = surface
            .resources
            .iter()
            .filter_map(|resource| resource["uri"].as_str())
            .take(2);
        let all: Vec<String> = templates
            .take(10)
            .chain(resources)
            .map(str::to_owned)
            .collect();
        for uri in all {
            let spot = Spot {
                place: Place::Resource(uri.clone()),
                method: "resources/read",
                params: json!({"uri": ""}),
                pointer: "/uri".to_owned(),
                argument: "uri".to_owned(),
                tool: None,
            };
            let payloads = uris(&self.traps, &uri);
            self.try_all(&spot, payloads, false).await;
        }
    }

    async fn prompts(&mut self) {
        for prompt in self.live.surface.prompts.iter().take(10) {
            let name = prompt["name"].as_str().unwrap_or_default();
            let arguments: serde_json::Map<_, _> = prompt["arguments"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|argument| Some((argument["name"].as_str()?.to_owned(), json!("x"))))
                .collect();
            for argument in arguments.keys().take(thresholds::INJECTED_ARGUMENTS) {
                let spot = Spot {
                    place: Place::Prompt(name.to_owned()),
                    method: "prompts/get",
                    params: json!({"name": name, "arguments": arguments}),
                    pointer: format!("/arguments/{}", escaped(argument)),
                    argument: argument.clone(),
                    tool: None,
                };
                let payloads = payloads(&self.traps, "x", false, false);
                self.try_all(&spot, payloads, false).await;
            }
        }
    }

    /// Sends payloads to a spot, some at once, over a connection of their own.
    async fn try_all(&mut self, spot: &Spot, payloads: Vec<Payload>, writes: bool) {
        let era = self.live.main_era();
        let mut payloads = payloads.into_iter().peekable();
        while payloads.peek().is_some() {
            // what writes is tried one by one, so that it is known which did
            let count = if writes { 1 } else { 6 };
            let some: Vec<_> = payloads.by_ref().take(count).collect();
            if self.tried + some.len() > thresholds::INJECTIONS {
                self.outcome.unknown(format!(
                    "{}: {} injections were tried before; no more",
                    spot.place, self.tried
                ));
                return;
            }
            self.tried += some.len();
            let session = match self.live.injections(era).await {
                Ok(session) => session,
                Err(lost) => {
                    self.outcome.unknown(format!("{}: {lost}", spot.place));
                    return;
                }
            };
            let answers = join_all(some.iter().map(|payload| {
                if let Some(tool) = &spot.tool {
                    self.live.log.called(tool, "injection");
                }
                session.request(spot.method, spot.with(&payload.text))
            }))
            .await;
            for (payload, answer) in some.into_iter().zip(answers) {
                self.judge(spot, payload, &answer);
            }
            if writes && let Some(how) = self.traps.disturbed() {
                self.report(
                    spot,
                    Family::Path,
                    &format!(
                        "a path out of bounds was written to: {how} in a folder of the gate's"
                    ),
                    None,
                    None,
                );
            }
        }
    }

    fn judge(&mut self, spot: &Spot, payload: Payload, answer: &Result<Answer, Lost>) {
        let exchange = answer.as_ref().ok().map(|answer| answer.exchange);
        let text = match answer {
            Ok(answer) => match &answer.reply {
                Ok(result) => result.to_string(),
                Err(error) => format!("{} {}", error.message, error.data),
            },
            Err(_) => String::new(),
        };
        if payload.family == Family::Path {
            if let Some(line) = passwd(&text) {
                self.report(
                    spot,
                    Family::Path,
                    "it returned /etc/passwd",
                    Some((&payload, &line)),
                    exchange,
                );
            } else if text.contains(self.traps.token()) {
                let token = self.traps.token().to_owned();
                self.report(
                    spot,
                    Family::Path,
                    "it returned a file out of bounds",
                    Some((&payload, &token)),
                    exchange,
                );
            }
        }
        if payload.family == Family::Template && text.contains(&self.traps.product()) {
            let product = self.traps.product();
            self.report(
                spot,
                Family::Template,
                "it evaluated a template expression",
                Some((&payload, &product)),
                exchange,
            );
        }
        self.effect(spot, &payload, exchange);
        if payload.number > 0 {
            self.sent.push((spot.clone(), payload, exchange));
        }
    }

    /// Whether a marker is there or the listener was asked.
    fn effect(&mut self, spot: &Spot, payload: &Payload, exchange: Option<ExchangeId>) {
        match payload.family {
            Family::Command if self.traps.is_marked(payload.number) => {
                self.report(
                    spot,
                    Family::Command,
                    "it ran a command: a marker file appeared",
                    Some((payload, "")),
                    exchange,
                );
            }
            Family::Request if self.traps.is_hit(payload.number) => {
                self.report(
                    spot,
                    Family::Request,
                    "it sent a request to an address on the loopback",
                    Some((payload, "")),
                    exchange,
                );
            }
            _ => {}
        }
    }

    /// What takes effect after its answer.
    async fn late(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        tokio::time::sleep(thresholds::INJECTION_EFFECT).await;
        for (spot, payload, exchange) in std::mem::take(&mut self.sent) {
            self.effect(&spot, &payload, exchange);
        }
    }

    /// One finding for an argument and a family.
    fn report(
        &mut self,
        spot: &Spot,
        family: Family,
        what: &str,
        proof: Option<(&Payload, &str)>,
        exchange: Option<ExchangeId>,
    ) {
        let place = match &spot.tool {
            Some(tool) => Place::Parameter(tool.clone(), spot.argument.clone()),
            None => spot.place.clone(),
        };
        if !self
            .found
            .insert((place.clone(), spot.argument.clone(), family))
        {
            return;
        }
        let mut finding: Finding = RULE
            .finding(
                place,
                format!("argument {}: {what}", spot.argument),
                fix(family),
            )
            .exchange(exchange)
            .key(format!("{} {family:?}", spot.argument));
        if let Some((payload, seen)) = proof {
            finding = finding.text("argument", &payload.text);
            if !seen.is_empty() {
                finding = finding.text("answer", seen);
            }
        }
        self.outcome.find(finding);
    }
}

fn fix(family: Family) -> &'static str {
    match family {
        Family::Path => {
            "Resolve the path (links too), and refuse it unless the result lies within the allowed folder; decode \
             it once, before the check."
        }
        Family::Command => {
            "Start the program without a shell, its arguments as a list, with -- before values; evaluate no \
             argument as code."
        }
        Family::Request => {
            "Allow known hosts only; resolve the name, and refuse loopback, private and link-local addresses, \
             after every redirect too."
        }
        Family::Template => {
            "Pass the argument to the template as a value; never make it part of the template's source."
        }
    }
}

/// The text arguments of a tool, each with its harmless value and whether it is an address.
fn spots(tool: &Tool, good: &Value) -> Vec<(Spot, String, bool)> {
    let mut found = Vec::new();
    let params = json!({"name": tool.name, "arguments": good});
    let mut take = |path: &[&str], schema: &Value, params: &Value| {
        let Some(is_list) = is_text(schema) else {
            return;
        };
        let mut params = params.clone();
        let mut pointer = String::from("/arguments");
        for name in path {
            let Some(object) = params.pointer_mut(&pointer).and_then(Value::as_object_mut) else {
                return;
            };
            object.entry(*name).or_insert_with(|| json!({}));
            pointer.push('/');
            pointer.push_str(&escaped(name));
        }
        let plain = params
            .pointer(&pointer)
            .and_then(|value| value.as_str().or(value[0].as_str()))
            .unwrap_or("x")
            .to_owned();
        if is_list {
            if let Some(value) = params.pointer_mut(&pointer) {
                *value = json!([plain]);
            }
            pointer.push_str("/0");
        } else if let Some(value) = params.pointer_mut(&pointer) {
            *value = json!(plain);
        }
        let argument = path.join(".");
        let is_address = is_address(&argument, schema);
        let spot = Spot {
            place: Place::Tool(tool.name.clone()),
            method: "tools/call",
            params,
            pointer,
            argument,
            tool: Some(tool.name.clone()),
        };
        found.push((spot, plain, is_address));
    };
    for (name, schema) in tool.parameters() {
        take(&[name], schema, &params);
        for (inner, schema) in schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .take(10)
        {
            take(&[name, inner], schema, &params);
        }
    }
    found
}

/// Whether a schema takes free text, and whether as a list of it.
fn is_text(schema: &Value) -> Option<bool> {
    let is = |schema: &Value| match &schema["type"] {
        Value::String(name) => name == "string",
        Value::Array(names) => names.iter().any(|name| name == "string"),
        Value::Null => schema["anyOf"]
            .as_array()
            .is_some_and(|schemas| schemas.iter().any(|schema| schema["type"] == "string")),
        _ => false,
    };
    let closed = |schema: &Value| {
        schema.get("enum").is_some()
            || schema.get("const").is_some()
            || matches!(
                schema["format"].as_str(),
                Some("date" | "date-time" | "time" | "uuid")
            )
    };
    if is(schema) && !closed(schema) {
        Some(false)
    } else if schema["type"] == "array" && is(&schema["items"]) && !closed(&schema["items"]) {
        Some(true)
    } else {
        None
    }
}

fn is_address(name: &str, schema: &Value) -> bool {
    matches!(
        schema["format"].as_str(),
        Some("uri" | "url" | "hostname" | "uri-reference" | "ipv4")
    ) || verbs::words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "address"
                | "callback"
                | "domain"
                | "endpoint"
                | "feed"
                | "host"
                | "hostname"
                | "href"
                | "image"
                | "ip"
                | "link"
                | "origin"
                | "page"
                | "site"
                | "source"
                | "target"
                | "uri"
                | "url"
                | "urls"
                | "webhook"
                | "website"
        )
    })
}

/// A name as a part of a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
