//! Runs Python that nobody has read, under a policy; knows nothing of MCP.
//!
//! [`Sandbox::run`] takes a [`Job`] and a [`Policy`] and gives an [`Outcome`]. What isolates the
//! code is a [`Backend`], one file each under `backend/`; what limits, queues and cuts is here,
//! once for all of them:
//!
//! - `run.rs`: the queue, the wall clock, the ending, the cutting of output;
//! - `io.rs`: what a running job writes, captured within bounds;
//! - `bridge.rs`: calls from the code to the host's [`Tools`], under their own budget;
//! - `frame.rs`, `session.rs`: the one wire format between host and guest, and the host's half of
//!   the conversation. The guest's half is Python, in `guest/`.
//!
//! A new backend is a file in `backend/`, a line in [`backend::NAMES`], and a line in the contract
//! suite (`tests/contract`), which it must pass unchanged.

pub mod backend;
mod bridge;
pub mod frame;
mod io;
mod job;
mod outcome;
mod policy;
mod run;
pub mod session;
mod why;

pub use backend::Backend;
pub use bridge::{Refusal, ToolCall, Tools};
pub use io::Io;
pub use job::{Job, JobError};
pub use outcome::{Artifact, Ending, Outcome, Stream};
pub use policy::Policy;
pub use run::{RunError, Sandbox};
pub use why::Why;
