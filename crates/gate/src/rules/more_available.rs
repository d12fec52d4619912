//! An answer that was cut and does not say so is taken for the whole truth.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::Place,
    live::Live,
    paging::{self, Limit, Position, Signal},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    thresholds,
    wire::Answer,
};

pub(super) static RULE: Rule = Rule {
    id: "G05",
    name: "more-available",
    summary: "a partial answer says that there is more, and how to get it",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "Tools with a limit or a page are called with the default, with the smallest and with the \
               largest limit, or for the second page. Where one answer has fewer entries than another, \
               the shorter must say that there is more and give the way: a cursor, the next page or \
               offset, a total with the position, or the advice to refine. A bare {\"more\": true} gives \
               no way.",
        why: "A model takes what it gets for all there is. It then reports 20 open issues where there \
              are 300, and nobody notices.",
        source: "The lab rules of the agents' course that this catalogue was made for: \"MORE AVAILABLE: N \
                 further - request page N+1 or refine\"; Anthropic, Writing effective tools for agents, \
                 on truncated responses with helpful instructions.",
        bad: "n1 ...\nn2 ...",
        good: "n1 ...\nn2 ...\nMORE AVAILABLE: 118 further - call again with cursor=bjI, or refine the query",
        fix: "Ask the store for one entry more than is returned; if it is there, end the answer with how \
              many are left where that is known, and the argument that gets them.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        let paged: Vec<_> = live
            .surface
            .tools
            .iter()
            .take(thresholds::TOOLS_JUDGED)
            .filter(|tool| paging::limit(tool).is_some() || counted(tool).is_some())
            .collect();
        if paged.is_empty() {
            return Outcome::not_applicable("no tool takes a limit or a page");
        }
        let mut unknown = Vec::new();
        for tool in paged {
            match judge(live, tool).await {
                Ok(found) => outcome.findings.extend(found),
                Err(why) => unknown.push((tool.name.clone(), why)),
            }
        }
        outcome.unknown_each(unknown);
        outcome
    })
}

/// The page or offset, where the tool takes one that can be counted.
fn counted(tool: &Tool) -> Option<Position> {
    paging::position(tool).filter(|position| !matches!(position, Position::Cursor(_)))
}

/// A partial answer and what shows that it is one.
struct Partial {
    answer: Answer,
    arguments: Value,
    proof: Answer,
    why: String,
}

async fn judge(live: &Live, tool: &Tool) -> Result<Option<crate::finding::Finding>, String> {
    live.may_call(tool, &CallKind::Valid)?;
    let probed = paging::broad(live, tool)
        .await
        .ok_or("no valid call was answered, so nothing could be compared")?;
    let limit = paging::limit(tool);
    let arguments = plain(tool, &probed.arguments, limit.as_ref());
    let whole = if arguments == probed.arguments {
        probed.answer
    } else {
        answered(live, tool, &arguments).await?
    };
    let mut compared = false;
    for partial in partials(live, tool, &arguments, &whole, limit.as_ref()).await? {
        compared = true;
        let signal = paging::signal(tool, &partial.answer, Some(&partial.proof));
        if signal != Signal::Clear {
            return Ok(Some(finding(tool, &partial, signal)));
        }
    }
    if compared {
        Ok(None)
    } else {
        Err("no call showed that there is more than one entry".to_owned())
    }
}

/// The arguments without those that limit and page, where the schema lets them be left out.
fn plain(tool: &Tool, arguments: &Value, limit: Option<&Limit>) -> Value {
    let mut arguments = arguments.clone();
    let position = paging::position(tool);
    let names = [
        limit.map(|limit| limit.name.as_str()),
        position.as_ref().map(Position::name),
    ];
    if let Some(object) = arguments.as_object_mut() {
        for name in names.into_iter().flatten() {
            if !tool.required().any(|required| required == name) {
                object.remove(name);
            }
        }
    }
    arguments
}

async fn answered(live: &Live, tool: &Tool, arguments: &Value) -> Result<Answer, String> {
    let answer = live
        .call(tool, arguments.clone(), &CallKind::Valid)
        .await
        .map_err(|lost| lost.to_string())?;
    if answer.is_refusal() {
        return Err(format!("a call with {arguments} was refused"));
    }
    Ok(answer)
}

