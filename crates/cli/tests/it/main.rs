//! The program as its users meet it: a child process, alone, behind clients, and with programs
//! that nobody here wrote.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    unreachable_pub,
    reason = "tests"
)]

mod budget;
mod bundle;
mod check;
mod check_ourselves;
mod child;
mod demo;
mod deploy;
mod doctor;
mod environment;
mod fuzz;
mod http;
mod install;
mod machine;
mod new;
mod new_api;
mod over_http;
mod programs;
mod protocol;
mod real;
mod run;
mod run_python;
mod sandbox;
mod token;
mod toolchain;
mod uninstall;
mod upgrade;
mod upstream;
mod wire;
