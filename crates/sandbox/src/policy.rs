//! What a run may use. Every backend gets the same policy and enforces what it can; `run.rs`
//! enforces the wall clock and the output limits for all.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// The limits of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The longest wall time a job may ask for.
    pub wall: Duration,
    /// Processor time.
    pub cpu: Duration,
    /// Memory, in bytes; swap included.
    pub memory: u64,
    /// Processes and threads.
    pub pids: u32,
    /// Characters of stdout that are kept: the last ones.
    pub stdout_chars: usize,
    /// Characters of stderr that are kept: the last ones.
    pub stderr_chars: usize,
    /// Bytes written to stdout and stderr together after which the run is ended.
    pub flood: u64,
    /// Space in `/tmp`, in bytes.
    pub scratch: u64,
    /// Files and folders in `/tmp`.
    pub scratch_files: u32,
    /// Bytes of all artifacts (files in `/tmp/out`) together.
    pub artifacts: u64,
    /// Number of artifacts.
    pub artifact_files: usize,
    /// Calls to the host's tools.
    pub calls: u32,
    /// Calls to the host's tools at one time.
    pub calls_in_flight: usize,
    /// Wall time of one call to a tool.
    pub call_wall: Duration,
    /// Bytes of one tool's answer.
    pub call_bytes: usize,
    /// Bytes of all tools' answers together.
    pub all_call_bytes: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(30),
            cpu: Duration::from_secs(30),
            memory: 512 * MIB,
            pids: 128,
            stdout_chars: 4_000,
            stderr_chars: 2_000,
            flood: 256 * MIB,
            scratch: 64 * MIB,
            scratch_files: 4_096,
            artifacts: 8 * MIB,
            artifact_files: 32,
            calls: 100,
            calls_in_flight: 4,
            call_wall: Duration::from_secs(10),
            call_bytes: 1024 * 1024,
            all_call_bytes: 8 * 1024 * 1024,
        }
    }
}
