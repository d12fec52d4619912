//! The folders that configurations live in: given, not looked up, so that a test has its own.

use std::{collections::BTreeMap, path::PathBuf};

/// The system, which decides where a program keeps its files.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Os {
    /// Linux, and whatever else follows the XDG base directories.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl Os {
    /// The one that this program runs on.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::Mac
    } else {
        Self::Linux
    };
}

/// Where things are for one user in one folder.
#[derive(Clone, Debug)]
pub struct Places {
    /// The system.
    pub os: Os,
    /// The user's home.
    pub home: PathBuf,
    /// The folder whose project scope is meant, without links in it.
    pub project: PathBuf,
    /// The root of the git repository around `project`, else `project`.
    pub repository: PathBuf,
    /// Variables that move configurations, those of [`VARIABLES`] that are set.
    pub variables: BTreeMap<&'static str, PathBuf>,
}

/// The variables that move a configuration. Sorted.
pub const VARIABLES: [&str; 6] = [
    "APPDATA",
    "CLAUDE_CONFIG_DIR",
    "CODEX_HOME",
    "GEMINI_CLI_HOME",
    "VSCODE_PORTABLE",
    "XDG_CONFIG_HOME",
];

impl Places {
    /// Where a variable says, else a folder in the user's home.
    pub(crate) fn moved(&self, variable: &str, otherwise: &str) -> PathBuf {
        match self.variables.get(variable) {
            Some(path) => path.clone(),
            None => self.home.join(otherwise),
        }
    }

    /// Where programs keep their configuration: the XDG folder, `Application Support`, `%APPDATA%`.
    pub(crate) fn config(&self) -> PathBuf {
        match self.os {
            Os::Linux => self.moved("XDG_CONFIG_HOME", ".config"),
            Os::Mac => self.home.join("Library/Application Support"),
            Os::Windows => self.moved("APPDATA", "AppData/Roaming"),
        }
    }
}
