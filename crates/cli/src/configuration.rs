//! The configuration: page sizes and budgets of tools, from one file.

use std::path::{Path, PathBuf};

use seaworthy_telemetry::{Settings, SettingsError};

use crate::{environment, failure::Failure};

/// The file: the one given, else `SEAWORTHY_CONFIG`, else the user's; `None` without a home folder.
pub(crate) fn file(given: Option<&Path>) -> Option<PathBuf> {
    given.map(Path::to_owned).or_else(environment::config)
}

/// What it says; all defaults where it is missing. A file that was named must be there.
pub(crate) fn load(given: Option<&Path>) -> Result<Settings, Failure> {
    if let Some(named) = given.filter(|named| !named.exists()) {
        return Err(Failure::usage(
            format_args!("{} is not there", named.display()),
            "correct --config",
        ));
    }
    load_or_default(given)
}

/// What it says; all defaults where it is missing, even one that was named: it may be about to be
/// written.
pub(crate) fn load_or_default(given: Option<&Path>) -> Result<Settings, Failure> {
    match file(given) {
        None => Ok(Settings::default()),
        Some(file) => Settings::load(&file).map_err(|error| wrong(&error)),
    }
}

/// What is wrong with it, as the program's failure.
pub(crate) fn wrong(error: &SettingsError) -> Failure {
    Failure::usage(error, error.hint())
}
