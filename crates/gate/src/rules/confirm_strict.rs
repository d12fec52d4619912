//! What is not the JSON value true is no confirmation.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::preview_first::{call, confirmation, destructive};
use crate::{
    finding::Place,
    live::Live,
    options::Permission,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    thresholds,
    verbs::{self, Judgement},
    views::{self, Views},
    wire::{Answer, Lost, Session},
};

pub(super) static RULE: Rule = Rule {
    id: "B02",
    name: "confirm-strict",
    summary: "confirm of \"true\", 1 or null does not act",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Destructive,
    docs: Docs {
        what: "With --destructive, each tool that acts and has a confirm parameter is called with confirm = \"true\", 1 \
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
        let tools = confirmed(live);
        if tools.is_empty() {
            return Outcome::not_applicable("no tool that acts has a confirm parameter");
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
            let trial = Trial {
                live,
                session: &session,
                views: &views,
                tool,
                name,
                plain,
            };
            if let Err(lost) = trial.judge(&mut outcome).await {
                outcome.unknown(format!("{}: {lost}", tool.name));
            }
        }
        outcome
    })
}

/// The tools that act and have a parameter that confirms it, the destructive ones first.
fn confirmed(live: &Live) -> Vec<(&Tool, &str)> {
    let mut tools = destructive(live);
    let others =
        live.surface.tools.iter().filter(|tool| {
            tool.only_in.is_none() && matches!(verbs::judge(tool), Judgement::Acts(_))
        });
    for tool in others.take(thresholds::TOOLS_JUDGED) {
        if !tools.iter().any(|known| known.name == tool.name) {
            tools.push(tool);
        }
    }
    tools
        .into_iter()
        .filter_map(|tool| Some((tool, confirmation(tool)?)))
        .take(thresholds::TOOLS_DESTROYED)
        .collect()
}

/// A tool whose confirmation is tried out.
struct Trial<'a> {
    live: &'a Live,
    session: &'a Session,
    views: &'a Views,
    tool: &'a Tool,
    name: &'a str,
    plain: Value,
}

impl Trial<'_> {
    async fn judge(&self, outcome: &mut Outcome) -> Result<(), Lost> {
        let name = self.name;
        // where only force = true overrides something, the tool acts without it, and rightly so
        if !verbs::is_destructive(self.tool) && self.call(&json!(false)).await?.1.is_some() {
            return Ok(());
        }
        for value in [json!("true"), json!(1), Value::Null] {
            let (answer, acts) = self.call(&value).await?;
            let Some(acts) = acts else { continue };
            outcome.find(
                RULE.finding(
                    Place::Parameter(self.tool.name.clone(), name.to_owned()),
                    format!("{name} = {value} {acts}"),
                    format!("Act only where {name} is the JSON value true; refuse everything else that is no boolean."),
                )
                .text("arguments", &self.arguments(&value).to_string())
                .text("answer", &answer.text())
                .exchange(answer.exchange)
                .key(value.to_string()),
            );
        }
        Ok(())
    }

    fn arguments(&self, value: &Value) -> Value {
        let mut arguments = self.plain.clone();
        if let Some(object) = arguments.as_object_mut() {
            object.insert(self.name.to_owned(), value.clone());
        }
        arguments
    }

    /// The answer to a call so confirmed, and how it is seen that it acts, if it does.
    async fn call(&self, value: &Value) -> Result<(Answer, Option<String>), Lost> {
        let before = self.views.steady(self.live, self.session).await;
        let arguments = self.arguments(value);
        let answer = call(self.live, self.session, self.tool, &arguments).await?;
        let after = self.views.look(self.live, self.session).await;
        let text = answer.text();
        let done = !answer.is_refusal() && !views::is_preview(&text) && views::is_done(&text);
        let acts = match views::changed(&before, &after) {
            Some((view, _)) => Some(format!("acts: {view} shows something else now")),
            None => done.then(|| "is answered as if it had acted".to_owned()),
        };
        Ok((answer, acts))
    }
}
