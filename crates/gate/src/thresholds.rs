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
/// How much longer the handshake of the other era may take once one is answered.
pub const OTHER_ERA: Duration = Duration::from_secs(5);
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

/// How long the answer to a foreign version, or to what does not exist, may take (the catalogue's 5 s).
pub const VERSION_ANSWER: Duration = Duration::from_secs(5);
/// How long further answers of that kind are waited for, once one stayed out.
pub const AFTER_SILENCE: Duration = Duration::from_secs(1);
/// How long a subscription's acknowledgement may take.
pub const ACKNOWLEDGED: Duration = Duration::from_secs(2);
/// How long a stream of HTTP is listened to for a refusal.
pub const STREAM_REFUSAL: Duration = Duration::from_millis(500);
/// Values of a completion at most (MCP 2025-11-25 and 2026-07-28, Completion).
pub const COMPLETIONS: usize = 100;
/// Tools that are called once more in the modern era, to see the form of their results.
pub const ENVELOPE_TOOLS: usize = 20;
/// A call that took longer is not repeated only to see the form of its result.
pub const ENVELOPE_CALL: Duration = Duration::from_millis(500);
/// Templates from which the URI of a missing resource is made, per era.
pub const MISSING_TEMPLATES: usize = 3;
/// A text of a resource that is longer is not taken for an error in disguise, in characters.
pub const DISGUISED_ERROR: usize = 500;
/// Up to so many entries of a list, a random order repeats by chance often enough for a third listing.
pub const FEW_ENTRIES: usize = 3;
/// Calls, prompts and resources that are tried for one that asks for input, each.
pub const INPUT_TRIES: usize = 30;
/// Places at which a state is tampered with.
pub const STATE_LEAVES: usize = 6;
/// How long a process may live after its stdin was closed.
pub const EXIT_ON_EOF: Duration = Duration::from_secs(3);
/// A call that takes at least so long can be cancelled in its course.
pub const SLOW_CALL: Duration = Duration::from_millis(200);
/// A call that takes longer is too slow to be cancelled in a run.
pub const TOO_SLOW_CALL: Duration = Duration::from_secs(4);
/// What was sent so soon after a cancellation may have crossed it.
pub const CROSSING: Duration = Duration::from_millis(75);

// --- pages and sizes -----------------------------------------------------------------------------

// --- HTTP ----------------------------------------------------------------------------------------

// --- descriptions --------------------------------------------------------------------------------

// --- security ------------------------------------------------------------------------------------

// --- behaviour -----------------------------------------------------------------------------------

// --- repository ----------------------------------------------------------------------------------
