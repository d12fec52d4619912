//! The program as clients and operators meet it. One binary: link once, run everything.

#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::panic, reason = "tests")]

mod adversarial;
// seaworthy:begin api
mod api;
// seaworthy:end api
mod command;
mod http;
mod protocol;
mod raw;
// seaworthy:begin sandbox
mod sandbox;
// seaworthy:end sandbox
mod support;
