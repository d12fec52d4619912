//! The protocol's own conformance suite (`@modelcontextprotocol/conformance`) against a fixture
//! that is served as our servers are.
//!
//! The suite calls tools, resources and prompts by names that it prescribes, and sends no
//! credentials. [`fixture`] offers what it asks for, [`serve`] puts it on a port of loopback,
//! [`suite`] runs it and reads what it found, and [`real`] says what must hold.
//!
//! When a newer suite asks for something new: its complaint names the tool and the scenario;
//! add it to the file of its concern in `fixture`, and raise the floors in [`real`].
#![allow(
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "tests"
)]

mod fixture;
mod node;
mod real;
mod serve;
mod suite;
