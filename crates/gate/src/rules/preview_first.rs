//! A model acts on a guess; a preview gives it, and the person behind it, a second look.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::{CallKind, is_confirmation},
    finding::{Finding, Place},
    live::Live,
    options::Permission,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    verbs::{self, Judgement},
    views::{self, Seen, Views},
    wire::{Answer, Session},
};

pub(super) static RULE: Rule = Rule {
    id: "B01",
    name: "preview-first",
    summary: "a destructive tool without confirm previews, and nothing changes",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Destructive,
    docs: Docs {
        what: "With --destructive, each tool that by its words deletes, overwrites, pays, sends or merges is called with \
               valid arguments and without its confirmation. What the reading tools and the resources show must be \
               the same before and after, and the answer must say that nothing was done. A refusal that asks for a \
               confirmation is right too, and so is a request for input.",
        why: "A wrong id, or an instruction hidden in a page that the model read, is enough for a deed that nobody \
              can take back. With a preview first, it takes two such errors, and a person can see the first.",
        source: "The context of confirm: a modern client is asked for input, an older one gets elicitation, and one without \
                 gets the preview and has to call again with confirm.",
        bad: "delete_note(id=\"n7\")  →  Deleted n7.",
        good: "delete_note(id=\"n7\")  →  PREVIEW - no action taken. Would delete n7. Call again with confirm=true.",
        fix: "Add a boolean parameter confirm, false by default. Without it, answer what would be done, and that \
              nothing was done; act only where it is the JSON value true.",
    },
    checks: &[Check::Live(check)],
};

/// The destructive tools, by their words.
pub(super) fn destructive(live: &Live) -> Vec<&Tool> {
    live.surface
        .tools
        .iter()
        .filter(|tool| {
            matches!(verbs::judge(tool), Judgement::Acts(_)) && verbs::is_destructive(tool)
        })
        .filter(|tool| tool.only_in.is_none())
        .take(crate::thresholds::TOOLS_DESTROYED)
        .collect()
}

/// The argument that confirms, if the tool has one.
pub(super) fn confirmation(tool: &Tool) -> Option<&str> {
    tool.parameters()
        .map(|(name, _)| name)
        .find(|name| is_confirmation(name))
}

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let tools = destructive(live);
        if tools.is_empty() {
            return Outcome::not_applicable("no tool is destructive by its words");
        }
        if live.options.permission < Permission::Destructive {
            return Outcome::unverified(format!(
                "{} of its tools would be called without confirm: --destructive allows it",
                tools.len()
            ));
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let views = Views::of(live).await;
        let session = match live.connect(live.main_era()).await {
            Ok((session, _)) => session,
            Err(lost) => return Outcome::unverified(format!("there is no connection: {lost}")),
        };
        for tool in tools {
            let Some(mut arguments) = calls.arguments(live, tool) else {
                outcome.unknown(format!(
                    "{}: no valid arguments could be made; give some with --example",
                    tool.name
                ));
                continue;
            };
            if let (Some(name), Some(object)) = (confirmation(tool), arguments.as_object_mut()) {
                if tool.required().any(|required| required == name) {
                    object.insert(name.to_owned(), json!(false));
                } else {
                    object.remove(name);
                }
            }
            let before = views.steady(live, &session).await;
            let answer = call(live, &session, tool, &arguments).await;
            let after = views.look(live, &session).await;
            match answer {
                Ok(answer) => match verdict(tool, &arguments, &answer, &before, &after) {
                    Ok(finding) => outcome.findings.extend(finding),
                    Err(why) => outcome.unknown(why),
                },
                Err(lost) => outcome.unknown(format!("{}: {lost}", tool.name)),
            }
        }
        outcome
    })
}

/// Calls a tool over a connection of the rule's own.
pub(super) async fn call(
    live: &Live,
    session: &Session,
    tool: &Tool,
    arguments: &Value,
) -> Result<Answer, crate::wire::Lost> {
    live.log.called(&tool.name, CallKind::Example.name());
    let params = json!({"name": tool.name, "arguments": arguments});
    session.request("tools/call", params).await
}

fn verdict(
    tool: &Tool,
    arguments: &Value,
    answer: &Answer,
    before: &Seen,
    after: &Seen,
) -> Result<Option<Finding>, String> {
    let place = Place::Tool(tool.name.clone());
    let text = answer.text();
    let fix = match confirmation(tool) {
        Some(name) => format!("Act only where {name} is the JSON value true; without it, answer \"PREVIEW - no action taken\", what would be done, and to call again with {name}=true."),
        None => "Add a boolean parameter confirm, false by default; without it, answer \"PREVIEW - no action taken\", what would be done, and to call again with confirm=true.".to_owned(),
    };
    let finding = |message: String| {
        RULE.finding(place.clone(), message, fix.clone())
            .text("arguments", &arguments.to_string())
            .text("answer", &text)
            .exchange(answer.exchange)
    };
    if let Some((name, shown)) = views::changed(before, after) {
        return Ok(Some(
            finding(format!(
                "called without confirm, it acts: {name} shows something else now"
            ))
            .text("now", &shown.to_string())
            .key("acts"),
        ));
    }
    let asks = answer.result()["resultType"]
        .as_str()
        .is_some_and(|kind| kind != "complete");
    if asks || (answer.is_refusal() && views::is_preview(&text)) {
        return Ok(None);
    }
    if answer.is_refusal() {
        return Err(format!(
            "{}: it refused the arguments; give some that exist with --example",
            tool.name
        ));
    }
    if views::is_done(&text) {
        return Ok(Some(
            finding("called without confirm, it answers as if it had acted".to_owned()).key("done"),
        ));
    }
    if !views::is_preview(&text) {
        return Ok(Some(
            finding(
                "called without confirm, its answer does not say that nothing was done".to_owned(),
            )
            .key("unsaid"),
        ));
    }
    Ok(None)
}
