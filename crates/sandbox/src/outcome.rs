//! What came of a run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The code came to its end, or called `sys.exit(0)`.
    Exit,
    /// An exception that nobody caught, or another status than 0.
    Error,
    /// Its wall or processor time was over.
    Timeout,
    /// It wanted more memory than it may have.
    Memory,
    /// It wrote without end.
    Output,
    /// It ended in a way that Python does not: a signal, a crash, an abort.
    Killed,
}

impl Ending {
    /// The word for it, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Memory => "memory",
            Self::Output => "output",
            Self::Killed => "killed",
        }
    }
}

/// The end of what was written to stdout or stderr.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stream {
    /// The last characters; bytes that are not UTF-8 became U+FFFD.
    pub text: String,
    /// How many bytes were written before them and are not kept.
    pub cut_bytes: u64,
}

/// A file that the code left in `/tmp/out`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its plain name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The end of stdout.
    pub stdout: Stream,
    /// The end of stderr.
    pub stderr: Stream,
    /// The exit status, where the code got to have one.
    pub status: Option<i32>,
    /// Why it ended.
    pub ending: Ending,
    /// One sentence about the ending, for a person or a model.
    pub detail: String,
    /// How long it ran.
    pub wall: Duration,
    /// Processor time, where the backend can tell.
    pub cpu: Option<Duration>,
    /// The most memory it used, in bytes, where the backend can tell.
    pub peak_memory: Option<u64>,
    /// What it left in `/tmp/out`.
    pub artifacts: Vec<Artifact>,
    /// How many files in `/tmp/out` were left behind because of their number, size or kind.
    pub artifacts_left: u32,
    /// How many calls to the host's tools it made.
    pub calls: u32,
}
