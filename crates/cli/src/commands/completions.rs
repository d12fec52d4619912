//! `seaworthy completions SHELL`: a completion script on stdout.

use std::io::Write;

use clap::CommandFactory;

use crate::{commands::Cli, failure::Failure};

/// Prints a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  seaworthy completions bash > ~/.local/share/bash-completion/completions/seaworthy"
)]
pub(crate) struct Arguments {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Cli::command(),
        "seaworthy",
        &mut script,
    );
    print(&script)
}

/// Writes to stdout; a reader that has seen enough is no error.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    match std::io::stdout().write_all(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed("stdout could not be written", error))
        }
        _ => Ok(()),
    }
}
