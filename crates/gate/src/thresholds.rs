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
/// How much longer the handshake of the other era may take once one is answered.
pub const OTHER_ERA: Duration = Duration::from_secs(5);
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

/// Entries of a list that are kept of a long answer that nobody waits for.
pub const STRAY_ITEMS: usize = 100;
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
/// The pauses before the calls that show whether each takes something.
pub const TAKING_PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(7),
    Duration::from_millis(40),
    Duration::from_millis(15),
];

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
/// How long a slow call runs before it is cancelled.
pub const CANCEL_LEAD: Duration = Duration::from_millis(100);
/// A call that takes at least so long is not answered by chance at two times of cancellation.
pub const PROVOKED_CALL: Duration = Duration::from_millis(400);
/// What was sent so soon after a cancellation may have crossed it.
pub const CROSSING: Duration = Duration::from_millis(75);

// --- pages and sizes -----------------------------------------------------------------------------

/// Tools with a limit that are asked for a million items.
pub const TOOLS_LIMITED: usize = 20;
/// More items on one page are not capped. Tuned: the largest page sizes of known APIs are 100 to 200.
pub const PAGE_ITEMS: usize = 200;
/// An answer that grows with its limit beyond this is not capped, in tokens (answer-size warns here).
pub const PAGE_TOKENS: usize = 10_000;
/// Tokens of an answer above which Claude Code refuses it.
pub const ANSWER_TOKENS_MAX: usize = 25_000;
/// Tokens of an answer above which Claude Code warns.
pub const ANSWER_TOKENS_WARN: usize = 10_000;
/// The limit that is asked for where a schema has no maximum.
pub const LARGE_LIMIT: i64 = 1_000;
/// Calls per tool that look for a query with several answers.
pub const BROAD_QUERIES: usize = 4;

// --- HTTP ----------------------------------------------------------------------------------------

/// Requests over HTTP that are under way at once: Python's `http.server` keeps a queue of five, and
/// what does not fit into it waits for a second.
pub const HTTP_AT_ONCE: usize = 6;
/// The longest value of a header that mirrors an argument, in bytes; longer ones are refused by many a server
/// before they are read.
pub const HEADER_BYTES: usize = 4 * 1024;
/// How long a connection over HTTP may take to be made.
pub const CONNECT: Duration = Duration::from_secs(10);
/// How long an idle connection over HTTP is used again: less than the 5 s after which Node.js and
/// uvicorn close theirs, as a request in that moment is lost.
pub const HTTP_IDLE: Duration = Duration::from_secs(2);
/// How long the end of an HTTP session (`DELETE`) is waited for.
pub const GOODBYE: Duration = Duration::from_secs(2);
/// How long an answer to one of the H rules' requests is waited for, where `--timeout` says no less.
pub const PROBE: Duration = Duration::from_secs(5);

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
/// So many required arguments, and none in the description, are a note even where the schema explains them
/// (a choice).
pub const ARGUMENTS_UNSAID: usize = 2;
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

/// The shortest value that a name alone makes a secret, in letters and digits in a row (tuned).
pub const SECRET_RUN: usize = 16;
/// How random such a value must be, in bits per character: hexadecimal digits have 4 at most (tuned).
pub const SECRET_ENTROPY: f64 = 3.0;
/// What is read of a repository in search of secrets, in bytes.
pub const SECRET_BYTES: usize = 128 * 1024 * 1024;
/// From this score on, a text orders the model about: an error (tuned).
pub const ORDERS_ERROR: u32 = 100;
/// Messages of a rendered prompt that are searched.
pub const PROMPT_MESSAGES: usize = 50;
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
/// Resources, and prompts without arguments, that are read to be looked through.
pub const RESOURCES_READ: usize = 20;
/// Calls that try an injection, in a whole run.
pub const INJECTIONS: usize = 1_200;
/// Arguments of one tool into which injections are put.
pub const INJECTED_ARGUMENTS: usize = 8;
/// How long an injection is given to take effect after its answer.
pub const INJECTION_EFFECT: Duration = Duration::from_millis(300);

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
