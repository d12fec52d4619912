//! The routes, a file for each area of the API.

mod actions;
pub(crate) mod comments;
mod commits;
mod contents;
mod git;
mod issue_writes;
mod issues;
pub(crate) mod logs;
mod merge;
mod pull_writes;
mod pulls;
mod refs;
pub(crate) mod repos;
mod reviews;
pub(crate) mod search;
pub(crate) mod users;

use crate::reply::Answer;
use crate::state::Scope;

/// Everything below `/repos/{owner}/{repo}`.
pub(crate) fn route(scope: &mut Scope<'_>, rest: &[&str]) -> Answer {
    match rest {
        ["issues", ..] => issues::route(scope, rest),
        ["pulls", ..] => pulls::route(scope, rest),
        ["git", rest @ ..] => git::route(scope, rest),
        ["actions", rest @ ..] => actions::route(scope, rest),
        ["contents", path @ ..] => contents::route(scope, &path.join("/")),
        ["commits" | "compare", ..] => commits::route(scope, rest),
        _ => repos::route(scope, rest),
    }
}
