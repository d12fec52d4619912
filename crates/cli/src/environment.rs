//! The environment, read once and here only.

use std::{ffi::OsString, path::PathBuf};

use percent_encoding::percent_decode_str;
use seaworthy_github::{Token, client::PUBLIC_API};
use seaworthy_kit::auth::tokens::unhex;

use crate::failure::Failure;

/// The variable `name`, unless it is unset or empty.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn raw(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The whole environment, as far as it is text: what a client passes on is a part of it.
pub(crate) fn all() -> std::collections::BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The variable `name` as text. One that is no text is an error and not unset: without its
/// address, say, the token would go to another host than was meant.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    let text = raw(name).map(OsString::into_string).transpose();
    text.map_err(|_| Failure::usage(format_args!("{name} is not UTF-8"), "set it anew"))
}

/// The secret `name`: the variable, else the content of the file that `NAME_FILE` names, as
/// container platforms give secrets.
fn secret(name: &str) -> Result<Option<String>, Failure> {
    if let Some(text) = variable(name)? {
        return Ok(Some(text));
    }
    let file = format!("{name}_FILE");
    let Some(path) = raw(&file).map(PathBuf::from) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(
            format_args!(
                "{file} names {}, which could not be read: {error}",
                path.display()
            ),
            "correct it",
        )
    })?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// The GitHub token: `GITHUB_TOKEN`, else `GH_TOKEN`; `None` if neither is set.
pub(crate) fn github_token() -> Result<Option<Token>, Failure> {
    for name in ["GITHUB_TOKEN", "GH_TOKEN"] {
        if let Some(text) = secret(name)? {
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

/// The variable that the GitHub token comes from, if it is set.
pub(crate) fn github_token_source() -> Option<&'static str> {
    [
        "GITHUB_TOKEN",
        "GITHUB_TOKEN_FILE",
        "GH_TOKEN",
        "GH_TOKEN_FILE",
    ]
    .into_iter()
    .find(|name| raw(name).is_some())
}

/// The address of the GitHub API: `GITHUB_API_URL`, else the public one.
pub(crate) fn github_api_url() -> Result<String, Failure> {
    Ok(variable("GITHUB_API_URL")?.unwrap_or_else(|| PUBLIC_API.to_owned()))
}

/// The audit log: `SEAWORTHY_AUDIT_LOG`, else `default` in the user's state folder.
pub(crate) fn audit_log(default: &str) -> Result<PathBuf, Failure> {
    if let Some(path) = raw("SEAWORTHY_AUDIT_LOG").map(PathBuf::from) {
        if path.is_dir() {
            return Err(Failure::usage(
                "SEAWORTHY_AUDIT_LOG is a folder",
                "set it to a file; the file is made when it is missing",
            ));
        }
        return Ok(path);
    }
    state().map(|folder| folder.join(default))
}

/// The folder of what is kept: `SEAWORTHY_STATE`, else the user's state folder.
pub(crate) fn state() -> Result<PathBuf, Failure> {
    if let Some(path) = raw("SEAWORTHY_STATE") {
        return Ok(path.into());
    }
    let folders = directories::ProjectDirs::from("", "", "seaworthy").ok_or_else(|| {
        Failure::usage(
            "there is no home folder to keep state in",
            "set SEAWORTHY_STATE to a folder",
        )
    })?;
    let state = folders.state_dir();
    Ok(state.unwrap_or_else(|| folders.data_local_dir()).to_owned())
}

/// The configuration: `SEAWORTHY_CONFIG`, else `config.toml` in the user's configuration folder.
pub(crate) fn config() -> Option<PathBuf> {
    let default = || {
        let folders = directories::ProjectDirs::from("", "", "seaworthy")?;
        Some(folders.config_dir().join("config.toml"))
    };
    raw("SEAWORTHY_CONFIG").map(PathBuf::from).or_else(default)
}

/// The folder of this program's configuration.
pub(crate) fn config_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "seaworthy")?;
    Some(folders.config_dir().to_owned())
}

/// The user's home.
pub(crate) fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned())
}

/// Where a program is, by `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&raw("PATH")?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&file))
        .find(|path| is_program(path))
}

