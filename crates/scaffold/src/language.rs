//! The languages that a project can be written in.

use serde::{Deserialize, Serialize};

/// A language with a template.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python 3.11 or newer, on the official SDK, with uv.
    Python,
    /// Rust, on rmcp.
    Rust,
}

impl Language {
    /// All of them, sorted.
    pub const ALL: [Self; 2] = [Self::Python, Self::Rust];

    /// As it is written on the command line and in `.seaworthy.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
