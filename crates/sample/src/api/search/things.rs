//! Repositories, commits and users.

use serde_json::Value;

use super::query::{Query, date_fits, number_fits};
use super::{Found, scope};
use crate::git::Commit;
use crate::reply::Problem;
use crate::shape::{self, git, repo};
use crate::state::{Repo, State};

fn scored(mut value: Value) -> Value {
    value["score"] = 1.0.into();
    value
}

/// Finds repositories by name, description and topics.
pub(super) fn repositories<'a>(state: &'a State, query: &Query) -> Result<Found<'a>, Problem> {
    let fits = |repo: &&Repo| {
        let text = format!(
            "{} {} {}",
            repo.full_name(),
            repo.description,
            repo.topics.join(" ")
        );
        let is = |value: &str| match value {
            "public" => !repo.private,
            "private" => repo.private,
            _ => false,
        };
        query.found_in(&text)
            && query.qualifiers.iter().all(|(name, value, not)| {
                let fits = match name.as_str() {
                    "language" => repo
                        .languages
                        .iter()
                        .any(|(known, _)| known.eq_ignore_ascii_case(value)),
                    "topic" => repo.topics.contains(&value.as_str()),
                    "stars" => number_fits(value, i64::from(repo.stars)),
                    "is" => is(value),
                    _ => return true,
                };
                fits != *not
            })
    };
    let mut found: Vec<&Repo> = scope(state, query)?.into_iter().filter(fits).collect();
    found.sort_by_key(|repo| std::cmp::Reverse(repo.stars));
    if query.ascending {
        found.reverse();
    }
    let write = |found: &'a Repo| {
        Box::new(move || scored(repo::brief(&state.users, found))) as Box<dyn Fn() -> Value>
    };
    Ok(found.into_iter().map(write).collect())
}

/// Finds commits on default branches by message.
pub(super) fn commits<'a>(state: &'a State, query: &Query) -> Result<Found<'a>, Problem> {
    let fits = |commit: &Commit| {
        query.found_in(&commit.message)
            && query.qualifiers.iter().all(|(name, value, not)| {
                let fits = match name.as_str() {
                    "author" => commit.author.login.eq_ignore_ascii_case(value),
                    "hash" => commit.sha.starts_with(value.as_str()),
                    _ => return true,
                };
                fits != *not
            })
    };
    let mut found: Vec<(&Repo, &Commit)> = Vec::new();
    for repo in scope(state, query)? {
        let log = repo.git.log(repo.head());
        found.extend(
            log.into_iter()
                .filter(|commit| fits(commit))
                .map(|commit| (repo, commit)),
        );
    }
    if query.ascending {
        found.reverse();
    }
    let write = |(repo, commit): (&'a Repo, &'a Commit)| {
        Box::new(move || {
            let mut value = scored(git::commit(&state.users, repo, commit));
            value["repository"] = repo::brief(&state.users, repo);
            value
        }) as Box<dyn Fn() -> Value>
    };
    Ok(found.into_iter().map(write).collect())
}

/// Finds accounts by login and name.
pub(super) fn users<'a>(state: &'a State, query: &Query) -> Found<'a> {
    let kind = query.all("type");
    let mut found: Found<'a> = Vec::new();
    for user in &state.users.0 {
        let wanted = match kind.first() {
            Some(kind) => user.kind.to_lowercase().starts_with(&kind.to_lowercase()),
            None => true,
        };
        let created = query.all("created");
        let dated = created
            .iter()
            .all(|range| date_fits(range, crate::data::JOINED));
        if wanted && dated && query.found_in(&format!("{} {}", user.login, user.name)) {
            found.push(Box::new(move || scored(shape::brief(user))));
        }
    }
    found
}
