//! How the first state is made. Everything here is the same each time.
//!
//! - `accounts`: people; `tree` and `history`: files and commits of the main repository;
//! - `topics`, `replies`: what issues and comments say; `tickets`: issues made from them;
//! - `special`: issues written by hand; `pulls`, `failing`, `edits`: pull requests and what they
//!   change;
//! - `ci`, `log`: workflow runs and their logs; `small`: the two other repositories.

mod accounts;
mod build;
mod ci;
mod edits;
mod failing;
mod harbor;
mod history;
pub(crate) mod log;
mod pull_table;
mod pulls;
mod random;
mod replies;
mod small;
mod special;
mod tickets;
mod topics;
mod tree;

use std::collections::BTreeMap;

use crate::state::{Clock, State};
use crate::time::{NOW, days};

pub use pull_table::{FAILING_PR, HUGE_PR, READY_PR};
pub use special::{INJECTION_ISSUE, LONG_ISSUE};

/// When the story starts: two years before now.
const START: i64 = NOW - days(729);

/// When all accounts were made; nothing depends on it but `created:` in a search for users.
pub(crate) const JOINED: i64 = 1_551_687_300;

/// The highest number of an issue or pull request.
const LAST_NUMBER: u64 = 315;

/// The first state of every sample.
pub(crate) fn state() -> State {
    let users = accounts::all();
    let mut clock = Clock {
        now: NOW,
        last_id: 3_400_000_000,
    };
    let repos = [
        harbor::repo(&users, &mut clock),
        small::almanac(&users, &mut clock),
        small::scratch(&users),
    ];
    let by_name = |repo: crate::state::Repo| (repo.full_name().to_lowercase(), repo);
    State {
        users,
        repos: BTreeMap::from(repos.map(by_name)),
        clock,
    }
}

/// When an issue or pull request of this number was opened.
fn opened(number: u64) -> i64 {
    let number = i64::try_from(number).unwrap_or(0);
    let last = i64::try_from(LAST_NUMBER).unwrap_or(1);
    // A wobble of a few hours, smaller than the distance to the next one.
    START + number * days(728) / last + number * 7_919 % 40_000
}
