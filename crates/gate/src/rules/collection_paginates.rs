//! A list without a limit is as long as its data, and one day too long for any context.

use crate::{
    finding::Place,
    paging,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
};

pub(super) static RULE: Rule = Rule {
    id: "G03",
    name: "collection-paginates",
    summary: "a tool that returns a collection takes a limit or a cursor",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "A tool that returns a collection, by its name (list, search, find and the like, a plural), \
               its description (\"returns all ...\") or its output schema (an array), must take a parameter \
               that limits or pages it: limit, page, page_size, max_results, cursor, offset and the like. \
               Sets that are small by nature or by the description's own words are left alone.",
        why: "What a demo answers with ten rows answers with ten thousand in a year. A model has no way \
              to ask for less, so the answer is cut by the client or fills the context.",
        source: "Anthropic, Writing effective tools for agents: \"implement some combination of pagination, \
                 range selection, filtering, and/or truncation with sensible default parameter values\".",
        bad: "list_orders(customer: str)",
        good: "list_orders(customer: str, limit: int = 20, cursor: str | None = None)",
        fix: "Add limit (with a default and a maximum that the server enforces) and cursor or page. Where \
              the set cannot grow, say so in the description: \"the five offices\", \"at most 12\".",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let mut outcome = Outcome::pass();
    for tool in &surface.tools {
        let Some(why) = paging::collection(tool) else {
            continue;
        };
        if paging::is_paged(tool) {
            continue;
        }
        let parameters: Vec<_> = tool.parameters().map(|(name, _)| name).take(20).collect();
        let takes = if parameters.is_empty() {
            "no parameters".to_owned()
        } else {
            format!("only {}", parameters.join(", "))
        };
        outcome.find(
            RULE.finding(
                Place::Tool(tool.name.clone()),
                format!("it returns a collection ({why}) and takes {takes}: nothing limits the answer"),
                "Add `limit` (integer, minimum 1, maximum 100, default 20) and `cursor` (string); or, where the \
                 set cannot grow, say in the description how many there are at most.",
            )
            .text("description", &tool.description),
        );
    }
    outcome
}
