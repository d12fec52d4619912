//! Search: one file for each kind, `query` reads what is asked for.

mod code;
mod issues;
mod query;
mod things;

use serde_json::{Value, json};

use crate::page::Page;
use crate::reply::{Answer, Problem, Reply};
use crate::request::Call;
use crate::state::{Repo, State};

use query::Query;

/// Everything below `/search`.
pub(crate) fn route(state: &State, call: &Call, kind: &str) -> Answer {
    let page = Page::of_search(call)?;
    let query = Query::read(call)?;
    let found = match kind {
        "issues" => issues::search(state, call, &query)?,
        "code" => code::search(state, call, &query)?,
        "repositories" => things::repositories(state, &query)?,
        "commits" => things::commits(state, &query)?,
        "users" => things::users(state, &query),
        _ => return Err(Problem::not_found()),
    };
    let total = found.len();
    // Pages beyond the thousandth result cannot be asked for, so none are linked.
    let link = page.link(call, total.min(1_000));
    let items: Value = page.cut(found).map(|write| write()).collect();
    let body = json!({"total_count": total, "incomplete_results": false, "items": items});
    Ok(Reply::json(body).header("link", link))
}

/// Results that are written only when their page is asked for.
type Found<'a> = Vec<Box<dyn Fn() -> Value + 'a>>;

/// The repositories that a query is about; naming an unknown one is an error, as on GitHub.
fn scope<'a>(state: &'a State, query: &Query) -> Result<Vec<&'a Repo>, Problem> {
    let (names, owners) = (query.all("repo"), query.owners());
    if names.is_empty() && owners.is_empty() {
        return Ok(state.repos.values().collect());
    }
    let unknown = |owner: &&str| state.users.find(owner).is_none();
    let missing = |name: &&str| !state.repos.contains_key(&name.to_lowercase());
    if names.iter().any(missing) || owners.iter().any(unknown) {
        return Err(Problem::new(422, "Validation Failed").with_field(
            "Search",
            "q",
            "invalid",
            "The listed users and repositories cannot be searched either because the resources \
             do not exist or you do not have permission to view them.",
        ));
    }
    let keeps = |repo: &&Repo| {
        names
            .iter()
            .any(|name| repo.full_name().eq_ignore_ascii_case(name))
            || owners
                .iter()
                .any(|owner| repo.owner.eq_ignore_ascii_case(owner))
    };
    Ok(state.repos.values().filter(keeps).collect())
}

/// Adds where the words were found, when the `Accept` header asks for it.
fn text_match(url: &Value, kind: &str, property: &str, text: &str, words: &[String]) -> Value {
    let lower = text.to_lowercase();
    let Some(first) = words
        .iter()
        .filter_map(|word| lower.find(word.as_str()))
        .min()
    else {
        return Value::Null;
    };
    let start = floor(text, first.saturating_sub(90));
    let fragment = &text[start..floor(text, first + 160)];
    let small = fragment.to_lowercase();
    let matches: Vec<Value> = words
        .iter()
        .flat_map(|word| small.match_indices(word.as_str()))
        .map(|(at, word)| json!({"text": fragment.get(at..at + word.len()), "indices": [at, at + word.len()]}))
        .collect();
    json!({
        "object_url": url,
        "object_type": kind,
        "property": property,
        "fragment": fragment,
        "matches": matches,
    })
}

/// The nearest place at or before `at` where a text may be cut.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