/// Whether a file can be run.
pub(crate) fn is_program(path: &std::path::Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata()
            .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// The tokens of a server over HTTP: `SEAWORTHY_HTTP_TOKENS`, lines as in a token file.
pub(crate) fn http_tokens() -> Result<Option<String>, Failure> {
    secret("SEAWORTHY_HTTP_TOKENS")
}

/// The store that replicas share: `SEAWORTHY_SHARED`. It may hold a password.
pub(crate) fn shared() -> Result<Option<String>, Failure> {
    secret("SEAWORTHY_SHARED")
}

/// The keys that seal cursors and confirm tokens, the newest first: `SEAWORTHY_SEAL_KEY`.
pub(crate) fn seal_keys() -> Result<Option<Vec<[u8; 32]>>, Failure> {
    let Some(keys) = secret("SEAWORTHY_SEAL_KEY")? else {
        return Ok(None);
    };
    let keys: Option<Vec<_>> = keys.split(',').map(unhex).collect();
    keys.map(Some).ok_or_else(|| {
        Failure::usage(
            "SEAWORTHY_SEAL_KEY is not a list of keys",
            "set it to 64 hex digits (`openssl rand -hex 32`); to rotate, put a new key before the old one, with a comma",
        )
    })
}

/// A variable that the user's own configuration names.
pub(crate) fn named(name: &str) -> Result<Option<String>, Failure> {
    variable(name)
}

/// How much is logged: `SEAWORTHY_LOG`, one of off, error, warn (default), info, debug, trace.
pub(crate) fn log_level() -> Result<Option<String>, Failure> {
    variable("SEAWORTHY_LOG")
}

/// The sandbox for Python: `SEAWORTHY_SANDBOX`, if it is set.
pub(crate) fn sandbox() -> Result<Option<String>, Failure> {
    variable("SEAWORTHY_SANDBOX")
}

/// The cache folder: `SEAWORTHY_CACHE`, else the user's.
pub(crate) fn cache() -> Result<PathBuf, Failure> {
    if let Some(path) = raw("SEAWORTHY_CACHE") {
        return Ok(path.into());
    }
    let folders = directories::ProjectDirs::from("", "", "seaworthy").ok_or_else(|| {
        Failure::usage(
            "there is no home folder for the cache",
            "set SEAWORTHY_CACHE to a folder",
        )
    })?;
    Ok(folders.cache_dir().to_owned())
}

/// The Docker engine: `DOCKER_HOST`, as the Docker client has it.
pub(crate) fn docker_host() -> Result<Option<String>, Failure> {
    variable("DOCKER_HOST")
}

/// The image of the docker sandbox: `SEAWORTHY_DOCKER_IMAGE`.
pub(crate) fn docker_image() -> Result<Option<String>, Failure> {
    variable("SEAWORTHY_DOCKER_IMAGE")
}

/// The runtime of the docker sandbox: `SEAWORTHY_DOCKER_RUNTIME`.
pub(crate) fn docker_runtime() -> Result<Option<String>, Failure> {
    variable("SEAWORTHY_DOCKER_RUNTIME")
}

/// The key of the hosted sandbox: `E2B_API_KEY`. It is a secret.
pub(crate) fn e2b_key() -> Result<Option<String>, Failure> {
    variable("E2B_API_KEY")
}

/// The address of the hosted sandbox's API: `E2B_API_URL`, as its own SDK has it.
pub(crate) fn e2b_api() -> Result<Option<String>, Failure> {
    variable("E2B_API_URL")
}

/// Where its sandboxes are reached: `E2B_SANDBOX_URL`, as its own SDK has it.
pub(crate) fn e2b_sandbox() -> Result<Option<String>, Failure> {
    variable("E2B_SANDBOX_URL")
}

/// Its template: `SEAWORTHY_E2B_TEMPLATE`.
pub(crate) fn e2b_template() -> Result<Option<String>, Failure> {
    variable("SEAWORTHY_E2B_TEMPLATE")
}

/// Where an OpenTelemetry collector is, by the standard variables of its specification.
pub(crate) struct OtlpTarget {
    pub(crate) endpoint: String,
    /// They may hold secrets.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) service: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
}

/// `OTEL_EXPORTER_OTLP_ENDPOINT` and what belongs to it; `None` where it is not set, or
/// `OTEL_SDK_DISABLED` is `true`.
pub(crate) fn otlp() -> Result<Option<OtlpTarget>, Failure> {
    let Some(endpoint) = variable("OTEL_EXPORTER_OTLP_ENDPOINT")? else {
        return Ok(None);
    };
    if variable("OTEL_SDK_DISABLED")?.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    Ok(Some(OtlpTarget {
        endpoint,
        headers: pairs("OTEL_EXPORTER_OTLP_HEADERS")?,
        service: variable("OTEL_SERVICE_NAME")?,
        attributes: pairs("OTEL_RESOURCE_ATTRIBUTES")?,
    }))
}

/// A list `key=value,key=value`, percent-encoded (W3C Baggage, as OpenTelemetry has it).
fn pairs(name: &str) -> Result<Vec<(String, String)>, Failure> {
    let Some(text) = variable(name)? else {
        return Ok(Vec::new());
    };
    let decoded = |text: &str| {
        percent_decode_str(text.trim())
            .decode_utf8()
            .ok()
            .map(std::borrow::Cow::into_owned)
    };
    let pairs = text.split(',').filter(|pair| !pair.trim().is_empty());
    let pairs: Option<Vec<_>> = pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=')?;
            Some((decoded(key)?, decoded(value)?))
        })
        .collect();
    pairs.ok_or_else(|| {
        Failure::usage(
            format_args!("{name} is not a list key=value,key=value"),
            "correct it; commas and blanks in a value are written %2C and %20",
        )
    })
}

/// The name of this machine, to tell replicas apart.
pub(crate) fn host_name() -> String {
    let name = raw("HOSTNAME").and_then(|name| name.into_string().ok());
    name.unwrap_or_else(|| "localhost".to_owned())
}
