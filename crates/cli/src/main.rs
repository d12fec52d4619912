//! `seaworthy`: one binary that serves MCP, and shows on sample data what it does.
//!
//! Commands live in [`commands`], one file each. The environment is read in [`environment`] and
//! nowhere else; errors become text and exit codes in [`failure`] and nowhere else.

use std::process::ExitCode;

use clap::Parser;

mod backend;
mod commands;
mod configuration;
mod credentials;
mod environment;
mod failure;
mod http;
mod installation;
mod logging;
mod records;
mod signal;
mod upstream;

fn main() -> ExitCode {
    logging::quiet_panics();
    let cli = commands::Cli::parse();
    match commands::run(cli) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
