//! Issues, changed: opened, edited, labelled, assigned, closed.

use serde_json::Value;

use super::comments;
use crate::items::{Item, Label, What};
use crate::reply::{Answer, Problem, Reply};
use crate::request::{text, texts};
use crate::shape::issue;
use crate::state::{Scope, VIEWER};

/// Opens an issue.
pub(super) fn create(scope: &mut Scope<'_>) -> Answer {
    let given = scope.call.json()?;
    let title = title(&given)?.ok_or_else(|| Problem::field("Issue", "title", "missing_field"))?;
    let assignees = assignable(scope, texts(&given, "assignees").unwrap_or_default())?;
    let milestone = match milestone(scope, given.get("milestone"))? {
        Plan::Keep => None,
        Plan::Set(number) => number,
    };
    let labels = texts(&given, "labels").unwrap_or_default();
    let body = text(&given, "body").map(str::to_owned);
    let (id, at, number) = (
        scope.clock.id(),
        scope.clock.tick(),
        scope.repo.next_number(),
    );
    let item = Item {
        id,
        number,
        title,
        body: body.clone(),
        author: VIEWER.to_owned(),
        open: true,
        reason: None,
        labels: Vec::new(),
        assignees: Vec::new(),
        milestone,
        comments: Vec::new(),
        events: Vec::new(),
        created_at: at,
        updated_at: at,
        closed: None,
        pull: None,
    };
    scope.repo.items.insert(number, item);
    let name = number.to_string();
    set_labels(scope, &name, labels, at)?;
    set_assignees(scope, &name, assignees, at)?;
    comments::refer(scope, number, body.as_deref().unwrap_or_default(), at);
    let value = issue::issue(scope.users, scope.repo, scope.repo.item(&name)?);
    let url = value["url"].as_str().map(str::to_owned);
    Ok(Reply::created(value).header("location", url))
}

/// Changes any of title, text, state, labels, assignees and milestone.
pub(super) fn edit(scope: &mut Scope<'_>, number: &str) -> Answer {
    apply(scope, number)?;
    let item = scope.repo.item(number)?;
    Ok(Reply::json(issue::issue(scope.users, scope.repo, item)))
}

/// The changes of [`edit`], which `PATCH /pulls/{n}` makes as well.
pub(super) fn apply(scope: &mut Scope<'_>, number: &str) -> Result<(), Problem> {
    let given = scope.call.json()?;
    scope.repo.item(number)?;
    // Everything is checked before anything is changed.
    let title = title(&given)?;
    let state = state(&given)?;
    let milestone = milestone(scope, given.get("milestone"))?;
    let assignees = match texts(&given, "assignees") {
        Some(logins) => Some(assignable(scope, logins)?),
        None => None,
    };
    let at = scope.clock.tick();
    let (renamed, changed) = (scope.clock.id(), scope.clock.id());
    let item = scope.repo.item_mut(number)?;
    item.updated_at = at;
    if let Some(title) = title.filter(|title| *title != item.title) {
        let old = std::mem::replace(&mut item.title, title.clone());
        item.event(renamed, VIEWER, at, What::Renamed(old, title));
    }
    if let Some(body) = given.get("body") {
        item.body = body.as_str().map(str::to_owned);
    }
    if let Plan::Set(milestone) = milestone {
        item.milestone = milestone;
    }
    if let Some((open, reason)) = state {
        set_state(item, open, reason, at, changed);
    }
    if let Some(labels) = texts(&given, "labels") {
        set_labels(scope, number, labels, at)?;
    }
    if let Some(assignees) = assignees {
        set_assignees(scope, number, assignees, at)?;
    }
    Ok(())
}

/// `GET` is elsewhere; here labels are added, set, or taken off.
pub(super) fn labels(scope: &mut Scope<'_>, number: &str, name: Option<&str>) -> Answer {
    let mut labels = scope.repo.item(number)?.labels.clone();
    let given = scope.call.json()?;
    let given = if given.is_array() {
        serde_json::json!({"labels": given})
    } else {
        given
    };
    match (scope.call.method.as_str(), name) {
        ("POST", None) => {
            labels.extend(
                texts(&given, "labels")
                    .ok_or_else(|| Problem::field("Label", "labels", "missing_field"))?,
            );
        }
        ("PUT", None) => labels = texts(&given, "labels").unwrap_or_default(),
        ("DELETE", None) => labels.clear(),
        ("DELETE", Some(name)) => {
            let before = labels.len();
            labels.retain(|label| !label.eq_ignore_ascii_case(name));
            if labels.len() == before {
                return Err(Problem::new(404, "Label does not exist"));
            }
        }
        _ => return Err(Problem::not_found()),
    }
    let at = scope.clock.tick();
    set_labels(scope, number, labels, at)?;
    if scope.call.method == "DELETE" && name.is_none() {
        return Ok(Reply::no_content());
    }
    Ok(Reply::json(issue::labels(
        scope.repo,
        scope.repo.item(number)?,
    )))
}

