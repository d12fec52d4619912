//! `seaworthy uninstall`: takes a server out of a client's configuration.

use std::path::PathBuf;

use clap::Args;

use super::install::{ClientName, ScopeName, scope};
use crate::{failure::Failure, installation};

/// Takes a server out of a client's own configuration, and nothing else
///
/// The file is copied beside itself first.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:\n  seaworthy uninstall claude-code\n  seaworthy uninstall codex --server ./weekly-notes\n  seaworthy uninstall cursor --name notes --scope project"
)]
pub(crate) struct Arguments {
    /// The client
    client: ClientName,
    /// What was installed: github, or a project's folder
    #[arg(long, value_name = "SERVER", default_value = "github")]
    server: String,
    /// For whom: local, project or user (default: wherever it is)
    #[arg(long, value_name = "SCOPE")]
    scope: Option<ScopeName>,
    /// The entry's name (default: the server's)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The project of the scopes local and project (default: here)
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.client.client();
    let places = installation::here(&arguments.project)?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => installation::name_of(&arguments.server),
    };
    let scopes = match arguments.scope {
        Some(asked) => vec![scope(client, Some(asked))?],
        None => client.scopes.to_vec(),
    };
    let mut removed = Vec::new();
    for scope in scopes {
        if let Some(file) = installation::uninstall(client, scope, &places, &name)? {
            removed.push((scope, file));
        }
    }
    if arguments.json {
        let files: Vec<_> = removed
            .iter()
            .map(|(scope, file)| serde_json::json!({"scope": scope.as_str(), "file": file}))
            .collect();
        let done = serde_json::json!({"client": client.name, "name": name, "removed": files});
        anstream::println!("{done:#}");
    }
    if removed.is_empty() {
        return Err(Failure::failed(
            format_args!("{} has no server called {name}", client.title),
            "seaworthy doctor lists those that it has; give --name, --scope or --project",
        ));
    }
    if !arguments.json {
        for (scope, file) in removed {
            anstream::println!(
                "{} no longer has {name} ({} scope): {}",
                client.title,
                scope.as_str(),
                file.display()
            );
        }
    }
    Ok(())
}
