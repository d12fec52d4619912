//! A small stateful GitHub in memory, with believable data.
//!
//! [`Sample::respond`] answers one HTTP request of GitHub's REST API (version 2026-03-10) at a
//! time, without a network: the demonstration and unit tests call it in-process. Writes are
//! remembered for as long as the [`Sample`] lives; two fresh ones always answer alike, because the
//! sample has a clock of its own (it stands at 2026-11-20T12:00:00Z and each write moves it on by
//! a second).
//!
//! # The map
//!
//! - `request`, `reply`, `page`: one request, one answer, pagination;
//! - `route`, `api/`: which function answers which path, a file for each area of the API;
//! - `state`, `items`, `runs`, `git/`: what is remembered;
//! - `shape/`: how that is written as JSON;
//! - `data/`: how the first state is made.
//!
//! To add an endpoint, add an arm to the `route` function of its area under `api/`.

#![warn(missing_docs)]

mod api;
mod data;
mod fault;
mod git;
mod items;
mod limits;
mod page;
mod reply;
mod request;
mod route;
mod runs;
mod shape;
mod state;
mod time;

use std::sync::{Mutex, OnceLock, PoisonError};

use http::{Request, Response};

pub use data::{FAILING_PR, HUGE_PR, INJECTION_ISSUE, LONG_ISSUE, READY_PR};
pub use fault::{Fault, UnknownFault};

use limits::Limits;
use request::Call;
use state::State;

/// Base address that a client of the sample is configured with.
pub const ORIGIN: &str = "https://sample.invalid";

/// The main repository.
pub const REPO: &str = "tidewatch/harbor";

/// A GitHub of its own.
#[derive(Default)]
pub struct Sample {
    fault: Option<Fault>,
    limits: Limits,
    state: OnceLock<Mutex<State>>,
}

impl Sample {
    /// A fresh sample. Cheap: the data is made on the first request.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sample that answers every request with this fault.
    pub fn with_fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }

    /// Answers one request.
    pub fn respond(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let call = Call::new(request);
        if let Some(fault) = self.fault {
            return fault.answer(&call);
        }
        let state = self.state.get_or_init(|| Mutex::new(data::state()));
        // A panic in one request must not silence the sample for all that follow.
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = route::answer(&mut state, &call, &self.limits);
        route::finish(&call, answer, &self.limits)
    }
}
