//! What a server declares decides what clients ask for, and what they are ready to receive.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::MappedMutexGuard;

use crate::{
    calls::CallKind,
    finding::{ExchangeId, Finding, Place},
    list::{self, LISTS},
    live::Live,
    requests,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    subscription,
    surface::{Surface, WalkEnd},
    thresholds,
    wire::{Answer, Era, Lost, Session, Stray, StrayKind},
};

pub(super) static RULE: Rule = Rule {
    id: "P04",
    name: "capabilities-true",
    summary: "a declared capability works; an undeclared one is not used",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "In each era: the lists of declared capabilities answer, a listed prompt and a listed resource \
               can be got, completions complete, logging takes a level, subscriptions are taken. What is not \
               declared is asked for all the same, and must have nothing. Over all connections of the run: \
               no request to a client that declared no capability, no log messages without logging, no \
               list_changed without listChanged.",
        why: "Clients hide what is not declared, so it is lost to users; they call what is declared, and show \
              the error to them; and a client that is asked for what it does not have fails or hangs.",
        source: "MCP 2025-11-25, Lifecycle, Operation: both parties MUST \"only use capabilities that were \
                 successfully negotiated\". MCP 2026-07-28, Overview: \"A server MUST NOT rely on \
                 capabilities the client has not declared\"; stdio: \"The server MUST NOT write JSON-RPC \
                 requests to stdout\"; Tools, Prompts, Resources, Completion, Logging: Capabilities.",
        bad: "\"capabilities\": {\"prompts\": {}}  // prompts/list: -32601",
        good: "\"capabilities\": {\"tools\": {}}  // and nothing else is served",
        fix: "Derive the capabilities from the handlers that are registered, not from a fixed text. Before \
              asking the client for elicitation, sampling or roots, look at what it declared.",
    },
    checks: &[Check::Live(check), Check::After(used)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era, so nothing is declared");
        }
        for (era, surface) in &live.surfaces {
            declared_lists(*era, surface, &mut outcome);
            let mut asked = Asked {
                live,
                era: *era,
                surface,
                outcome: &mut outcome,
            };
            if let Err(lost) = asked.all().await {
                outcome.unknown(format!("{}: {lost}", era.name()));
            }
        }
        once(&mut outcome.findings);
        outcome
    })
}

/// The same in both eras is one finding.
fn once(findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    findings.retain(|finding| seen.insert(finding.fingerprint()));
}

fn declares(surface: &Surface, capability: &str) -> bool {
    !surface.capabilities[capability].is_null()
}

/// What the walks over the declared lists showed: the first pages; later ones belong to the rule about
/// cursors.
fn declared_lists(era: Era, surface: &Surface, outcome: &mut Outcome) {
    if let Some(capabilities) = surface.capabilities.as_object() {
        for (name, value) in capabilities {
            if !value.is_object() && !value.is_null() {
                outcome.find(
                    RULE.finding(
                        Place::Server,
                        format!("the capability {name} is {value}, no object: clients refuse the handshake"),
                        format!("Declare it as an object: \"{name}\": {{}}."),
                    )
                    .key(name),
                );
            }
        }
    }
    for (method, field, capability) in LISTS {
        let Some(walk) = surface.walk(method).filter(|walk| walk.pages.is_empty()) else {
            continue;
        };
        // templates are a part of resources that a server may leave out
        if method == "resources/templates/list" && matches!(walk.end, WalkEnd::Refused(-32601, _)) {
            continue;
        }
        let Some(why) = list::why(&walk.end) else {
            continue;
        };
        outcome.find(
            RULE.finding(
                Place::Method(method.to_owned()),
                format!(
                    "{capability} is declared, but {method} does not work in the {} era: {why}",
                    era.name()
                ),
                format!(
                    "Answer {method} with {{\"{field}\": [...]}}, or do not declare the capability \
                     {capability}."
                ),
            )
            .exchange(walk.exchanges.first().copied())
            .key("declared"),
        );
    }
}

/// Asks for one thing after the other, in one era.
struct Asked<'a> {
    live: &'a Live,
    era: Era,
    surface: &'a Surface,
    outcome: &'a mut Outcome,
}

