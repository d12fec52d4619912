//! Issues and pull requests.

use super::query::{Query, date_fits, number_fits};
use super::{Found, scope, text_match};
use crate::items::Item;
use crate::reply::Problem;
use crate::request::Call;
use crate::shape::issue;
use crate::state::{Repo, State, VIEWER};

/// Finds them.
pub(super) fn search<'a>(
    state: &'a State,
    call: &'a Call,
    query: &Query,
) -> Result<Found<'a>, Problem> {
    let mut found: Vec<(&Repo, &Item)> = Vec::new();
    for repo in scope(state, query)? {
        let fits = |item: &&Item| matches(query, item) && contains(query, item);
        found.extend(repo.items.values().filter(fits).map(|item| (repo, item)));
    }
    // Best match: words in the title first, then what moved last.
    let rank = |item: &Item| match query.sort.as_deref() {
        Some("created") => (0, item.created_at),
        Some("updated") => (0, item.updated_at),
        Some("comments") => (0, i64::try_from(item.comments.len()).unwrap_or(0)),
        _ => (in_title(query, item), item.updated_at),
    };
    found.sort_by_key(|(_, item)| std::cmp::Reverse((rank(item), item.number)));
    if query.ascending {
        found.reverse();
    }
    let words = query.words.clone();
    let write = |(repo, item): (&'a Repo, &'a Item)| {
        let words = words.clone();
        Box::new(move || {
            let mut value = issue::issue(&state.users, repo, item);
            value["score"] = 1.0.into();
            if call.accepts("text-match") {
                let body = item.body.as_deref().unwrap_or_default();
                let places = [("title", item.title.as_str()), ("body", body)];
                let matches = places
                    .map(|(name, text)| text_match(&value["url"], "Issue", name, text, &words));
                let matches = matches.into_iter().filter(|found| !found.is_null());
                value["text_matches"] = matches.collect();
            }
            value
        }) as Box<dyn Fn() -> serde_json::Value + 'a>
    };
    Ok(found.into_iter().map(write).collect())
}

fn in_title(query: &Query, item: &Item) -> usize {
    let title = item.title.to_lowercase();
    query
        .words
        .iter()
        .filter(|word| title.contains(word.as_str()))
        .count()
}

/// Free text, in title and body or where `in:` says.
fn contains(query: &Query, item: &Item) -> bool {
    let places = query.all("in");
    let within = |place: &str| places.is_empty() || places.iter().any(|list| list.contains(place));
    let mut text = String::new();
    if within("title") {
        text.push_str(&item.title);
        text.push('\n');
    }
    if within("body") {
        text.push_str(item.body.as_deref().unwrap_or_default());
    }
    if places.iter().any(|list| list.contains("comments")) {
        text.extend(
            item.comments
                .iter()
                .flat_map(|comment| ["\n", &comment.body]),
        );
    }
    query.found_in(&text)
}

fn matches(query: &Query, item: &Item) -> bool {
    // `repo:`, `org:` and `user:` have been dealt with, `in:` is about words.
    let done = ["repo", "org", "user", "in"];
    let mut rest = query
        .qualifiers
        .iter()
        .filter(|(name, ..)| !done.contains(&name.as_str()));
    rest.all(|(name, value, not)| qualifier(item, name, value) != *not)
}

fn qualifier(item: &Item, name: &str, value: &str) -> bool {
    let login = if value == "@me" { VIEWER } else { value };
    let same = |name: &String| name.eq_ignore_ascii_case(login);
    let pull = item.pull.as_ref();
    let merged = pull
        .and_then(|pull| pull.merged.as_ref())
        .map(|(at, ..)| *at);
    match name {
        "is" | "state" | "type" => is(item, value),
        // A comma means any of these, as on GitHub.
        "label" => value.split(',').any(|wanted| {
            let wanted = wanted.trim_matches('"');
            item.labels
                .iter()
                .any(|label| label.eq_ignore_ascii_case(wanted))
        }),
        "author" => same(&item.author),
        "assignee" => value == "*" && !item.assignees.is_empty() || item.assignees.iter().any(same),
        "mentions" => item.mentions(login),
        "commenter" => item.comments.iter().any(|comment| same(&comment.author)),
        "involves" => {
            same(&item.author)
                || item.assignees.iter().any(same)
                || item.comments.iter().any(|comment| same(&comment.author))
                || item.mentions(login)
        }
        "no" => match value {
            "assignee" => item.assignees.is_empty(),
            "label" => item.labels.is_empty(),
            "milestone" => item.milestone.is_none(),
            _ => false,
        },
        "draft" => pull.is_some_and(|pull| pull.draft.to_string() == value),
        "reason" => item.reason.as_deref().is_some_and(|reason| {
            reason
                .replace('_', " ")
                .eq_ignore_ascii_case(&value.replace('_', " "))
        }),
        "created" => date_fits(value, item.created_at),
        "updated" => date_fits(value, item.updated_at),
        "closed" => item
            .closed
            .as_ref()
            .is_some_and(|(at, _)| date_fits(value, *at)),
        "merged" => merged.is_some_and(|at| date_fits(value, at)),
        "comments" => number_fits(value, i64::try_from(item.comments.len()).unwrap_or(0)),
        // A qualifier of another kind of search finds nothing here.
        _ => false,
    }
}

fn is(item: &Item, value: &str) -> bool {
    let pull = item.pull.as_ref();
    let merged = pull.is_some_and(|pull| pull.merged.is_some());
    match value {
        "issue" => pull.is_none(),
        "pr" | "pull-request" => pull.is_some(),
        "open" => item.open,
        "closed" => !item.open,
        "merged" => merged,
        "unmerged" => pull.is_some() && !merged,
        "draft" => pull.is_some_and(|pull| pull.draft),
        "public" | "unlocked" => true,
        _ => false,
    }
}
