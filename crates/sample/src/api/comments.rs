//! Plain comments, and the cross-references that texts make.

use crate::items::{Comment, What};
use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::shape::issue;
use crate::state::{Scope, VIEWER};
use crate::time;

/// The longest text GitHub takes.
const LONGEST: usize = 65_536;

/// The comments of an item, oldest first.
pub(super) fn list(scope: &Scope<'_>, number: &str) -> Answer {
    let item = scope.repo.item(number)?;
    let since = scope
        .call
        .query("since")
        .and_then(time::parse)
        .unwrap_or(i64::MIN);
    let comments: Vec<&Comment> = item
        .comments
        .iter()
        .filter(|comment| comment.at >= since)
        .collect();
    page::list(scope.call, comments, |comment| {
        issue::comment(scope.users, scope.repo, item, comment)
    })
}

/// One comment by its id: read, changed or deleted.
pub(super) fn one(scope: &mut Scope<'_>, id: &str) -> Answer {
    let id: u64 = id.parse().map_err(|_| Problem::not_found())?;
    let has = |comments: &[Comment]| comments.iter().position(|comment| comment.id == id);
    let mut items = scope.repo.items.values_mut();
    let found = items.find_map(|item| has(&item.comments).map(|at| (item, at)));
    let (item, at) = found.ok_or_else(Problem::not_found)?;
    match scope.call.method.as_str() {
        "GET" => {}
        "PATCH" => {
            let body = scope.call.json()?;
            item.comments[at].body = checked(text(&body, "body"))?;
            item.updated_at = scope.clock.tick();
        }
        "DELETE" => {
            item.comments.remove(at);
            item.updated_at = scope.clock.tick();
            return Ok(Reply::no_content());
        }
        _ => return Err(Problem::not_found()),
    }
    let number = item.number.to_string();
    let item = scope.repo.item(&number)?;
    Ok(Reply::json(issue::comment(
        scope.users,
        scope.repo,
        item,
        &item.comments[at],
    )))
}

/// Adds a comment.
pub(super) fn create(scope: &mut Scope<'_>, number: &str) -> Answer {
    let given = scope.call.json()?;
    scope.repo.item(number)?;
    let body = checked(text(&given, "body"))?;
    let (id, at) = (scope.clock.id(), scope.clock.tick());
    let item = scope.repo.item_mut(number)?;
    item.comments.push(Comment {
        id,
        author: VIEWER.to_owned(),
        body: body.clone(),
        at,
    });
    item.updated_at = at;
    let from = item.number;
    refer(scope, from, &body, at);
    let item = scope.repo.item(number)?;
    let comment = item.comments.last().ok_or_else(Problem::not_found)?;
    let url = format!(
        "{}/repos/{}/issues/comments/{id}",
        crate::ORIGIN,
        scope.repo.full_name()
    );
    let value = issue::comment(scope.users, scope.repo, item, comment);
    Ok(Reply::created(value).header("location", Some(url)))
}

/// A comment's text, refused when empty or too long.
pub(super) fn checked(body: Option<&str>) -> Result<String, Problem> {
    match body {
        None => Err(Problem::field("IssueComment", "body", "missing_field")),
        Some(text) if text.trim().is_empty() => {
            Err(Problem::custom("IssueComment", "Body cannot be blank"))
        }
        Some(text) if text.chars().count() > LONGEST => Err(Problem::custom(
            "IssueComment",
            "Body is too long (maximum is 65536 characters)",
        )),
        Some(text) => Ok(text.to_owned()),
    }
}

/// Notes on every item that a text names (`#12`) that it was named.
pub(super) fn refer(scope: &mut Scope<'_>, from: u64, body: &str, at: i64) {
    for number in references(body) {
        let Some(item) = scope.repo.items.get_mut(&number).filter(|_| number != from) else {
            continue;
        };
        let is_known = |what: &What| matches!(what, What::CrossReferenced(known) if *known == from);
        if !item.events.iter().any(|event| is_known(&event.what)) {
            item.event(scope.clock.id(), VIEWER, at, What::CrossReferenced(from));
        }
    }
}

/// The numbers a text refers to, each once.
pub(crate) fn references(body: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    for (at, _) in body.match_indices('#') {
        let starts = body[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !before.is_alphanumeric());
        let digits: String = body[at + 1..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if let Some(number) = digits.parse().ok().filter(|_| starts)
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn references_are_read_from_text() {
        assert_eq!(references("See #12, (#7) and #12; not a#3 or # 4"), [12, 7]);
    }
}
