//! The repository itself and what hangs directly below it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::shape::{self, issue, repo};
use crate::state::{Release, Repo, Scope, State, VIEWER};

/// What is not in another file of this area.
pub(super) fn route(scope: &mut Scope<'_>, rest: &[&str]) -> Answer {
    if let ("DELETE", ["releases", id]) = (scope.call.method.as_str(), rest) {
        return delete_release(scope, id);
    }
    if scope.call.method != "GET" {
        return Err(Problem::not_found());
    }
    let (call, users, here) = (scope.call, scope.users, &*scope.repo);
    match rest {
        [] => Ok(Reply::json(repo::full(users, here))),
        ["readme"] => super::contents::readme(scope),
        ["languages"] => {
            let languages = here.languages.iter();
            let bytes = languages.map(|(name, bytes)| ((*name).to_owned(), Value::from(*bytes)));
            Ok(Reply::json(Value::Object(bytes.collect::<Map<_, _>>())))
        }
        ["labels"] => page::list(call, here.labels.iter().collect(), |label| {
            issue::label(here, label)
        }),
        ["labels", name] => {
            let mut labels = here.labels.iter();
            let found = labels.find(|label| label.name.eq_ignore_ascii_case(name));
            let found = found.ok_or_else(Problem::not_found)?;
            Ok(Reply::json(issue::label(here, found)))
        }
        ["milestones"] => milestones(scope),
        ["assignees"] => page::list(call, here.collaborators.clone(), |login| {
            shape::user(users, login)
        }),
        ["assignees", login] => {
            let mut known = here.collaborators.iter();
            let known = known.any(|name| name.eq_ignore_ascii_case(login));
            if known {
                Ok(Reply::no_content())
            } else {
                Err(Problem::not_found())
            }
        }
        ["collaborators", login, "permission"] => Ok(Reply::json(json!({
            "permission": if *login == VIEWER { "admin" } else { "write" },
            "user": shape::user(users, login),
        }))),
        ["contributors"] => contributors(scope),
        ["branches", ..] | ["tags"] => super::refs::list(scope, rest),
        ["check-runs", _] => super::actions::check(scope, rest),
        ["releases", rest @ ..] => releases(scope, rest),
        _ => Err(Problem::not_found()),
    }
}

/// Deletes a repository for good.
pub(crate) fn delete(state: &mut State, owner: &str, name: &str) -> Answer {
    let key = format!("{owner}/{name}").to_lowercase();
    state.repos.remove(&key).ok_or_else(Problem::not_found)?;
    state.clock.tick();
    Ok(Reply::no_content())
}

fn milestones(scope: &Scope<'_>) -> Answer {
    let state = scope.call.query("state").unwrap_or("open");
    let milestones = scope.repo.milestones.iter();
    let wanted = milestones.filter(|found| state == "all" || (state == "open") == found.open);
    page::list(scope.call, wanted.collect(), |found| {
        issue::milestone(scope.users, scope.repo, found)
    })
}

/// People by the number of their commits on the default branch.
fn contributors(scope: &Scope<'_>) -> Answer {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for commit in scope.repo.git.log(scope.repo.head()) {
        match counts
            .iter_mut()
            .find(|(login, _)| *login == commit.author.login)
        {
            Some((_, count)) => *count += 1,
            None => counts.push((commit.author.login.clone(), 1)),
        }
    }
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    page::list(scope.call, counts, |(login, count)| {
        let mut value = shape::user(scope.users, &login);
        value["contributions"] = count.into();
        value
    })
}

fn releases(scope: &Scope<'_>, rest: &[&str]) -> Answer {
    let here = &*scope.repo;
    let write = |release: &Release| repo::release(scope.users, here, release);
    let found = match rest {
        [] => return page::list(scope.call, here.releases.iter().collect(), write),
        ["latest"] => here.releases.first(),
        ["tags", tag] => here.releases.iter().find(|release| release.tag == *tag),
        [id] => release(here, id),
        _ => None,
    };
    found
        .map(|release| Reply::json(write(release)))
        .ok_or_else(Problem::not_found)
}

fn release<'a>(repo: &'a Repo, id: &str) -> Option<&'a Release> {
    repo.releases
        .iter()
        .find(|release| release.id.to_string() == id)
}

/// Deletes a release; its tag stays, as on GitHub.
fn delete_release(scope: &mut Scope<'_>, id: &str) -> Answer {
    let id = release(scope.repo, id).ok_or_else(Problem::not_found)?.id;
    scope.repo.releases.retain(|release| release.id != id);
    scope.clock.tick();
    Ok(Reply::no_content())
}

/// Base64 in lines of 60, as GitHub sends it.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for line in bytes.chunks(45) {
        STANDARD.encode_string(line, &mut out);
        out.push('\n');
    }
    out
}

/// Reads base64 whatever its line breaks.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let bare: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    STANDARD.decode(bare).ok()
}