impl<'a> Asked<'a> {
    async fn all(&mut self) -> Result<(), Lost> {
        let surface = self.surface;
        if let Some(params) = surface.prompts.iter().find_map(requests::get_prompt) {
            self.works("prompts", "prompts/get", params, "messages")
                .await?;
        }
        if let Some(uri) = first_uri(surface) {
            let params = json!({"uri": uri});
            self.works("resources", "resources/read", params, "contents")
                .await?;
        }
        self.completions().await?;
        self.undeclared().await?;
        match self.era {
            Era::Legacy => {
                if declares(surface, "logging") {
                    // what is said from now on is not listened to
                    let params = json!({"level": "error"});
                    self.works("logging", "logging/setLevel", params, "")
                        .await?;
                }
                self.subscribes().await?;
                if !surface.capabilities["tasks"]["list"].is_null() {
                    self.works("tasks.list", "tasks/list", json!({}), "tasks")
                        .await?;
                }
            }
            Era::Modern => {
                self.listens().await?;
                self.inputs().await?;
            }
        }
        Ok(())
    }

    async fn session(&self) -> Result<MappedMutexGuard<'a, Arc<Session>>, Lost> {
        self.live.scratch(self.era).await
    }

    /// Asks for something; none where the answer never came, which is reported.
    async fn ask(
        &mut self,
        capability: &str,
        method: &str,
        params: Value,
    ) -> Result<Option<Answer>, Lost> {
        let session = self.session().await?;
        let patience = self.live.patience().min(thresholds::VERSION_ANSWER);
        match session.request_within(method, params, patience).await {
            Ok(answer) => Ok(Some(answer)),
            Err(lost @ (Lost::Silent(_) | Lost::Gone(_) | Lost::Flood(_) | Lost::Http(..))) => {
                self.find(capability, method, &lost.to_string(), None);
                Ok(None)
            }
            Err(lost) => Err(lost),
        }
    }

    fn find(&mut self, capability: &str, method: &str, why: &str, exchange: Option<ExchangeId>) {
        self.outcome.find(
            RULE.finding(
                Place::Method(method.to_owned()),
                format!(
                    "{capability} is declared, but {method} does not work in the {} era: {why}",
                    self.era.name()
                ),
                format!("Answer {method}, or do not declare the capability {capability}."),
            )
            .exchange(exchange)
            .key("declared"),
        );
    }

    /// Asks for something that must be known, though it may be refused for what was made up; a result
    /// must have the field.
    async fn works(
        &mut self,
        capability: &str,
        method: &str,
        params: Value,
        field: &str,
    ) -> Result<(), Lost> {
        let Some(answer) = self.ask(capability, method, params).await? else {
            return Ok(());
        };
        let why = match &answer.reply {
            // setting a level that exists cannot be wrong
            Err(error) if error.code == -32601 || field.is_empty() => {
                format!("error {}: {}", error.code, error.message)
            }
            Ok(result)
                if !field.is_empty()
                    && !result[field].is_array()
                    && result["resultType"] != "input_required" =>
            {
                format!("the result has no array {field}")
            }
            _ => return Ok(()),
        };
        self.find(capability, method, &why, Some(answer.exchange));
        Ok(())
    }

    async fn completions(&mut self) -> Result<(), Lost> {
        let declared = declares(self.surface, "completions");
        let params = requests::complete(self.surface);
        if !declared && params.is_none() {
            return Ok(());
        }
        let known = params.is_some();
        let params = params.unwrap_or_else(|| {
            json!({
                "ref": {"type": "ref/prompt", "name": "seaworthy_no_such_prompt"},
                "argument": {"name": "x", "value": ""},
            })
        });
        let method = "completion/complete";
        if !declared {
            let session = self.session().await?;
            let answer = session
                .request_within(method, params, thresholds::ACKNOWLEDGED)
                .await;
            if let Ok(answer) = answer
                && answer.result()["completion"]["values"].get(0).is_some()
            {
                self.find_undeclared(
                    method,
                    "completions",
                    "completes an argument",
                    answer.exchange,
                );
            }
            return Ok(());
        }
        let Some(answer) = self.ask("completions", method, params).await? else {
            return Ok(());
        };
        let why = match &answer.reply {
            Err(error) if known || matches!(error.code, -32601 | -32603) => {
                format!("error {}: {}", error.code, error.message)
            }
            Err(_) => return Ok(()),
            Ok(result) => match result["completion"]["values"].as_array() {
                None => "the result has no array completion.values".to_owned(),
                Some(values) if values.len() > thresholds::COMPLETIONS => {
                    format!(
                        "{} values; {} are allowed",
                        values.len(),
                        thresholds::COMPLETIONS
                    )
                }
                Some(_) => return Ok(()),
            },
        };
        self.find("completions", method, &why, Some(answer.exchange));
        Ok(())
    }

    fn find_undeclared(
        &mut self,
        method: &str,
        capability: &str,
        what: &str,
        exchange: ExchangeId,
    ) {
        self.outcome.find(
            RULE.finding(
                Place::Method(method.to_owned()),
                format!(
                    "{method} {what} in the {} era, but the capability {capability} is not declared: clients \
                     never ask for it",
                    self.era.name()
                ),
                format!("Declare it: \"capabilities\": {{\"{capability}\": {{}}, ...}}."),
            )
            .exchange(exchange)
            .key("undeclared"),
        );
    }

    /// Lists that are not declared must have nothing.
    async fn undeclared(&mut self) -> Result<(), Lost> {
        for (method, field, capability) in LISTS {
            if declares(self.surface, capability) {
                continue;
            }
            let session = self.session().await?;
            let answer = session
                .request_within(method, json!({}), thresholds::ACKNOWLEDGED)
                .await;
            match answer {
                Ok(answer) => {
                    let count = answer.result()[field].as_array().map_or(0, Vec::len);
                    if count > 0 {
                        let what = format!("lists {count} entries");
                        self.find_undeclared(method, capability, &what, answer.exchange);
                    }
                }
                // silence about what is not there is for the rule about unknown methods
                Err(_) => return Ok(()),
            }
        }
        Ok(())
    }

    async fn subscribes(&mut self) -> Result<(), Lost> {
        if self.surface.capabilities["resources"]["subscribe"] != true {
            return Ok(());
        }
        let listed = first_uri(self.surface);
        let uri = listed.unwrap_or("seaworthy-missing://resource");
        let params = json!({"uri": uri});
        let capability = "resources.subscribe";
        let Some(answer) = self
            .ask(capability, "resources/subscribe", params.clone())
            .await?
        else {
            return Ok(());
        };
        if let Some(error) = answer.error() {
            if listed.is_some() || error.code == -32601 {
                let why = format!("error {}: {}", error.code, error.message);
                self.find(
                    capability,
                    "resources/subscribe",
                    &why,
                    Some(answer.exchange),
                );
            }
            return Ok(());
        }
        let answer = self
            .ask(capability, "resources/unsubscribe", params)
            .await?;
        if let Some(answer) = answer
            && let Some(error) = answer.error()
        {
            let why = format!("error {}: {}", error.code, error.message);
            self.find(
                capability,
                "resources/unsubscribe",
                &why,
                Some(answer.exchange),
            );
        }
        Ok(())
    }

    /// What asks for input must not ask a client that declares nothing.
    async fn inputs(&mut self) -> Result<(), Lost> {
        for asking in &self.live.inputs().await.asking {
            if asking.method == "tools/call" {
                self.live.log.called(&asking.name, CallKind::Valid.name());
            }
            let session = self.session().await?;
            let answer = session
                .request(asking.method, asking.params.clone())
                .await?;
            self.outcome
                .findings
                .extend(asks_all_the_same(&asking.name, &answer));
        }
        Ok(())
    }

    /// Opens a subscription for all that is declared.
    async fn listens(&mut self) -> Result<(), Lost> {
        let mut wanted = serde_json::Map::new();
        for (capability, name) in [
            ("tools", "toolsListChanged"),
            ("prompts", "promptsListChanged"),
            ("resources", "resourcesListChanged"),
        ] {
            if self.surface.capabilities[capability]["listChanged"] == true {
                wanted.insert(name.to_owned(), json!(true));
            }
        }
        if self.surface.capabilities["resources"]["subscribe"] == true
            && let Some(uri) = first_uri(self.surface)
        {
            wanted.insert("resourceSubscriptions".to_owned(), json!([uri]));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let params = json!({"notifications": wanted});
        let method = "subscriptions/listen";
        let capability = "listChanged or subscribe";
        let session = self.session().await?;
        if !session.is_stdio() {
            // the stream stays open; only a refusal ends it
            let answer = session
                .request_within(method, params, thresholds::STREAM_REFUSAL)
                .await;
            if let Ok(answer) = answer
                && let Some(error) = answer.error()
            {
                let why = format!("error {}: {}", error.code, error.message);
                self.find(capability, method, &why, Some(answer.exchange));
            }
            return Ok(());
        }
        let stray = match subscription::open(&session, params).await? {
            Ok(stray) => stray,
            Err((why, exchange)) => {
                self.find(capability, method, &why, Some(exchange));
                return Ok(());
            }
        };
        if subscription::of(&stray.message).is_none() {
            let why = "the acknowledgement lacks _meta.io.modelcontextprotocol/subscriptionId";
            self.find(capability, method, why, Some(stray.exchange));
        }
        let honoured = &stray.message["params"]["notifications"];
        for name in wanted.keys() {
            if honoured[name].is_null() || honoured[name] == false {
                let why = format!("the acknowledgement leaves out {name}");
                self.find(capability, method, &why, Some(stray.exchange));
                break;
            }
        }
        Ok(())
    }
}

