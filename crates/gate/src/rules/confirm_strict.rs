//! What is not the JSON value true is no confirmation.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::preview_first::{call, confirmation, destructive};
use crate::{
    finding::Place,
    live::Live,
    options::Permission,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    views::{self, Views},
};

pub(super) static RULE: Rule = Rule {
    id: "B02",
    name: "confirm-strict",
    summary: "confirm of \"true\", 1 or null does not act",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Destructive,
    docs: Docs {
        what: "With --destructive, each destructive tool that has a confirm parameter is called with confirm = \"true\", 1 \
               and null. What the reading tools and the resources show must stay the same, and no answer may say that \
               it was done.",
        why: "A confirmation that is cast from anything true-like is given by accident: by a model that writes strings \
              for booleans, or by a client that fills in defaults.",
        source: "The context of confirm; JSON Schema 2020-12: \"true\" and 1 are not of type boolean.",
        bad: "if arguments.get(\"confirm\"): delete(note)",
        good: "if arguments.get(\"confirm\") is True: delete(note)",
        fix: "Compare with the boolean true itself, after the arguments were validated against the schema.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let tools: Vec<_> = destructive(live)
            .into_iter()
            .filter_map(|tool| Some((tool, confirmation(tool)?)))
            .collect();
        if tools.is_empty() {
            return Outcome::not_applicable("no destructive tool has a confirm parameter");
        }
        if live.options.permission < Permission::Destructive {
            return Outcome::unverified(format!(
                "{} of its tools would be called with a false confirm: --destructive allows it",
                tools.len()
            ));
        }
        let calls = live.calls().await;
        let views = Views::of(live).await;
        let session = match live.connect(live.main_era()).await {
            Ok((session, _)) => session,
            Err(lost) => return Outcome::unverified(format!("there is no connection: {lost}")),
        };
        let mut outcome = Outcome::pass();
        for (tool, name) in tools {
            let Some(plain) = calls.arguments(live, tool) else {
                outcome.unknown(format!(
                    "{}: no valid arguments could be made; give some with --example",
                    tool.name
                ));
                continue;
            };
            for value in [json!("true"), json!(1), Value::Null] {
                let mut arguments = plain.clone();
                if let Some(object) = arguments.as_object_mut() {
                    object.insert(name.to_owned(), value.clone());
                }
                let before = views.steady(live, &session).await;
                let answer = match call(live, &session, tool, &arguments).await {
                    Ok(answer) => answer,
                    Err(lost) => {
                        outcome.unknown(format!("{}: {lost}", tool.name));
                        break;
                    }
                };
                let after = views.look(live, &session).await;
                let text = answer.text();
                let changed = views::changed(&before, &after);
                let done =
                    !answer.is_refusal() && !views::is_preview(&text) && views::is_done(&text);
                let message = match changed {
                    Some((view, _)) => {
                        format!("{name} = {value} acts: {view} shows something else now")
                    }
                    None if done => format!("{name} = {value} is answered as if it had acted"),
                    None => continue,
                };
                outcome.find(
                    RULE.finding(
                        Place::Parameter(tool.name.clone(), name.to_owned()),
                        message,
                        format!("Act only where {name} is the JSON value true; refuse everything else that is no boolean."),
                    )
                    .text("arguments", &arguments.to_string())
                    .text("answer", &text)
                    .exchange(answer.exchange)
                    .key(value.to_string()),
                );
            }
        }
        outcome
    })
}
