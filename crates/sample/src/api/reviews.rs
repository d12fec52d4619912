//! Reviews and comments on lines.

use serde_json::Value;

use super::pulls::{changes, find};
use crate::git::diff;
use crate::items::{LineComment, Pull, Review};
use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::shape::pull;
use crate::state::{Repo, Scope, VIEWER};

/// Everything below `/pulls/{n}/reviews`.
pub(super) fn route(scope: &mut Scope<'_>, number: &str, rest: &[&str]) -> Answer {
    match (scope.call.method.as_str(), rest) {
        ("GET", []) => {
            let (item, found) = find(scope.repo, number)?;
            let reviews: Vec<&Review> = found.reviews.iter().collect();
            page::list(scope.call, reviews, |review| {
                pull::review(scope.users, scope.repo, item, review)
            })
        }
        ("GET", [id]) => {
            let (item, found) = find(scope.repo, number)?;
            let review = found
                .reviews
                .iter()
                .find(|review| review.id.to_string() == *id);
            let review = review.ok_or_else(Problem::not_found)?;
            Ok(Reply::json(pull::review(
                scope.users,
                scope.repo,
                item,
                review,
            )))
        }
        ("POST", []) => create(scope, number),
        _ => Err(Problem::not_found()),
    }
}

/// Comments on lines, oldest first.
pub(super) fn line_comments(scope: &Scope<'_>, number: &str) -> Answer {
    if scope.call.method != "GET" {
        return Err(Problem::not_found());
    }
    let (item, found) = find(scope.repo, number)?;
    let mut comments: Vec<&LineComment> = found.line_comments.iter().collect();
    if scope.call.query("direction") == Some("desc") {
        comments.reverse();
    }
    page::list(scope.call, comments, |said| {
        pull::line_comment(scope.users, scope.repo, item, said)
    })
}

/// One comment on a line by its id.
pub(super) fn line_comment(scope: &Scope<'_>, id: &str) -> Answer {
    let mut items = scope.repo.items.values();
    let found = items.find_map(|item| {
        let mut said = item.pull.as_ref()?.line_comments.iter();
        Some((item, said.find(|said| said.id.to_string() == id)?))
    });
    let (item, said) = found.ok_or_else(Problem::not_found)?;
    let shown = pull::line_comment(scope.users, scope.repo, item, said);
    Ok(Reply::json(shown))
}

fn create(scope: &mut Scope<'_>, number: &str) -> Answer {
    let given = scope.call.json()?;
    let (item, found) = find(scope.repo, number)?;
    let body = text(&given, "body").unwrap_or_default().to_owned();
    let state = match text(&given, "event") {
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        Some("COMMENT") => "COMMENTED",
        None => "PENDING",
        Some(_) => return Err(Problem::field("PullRequestReview", "event", "invalid")),
    };
    if item.author == VIEWER && ["APPROVED", "CHANGES_REQUESTED"].contains(&state) {
        let verb = if state == "APPROVED" {
            "approve"
        } else {
            "request changes on"
        };
        let message = format!("Review Can not {verb} your own pull request");
        return Err(Problem::custom("PullRequestReview", &message));
    }
    let drafts = drafts(scope.repo, found, given.get("comments"))?;
    if state != "APPROVED" && body.trim().is_empty() && drafts.is_empty() {
        return Err(Problem::field("PullRequestReview", "body", "missing_field"));
    }
    let commit = found.head_sha.clone();
    let (id, at) = (scope.clock.id(), scope.clock.tick());
    let drafts: Vec<(u64, LineComment)> = drafts
        .into_iter()
        .map(|draft| (scope.clock.id(), draft))
        .collect();
    let item = scope.repo.item_mut(number)?;
    item.updated_at = at;
    let pull = item.pull.as_mut().ok_or_else(Problem::not_found)?;
    pull.reviewers.retain(|login| login != VIEWER);
    let author = VIEWER.to_owned();
    pull.line_comments
        .extend(drafts.into_iter().map(|(comment, draft)| LineComment {
            id: comment,
            review: id,
            author: author.clone(),
            at,
            commit: commit.clone(),
            ..draft
        }));
    pull.reviews.push(Review {
        id,
        author,
        state,
        body,
        at,
        commit,
    });
    let (item, found) = find(scope.repo, number)?;
    let review = found.reviews.last().ok_or_else(Problem::not_found)?;
    Ok(Reply::json(pull::review(
        scope.users,
        scope.repo,
        item,
        review,
    )))
}

/// Reads the comments of a review; each must sit on a line that the diff shows.
fn drafts(repo: &Repo, found: &Pull, given: Option<&Value>) -> Result<Vec<LineComment>, Problem> {
    let changes = changes(repo, found);
    let mut drafts = Vec::new();
    for comment in given.and_then(Value::as_array).into_iter().flatten() {
        let unresolved = |field: &str| {
            Problem::new(422, "Unprocessable Entity")
                .with_error(&format!("{field} could not be resolved"))
        };
        let body = text(comment, "body").filter(|body| !body.trim().is_empty());
        let body = body
            .ok_or_else(|| Problem::field("PullRequestReviewComment", "body", "missing_field"))?;
        let path = text(comment, "path").unwrap_or_default();
        let change = changes.iter().find(|change| change.path == path);
        let hunks = change.and_then(|change| change.patch.as_ref());
        let hunks = hunks.ok_or_else(|| unresolved("Path"))?;
        let line = comment.get("line").and_then(Value::as_u64).unwrap_or(0);
        let line = usize::try_from(line).unwrap_or(0);
        let left = text(comment, "side") == Some("LEFT");
        if line == 0 || !diff::shows(hunks, line, left) {
            return Err(unresolved("Line"));
        }
        drafts.push(draft(body, path, (line, left), hunks));
    }
    Ok(drafts)
}

fn draft(body: &str, path: &str, (line, left): (usize, bool), hunks: &str) -> LineComment {
    LineComment {
        id: 0,
        review: 0,
        author: String::new(),
        body: body.to_owned(),
        path: path.to_owned(),
        line,
        left,
        hunk: diff::hunk_until(hunks, line, left),
        reply_to: None,
        at: 0,
        commit: String::new(),
    }
}
