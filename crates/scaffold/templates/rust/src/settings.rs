//! What the server is told by its environment, read once at the start.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use tracing_subscriber::filter::LevelFilter;

use crate::NAME;

/// What the names of all variables begin with.
pub const PREFIX: &str = "ACME_NOTES_";
/// The file of the notes.
pub const DATABASE: &str = "ACME_NOTES_DATABASE";
/// The bearer token of the HTTP mode.
pub const HTTP_TOKEN: &str = "ACME_NOTES_HTTP_TOKEN";
/// What is logged.
pub const LOG: &str = "ACME_NOTES_LOG";
// seaworthy:begin api|key
/// The key of the API.
pub const API_KEY: &str = "ACME_NOTES_API_KEY";
// seaworthy:end api|key
// seaworthy:begin api|openapi
/// The base of the API.
pub const API_URL: &str = "ACME_NOTES_API_URL";
const DEFAULT_API_URL: &str = "https://api.github.com";
// seaworthy:end api|openapi
// seaworthy:begin sandbox
/// The program whose sandbox runs code.
pub const SEAWORTHY: &str = "ACME_NOTES_SEAWORTHY";
// seaworthy:end sandbox
/// The shortest bearer token, in characters.
const TOKEN_LENGTH: usize = 32;
const LEVELS: [(&str, LevelFilter); 5] = [
    ("off", LevelFilter::OFF),
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
];

/// A variable that is missing or wrong: the server does not start.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{variable} {problem}; {remedy}")]
pub struct SettingsError {
    variable: String,
    problem: String,
    remedy: String,
}

