//! Every number that a rule or the run goes by, in one place.
//!
//! Where a number comes from is said beside it. "Tuned" means: chosen so that the servers under
//! `tests/real/` and the planted defects come out right; change it there and look at the snapshots.

use std::time::Duration;

// --- the run -------------------------------------------------------------------------------------

/// How long one answer is waited for, unless `--timeout` says otherwise.
pub const ANSWER: Duration = Duration::from_secs(10);
/// How long the first answer may take: `npx` may have to fetch the server first.
pub const START: Duration = Duration::from_secs(60);
/// How long a whole run takes at most; what is left is "could not verify".
pub const RUN: Duration = Duration::from_secs(600);
/// After so many answers in a row that never came, a connection is given up.
pub const SILENCES: u32 = 2;
/// How often a server is started at most, in a whole run.
pub const STARTS: usize = 60;
/// The longest message that is read, in bytes; a longer one ends the connection.
pub const MESSAGE_BYTES: usize = 32 * 1024 * 1024;
/// What is read from a connection in all, in bytes; more ends it.
pub const CONNECTION_BYTES: usize = 256 * 1024 * 1024;
/// What a server may write to stdout that is no protocol, in bytes, before the connection ends.
pub const NOISE_BYTES: usize = 4 * 1024 * 1024;
/// Messages that nobody asked for, per connection; more ends it.
pub const UNASKED: usize = 10_000;
/// What is kept of a server's stderr, in bytes: its end.
pub const STDERR_BYTES: usize = 16 * 1024;
/// What is kept of each message for the report, in bytes.
pub const EXCHANGE_BYTES: usize = 4 * 1024;
/// Findings of one rule that are shown one by one; the rest is counted.
pub const FINDINGS_PER_RULE: usize = 50;
/// Values of variables and headers that are at least so long are hidden in reports, in bytes.
pub const SECRET_CHARS: usize = 8;
/// The longest message or fix, in characters.
pub const MESSAGE_CHARS: usize = 1_000;

// --- lists ---------------------------------------------------------------------------------------

/// Pages of one list that are walked.
pub const PAGES: usize = 1_000;
/// Items of one list that are kept; more are counted only.
pub const ITEMS: usize = 200_000;
/// Tools that are compared with each other or called; further ones are not.
pub const TOOLS_JUDGED: usize = 1_000;

// --- names and schemas ---------------------------------------------------------------------------

/// The longest name of a tool, in characters (MCP 2025-11-25, Tools, Tool Names).
pub const TOOL_NAME_MAX: usize = 128;
/// The longest name that every known client takes (function names of the `OpenAI` API).
pub const TOOL_NAME_PORTABLE: usize = 64;

// --- protocol ------------------------------------------------------------------------------------

// --- pages and sizes -----------------------------------------------------------------------------

// --- HTTP ----------------------------------------------------------------------------------------

// --- descriptions --------------------------------------------------------------------------------

// --- security ------------------------------------------------------------------------------------

/// The shortest value that a name alone makes a secret, in letters and digits in a row (tuned).
pub const SECRET_RUN: usize = 16;
/// How random such a value must be, in bits per character: hexadecimal digits have 4 at most (tuned).
pub const SECRET_ENTROPY: f64 = 3.0;
/// What is read of a repository in search of secrets, in bytes.
pub const SECRET_BYTES: usize = 128 * 1024 * 1024;

// --- behaviour -----------------------------------------------------------------------------------

// --- repository ----------------------------------------------------------------------------------

/// Files of a project that are looked at; further ones are not.
pub const FILES: usize = 50_000;
/// The largest file that is read, in bytes.
pub const FILE_BYTES: u64 = 2 * 1024 * 1024;
/// How deep folders are looked into.
pub const FOLDER_DEPTH: usize = 64;
/// How long the pipes of a program that ended are still read: what it left behind may hold them.
pub const PIPE_GRACE: Duration = Duration::from_millis(300);
/// How long a server may take to end where a variable is missing (tuned: a slow start of Node.js or
/// Python takes up to 3 s).
pub const EXIT_WITHOUT_VARIABLE: Duration = Duration::from_secs(10);
/// How long after its answer to the handshake a server may still end because a variable is missing.
pub const EXIT_AFTER_HANDSHAKE: Duration = Duration::from_millis(300);
/// Variables that are left out one by one; further ones are not.
pub const VARIABLES: usize = 20;
/// What is read of a repository's tests, in bytes.
pub const TEST_BYTES: usize = 32 * 1024 * 1024;
/// How long a project's tests may run, all together.
pub const TESTS_RUN: Duration = Duration::from_secs(600);
