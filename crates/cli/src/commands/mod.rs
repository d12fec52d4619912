//! The commands, one file each.
//!
//! To add one: write `NAME.rs` with its `Arguments` and `run`, add it to [`Command`] and
//! [`run`] below (sorted), and run the tests, which write `docs/cli.md`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

mod budget;
mod bundle;
mod check;
mod completions;
mod demo;
mod doctor;
mod install;
mod man;
mod new;
mod run;
mod sandbox;
mod serve;
mod token;
mod uninstall;
mod upgrade;

/// MCP servers fit for production.
#[derive(Debug, Parser)]
#[command(
    name = "seaworthy",
    version,
    about = "MCP servers fit for production",
    after_help = "Examples:\n  seaworthy demo                              the whole story on sample data, no account\n  GITHUB_TOKEN=... seaworthy serve github     the GitHub server on stdio\n  claude mcp add github -- seaworthy serve github\n  seaworthy run -c 'print(6 * 7)'             Python in the sandbox\n  seaworthy check -- npx -y some-server       what is wrong with a server\n  seaworthy new weekly-notes                  a new server that passes the gate"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Budget(budget::Arguments),
    Bundle(bundle::Arguments),
    Check(Box<check::Arguments>),
    Completions(completions::Arguments),
    Demo(demo::Arguments),
    Doctor(doctor::Arguments),
    Install(install::Arguments),
    Man(man::Arguments),
    New(new::Arguments),
    Run(run::Arguments),
    Sandbox(sandbox::Arguments),
    Serve(Box<serve::Arguments>),
    Token(token::Arguments),
    Uninstall(uninstall::Arguments),
    Upgrade(upgrade::Arguments),
}

/// Runs a command to its end.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Command::Budget(arguments) => budget::run(&arguments)?,
        Command::Bundle(arguments) => bundle::run(&arguments)?,
        Command::Check(arguments) => return check::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments)?,
        Command::Demo(arguments) => demo::run(&arguments)?,
        Command::Doctor(arguments) => return doctor::run(&arguments),
        Command::Install(arguments) => install::run(&arguments)?,
        Command::Man(arguments) => man::run(&arguments)?,
        Command::New(arguments) => new::run(&arguments)?,
        Command::Run(arguments) => return run::run(&arguments),
        Command::Sandbox(arguments) => return sandbox::run(&arguments),
        Command::Serve(arguments) => serve::run(*arguments)?,
        Command::Token(arguments) => token::run(&arguments)?,
        Command::Uninstall(arguments) => uninstall::run(&arguments)?,
        Command::Upgrade(arguments) => return upgrade::run(&arguments),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, path::Path};

    use clap::CommandFactory;

    use super::*;

    #[test]
    fn definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_list_is_sorted_and_is_the_folder() {
        let mut stems: Vec<_> =
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands"))
                .unwrap()
                .map(|entry| {
                    entry
                        .unwrap()
                        .path()
                        .file_stem()
                        .unwrap()
                        .to_string_lossy()
                        .into_owned()
                })
                .filter(|stem| stem != "mod")
                .collect();
        stems.sort();
        let names: Vec<_> = Cli::command()
            .get_subcommands()
            .map(|c| c.get_name().to_owned())
            .collect();
        assert_eq!(names, stems);
    }

    /// The help of a command and of those below it.
    fn describe(command: &mut clap::Command, path: &str, page: &mut String) {
        let help = command.render_long_help().to_string();
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        writeln!(
            page,
            "\n## `{path}`\n\n```text\n{}\n```",
            help.join("\n").trim_end()
        )
        .unwrap();
        for inner in command
            .get_subcommands_mut()
            .filter(|inner| inner.get_name() != "help" && !inner.is_hide_set())
        {
            let path = format!("{path} {}", inner.get_name());
            describe(inner, &path, page);
        }
    }

    #[test]
    fn docs_cli_md_is_current() {
        let mut page = String::from(
            "# The command line\n\n\
             Written by a test from the program's own definitions (`cargo test -p seaworthy docs`); do not edit.\n\n\
             Exit codes: 0 done; 1 it ran and failed; 2 used wrongly, or something that it needs is missing;\n             3 (`check`) the server could not be started.\n",
        );
        let mut command = Cli::command().term_width(100);
        command.build();
        describe(&mut command, "seaworthy", &mut page);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
        if std::fs::read_to_string(&path).unwrap_or_default() != page {
            assert!(
                environment_is_not_ci(),
                "docs/cli.md is stale; run the tests and commit it"
            );
            std::fs::write(&path, page).unwrap();
            panic!("docs/cli.md was stale and is written anew; read its diff and commit it");
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test")]
    fn environment_is_not_ci() -> bool {
        std::env::var_os("CI").is_none()
    }
}
