//! Accounts and the repositories they own.

use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::request::Call;
use crate::shape::{self, repo};
use crate::state::{Repo, State, VIEWER};

/// Everything below `/user`, `/users` and `/orgs`.
pub(crate) fn route(state: &State, call: &Call, path: &[&str]) -> Answer {
    match path {
        ["user"] => one(state, VIEWER),
        ["user", "repos"] => list(state, call, |_| true),
        ["user", "orgs"] => page::list(call, vec!["tidewatch"], |login| {
            shape::user(&state.users, login)
        }),
        ["users" | "orgs", login] => one(state, login),
        ["users" | "orgs", login, "repos"] => {
            state.users.find(login).ok_or_else(Problem::not_found)?;
            list(state, call, |repo| {
                let visible = !repo.private || path[0] == "orgs";
                visible && repo.owner.eq_ignore_ascii_case(login)
            })
        }
        _ => Err(Problem::not_found()),
    }
}

fn one(state: &State, login: &str) -> Answer {
    let user = state.users.find(login).ok_or_else(Problem::not_found)?;
    let repos = state.repos.values();
    let count = repos
        .filter(|repo| repo.owner == user.login && !repo.private)
        .count();
    Ok(Reply::json(shape::profile(user, count)))
}

fn list(state: &State, call: &Call, keeps: impl Fn(&Repo) -> bool) -> Answer {
    let repos: Vec<&Repo> = state.repos.values().filter(|repo| keeps(repo)).collect();
    page::list(call, repos, |found| repo::brief(&state.users, found))
}
