//! The log of a job: on GitHub it lies on another host, behind a redirect.

use super::actions;
use crate::data;
use crate::reply::{Answer, Problem, Reply};
use crate::state::State;

/// A job's whole log.
pub(crate) fn text(state: &State, id: &str) -> Answer {
    let found = state
        .repos
        .values()
        .find_map(|repo| actions::job(repo, id).ok());
    let (_, job) = found.ok_or_else(Problem::not_found)?;
    Ok(Reply::raw(
        data::log::of(job).into_bytes(),
        "text/plain; charset=utf-8",
    ))
}
