//! Pull requests, opened and edited.

use serde_json::Value;

use super::pulls::{changes, find, whole};
use super::{comments, issue_writes};
use crate::items::{Item, Pull};
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::state::{Scope, VIEWER};

/// Opens a pull request.
pub(super) fn create(scope: &mut Scope<'_>) -> Answer {
    let given = scope.call.json()?;
    let pull = branches(scope, &given)?;
    let title = text(&given, "title").filter(|title| !title.trim().is_empty());
    let title = title.ok_or_else(|| Problem::field("PullRequest", "title", "missing_field"))?;
    let body = text(&given, "body").map(str::to_owned);
    let (id, at, number) = (
        scope.clock.id(),
        scope.clock.tick(),
        scope.repo.next_number(),
    );
    let item = Item {
        id,
        number,
        title: title.to_owned(),
        body: body.clone(),
        author: VIEWER.to_owned(),
        open: true,
        reason: None,
        labels: Vec::new(),
        assignees: Vec::new(),
        milestone: None,
        comments: Vec::new(),
        events: Vec::new(),
        created_at: at,
        updated_at: at,
        closed: None,
        pull: Some(pull),
    };
    scope.repo.items.insert(number, item);
    comments::refer(scope, number, body.as_deref().unwrap_or_default(), at);
    let value = read(scope, &number.to_string())?;
    let url = value["url"].as_str().map(str::to_owned);
    Ok(Reply::created(value).header("location", url))
}

/// Changes title, text, state or base.
pub(super) fn edit(scope: &mut Scope<'_>, number: &str) -> Answer {
    find(scope.repo, number)?;
    let given = scope.call.json()?;
    let base = text(&given, "base").map(str::to_owned);
    let sha = match &base {
        Some(name) => Some(
            scope
                .repo
                .branches
                .get(name)
                .cloned()
                .ok_or_else(|| Problem::field("PullRequest", "base", "invalid"))?,
        ),
        None => None,
    };
    issue_writes::apply(scope, number)?;
    let pull = scope.repo.item_mut(number)?.pull.as_mut();
    if let (Some(pull), Some(base), Some(sha)) = (pull, base, sha) {
        pull.base_ref = base;
        pull.base_sha = sha;
    }
    Ok(Reply::json(read(scope, number)?))
}

fn read(scope: &Scope<'_>, number: &str) -> Result<Value, Problem> {
    let (item, pull) = find(scope.repo, number)?;
    Ok(whole(scope, item, pull, &changes(scope.repo, pull)))
}

/// Checks both branches and that there is something to merge.
fn branches(scope: &Scope<'_>, given: &Value) -> Result<Pull, Problem> {
    let required = |name| {
        text(given, name).ok_or_else(|| Problem::field("PullRequest", name, "missing_field"))
    };
    let (head, base) = (required("head")?, required("base")?);
    let (owner, branch) = head.split_once(':').unwrap_or((&scope.repo.owner, head));
    let invalid = |name| Problem::field("PullRequest", name, "invalid");
    if !owner.eq_ignore_ascii_case(&scope.repo.owner) {
        return Err(invalid("head"));
    }
    let head_sha = scope
        .repo
        .branches
        .get(branch)
        .ok_or_else(|| invalid("head"))?;
    let base_sha = scope
        .repo
        .branches
        .get(base)
        .ok_or_else(|| invalid("base"))?;
    if scope.repo.git.ahead(base_sha, head_sha).is_empty() {
        let message = format!("No commits between {base} and {branch}");
        return Err(Problem::custom("PullRequest", &message));
    }
    let mut pulls = scope.repo.items.values().filter(|item| item.open);
    let exists = pulls.any(|item| {
        item.pull
            .as_ref()
            .is_some_and(|pull| pull.head_ref == branch && pull.base_ref == base)
    });
    if exists {
        let message = format!(
            "A pull request already exists for {}:{branch}.",
            scope.repo.owner
        );
        return Err(Problem::custom("PullRequest", &message));
    }
    Ok(Pull {
        head_ref: branch.to_owned(),
        head_sha: head_sha.clone(),
        base_ref: base.to_owned(),
        base_sha: base_sha.clone(),
        draft: given.get("draft").and_then(Value::as_bool).unwrap_or(false),
        merged: None,
        reviews: Vec::new(),
        line_comments: Vec::new(),
        reviewers: Vec::new(),
    })
}