fn first_uri(surface: &Surface) -> Option<&str> {
    surface
        .resources
        .iter()
        .find_map(|resource| resource["uri"].as_str())
}

/// What came unasked over all connections of the run.
fn used(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        for session in live.sessions() {
            let hello = session.hello();
            for stray in session.strays() {
                let finding = match stray.kind {
                    StrayKind::Request => asked_of_client(&session, &stray),
                    StrayKind::Notification if !hello.is_null() => {
                        notified(session.era(), &hello["capabilities"], &stray)
                    }
                    _ => None,
                };
                outcome.findings.extend(finding);
            }
        }
        for (call, answer) in live.calls().await.answered() {
            // the shared connections declare nothing
            outcome
                .findings
                .extend(asks_all_the_same(&call.tool, answer));
        }
        once(&mut outcome.findings);
        outcome
    })
}

/// An answer that asks for input, to a client that declared no capability.
fn asks_all_the_same(name: &str, answer: &Answer) -> Option<Finding> {
    let (_, request) = answer.result()["inputRequests"]
        .as_object()?
        .iter()
        .next()?;
    let method = request["method"].as_str().unwrap_or_default();
    Some(
        RULE.finding(
            Place::Method(method.to_owned()),
            format!("{name} asks the client for {method}, though it declared no capability"),
            "Look at clientCapabilities in _meta before asking for input; without the capability, answer with a \
             preview, or with error -32021.",
        )
        .text("result", &answer.result().to_string())
        .exchange(answer.exchange)
        .key(name),
    )
}

