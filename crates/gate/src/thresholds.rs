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
/// Tools of one server (Anthropic's guidance on tools; the second seed document).
pub const SURFACE_TOOLS: usize = 20;
/// Tokens of all definitions (the second seed document).
pub const SURFACE_TOKENS: usize = 10_000;
/// Characters of one token, as everywhere in the reports.
pub const TOKEN_CHARS: usize = 4;
/// How deep schemas are followed: properties, items, alternatives and references.
pub const SCHEMA_DEPTH: usize = 12;
/// Subschemas of one tool that are looked at.
pub const SUBSCHEMAS: usize = 2_000;
/// Tools whose claim to read only is tried out, with `--active`.
pub const CLAIMS_TRIED: usize = 8;
/// Tools that are asked before and after such a trial.
pub const OBSERVERS: usize = 4;

// --- protocol ------------------------------------------------------------------------------------

// --- pages and sizes -----------------------------------------------------------------------------

// --- HTTP ----------------------------------------------------------------------------------------

// --- descriptions --------------------------------------------------------------------------------

// --- security ------------------------------------------------------------------------------------

/// From this score on, a text orders the model about: an error (tuned).
pub const ORDERS_ERROR: u32 = 100;
/// From this score on, a text seems to order the model about: a warning (tuned).
pub const ORDERS_WARNING: u32 = 60;
/// What is read of one text of the surface, in characters.
pub const TEXT_CHARS: usize = 50_000;
/// Texts of the surface that are read.
pub const TEXTS: usize = 50_000;
/// What is read of all texts of the surface that differ, in bytes.
pub const TEXT_BYTES: usize = 4 * 1024 * 1024;
/// The shortest run of encoded characters that is decoded.
pub const ENCODED_CHARS: usize = 32;
/// An encoded run of this length is hidden text or data, which no description needs.
pub const ENCODED_LONG: usize = 200;
/// Blanks, or line ends, in a row that push text out of sight.
pub const PUSHED_BLANKS: usize = 120;
/// Line ends in a row that push text out of sight.
pub const PUSHED_LINES: usize = 15;

// --- behaviour -----------------------------------------------------------------------------------

// --- repository ----------------------------------------------------------------------------------