/// Adds or removes assignees.
pub(super) fn assignees(scope: &mut Scope<'_>, number: &str) -> Answer {
    let mut logins = scope.repo.item(number)?.assignees.clone();
    let named = texts(&scope.call.json()?, "assignees").unwrap_or_default();
    let adds = match scope.call.method.as_str() {
        "POST" => true,
        "DELETE" => false,
        _ => return Err(Problem::not_found()),
    };
    if adds {
        logins.extend(assignable(scope, named)?);
    } else {
        logins.retain(|login| !named.iter().any(|name| name.eq_ignore_ascii_case(login)));
    }
    let at = scope.clock.tick();
    set_assignees(scope, number, logins, at)?;
    let value = issue::issue(scope.users, scope.repo, scope.repo.item(number)?);
    Ok(if adds {
        Reply::created(value)
    } else {
        Reply::json(value)
    })
}

fn title(given: &Value) -> Result<Option<String>, Problem> {
    match given.get("title") {
        None => Ok(None),
        Some(Value::String(title)) if !title.trim().is_empty() => Ok(Some(title.clone())),
        Some(_) => Err(Problem::field("Issue", "title", "missing_field")),
    }
}

/// Whether it is to be open, and why.
fn state(given: &Value) -> Result<Option<(bool, Option<String>)>, Problem> {
    let reason = text(given, "state_reason").map(str::to_owned);
    let known = ["completed", "not_planned", "duplicate", "reopened"];
    if reason
        .as_ref()
        .is_some_and(|reason| !known.contains(&reason.as_str()))
    {
        return Err(Problem::field("Issue", "state_reason", "invalid"));
    }
    match text(given, "state") {
        None => Ok(None),
        Some("open") => Ok(Some((true, reason))),
        Some("closed") => Ok(Some((false, reason))),
        Some(_) => Err(Problem::field("Issue", "state", "invalid")),
    }
}

fn set_state(item: &mut Item, open: bool, reason: Option<String>, at: i64, id: u64) {
    if item.open != open {
        item.event(
            id,
            VIEWER,
            at,
            if open { What::Reopened } else { What::Closed },
        );
    }
    let usual = if open { "reopened" } else { "completed" };
    if item.pull.is_none() && (item.open != open || reason.is_some()) {
        item.reason = Some(reason.unwrap_or_else(|| usual.to_owned()));
    }
    if item.open != open {
        item.open = open;
        item.closed = (!open).then(|| (at, VIEWER.to_owned()));
    }
}

/// What is to become of an item's milestone.
enum Plan {
    Keep,
    Set(Option<u64>),
}

fn milestone(scope: &Scope<'_>, given: Option<&Value>) -> Result<Plan, Problem> {
    match given {
        None => Ok(Plan::Keep),
        Some(Value::Null) => Ok(Plan::Set(None)),
        Some(value) => {
            let mut known = scope
                .repo
                .milestones
                .iter()
                .map(|milestone| milestone.number);
            let found = known.find(|number| value.as_u64() == Some(*number));
            let found = found.ok_or_else(|| Problem::field("Issue", "milestone", "invalid"))?;
            Ok(Plan::Set(Some(found)))
        }
    }
}

/// The logins as their owners write them; who has no access cannot be assigned.
fn assignable(scope: &Scope<'_>, logins: Vec<String>) -> Result<Vec<String>, Problem> {
    let known = |login: String| {
        let found = scope
            .repo
            .collaborators
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&login));
        found.map(|name| (*name).to_owned())
    };
    let found: Option<Vec<String>> = logins.into_iter().map(known).collect();
    found.ok_or_else(|| Problem::field("Issue", "assignees", "invalid"))
}

/// Makes these the labels. Like GitHub, makes labels that do not exist yet.
fn set_labels(
    scope: &mut Scope<'_>,
    number: &str,
    names: Vec<String>,
    at: i64,
) -> Result<(), Problem> {
    let mut labels: Vec<String> = Vec::new();
    for name in names {
        let known = scope
            .repo
            .labels
            .iter()
            .find(|label| label.name.eq_ignore_ascii_case(&name));
        let name = if let Some(label) = known {
            label.name.clone()
        } else {
            let (color, description) = ("ededed".to_owned(), String::new());
            let label = Label {
                id: scope.clock.id(),
                name: name.clone(),
                color,
                description,
            };
            scope.repo.labels.push(label);
            name
        };
        if !labels.contains(&name) {
            labels.push(name);
        }
    }
    let item = scope.repo.item_mut(number)?;
    let old = std::mem::replace(&mut item.labels, labels.clone());
    for name in labels.iter().filter(|name| !old.contains(name)) {
        item.event(scope.clock.id(), VIEWER, at, What::Labeled(name.clone()));
    }
    for name in old.iter().filter(|name| !labels.contains(name)) {
        item.event(scope.clock.id(), VIEWER, at, What::Unlabeled(name.clone()));
    }
    Ok(())
}

fn set_assignees(
    scope: &mut Scope<'_>,
    number: &str,
    mut logins: Vec<String>,
    at: i64,
) -> Result<(), Problem> {
    let item = scope.repo.item_mut(number)?;
    let mut seen: Vec<String> = Vec::new();
    logins.retain(|login| {
        let new = !seen.contains(login);
        seen.push(login.clone());
        new
    });
    let old = std::mem::replace(&mut item.assignees, logins.clone());
    for login in logins.iter().filter(|login| !old.contains(login)) {
        item.event(scope.clock.id(), VIEWER, at, What::Assigned(login.clone()));
    }
    for login in old.iter().filter(|login| !logins.contains(login)) {
        item.event(
            scope.clock.id(),
            VIEWER,
            at,
            What::Unassigned(login.clone()),
        );
    }
    Ok(())
}
