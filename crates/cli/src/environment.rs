//! The environment, read once and here only.

use std::path::PathBuf;

use seaworthy_github::{Token, client::PUBLIC_API};

use crate::failure::Failure;

/// The variable `name`, unless it is unset or empty.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The GitHub token: `GITHUB_TOKEN`, else `GH_TOKEN`; `None` if neither is set.
pub(crate) fn github_token() -> Result<Option<Token>, Failure> {
    for name in ["GITHUB_TOKEN", "GH_TOKEN"] {
        if let Some(text) = variable(name) {
            return Token::parse(&text).map(Some).map_err(|reason| {
                Failure::usage(
                    format_args!("{name} {reason}"),
                    "copy the token again from GitHub (Settings > Developer settings > Personal access tokens) and set it without quotes or blanks",
                )
            });
        }
    }
    Ok(None)
}

/// The address of the GitHub API: `GITHUB_API_URL`, else the public one.
pub(crate) fn github_api_url() -> String {
    variable("GITHUB_API_URL").unwrap_or_else(|| PUBLIC_API.to_owned())
}

/// The audit log: `SEAWORTHY_AUDIT_LOG`, else `default` in the user's state folder.
pub(crate) fn audit_log(default: &str) -> Result<PathBuf, Failure> {
    if let Some(path) = variable("SEAWORTHY_AUDIT_LOG") {
        return Ok(path.into());
    }
    let folders = directories::ProjectDirs::from("", "", "seaworthy").ok_or_else(|| {
        Failure::usage(
            "there is no home folder for the audit log",
            "set SEAWORTHY_AUDIT_LOG to a file",
        )
    })?;
    let state = folders
        .state_dir()
        .unwrap_or_else(|| folders.data_local_dir());
    Ok(state.join(default))
}

/// How much is logged: `SEAWORTHY_LOG`, one of off, error, warn (default), info, debug, trace.
pub(crate) fn log_level() -> Option<String> {
    variable("SEAWORTHY_LOG")
}