/// A request to the client that it did not offer to answer.
fn asked_of_client(session: &Session, stray: &Stray) -> Option<Finding> {
    let method = stray.message["method"].as_str().unwrap_or_default();
    let family = method.split('/').next().unwrap_or_default();
    let (message, fix) = match session.era() {
        Era::Legacy if method == "ping" => return None,
        Era::Legacy if session.capabilities().get(family).is_some() => return None,
        Era::Legacy => (
            format!("{method} is asked of a client that declared no {family}"),
            format!("Ask for {method} only where the client's capabilities in initialize have {family}."),
        ),
        Era::Modern => (
            format!("{method} is sent as a request, which 2026-07-28 forbids"),
            "Answer the client's request with resultType \"input_required\" and inputRequests, where the client \
             declared the capability; send no requests."
                .to_owned(),
        ),
    };
    Some(
        RULE.finding(Place::Method(method.to_owned()), message, fix)
            .text("request", &stray.text)
            .exchange(stray.exchange)
            .key(session.era().name()),
    )
}

/// A notification of a kind that was not declared, or not asked for.
fn notified(era: Era, capabilities: &Value, stray: &Stray) -> Option<Finding> {
    let method = stray.message["method"].as_str().unwrap_or_default();
    let (capability, declared) = match method {
        "notifications/message" => ("logging", !capabilities["logging"].is_null()),
        "notifications/tools/list_changed" => (
            "tools.listChanged",
            capabilities["tools"]["listChanged"] == true,
        ),
        "notifications/prompts/list_changed" => (
            "prompts.listChanged",
            capabilities["prompts"]["listChanged"] == true,
        ),
        "notifications/resources/list_changed" => (
            "resources.listChanged",
            capabilities["resources"]["listChanged"] == true,
        ),
        "notifications/resources/updated" => (
            "resources.subscribe",
            capabilities["resources"]["subscribe"] == true,
        ),
        _ => return None,
    };
    let (message, fix) = if !declared {
        (
            format!("{method} is sent, but {capability} is not declared"),
            format!("Declare {capability} in the capabilities, or do not send {method}."),
        )
    } else if era == Era::Modern && method == "notifications/message" {
        (
            format!("{method} is sent for requests that asked for no log level"),
            "Send log messages only for requests whose _meta has io.modelcontextprotocol/logLevel; write \
             others to stderr."
                .to_owned(),
        )
    } else if era == Era::Modern && subscription::of(&stray.message).is_none() {
        (
            format!("{method} is sent outside a subscription"),
            "Send it only for subscriptions/listen, with io.modelcontextprotocol/subscriptionId in _meta."
                .to_owned(),
        )
    } else {
        return None;
    };
    Some(
        RULE.finding(Place::Method(method.to_owned()), message, fix)
            .text("notification", &stray.text)
            .exchange(stray.exchange)
            .key(if declared { "unasked" } else { "undeclared" }),
    )
}
