//! Issues, comments, labels, milestones and the timeline.

use serde_json::{Value, json};

use super::{date, node_id, user, users};
use crate::ORIGIN;
use crate::items::{Comment, Event, Item, Label, Milestone, What};
use crate::state::{Repo, Users};
use crate::time::format;

/// An issue; a pull request seen as an issue has `pull_request` in addition.
pub(crate) fn issue(known: &Users, repo: &Repo, item: &Item) -> Value {
    let name = repo.full_name();
    let url = format!("{ORIGIN}/repos/{name}/issues/{}", item.number);
    let mut value = json!({
        "url": url,
        "repository_url": format!("{ORIGIN}/repos/{name}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "timeline_url": format!("{url}/timeline"),
        "html_url": page(&name, item),
        "id": item.id,
        "node_id": node_id(if item.pull.is_some() { "PR" } else { "I" }, item.id),
        "number": item.number,
        "title": item.title,
        "body": item.body,
        "user": user(known, &item.author),
        "labels": labels(repo, item),
        "state": state(item),
        "state_reason": item.reason,
        "locked": false,
        "active_lock_reason": null,
        "assignees": users(known, &item.assignees),
        "milestone": milestone_of(known, repo, item),
        "comments": item.comments.len(),
        "created_at": format(item.created_at),
        "updated_at": format(item.updated_at),
        "closed_at": date(item.closed.as_ref().map(|(at, _)| *at)),
        "closed_by": closed_by(known, item),
        "author_association": association(known, &item.author),
    });
    if let Some(pull) = &item.pull {
        let url = format!("{ORIGIN}/repos/{name}/pulls/{}", item.number);
        let html = page(&name, item);
        value["draft"] = pull.draft.into();
        value["pull_request"] = json!({
            "url": url,
            "html_url": html,
            "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"),
            "merged_at": date(pull.merged.as_ref().map(|(at, ..)| *at)),
        });
    }
    value
}

/// `open` or `closed`.
pub(crate) fn state(item: &Item) -> &'static str {
    if item.open { "open" } else { "closed" }
}

/// The page a person would open.
pub(crate) fn page(repo: &str, item: &Item) -> String {
    let kind = if item.pull.is_some() {
        "pull"
    } else {
        "issues"
    };
    format!("{ORIGIN}/{repo}/{kind}/{}", item.number)
}

/// What an author is to the repository.
pub(crate) fn association(known: &Users, login: &str) -> &'static str {
    known.find(login).map_or("NONE", |user| user.association)
}

/// The labels of an item.
pub(crate) fn labels(repo: &Repo, item: &Item) -> Value {
    let of = |name: &String| repo.labels.iter().find(|label| label.name == *name);
    item.labels
        .iter()
        .filter_map(of)
        .map(|found| label(repo, found))
        .collect()
}

/// A label.
pub(crate) fn label(repo: &Repo, label: &Label) -> Value {
    json!({
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": format!("{ORIGIN}/repos/{}/labels/{}", repo.full_name(), label.name.replace(' ', "%20")),
        "name": label.name,
        "color": label.color,
        "default": matches!(label.name.as_str(), "bug" | "enhancement" | "question"),
        "description": label.description,
    })
}

/// The milestone of an item, or null.
pub(crate) fn milestone_of(known: &Users, repo: &Repo, item: &Item) -> Value {
    let found = repo
        .milestones
        .iter()
        .find(|found| Some(found.number) == item.milestone);
    found.map_or(Value::Null, |found| milestone(known, repo, found))
}

/// A milestone, with its counts.
pub(crate) fn milestone(known: &Users, repo: &Repo, milestone: &Milestone) -> Value {
    let of = |open| {
        let items = repo.items.values();
        items
            .filter(|item| item.milestone == Some(milestone.number) && item.open == open)
            .count()
    };
    json!({
        "url": format!("{ORIGIN}/repos/{}/milestones/{}", repo.full_name(), milestone.number),
        "html_url": format!("{ORIGIN}/{}/milestone/{}", repo.full_name(), milestone.number),
        "id": 9_400_000 + milestone.number,
        "node_id": node_id("MI", 9_400_000 + milestone.number),
        "number": milestone.number,
        "title": milestone.title,
        "description": milestone.description,
        "creator": user(known, crate::state::VIEWER),
        "open_issues": of(true),
        "closed_issues": of(false),
        "state": if milestone.open { "open" } else { "closed" },
        "due_on": format(milestone.due),
    })
}

