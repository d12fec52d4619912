//! A server holds secrets in its environment; none of them may come back.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::{Finding, Place},
    live::{CANARY_VARIABLE, Live},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    thresholds, verbs,
    watched::{self, Watched},
};

pub(super) static RULE: Rule = Rule {
    id: "X05",
    name: "canary-leak",
    summary: "a secret of the environment or of a header appears in no answer and no error",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "The server is started with a made-up secret in the variable SEAWORTHY_CANARY_SECRET. Whatever \
               it sends in the whole run (lists, answers, errors, notifications) is searched for it and for \
               the user's own variables and headers whose names say that they hold secrets: as they are, \
               reversed, in another case, in base64, in hexadecimal and percent-encoded. Tools that read \
               settings are asked for the variable by name. In its log on stderr it is a warning.",
        why: "An error that prints the environment, a debug tool or a config resource hands the server's \
              keys to the model, and so to whoever can make the model repeat them.",
        source: "OWASP MCP Top 10, MCP01 token mismanagement and secret exposure; MCP 2025-11-25, Tools, \
                 Security Considerations: servers must sanitize tool outputs.",
        bad: "raise ToolError(f\"request failed: {os.environ}\")",
        good: "raise ToolError(\"The API refused the request. Check that the token is set.\")",
        fix: "Never put the environment, request headers or whole exceptions into an answer. Name what is \
              missing, not what is there.",
    },
    checks: &[Check::Live(ask), Check::After(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let watched = watched::watched(&live.canary, &live.options);
        let mut outcome = Outcome::pass();
        if live.http().is_some() && watched.len() == 1 {
            return Outcome::unverified(
                "over HTTP no secret can be put into its environment, and no header with one was given",
            );
        }
        let sightings = live.log.sightings();
        for secret in &watched {
            let mut told: Vec<&str> = Vec::new();
            for (text, exchange) in &sightings {
                let Some((form, _)) = secret.forms.iter().find(|(_, form)| form == text) else {
                    continue;
                };
                if told.contains(form) {
                    continue;
                }
                told.push(form);
                outcome.find(leak(secret, form, "came back in an answer").exchange(*exchange));
            }
        }
        on_stderr(live, &watched, &mut outcome);
        if !live.surface.tools.is_empty() && live.calls().await.answered().next().is_none() {
            outcome.unknown("no tool answered a call");
        }
        outcome
    })
}

fn leak(secret: &Watched, form: &str, how: &str) -> Finding {
    RULE.finding(
        Place::Server,
        format!("the secret of {} {how}, {form}", secret.source),
        "Look for what prints the environment, headers or whole exceptions there, and return a text of your \
         own that names the problem only.",
    )
    .key(format!("{} {form} {how}", secret.source))
}

/// Logs are read by others than the owner of the secret.
fn on_stderr(live: &Live, watched: &[Watched], outcome: &mut Outcome) {
    for secret in watched {
        let found = live.sessions().iter().find_map(|session| {
            let stderr = session.stderr();
            secret
                .forms
                .iter()
                .find(|(_, text)| stderr.contains(text.as_str()))
                .map(|(form, _)| *form)
        });
        if let Some(form) = found {
            outcome.find(leak(secret, form, "stands in the log on stderr").level(Level::Warning));
        }
    }
}

/// Asks tools that read settings for the canary's variable.
fn ask(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.http().is_none() {
            for tool in live.surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
                if live.may_call(tool, &CallKind::Valid).is_ok()
                    && let Some(arguments) = asking(tool, live).await
                {
                    // what comes is in the log, where it is looked for
                    let _ = live.call(tool, arguments, &CallKind::Valid).await;
                }
            }
        }
        Outcome::pass()
    })
}

/// Arguments that ask for the variable, where the tool is about variables or settings.
async fn asking(tool: &Tool, live: &Live) -> Option<Value> {
    let about = format!(
        "{} {}",
        verbs::words(&tool.name).join(" "),
        tool.description.to_lowercase()
    );
    let is_about = about
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| {
            matches!(
                word,
                "config"
                    | "configuration"
                    | "env"
                    | "environ"
                    | "environment"
                    | "secret"
                    | "secrets"
                    | "setting"
                    | "settings"
                    | "variable"
                    | "variables"
            )
        });
    if !is_about {
        return None;
    }
    let (name, _) = tool.parameters().find(|(name, schema)| {
        schema["type"] == "string"
            && schema.get("enum").is_none()
            && verbs::words(name).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "env" | "key" | "name" | "path" | "setting" | "var" | "variable"
                )
            })
    })?;
    let calls = live.calls().await;
    let mut arguments = calls
        .valid()
        .find(|call| call.tool == tool.name)
        .map_or_else(|| json!({}), |call| call.arguments.clone());
    arguments
        .as_object_mut()?
        .insert(name.to_owned(), json!(CANARY_VARIABLE));
    Some(arguments)
}
