//! The commands, one file each.
//!
//! To add one: write `NAME.rs` with its `Arguments` and `run`, add it to [`Command`] and
//! [`run`] below (sorted), and run the tests, which write `docs/cli.md`.

use clap::{Parser, Subcommand};

use crate::failure::Failure;

mod completions;
mod demo;
mod man;
mod serve;

/// MCP servers fit for production.
#[derive(Debug, Parser)]
#[command(
    name = "seaworthy",
    version,
    about = "MCP servers fit for production",
    after_help = "Examples:\n  seaworthy demo                              the whole story on sample data, no account\n  GITHUB_TOKEN=... seaworthy serve github     the GitHub server on stdio\n  claude mcp add github -- seaworthy serve github"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Completions(completions::Arguments),
    Demo(demo::Arguments),
    Man(man::Arguments),
    Serve(serve::Arguments),
}

/// Runs a command to its end.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
        Command::Serve(arguments) => serve::run(arguments),
    }
}
