//! `seaworthy bundle`: a project as a desktop bundle (`.mcpb`), once it was seen to start.
//!
//! `manifest` reads and judges the manifest, `contents` chooses the files, `archive` packs them, and
//! `start` starts the server out of the finished bundle, as a desktop client would.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;

use crate::{environment, failure::Failure};

mod archive;
mod contents;
mod manifest;
mod start;

/// Packs a project into a desktop bundle (.mcpb), after checking that it starts
///
/// The project's manifest.json says what it is: any project with one will do. Packed is what the
/// server needs: of a Rust project the program in target/release; of others the files of the folder
/// without tests, caches, hidden files, packages for development, and what .mcpbignore names (as in
/// .gitignore). No secret is packed: private keys and databases are refused, .env is left out. The same
/// files give the same bundle, byte for byte. Before it is kept, it is unpacked into a temporary folder
/// and its server is started and greeted, with the few variables that a desktop client passes on, and
/// with placeholders for what the user configures.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:\n  seaworthy bundle\n  seaworthy bundle ./weekly-notes --output weekly-notes.mcpb"
)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// The bundle's file (default: NAME-VERSION.mcpb in the project)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A further variable for the trial: NAME=VALUE, or NAME to pass on one's own (a proxy, a mirror of
    /// packages, a real key); may be repeated
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// How long the server may take to answer; it may have to fetch its packages first
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// A failure of a file.
fn failed(path: &Path, error: &dyn std::fmt::Display, hint: &str) -> Failure {
    Failure::failed(format_args!("{}: {error}", path.display()), hint)
}

/// The variables of `--env`; one's own that is not set is left out.
fn variables(given: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    for text in given {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text.as_str(), environment::named(text)?),
        };
        if name.is_empty() {
            return Err(Failure::usage(
                "--env has no name of a variable",
                "write NAME=VALUE, or NAME",
            ));
        }
        variables.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(variables)
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let root = arguments.path.canonicalize().map_err(|error| {
        Failure::usage(
            format_args!("{}: {error}", arguments.path.display()),
            "give a project's folder",
        )
    })?;
    let manifest = manifest::read(&root)?;
    let contents = contents::choose(&root, &manifest)?;
    manifest.fits(&contents)?;
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| root.join(format!("{}-{}.mcpb", manifest.name, manifest.version)));
    let packed = archive::pack(&contents, &output)?;
    let met = start::try_out(
        packed.path(),
        &manifest,
        &variables(&arguments.env)?,
        Duration::from_secs(arguments.timeout),
    )?;
    let told = archive::keep(packed, &output)?;
    if arguments.json {
        let done = serde_json::json!({
            "file": output,
            "name": manifest.name,
            "version": manifest.version,
            "files": contents.files.len(),
            "bytes": told.bytes,
            "sha256": told.sha256,
            "left_out": contents.left_out,
            "tools": met.tools,
        });
        anstream::println!("{done:#}");
        return Ok(());
    }
    anstream::println!(
        "{} {} in {}: {} files, {} bytes",
        manifest.name,
        manifest.version,
        output.display(),
        contents.files.len(),
        told.bytes
    );
    anstream::println!("sha256 {}", told.sha256);
    anstream::println!(
        "It starts: {} tools in {} ms.",
        met.tools,
        met.took.as_millis()
    );
    for left_out in &contents.left_out {
        anstream::println!("Left out, as it may hold secrets: {left_out}");
    }
    if contents.is_built {
        anstream::println!(
            "It holds a program for {} ({}) alone: make one on each system.",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
    }
    Ok(())
}