fn with(arguments: &Value, name: &str, value: i64) -> Value {
    let mut arguments = arguments.clone();
    if let Some(object) = arguments.as_object_mut() {
        object.insert(name.to_owned(), json!(value));
    }
    arguments
}

fn count(answer: &Answer) -> usize {
    paging::entries(answer).len()
}

/// The answers that are partial, and the longer ones that show it.
async fn partials(
    live: &Live,
    tool: &Tool,
    arguments: &Value,
    whole: &Answer,
    limit: Option<&Limit>,
) -> Result<Vec<Partial>, String> {
    let mut found = Vec::new();
    if let Some(limit) = limit {
        let least = with(arguments, &limit.name, limit.least);
        let part = answered(live, tool, &least).await?;
        if count(&part) < count(whole) {
            found.push(Partial {
                why: format!(
                    "with {}={} it gives {} of at least {}",
                    limit.name,
                    limit.least,
                    lines(count(&part)),
                    count(whole)
                ),
                answer: part,
                arguments: least,
                proof: whole.clone(),
            });
        }
        let most = limit.most.unwrap_or(thresholds::LARGE_LIMIT);
        if let Ok(longer) = answered(live, tool, &with(arguments, &limit.name, most)).await
            && count(&longer) > count(whole)
        {
            found.push(Partial {
                answer: whole.clone(),
                arguments: arguments.clone(),
                why: format!(
                    "by default it gives {}, with {}={most} {}",
                    lines(count(whole)),
                    limit.name,
                    count(&longer)
                ),
                proof: longer,
            });
        }
    }
    if found.is_empty()
        && let Some(position) = counted(tool)
    {
        let value = match &position {
            Position::Page(_, from_zero) => 2 - i64::from(*from_zero),
            _ => i64::try_from(count(whole)).unwrap_or(1),
        };
        let next = answered(live, tool, &with(arguments, position.name(), value)).await;
        if let Ok(next) = next
            && goes_on(whole, &next)
        {
            found.push(Partial {
                answer: whole.clone(),
                arguments: arguments.clone(),
                why: format!(
                    "by default it gives {}, and with {}={value} others",
                    lines(count(whole)),
                    position.name()
                ),
                proof: next,
            });
        }
    }
    Ok(found)
}

fn lines(count: usize) -> String {
    if count == 1 {
        "1 entry".to_owned()
    } else {
        format!("{count} entries")
    }
}

/// Whether a further page has entries that the first has not, rather than a word that it is empty.
fn goes_on(first: &Answer, next: &Answer) -> bool {
    let known = paging::entries(first);
    let new = paging::entries(next);
    let enough = if paging::structured(next).is_some() {
        1
    } else {
        2
    };
    !known.is_empty()
        && new.len() >= enough
        && new.iter().filter(|entry| !known.contains(entry)).count() >= enough
}

fn finding(tool: &Tool, partial: &Partial, signal: Signal) -> crate::finding::Finding {
    let said = match signal {
        Signal::Nothing => "does not say that there is more",
        Signal::NoWay => "says that there is more, but not how to get it",
        _ => "says that there is more, but which argument gets it must be guessed",
    };
    let way = match (paging::position(tool), paging::limit(tool)) {
        (Some(Position::Cursor(name)), _) => format!("call again with {name}=..."),
        (Some(Position::Page(name, _)), _) => format!("call again with {name}=2"),
        (Some(Position::Offset(name)), _) => format!("call again with {name}=20"),
        (None, Some(limit)) => format!("raise {} or refine the query", limit.name),
        (None, None) => "refine the query".to_owned(),
    };
    RULE.finding(
        Place::Tool(tool.name.clone()),
        format!("a partial answer {said}: {}", partial.why),
        format!("End it with a line such as \"MORE AVAILABLE: 118 further - {way}\", or give the same as fields."),
    )
    .level(if signal == Signal::Guess { Level::Warning } else { Level::Error })
    .text("arguments", &partial.arguments.to_string())
    .text("answer", &end(&partial.answer.text()))
    .exchange(partial.answer.exchange)
    .exchange(partial.proof.exchange)
}

/// The end of a text, where the words on what is left would stand.
fn end(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(400);
    text.chars().skip(skip).collect()
}
