//! `seaworthy man`: the manual page, or one page a command in a folder.

use std::path::PathBuf;

use clap::CommandFactory;

use crate::{
    commands::{Cli, completions::print},
    failure::Failure,
};

/// Prints the manual page
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy man | man -l -\n  seaworthy man --out ~/.local/share/man/man1"
)]
pub(crate) struct Arguments {
    /// Write one page for each command into this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.out {
        return std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(command(), folder))
            .map_err(|error| Failure::failed("the pages could not be written", error));
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command())
        .render(&mut page)
        .map_err(|error| Failure::failed("the page could not be rendered", error))?;
    print(&page)
}

/// The commands without `help`, of which there is no page to refer to.
fn command() -> clap::Command {
    Cli::command().disable_help_subcommand(true)
}
