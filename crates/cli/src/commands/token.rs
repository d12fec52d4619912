//! `seaworthy token`: bearer tokens for a server over HTTP.

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use seaworthy_kit::{
    audit::now,
    auth::{
        Scopes, Tokens,
        tokens::{Minted, mint, parse_expiry},
    },
};
use serde_json::json;

use crate::failure::Failure;

/// Makes bearer tokens for a server over HTTP
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    New(New),
}

/// Makes a token and shows it once
///
/// The token goes to its user. The line goes to the server, by --token-file or
/// `SEAWORTHY_HTTP_TOKENS`: it holds the token's SHA-256 and not the token.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
struct New {
    /// Whose it is: letters, digits, `.`, `_`, `@`, `-`
    name: String,
    /// What it opens: read, write, destructive, sandbox
    #[arg(long, value_name = "SCOPES", default_value = "read")]
    scopes: String,
    /// Until when: a number of days (90d), a day (2027-01-31) or a time (2027-01-31T12:00:00Z)
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Add the line to this file, which is made when it is missing; stdout is then the token alone
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Tell token and line as one JSON object
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
To revoke a token: remove its line and send the server SIGHUP.

Examples:
  seaworthy token new mira --scopes read,write --expires 90d
  TOKEN=$(seaworthy token new ci --token-file tokens)
  seaworthy serve github --http 127.0.0.1:8080 --token-file tokens";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Action::New(new) = &arguments.action;
    let scopes = Scopes::parse(&new.scopes).map_err(|name| {
        Failure::usage(
            format_args!("there is no scope {name:?}"),
            "choose of destructive, read, sandbox, write",
        )
    })?;
    if scopes == Scopes::NONE {
        return Err(Failure::usage(
            "a token without any scope opens nothing",
            "choose of destructive, read, sandbox, write",
        ));
    }
    let expires = new.expires.as_deref().map(expiry).transpose()?;
    let minted = mint(&new.name, scopes, expires).map_err(|problem| {
        Failure::usage(format_args!("the token {problem}"), "choose another name")
    })?;
    if let Some(file) = &new.token_file {
        append(file, &minted.line)?;
    }
    let said = if new.json {
        format!(
            "{}\n",
            json!({"token": minted.token.expose(), "line": minted.line})
        )
    } else {
        plain(&minted, new.token_file.as_deref())
    };
    std::io::stdout()
        .write_all(said.as_bytes())
        .map_err(|error| Failure::failed("the token could not be shown", error))
}

fn plain(minted: &Minted, file: Option<&Path>) -> String {
    let token = minted.token.expose();
    match file {
        Some(_) => format!("{token}\n"),
        None => format!(
            "token, shown this once: {token}\nline for the server:    {}\n",
            minted.line
        ),
    }
}

fn expiry(text: &str) -> Result<u64, Failure> {
    let now = now();
    let days = text
        .strip_suffix('d')
        .and_then(|days| days.parse::<u64>().ok());
    let expires = match days {
        Some(days) => days
            .checked_mul(86_400)
            .and_then(|seconds| now.checked_add(seconds))
            // the last second that is written with a year of four digits
            .filter(|expires| *expires < 253_402_300_800),
        None => parse_expiry(text),
    };
    expires.filter(|expires| *expires > now).ok_or_else(|| {
        Failure::usage(
            format_args!("--expires {text} is no time to come"),
            "give a number of days (90d), a day (2027-01-31) or a time (2027-01-31T12:00:00Z)",
        )
    })
}

/// Adds a line to the list. A list that a server could not read is left alone.
fn append(file: &Path, line: &str) -> Result<(), Failure> {
    let problem = |error: &dyn std::fmt::Display| {
        Failure::usage(
            format_args!("{}: {error}", file.display()),
            "correct the file or choose another; no token was made",
        )
    };
    let mut text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(problem(&error)),
    };
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let added = format!("{gap}{line}\n");
    text.push_str(&added);
    Tokens::parse(&text).map_err(|error| problem(&error))?;
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .and_then(|mut file| file.write_all(added.as_bytes()))
        .map_err(|error| problem(&error))
}