impl SettingsError {
    fn new(
        variable: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            variable: variable.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

/// Text that is never shown: its `Debug` hides it.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file of the notes.
    pub database: PathBuf,
    /// What is logged.
    pub log_level: LevelFilter,
    /// The bearer token of the HTTP mode.
    pub http_token: Option<Secret>,
    // seaworthy:begin api|openapi
    /// The base of the API, without a slash at its end.
    pub api_url: String,
    // seaworthy:end api|openapi
    // seaworthy:begin api|key
    /// The key of the API.
    pub api_key: Secret,
    // seaworthy:end api|key
    // seaworthy:begin sandbox
    /// The program whose sandbox runs code.
    pub seaworthy: String,
    // seaworthy:end sandbox
}

/// Gives a variable of the environment, if it is set and not empty.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// Which variable is missing or wrong.
    pub fn from_process() -> Result<Self, SettingsError> {
        Self::load(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads the settings from an environment.
    ///
    /// # Errors
    /// Which variable is missing or wrong.
    pub fn load(environment: Environment<'_>) -> Result<Self, SettingsError> {
        // seaworthy:begin api|key
        let api_key = secret(environment, API_KEY)?.ok_or_else(|| {
            SettingsError::new(
                API_KEY,
                "is not set",
                format!(
                    "give the server a key of the API in it (for GitHub: https://github.com/settings/tokens), \
                     or the path of a file with the key in {API_KEY}_FILE"
                ),
            )
        })?;
        // seaworthy:end api|key
        Ok(Self {
            database: database(environment)?,
            log_level: log_level(environment)?,
            http_token: secret(environment, HTTP_TOKEN)?,
            // seaworthy:begin api|openapi
            api_url: api_url(environment)?,
            // seaworthy:end api|openapi
            // seaworthy:begin api|key
            api_key,
            // seaworthy:end api|key
            // seaworthy:begin sandbox
            seaworthy: environment(SEAWORTHY).unwrap_or_else(|| "seaworthy".to_owned()),
            // seaworthy:end sandbox
        })
    }

    /// The token of the HTTP mode.
    ///
    /// # Errors
    /// There is none, or it is too short.
    pub fn require_http_token(&self) -> Result<&Secret, SettingsError> {
        let remedy = format!(
            "set it, or {HTTP_TOKEN}_FILE, to a random text (such as of: openssl rand -hex 32)"
        );
        let problem = match &self.http_token {
            None => "is not set, and --http needs it".to_owned(),
            Some(token) if token.expose().len() < TOKEN_LENGTH => {
                format!("has fewer than {TOKEN_LENGTH} characters")
            }
            Some(token) => return Ok(token),
        };
        Err(SettingsError::new(HTTP_TOKEN, problem, remedy))
    }
}

/// A secret from its variable, or from the file that `VARIABLE_FILE` names.
fn secret(environment: Environment<'_>, name: &str) -> Result<Option<Secret>, SettingsError> {
    let file = format!("{name}_FILE");
    let mut value = environment(name).unwrap_or_default().trim().to_owned();
    if value.is_empty()
        && let Some(path) = environment(&file)
    {
        let text = fs::read_to_string(path).map_err(|_| {
            SettingsError::new(
                file,
                "names a file that cannot be read",
                "check the path and its permissions",
            )
        })?;
        text.trim().clone_into(&mut value);
    }
    // it becomes part of an HTTP header, which could not carry anything else
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let problem = "has blanks or control characters";
        return Err(SettingsError::new(name, problem, "set it as it was issued"));
    }
    Ok((!value.is_empty()).then(|| Secret::new(value)))
}

fn log_level(environment: Environment<'_>) -> Result<LevelFilter, SettingsError> {
    let named = environment(LOG).unwrap_or_else(|| "warn".to_owned());
    let level = LEVELS.iter().find(|(name, _)| *name == named);
    level.map(|(_, level)| *level).ok_or_else(|| {
        let names = LEVELS.map(|(name, _)| name).join(", ");
        SettingsError::new(LOG, "is not a level", format!("set it to one of {names}"))
    })
}

fn database(environment: Environment<'_>) -> Result<PathBuf, SettingsError> {
    let home = || environment(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let unknown = || {
        let problem = "is not set, and there is no home folder";
        SettingsError::new(DATABASE, problem, "set it to the file of the notes")
    };
    if let Some(given) = environment(DATABASE) {
        return Ok(match given.strip_prefix("~/") {
            Some(below) => Path::new(&home().ok_or_else(unknown)?).join(below),
            None => given.into(),
        });
    }
    let (variable, below_home) = if cfg!(windows) {
        ("LOCALAPPDATA", "AppData/Local")
    } else if cfg!(target_os = "macos") {
        ("", "Library/Application Support")
    } else {
        ("XDG_DATA_HOME", ".local/share")
    };
    let folder = match environment(variable).map(PathBuf::from) {
        Some(folder) if folder.is_absolute() => folder,
        _ => Path::new(&home().ok_or_else(unknown)?).join(below_home),
    };
    Ok(folder.join(NAME).join("notes.sqlite3"))
}
// seaworthy:begin api|openapi

fn api_url(environment: Environment<'_>) -> Result<String, SettingsError> {
    let given = environment(API_URL).unwrap_or_else(|| DEFAULT_API_URL.to_owned());
    let url = given.trim_end_matches('/');
    let parsed = reqwest::Url::parse(url).ok().filter(|url| {
        // without encryption the key is for everybody on the way, so only this machine may go without
        let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let is_plain = url.username().is_empty() && url.password().is_none();
        let has_tail = url.query().is_some() || url.fragment().is_some();
        is_plain && !has_tail && (url.scheme() == "https" || url.scheme() == "http" && is_loopback)
    });
    if parsed.is_some() {
        return Ok(url.to_owned());
    }
    Err(SettingsError::new(
        API_URL,
        "is not an https:// address",
        "set it to the base of the API, such as https://api.github.com",
    ))
}
// seaworthy:end api|openapi

#[cfg(test)]
mod tests {
    use super::*;

    fn load(set: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let mut all = vec![("HOME", "/home/ada"), ("USERPROFILE", "/home/ada")];
        // seaworthy:begin api|key
        all.push((API_KEY, "an-invented-key"));
        // seaworthy:end api|key
        // seaworthy:begin openapi
        all.push((API_URL, "http://127.0.0.1:9"));
        // seaworthy:end openapi
        all.extend_from_slice(set);
        Settings::load(&|name| {
            let found = all.iter().rev().find(|(key, _)| *key == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .filter(|value| !value.is_empty())
        })
    }

    #[test]
    fn there_are_defaults() {
        let settings = load(&[]).unwrap();
        let below = Path::new(NAME).join("notes.sqlite3");
        assert!(settings.database.ends_with(below));
        assert!(settings.database.starts_with("/home/ada"));
        assert_eq!(settings.log_level, LevelFilter::WARN);
        assert_eq!(settings.http_token, None);
    }

    #[test]
    fn the_database_may_be_anywhere() {
        let at = |path| load(&[(DATABASE, path)]).unwrap().database;
        assert_eq!(at("/data/n.sqlite3"), Path::new("/data/n.sqlite3"));
        assert_eq!(at("~/n.sqlite3"), Path::new("/home/ada/n.sqlite3"));
        let error = load(&[("HOME", ""), ("USERPROFILE", "")]).unwrap_err();
        assert!(error.to_string().starts_with(DATABASE), "{error}");
    }

    #[test]
    fn a_wrong_level_is_named() {
        assert_eq!(
            load(&[(LOG, "debug")]).unwrap().log_level,
            LevelFilter::DEBUG
        );
        let error = load(&[(LOG, "loud")]).unwrap_err().to_string();
        assert!(
            error.contains(LOG) && error.contains("off, error, warn"),
            "{error}"
        );
    }

    #[test]
    fn secrets_come_from_files_too_and_are_not_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("{}\n", "s3cret".repeat(6))).unwrap();
        let variable = format!("{HTTP_TOKEN}_FILE");
        let path = file.path().to_str().unwrap();
        let settings = load(&[(&variable, path)]).unwrap();
        let token = settings.require_http_token().unwrap();
        assert_eq!(token.expose(), "s3cret".repeat(6));
        assert!(!format!("{settings:?}").contains("s3cret"));
        let error = load(&[(&variable, "/nowhere")]).unwrap_err().to_string();
        assert!(error.contains(&variable), "{error}");
        let error = load(&[(HTTP_TOKEN, "two words")]).unwrap_err().to_string();
        assert!(
            error.contains("blanks") && !error.contains("two"),
            "{error}"
        );
    }

    #[test]
    fn a_short_token_or_none_is_refused() {
        let error = load(&[]).unwrap().require_http_token().unwrap_err();
        assert!(error.to_string().contains("is not set"), "{error}");
        let settings = load(&[(HTTP_TOKEN, &"t".repeat(31))]).unwrap();
        let error = settings.require_http_token().unwrap_err().to_string();
        assert!(error.contains("fewer than 32"), "{error}");
        let settings = load(&[(HTTP_TOKEN, &"t".repeat(32))]).unwrap();
        assert!(settings.require_http_token().is_ok());
    }
    // seaworthy:begin api|key

    #[test]
    fn without_a_key_there_is_no_start() {
        let error = load(&[(API_KEY, " ")]).unwrap_err().to_string();
        let said = format!("{API_KEY} is not set; give");
        assert!(error.starts_with(&said), "{error}");
        assert!(!error.contains('\n'));
    }
    // seaworthy:end api|key
    // seaworthy:begin api|openapi

    #[test]
    fn the_key_leaves_this_machine_only_encrypted() {
        for good in [
            "https://api.github.com",
            "https://github.example/api/v3/",
            "http://127.0.0.1:8080",
            "http://localhost:1/x",
            "http://[::1]:1",
        ] {
            let settings = load(&[(API_URL, good)]).unwrap();
            assert_eq!(settings.api_url, good.trim_end_matches('/'));
        }
        for bad in [
            "http://api.github.com",
            "ftp://x",
            "api.github.com",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "https://user:pass@host",
            "https://host/?q=",
            "https://host/#x",
        ] {
            let error = load(&[(API_URL, bad)]).unwrap_err().to_string();
            assert!(error.contains(API_URL), "{bad}: {error}");
        }
    }
    // seaworthy:end api|openapi
}