/// A plain comment.
pub(crate) fn comment(known: &Users, repo: &Repo, item: &Item, comment: &Comment) -> Value {
    let name = repo.full_name();
    json!({
        "url": format!("{ORIGIN}/repos/{name}/issues/comments/{}", comment.id),
        "html_url": format!("{}#issuecomment-{}", page(&name, item), comment.id),
        "issue_url": format!("{ORIGIN}/repos/{name}/issues/{}", item.number),
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user(known, &comment.author),
        "created_at": format(comment.at),
        "updated_at": format(comment.at),
        "author_association": association(known, &comment.author),
        "body": comment.body,
    })
}

/// The timeline: events, comments and reviews by date.
pub(crate) fn timeline(known: &Users, repo: &Repo, item: &Item) -> Vec<Value> {
    let mut lines: Vec<(i64, Value)> = Vec::new();
    for said in &item.comments {
        let mut value = comment(known, repo, item, said);
        value["event"] = "commented".into();
        value["actor"] = user(known, &said.author);
        lines.push((said.at, value));
    }
    for event in &item.events {
        lines.push((event.at, self::event(known, repo, event)));
    }
    for review in item.pull.iter().flat_map(|pull| &pull.reviews) {
        let mut value = super::pull::review(known, repo, item, review);
        value["event"] = "reviewed".into();
        value["state"] = review.state.to_lowercase().into();
        lines.push((review.at, value));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, value)| value).collect()
}

fn event(known: &Users, repo: &Repo, event: &Event) -> Value {
    let mut value = json!({
        "id": event.id,
        "node_id": node_id("EV", event.id),
        "url": format!("{ORIGIN}/repos/{}/issues/events/{}", repo.full_name(), event.id),
        "actor": user(known, &event.actor),
        "event": event_name(&event.what),
        "commit_id": null,
        "commit_url": null,
        "created_at": format(event.at),
    });
    match &event.what {
        What::Labeled(name) | What::Unlabeled(name) => {
            let color = repo.labels.iter().find(|label| label.name == *name);
            value["label"] = json!({"name": name, "color": color.map(|label| &label.color)});
        }
        What::Assigned(login) | What::Unassigned(login) => {
            value["assignee"] = user(known, login);
        }
        What::ReviewRequested(login) => {
            value["review_requester"] = user(known, &event.actor);
            value["requested_reviewer"] = user(known, login);
        }
        What::Merged(sha) => {
            value["commit_id"] = sha.as_str().into();
            let name = repo.full_name();
            value["commit_url"] = format!("{ORIGIN}/repos/{name}/commits/{sha}").into();
        }
        What::Renamed(from, to) => value["rename"] = json!({"from": from, "to": to}),
        What::CrossReferenced(number) => {
            let source = repo.items.get(number).map(|item| issue(known, repo, item));
            value["source"] = json!({"type": "issue", "issue": source});
            value["updated_at"] = format(event.at).into();
        }
        What::Closed | What::Reopened => value["state_reason"] = Value::Null,
    }
    value
}

fn event_name(what: &What) -> &'static str {
    match what {
        What::Labeled(_) => "labeled",
        What::Unlabeled(_) => "unlabeled",
        What::Assigned(_) => "assigned",
        What::Unassigned(_) => "unassigned",
        What::Closed => "closed",
        What::Reopened => "reopened",
        What::Merged(_) => "merged",
        What::Renamed(..) => "renamed",
        What::CrossReferenced(_) => "cross-referenced",
        What::ReviewRequested(_) => "review_requested",
    }
}

fn closed_by(known: &Users, item: &Item) -> Value {
    item.closed
        .as_ref()
        .map_or(Value::Null, |(_, login)| user(known, login))
}
