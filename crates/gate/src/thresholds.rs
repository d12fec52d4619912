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

/// Tools with a limit that are asked for a million items.
pub const TOOLS_LIMITED: usize = 20;
/// More items on one page are not capped. Tuned: the largest page sizes of known APIs are 100 to 200.
pub const PAGE_ITEMS: usize = 200;
/// An answer that grows with its limit beyond this is not capped, in tokens (answer-size warns here).
pub const PAGE_TOKENS: usize = 10_000;

// --- HTTP ----------------------------------------------------------------------------------------

// --- descriptions --------------------------------------------------------------------------------

// --- security ------------------------------------------------------------------------------------

// --- behaviour -----------------------------------------------------------------------------------

/// How long the shared calls take at most, together.
pub const CALLS_TIME: Duration = Duration::from_secs(30);
/// The shared calls of a run, at most.
pub const CALLS: usize = 600;
/// The calls of one kind to one tool; `--active` makes twice as many.
pub const CALLS_PER_KIND: usize = 4;
/// Tools that are called at once.
pub const CALLS_AT_ONCE: usize = 6;
/// After so many tools that did not answer, none is called any more.
pub const SILENT_TOOLS: usize = 4;
/// What is read of a failure's text, in characters.
pub const FAILURE_CHARS: usize = 16_000;
/// A longer answer that begins like a failure is data, in bytes. Tuned.
pub const FAILURE_LONG: usize = 2_000;
/// Reading tools, and resources, that are looked at before and after a destructive call.
pub const VIEWS: usize = 10;
/// Destructive tools that are called, with `--destructive`.
pub const TOOLS_DESTROYED: usize = 20;
/// Odd calls of a run, and with `--active`.
pub const FUZZ_CALLS: usize = 60;
/// Odd calls of a run with `--active`.
pub const FUZZ_CALLS_ACTIVE: usize = 300;
/// How long the odd calls of a default run take at most; `--active` takes ten times as long.
pub const FUZZ_TIME: Duration = Duration::from_secs(10);
/// How long the answer to an odd call is waited for.
pub const FUZZ_ANSWER: Duration = Duration::from_secs(5);
/// A tool that takes so long for a plain call gets no odd ones.
pub const FUZZ_SLOW: Duration = Duration::from_millis(800);
/// After so many deaths no further odd call is made.
pub const FUZZ_DEATHS: usize = 3;
/// Tries to make deadly arguments smaller; each starts the server.
pub const SHRINK_TRIES: usize = 8;
/// How long that takes at most.
pub const SHRINK_TIME: Duration = Duration::from_secs(10);

// --- repository ----------------------------------------------------------------------------------
