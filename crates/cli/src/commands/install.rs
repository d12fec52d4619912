//! `seaworthy install`: a server in a client's configuration.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use seaworthy_clients::{Client, Places, Scope, Server, client::CLIENTS};

use crate::{failure::Failure, installation};

/// Writes a server into a client's own configuration
///
/// The file keeps what it holds, comments included, and is copied beside itself first. No secret is
/// written: the entry names the variable where the client can read the environment, and a file that
/// holds the secret where it cannot.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = HELP)]
pub(crate) struct Arguments {
    /// The client
    client: ClientName,
    /// What to install: github, or a project's folder
    #[arg(long, value_name = "SERVER", default_value = "github")]
    server: String,
    /// For whom: local (you, in this project), project (everybody in it), user (you, everywhere)
    #[arg(long, value_name = "SCOPE")]
    scope: Option<ScopeName>,
    /// The entry's name (default: the server's)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A setting of the server's, as NAME=VALUE; no secrets; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    env: Vec<(String, String)>,
    /// The project of the scopes local and project (default: here)
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// Only show the entry
    #[arg(long)]
    print: bool,
    /// Replace another server of that name
    #[arg(long)]
    force: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  seaworthy install claude-code
  seaworthy install codex --server ./weekly-notes
  seaworthy install claude-desktop --env GITHUB_TOKEN_FILE=/home/me/.github-token
  seaworthy install vscode --scope project --print";

/// A client, as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ClientName {
    ClaudeCode,
    ClaudeDesktop,
    Codex,
    Cursor,
    Gemini,
    Vscode,
    Zed,
}

impl ClientName {
    pub(crate) fn client(self) -> &'static Client {
        CLIENTS[self as usize]
    }
}

/// A scope, as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ScopeName {
    Local,
    Project,
    User,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Local => Self::Local,
            ScopeName::Project => Self::Project,
            ScopeName::User => Self::User,
        }
    }
}

/// The scope that was asked for, if the client has it; else its usual one.
pub(crate) fn scope(client: &Client, asked: Option<ScopeName>) -> Result<Scope, Failure> {
    let Some(asked) = asked.map(Scope::from) else {
        return Ok(client.scopes[0]);
    };
    if client.scopes.contains(&asked) {
        return Ok(asked);
    }
    let all: Vec<_> = client.scopes.iter().map(|scope| scope.as_str()).collect();
    Err(Failure::usage(
        format_args!("{} has no scope {}", client.title, asked.as_str()),
        format_args!("choose one of {}", all.join(", ")),
    ))
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.client.client();
    let scope = scope(client, arguments.scope)?;
    let places = installation::here(&arguments.project)?;
    let server = installation::resolve(&arguments.server, false)?.for_client(
        client,
        arguments.name.as_deref(),
        &arguments.env,
    )?;
    if arguments.print {
        return print(client, scope, &places, &server);
    }
    install(
        client,
        scope,
        &places,
        &server,
        arguments.force,
        arguments.json,
    )
}

/// Installs what `seaworthy new` made.
pub(crate) fn install_project(client: ClientName, folder: &Path) -> Result<(), Failure> {
    let client = client.client();
    let places = installation::here(folder)?;
    let server =
        installation::resolve(&folder.to_string_lossy(), true)?.for_client(client, None, &[])?;
    install(client, client.scopes[0], &places, &server, false, false)
}

fn install(
    client: &'static Client,
    scope: Scope,
    places: &Places,
    server: &Server,
    force: bool,
    json: bool,
) -> Result<(), Failure> {
    let done = installation::install(client, scope, places, server, force)?;
    if json {
        let done = serde_json::json!({
            "client": client.name,
            "scope": scope.as_str(),
            "name": server.name,
            "file": done.file,
            "backup": done.backup,
            "changed": done.changed,
            "missing_files": done.missing,
        });
        anstream::println!("{done:#}");
        return Ok(());
    }
    if done.changed {
        anstream::println!(
            "{} has {} now ({} scope): {}",
            client.title,
            server.name,
            scope.as_str(),
            done.file.display()
        );
    } else {
        anstream::println!(
            "{} has {} already, just like that: {}",
            client.title,
            server.name,
            done.file.display()
        );
    }
    if let Some(backup) = &done.backup {
        anstream::println!("The file as it was: {}", backup.display());
    }
    if !server.inherits.is_empty() {
        anstream::println!(
            "{} must have {} in its environment.",
            client.title,
            server.inherits.join(", ")
        );
    }
    for (variable, path) in &done.missing {
        anstream::println!(
            "Put the secret into {} (readable by you alone); {variable} names it.",
            path.display()
        );
    }
    anstream::println!("Next: {}.", (client.next)(scope));
    Ok(())
}

/// Shows the entry alone: the file may hold other people's secrets.
fn print(client: &Client, scope: Scope, places: &Places, server: &Server) -> Result<(), Failure> {
    let section = (client.section)(places, scope);
    let text = client
        .format
        .put("", &section, &server.name, &(client.entry)(server))
        .map_err(|error| {
            Failure::failed(error, "this is a fault of seaworthy; please report it")
        })?;
    anstream::eprintln!("{}:", (client.file)(places, scope).display());
    anstream::print!("{text}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_its_client() {
        for name in ClientName::value_variants() {
            let written = name.to_possible_value().unwrap();
            assert_eq!(written.get_name(), name.client().name);
        }
    }
}
