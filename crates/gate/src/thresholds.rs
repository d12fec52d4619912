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

/// Tools whose descriptions are read for phrases; further ones are "could not verify".
pub const DESCRIPTIONS_JUDGED: usize = 5_000;
/// What is read of a description, in bytes; its length is judged whole.
pub const DESCRIPTION_READ: usize = 20_000;
/// The shortest description, in characters: less has no room for purpose and result (tuned).
pub const DESCRIPTION_MIN: usize = 40;
/// The longest, in characters: Claude Code cuts there.
pub const DESCRIPTION_MAX: usize = 2_048;
/// With no more words than this, a description needs a verb to be a sentence (tuned).
pub const PURPOSE_WORDS: usize = 3;
/// Up to so many words, a phrase such as "fixme" makes a description a placeholder (tuned).
pub const UNFINISHED_WORDS: usize = 12;
/// What the evidence that a description says what comes back must weigh (tuned).
pub const OUTPUT_SCORE: u32 = 2;
/// What the evidence that it says when not to use the tool must weigh (tuned).
pub const LIMITS_SCORE: u32 = 2;
/// Tools that are considered for the name in "use ... instead", the first ones.
pub const SIBLINGS: usize = 200;
/// How often a rule looks for that name.
pub const PROPOSALS: usize = 500;
/// Tools that must begin with the same word for it to be the service's name (tuned).
pub const SERVICE_TOOLS: usize = 3;
/// The share of words that two descriptions must have in common to be nearly the same (tuned).
pub const DUPLICATE_SHARE: f64 = 0.85;
/// Descriptions with fewer words that mean something are compared for sameness only (tuned).
pub const DUPLICATE_WORDS: usize = 5;
/// From so many words on, one word more that is also in the name does not tell two texts apart (tuned).
pub const DUPLICATE_LONG: usize = 20;
/// Operations on one noun (of list, read, create, update, delete) that make it an endpoint's (tuned).
pub const MIRROR_OPERATIONS: usize = 3;
/// Such nouns, or tools with a method and path in their text, that make a surface a mirror (tuned).
pub const MIRROR_NOUNS: usize = 2;
/// The share of tools that names of create, read, update, delete or operation ids must have to make a
/// surface a mirror (tuned).
pub const MIRROR_SHARE: f64 = 0.6;
/// Surfaces with fewer tools are not judged by the share of such names (tuned).
pub const MIRROR_TOOLS: usize = 8;
/// Nouns with two operations or more that it takes beside the share (tuned).
pub const MIRROR_PAIRS: usize = 3;

// --- security ------------------------------------------------------------------------------------

// --- behaviour -----------------------------------------------------------------------------------

// --- repository ----------------------------------------------------------------------------------
