//! Issues, read. A pull request is an issue as well, and shows up here.

use std::cmp::Reverse;

use super::{comments, issue_writes};
use crate::items::Item;
use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::request::Call;
use crate::shape::issue;
use crate::state::Scope;
use crate::time;

/// Everything below `/issues`.
pub(super) fn route(scope: &mut Scope<'_>, rest: &[&str]) -> Answer {
    match (scope.call.method.as_str(), rest) {
        ("GET", ["issues"]) => list(scope),
        ("POST", ["issues"]) => issue_writes::create(scope),
        (_, ["issues", "comments", id]) => comments::one(scope, id),
        ("GET", ["issues", number]) => {
            let item = scope.repo.item(number)?;
            Ok(Reply::json(issue::issue(scope.users, scope.repo, item)))
        }
        ("PATCH", ["issues", number]) => issue_writes::edit(scope, number),
        ("GET", ["issues", number, "comments"]) => comments::list(scope, number),
        ("POST", ["issues", number, "comments"]) => comments::create(scope, number),
        ("GET", ["issues", number, "timeline"]) => {
            let item = scope.repo.item(number)?;
            let lines = issue::timeline(scope.users, scope.repo, item);
            page::list(scope.call, lines, |line| line)
        }
        ("GET", ["issues", number, "labels"]) => {
            let item = scope.repo.item(number)?;
            Ok(Reply::json(issue::labels(scope.repo, item)))
        }
        (_, ["issues", number, "labels", name @ ..]) => {
            issue_writes::labels(scope, number, name.first().copied())
        }
        (_, ["issues", number, "assignees"]) => issue_writes::assignees(scope, number),
        _ => Err(Problem::not_found()),
    }
}

fn list(scope: &Scope<'_>) -> Answer {
    let call = scope.call;
    let filter = Filter::of(scope)?;
    let items: Vec<&Item> = scope
        .repo
        .items
        .values()
        .filter(|item| filter.keeps(item))
        .collect();
    page::list(call, sorted(call, items), |item| {
        issue::issue(scope.users, scope.repo, item)
    })
}

/// Sorts by `sort` (created, updated, comments) and `direction`; newest first unless told.
pub(super) fn sorted<'a>(call: &Call, mut items: Vec<&'a Item>) -> Vec<&'a Item> {
    let key = |item: &Item| match call.query("sort") {
        Some("updated") => item.updated_at,
        Some("comments" | "popularity") => i64::try_from(item.comments.len()).unwrap_or(0),
        _ => item.created_at,
    };
    items.sort_by_key(|item| Reverse((key(item), item.number)));
    if call.query("direction") == Some("asc") {
        items.reverse();
    }
    items
}

/// The filters of a list of issues.
struct Filter<'a> {
    state: &'a str,
    labels: Vec<String>,
    assignee: Option<&'a str>,
    creator: Option<&'a str>,
    mentioned: Option<&'a str>,
    milestone: Option<Wanted>,
    since: Option<i64>,
}

/// `none`, `*`, or a value.
enum Wanted {
    None,
    Any,
    Number(u64),
}

impl<'a> Filter<'a> {
    fn of(scope: &Scope<'a>) -> Result<Self, Problem> {
        let call = scope.call;
        let invalid = |field| Problem::field("Issue", field, "invalid");
        let state = call.query("state").unwrap_or("open");
        if !["open", "closed", "all"].contains(&state) {
            return Err(invalid("state"));
        }
        let milestone = match call.query("milestone") {
            None => None,
            Some("none") => Some(Wanted::None),
            Some("*") => Some(Wanted::Any),
            Some(text) => Some(Wanted::Number(
                text.parse().map_err(|_| invalid("milestone"))?,
            )),
        };
        let since = match call.query("since") {
            None => None,
            Some(text) => Some(time::parse(text).ok_or_else(|| invalid("since"))?),
        };
        let labels = call.query("labels").unwrap_or_default().split(',');
        Ok(Self {
            state,
            labels: labels
                .map(|name| name.trim().to_lowercase())
                .filter(|l| !l.is_empty())
                .collect(),
            assignee: call.query("assignee"),
            creator: call.query("creator"),
            mentioned: call.query("mentioned"),
            milestone,
            since,
        })
    }

    fn keeps(&self, item: &Item) -> bool {
        let state = self.state == "all" || (self.state == "open") == item.open;
        let labelled = |name: &String| {
            item.labels
                .iter()
                .any(|label| label.to_lowercase() == *name)
        };
        let assigned = match self.assignee {
            None => true,
            Some("none") => item.assignees.is_empty(),
            Some("*") => !item.assignees.is_empty(),
            Some(login) => item
                .assignees
                .iter()
                .any(|name| name.eq_ignore_ascii_case(login)),
        };
        let planned = match &self.milestone {
            None => true,
            Some(Wanted::None) => item.milestone.is_none(),
            Some(Wanted::Any) => item.milestone.is_some(),
            Some(Wanted::Number(number)) => item.milestone == Some(*number),
        };
        state
            && self.labels.iter().all(labelled)
            && assigned
            && planned
            && self
                .creator
                .is_none_or(|login| item.author.eq_ignore_ascii_case(login))
            && self.mentioned.is_none_or(|login| item.mentions(login))
            && self.since.is_none_or(|since| item.updated_at >= since)
    }
}
