//! Every number that a rule or the run goes by, in one place.
//!
//! Where a number comes from is said beside it. "Tuned" means: chosen so that the servers under
//! `tests/real/` and the planted defects come out right; change it there and look at the snapshots.

use std::time::Duration;

// --- the run -------------------------------------------------------------------------------------

/// How long one answer is waited for, unless `--timeout` says otherwise.
pub const ANSWER: Duration = Duration::from_secs(10);
/// How long the first answer may take, unless `--timeout` is shorter than [`ANSWER`]: `npx` may have to
/// fetch the server first.
pub const START: Duration = Duration::from_secs(60);
/// The first answer may take so many times as long as any other, up to [`START`].
pub const START_TIMES: u32 = 6;
/// How long a whole run takes at most; what is left is "could not verify".
pub const RUN: Duration = Duration::from_secs(600);
/// After so many answers in a row that never came, a connection is given up.
pub const SILENCES: u32 = 2;
/// After so many answers in a row that never came, on whatever connections, no more is asked.
pub const SILENCES_IN_A_ROW: u32 = 10;
/// After so many answers in all that never came, no more is asked.
pub const SILENCES_IN_ALL: u32 = 24;
/// After so many connections that ended in a flood, no more are made.
pub const FLOODS: u32 = 5;
/// How often a server is started at most, in a whole run.
pub const STARTS: usize = 60;
/// The longest message that is read, in bytes; a longer one ends the connection.
pub const MESSAGE_BYTES: usize = 32 * 1024 * 1024;
/// The longest message of which an answer keeps both the result and the whole, in bytes.
pub const WHOLE_BYTES: usize = 1024 * 1024;
/// Objects in one message; one with more is not parsed, as it would take a hundred times its length of
/// memory (a list of 100,000 tools has some 500,000).
pub const MESSAGE_OBJECTS: usize = 1_000_000;
/// What is read from a connection in all, in bytes; more ends it.
pub const CONNECTION_BYTES: usize = 256 * 1024 * 1024;
/// What a server may write to stdout that is no protocol, in bytes, before the connection ends.
pub const NOISE_BYTES: usize = 4 * 1024 * 1024;
/// Messages that nobody asked for, per connection; more ends it.
pub const UNASKED: usize = 10_000;
/// Their length in all, in bytes; more ends it.
pub const UNASKED_BYTES: usize = 16 * 1024 * 1024;
/// What a server may write to stderr, in bytes, before the connection ends.
pub const STDERR_FLOOD_BYTES: usize = 64 * 1024 * 1024;
/// What is kept of a server's stderr, in bytes: its end.
pub const STDERR_BYTES: usize = 16 * 1024;
/// What is kept of each message for the report, in bytes.
pub const EXCHANGE_BYTES: usize = 4 * 1024;
/// What is kept of all messages for the report, in bytes; later ones are numbered only.
pub const LOG_BYTES: usize = 128 * 1024 * 1024;
/// Findings of one rule that are shown one by one; the rest is counted.
pub const FINDINGS_PER_RULE: usize = 50;
/// Values of variables and headers that are at least so long are hidden in reports, in bytes.
pub const SECRET_CHARS: usize = 8;
/// The longest message or fix, in characters.
pub const MESSAGE_CHARS: usize = 1_000;

// --- lists ---------------------------------------------------------------------------------------

/// Pages of one list that are walked.
pub const PAGES: usize = 1_000;
/// Items of one list that are walked.
pub const ITEMS: usize = 200_000;
/// Items of one list that are kept and judged; more are counted only.
pub const ITEMS_KEPT: usize = 10_000;
/// A walk ends after so many pages in a row that brought nothing new.
pub const PAGES_WITHOUT_NEWS: usize = 20;
/// A walk over one list takes no longer than so many answers may take.
pub const WALK_TIMES: u32 = 6;
/// Repeated entries of one list that are shown.
pub const REPEATS: usize = 50;
/// Tools that are compared with each other or called; further ones are not.
pub const TOOLS_JUDGED: usize = 1_000;

// --- names and schemas ---------------------------------------------------------------------------

/// The longest name of a tool, in characters (MCP 2025-11-25, Tools, Tool Names).
pub const TOOL_NAME_MAX: usize = 128;
/// The longest name that every known client takes (function names of the `OpenAI` API).
pub const TOOL_NAME_PORTABLE: usize = 64;

// --- protocol ------------------------------------------------------------------------------------

// --- pages and sizes -----------------------------------------------------------------------------

/// Tokens of an answer above which Claude Code refuses it.
pub const ANSWER_TOKENS_MAX: usize = 25_000;
/// Tokens of an answer above which Claude Code warns.
pub const ANSWER_TOKENS_WARN: usize = 10_000;
/// The limit that is asked for where a schema has no maximum.
pub const LARGE_LIMIT: i64 = 1_000;
/// Calls per tool that look for a query with several answers.
pub const BROAD_QUERIES: usize = 4;

// --- HTTP ----------------------------------------------------------------------------------------

// --- descriptions --------------------------------------------------------------------------------

// --- security ------------------------------------------------------------------------------------

/// Resources, and prompts without arguments, that are read to be looked through.
pub const RESOURCES_READ: usize = 20;
/// Calls that try an injection, in a whole run.
pub const INJECTIONS: usize = 1_200;
/// Arguments of one tool into which injections are put.
pub const INJECTED_ARGUMENTS: usize = 8;
/// How long an injection is given to take effect after its answer.
pub const INJECTION_EFFECT: Duration = Duration::from_millis(300);

// --- behaviour -----------------------------------------------------------------------------------

// --- repository ----------------------------------------------------------------------------------
