//! How texts tell a failure: whether one does, whether it helps, and what it gives away.
//!
//! Tuned on what SDKs and handwritten servers say (`tests/real/`); the tables of the tests below hold
//! them. Texts are the server's: they are cut before they are searched, and no pattern is made of them.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use crate::{thresholds, verbs::words, wire::Answer};

fn pattern(source: &str) -> Regex {
    // the patterns are constants, and a test compiles them all
    Regex::new(source).unwrap_or_else(|_| Regex::new("$^").unwrap_or_else(|_| unreachable!()))
}

/// What SDKs and habits put before the text that matters.
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\s*(?:mcp error -?\d+:?|error(?: code)? -?\d+:|an? (?:unexpected )?error (?:occurred|happened)(?: while[^:.]*)?[:.]?|error (?:executing|calling|running|in) (?:the )?(?:tool)? ?[\w./-]*:?|(?:tool )?(?:execution |call )?failed:|error:|exception:|failure:|fehler:|❌|\[error\]|(?:internal )?(?:server )?error:|\w*(?:error|exception):))+",
    )
});

/// A text that is a failure from its first word.
static FAILS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:\[?(?:error|err|fatal|exception|failure)\]?\b(?:\W|$)|an? (?:unexpected |internal )?error (?:occurred|happened)|traceback \(most recent|failed\b|failed to\b|unable to\b|could not\b|cannot\b|can't\b|internal (?:server )?error|invalid (?:argument|input|param|request|type|value)|missing (?:required |argument|param|field)|unknown (?:argument|param|tool)|something went wrong|unhandled|uncaught|panic:|http(?:/[\d.]+)? ?(?:error )?[45]\d\d\b|(?:status(?: code)?:? ?)?[45]\d\d (?:bad request|unauthorized|forbidden|not found|method|conflict|gone|unprocessable|too many|internal|bad gateway|service|gateway)|\w+(?:Error|Exception): )",
    )
});

/// What was expected, or what to do: the next move.
static MOVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:must|should|expected|expects?|required?|requires|missing|unrecogni[sz]ed|unexpected|unknown|additional|not allowed|not permitted|is not (?:of type|one of|a|an|valid under)|not of type|invalid type|invalid_type|one of|allowed|valid (?:values?|options?)|at (?:least|most)|greater|less|between|range|minimum|maximum|longer|shorter|use|using|call|try|retry|provide|pass|give|specify|supply|set|check|see|choose|pick|list|ask|instead|remove|next|only|field required|to (?:see|find|list|get)|does not match|too (?:long|short|big|small|large|many|few)|has no|takes|accepts?|accepted|supported|available|did you mean|again)\b",
    )
});

/// That something about the input is wrong.
static PROBLEM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:missing|required?|invalid|unknown|unrecogni[sz]ed|unexpected|not found|does ?n.t exist|do(?:es)? not exist|no such|there is no|no \w+ (?:(?:is|are|was|has|have|goes|exists?) )?(?:with|by|named|called|found|known|matches|exists?|the|that|this|such|under)|must|should|expected|not (?:of type|one of|allowed|valid|a valid|an?|in|accessible|authori[sz]ed|permitted|supported|available|enough)|type|too|denied|forbidden|unauthori[sz]ed|expired|limit|exceed\w*|failed to deserialize|cannot|could not|already|empty|out of range|malformed|unsupported|conflict|quota|timed? ?out|timeout|unreachable|refused)\b",
    )
});

/// Words that say nothing.
static OPAQUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:an?\b|the\b|tool\b|execution\b|unexpected\b|internal\b|server\b|unknown\b|generic\b|general\b|error\b|errors\b|exception\b|failure\b|failed\b|fail\b|problem\b|issue\b|occurred\b|happened\b|something\b|went\b|wrong\b|oops\b|sorry\b|please\b|try\b|again\b|later\b|bad\b|request\b|invalid\b|input\b|arguments?\b|params?\b|parameters?\b|null\b|none\b|undefined\b|nil\b|false\b|true\b|nan\b|n/?a\b|unable\b|could\b|cannot\b|not\b|process\b|handle\b|complete\b|to\b|operation\b|your\b|call\b|call(?:ing|ed)\b|has\b|have\b|was\b|is\b|there\b|http\b|status\b|code\b|contact\b|support\b|administrator\b|while\b|processing\b|executing\b|\d+|[^\w]+|_)+$",
    )
});

/// What an interpreter says when the code broke, not the call.
static BROKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)object has no attribute|cannot read (?:property|properties)|is not a function|object is not (?:iterable|subscriptable|callable)|unhashable type|unsupported operand|null ?pointer|nil pointer|invalid memory address|index out of (?:range|bounds)|indices must be|not supported between instances|can only concatenate|positional arguments? but|invalid literal for|undefined is not|of undefined\b|of null\b|object of type '\w+' has no|unwrap\(\)|\[object Object\]",
    )
});

/// The part of a text that is looked at.
pub(crate) fn cut(text: &str) -> &str {
    match text.char_indices().nth(thresholds::FAILURE_CHARS) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// A text without the words that only say that it is a failure.
pub(crate) fn without_prefix(text: &str) -> &str {
    let text = cut(text).trim();
    PREFIX
        .find(text)
        .map_or(text, |found| text[found.end()..].trim())
}

/// Whether a whole answer is a failure by its text, though it may not be flagged as one: what says so,
/// as a range of bytes.
pub(crate) fn reads_as_failure(text: &str) -> Option<Range<usize>> {
    let text = cut(text);
    if let Ok(value) = serde_json::from_str::<Value>(text.trim()) {
        return is_failed(&value).then_some(0..text.len());
    }
    let found = FAILS.find(text)?;
    // a page of data may begin with the word
    (text.len() <= thresholds::FAILURE_LONG || text.contains("Traceback (most recent call last)"))
        .then(|| found.range())
}

/// Whether a JSON answer says that it failed, and nothing else.
pub(crate) fn is_failed(value: &Value) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    let told = |value: &Value| match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Object(inner) => !inner.is_empty(),
        Value::Bool(flag) => *flag,
        _ => false,
    };
    let error = [
        "error",
        "err",
        "errorMessage",
        "error_message",
        "exception",
        "Error",
    ]
    .into_iter()
    .any(|key| object.get(key).is_some_and(told));
    let denied = ["success", "ok", "succeeded"]
        .into_iter()
        .any(|key| object.get(key) == Some(&Value::Bool(false)));
    let code = ["status", "statusCode", "status_code", "code"]
        .into_iter()
        .filter_map(|key| object.get(key)?.as_i64())
        .any(|code| (400..600).contains(&code));
    let status = object
        .get("status")
        .and_then(Value::as_str)
        .is_some_and(|status| {
            matches!(
                status.to_lowercase().as_str(),
                "error" | "failed" | "failure" | "fail"
            )
        });
    let flagged = object.get("isError") == Some(&Value::Bool(true));
    let message = ["message", "detail", "reason", "msg"]
        .into_iter()
        .any(|key| object.contains_key(key));
    // beside data an error is one field among others
    let small = object.len() <= 4;
    denied || flagged || (error && small) || ((code || status) && (message || error) && small)
}

/// What is missing in an error's text, if anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lack {
    /// It says nothing but that something failed.
    Everything,
    /// It does not say which argument, or what about it.
    Problem,
    /// It says what is wrong, but not what would be right.
    Move,
}

/// Whether an error's text names the problem and the next move. `arguments` are the tool's own and what
/// was sent.
pub(crate) fn lack(text: &str, names: &[String], sent: &Value) -> Option<Lack> {
    let bare = without_prefix(text);
    let letters = bare
        .chars()
        .filter(|character| character.is_alphabetic())
        .count();
    // a bare key, as `KeyError: 'text'` ends up
    let spoken = bare.split_whitespace().count();
    if letters < 3 || OPAQUE.is_match(bare) {
        return Some(Lack::Everything);
    }
    let named = names.iter().any(|name| mentions(bare, name));
    if spoken < 2 {
        return Some(if named { Lack::Move } else { Lack::Everything });
    }
    let valued = values(sent)
        .iter()
        .any(|value| bare.contains(value.as_str()));
    let problem = PROBLEM.is_match(bare);
    let next = MOVE.is_match(bare);
    if BROKEN.is_match(bare) {
        return Some(Lack::Problem);
    }
    match (named || valued || problem, next) {
        (true, true) if named || valued || is_specific(bare) => None,
        (true, false) if named || valued => Some(Lack::Move),
        (true, false) if problem && spoken >= 4 => Some(Lack::Move),
        _ => Some(Lack::Problem),
    }
}

/// Whether a text that names no argument still tells enough: what a validator says of a value, or a
/// sentence with a subject.
fn is_specific(text: &str) -> bool {
    static TYPED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:of type|invalid type|expected (?:an? )?(?:string|integer|number|boolean|object|array|map|sequence|u\d+|i\d+|f\d+)|is not one of|input should be|missing field|unknown field)\b",
        )
    });
    TYPED.is_match(text) || text.split_whitespace().count() >= 7
}

/// Whether a text has the name as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let plain = text.match_indices(name).take(50).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    });
    // noteId, told as "note id"
    let spaced = words(name).join(" ");
    plain || (spaced.contains(' ') && text.to_lowercase().contains(&spaced))
}

/// The texts and numbers that were sent, long enough to be told from others.
fn values(sent: &Value) -> Vec<String> {
    sent.as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, value)| match value {
            // a long value may be quoted in part
            Value::String(text) => Some(text.chars().take(32).collect::<String>()),
            Value::Number(number) => Some(number.to_string()),
            Value::Object(object) => object.values().next()?.as_str().map(str::to_owned),
            _ => None,
        })
        .filter(|value| value.chars().count() >= 3)
        .collect()
}

/// Everything that an answer tells, for what must not be in it: texts, and the data of an error.
pub(crate) fn told(answer: &Answer) -> String {
    let mut told = answer.text();
    if let Some(error) = answer.error() {
        collect(&error.data, &mut told, 6);
    } else {
        collect(&answer.result()["structuredContent"], &mut told, 6);
    }
    cut(&told).to_owned()
}

fn collect(value: &Value, into: &mut String, depth: usize) {
    if depth == 0 || into.len() > 4 * thresholds::FAILURE_CHARS {
        return;
    }
    match value {
        Value::String(text) => {
            into.push('\n');
            into.push_str(text);
        }
        Value::Array(items) => items
            .iter()
            .take(100)
            .for_each(|item| collect(item, into, depth - 1)),
        Value::Object(object) => object
            .values()
            .take(100)
            .for_each(|item| collect(item, into, depth - 1)),
        _ => {}
    }
}

/// Something that an error gives away: what it is, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Leak {
    pub(crate) what: &'static str,
    pub(crate) range: Range<usize>,
}

/// What each pattern gives away.
static LEAKS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    [
        ("a Python stack trace", r#"Traceback \(most recent call last\)|File "[^"\n]+", line \d+"#),
        ("a JavaScript stack trace", r"(?m)^\s*at (?:async )?(?:[\w$.<>\[\] ]+ \()?(?:file://|node:|[A-Za-z]:\\|/|webpack|internal/|\.{0,2}/)[^\s()]*:\d+:\d+\)?"),
        ("a Java stack trace", r#"(?m)^\s*at [\w$.]+\([\w$]+\.(?:java|kt|scala):\d+\)|Exception in thread "|\bCaused by: [\w.]+(?:Exception|Error)"#),
        ("a .NET stack trace", r"(?m)^\s*at [\w.`<>]+\([^)\n]*\)(?: in [^\n]+:line \d+)|--- End of inner exception"),
        ("a Go stack trace", r"goroutine \d+ \[\w|\bpanic: |(?m)^\t?/?[\w./-]+\.go:\d+"),
        ("a Rust panic", r"thread '[^'\n]*' (?:\(\d+\) )?panicked at|stack backtrace:|\bpanicked at [\w./-]+\.rs:\d+"),
        ("a Ruby or PHP stack trace", r"(?m)[\w./-]+\.rb:\d+:in |#\d+ /[\w./-]+\.php\(\d+\)|\bStack trace:"),
        ("a secret", r#"\b(?:sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}|xox[abpr]-[\w-]{10,}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+)|-----BEGIN [A-Z ]*PRIVATE KEY|(?i:\b(?:password|passwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token)["']?\s*[=:]\s*["']?[^\s"',;<>{}\[\]]{6,})|[?&](?:api_?)?key=[^\s&"']{6,}|(?i:\bbearer [A-Za-z0-9._~+/-]{16,})"#),
        ("a connection string with its password", r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@]+:[^\s:/@]+@[\w.-]+"),
        ("SQL", r"(?s)\bSELECT\b.{1,300}\bFROM\b\s+\w|\bINSERT INTO\b\s+\w|\bUPDATE\b\s+[\w.]+\s+\bSET\b|\bDELETE FROM\b\s+\w|SQLSTATE\b|\bORA-\d{5}|\bsqlite3\.\w+Error|\bpsycopg2?\.\w|syntax error at or near|You have an error in your SQL syntax|\bSQLITE_(?:ERROR|CONSTRAINT)"),
    ]
    .into_iter()
    .map(|(what, source)| (what, pattern(source)))
    .collect()
});

static PATHS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:^|[\s"'`(\[=:,<])((?:file://)?(?:/(?:home|Users|usr|root|var|app|opt|srv|etc|mnt|workspace|private|Library|data|build|src|code|tmp/[\w.-]+)/[\w.@+-][^\s"'`<>()\[\],;]*|[A-Za-z]:\\[^\s"'`<>]+))"#,
    )
});

/// What a text gives away. Paths that the run itself named (`own`) are none of the server's secrets.
pub(crate) fn leaks(text: &str, own: &str) -> Vec<Leak> {
    let text = cut(text);
    let mut found: Vec<Leak> = LEAKS
        .iter()
        .filter_map(|(what, pattern)| {
            let range = pattern.find(text)?.range();
            Some(Leak { what, range })
        })
        .collect();
    let path = PATHS
        .captures_iter(text)
        .take(50)
        .filter_map(|captures| captures.get(1))
        .find(|path| !own.contains(path.as_str().trim_end_matches(['.', ':', '/'])));
    // within a stack trace it is told already
    if let Some(path) = path.filter(|_| found.is_empty()) {
        found.push(Leak {
            what: "an absolute path",
            range: path.range(),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn failures_are_told_from_data() {
        for text in [
            "Error: no such note",
            "ERROR no such note",
            "error",
            "Traceback (most recent call last):\n  File \"x.py\", line 1",
            "Failed to fetch the page",
            "An error occurred while reading.",
            "{\"error\": \"no such note\"}",
            "{\"error\": {\"code\": 5}, \"id\": 1}",
            "{\"success\": false, \"items\": []}",
            "{\"ok\": false}",
            "{\"status\": 404, \"message\": \"not found\"}",
            "{\"status\": \"error\", \"message\": \"x\"}",
            "404 Not Found",
            "HTTP 500",
            "KeyError: 'text'",
            "TypeError: Cannot read properties of undefined (reading 'x')",
            "Invalid arguments",
            "Something went wrong",
            "❌ Error: no",
        ] {
            assert!(reads_as_failure(text).is_some(), "{text}");
        }
        for text in [
            "n1 Error in the boiler room: call the plumber",
            "12 issues: Error when saving; failed to load",
            "No note contains that. Try a shorter phrase.",
            "[{\"title\": \"Error: crash\"}]",
            "{\"error\": null, \"items\": [1]}",
            "{\"errors\": []}",
            "{\"id\": 1, \"title\": \"x\", \"state\": \"open\", \"error\": \"stack\", \"labels\": []}",
            "Errors of the last week: none",
            "{\"status\": 200, \"message\": \"fine\"}",
            "400 grams of flour",
            "Invalidation of caches is hard.",
            "",
        ] {
            assert!(reads_as_failure(text).is_none(), "{text}");
        }
    }

    #[test]
    fn texts_that_help_are_told_from_others() {
        let names = ["text".to_owned(), "limit".to_owned(), "noteId".to_owned()];
        let sent = json!({"text": {"unexpected": "object"}});
        for text in [
            "Input validation error: 'text' is a required property",
            "Input validation error: {'unexpected': 'object'} is not of type 'string'",
            "MCP error -32602: Input validation error: Invalid arguments for tool echo: [\n  {\n    \"code\": \"invalid_type\",\n    \"expected\": \"string\",\n    \"received\": \"undefined\",\n    \"path\": [\n      \"text\"\n    ],\n    \"message\": \"Required\"\n  }\n]",
            "Error executing tool find: 1 validation error for findArguments\ntext\n  Field required [type=missing, input_value={}, input_type=dict]",
            "failed to deserialize parameters: missing field `text`",
            "failed to deserialize parameters: invalid type: map, expected a string",
            "The argument text is missing. Call again with text.",
            "required argument \"text\" not found",
            "validating root: required: missing properties: [\"text\"]",
            "There is no note id n99. Call find_notes to see which there are.",
            "No page is called 'x'. NEXT: call find_pages with a word of it.",
            "No page has the title 'x'. NEXT: call find_pages with a word of it.",
            "text must be a string",
            "limit must be between 1 and 50",
            "Unrecognized key(s) in object: 'unexpected_argument'; allowed are text and limit",
        ] {
            assert_eq!(lack(text, &names, &sent), None, "{text}");
        }
        for text in [
            "",
            "null",
            "Error",
            "error: error",
            "500",
            "Internal error",
            "Internal server error.",
            "Something went wrong",
            "Something went wrong. Please try again later.",
            "Error executing tool find_notes",
            "Error executing tool find_notes: ",
            "An unexpected error occurred",
            "MCP error -32603: Internal error",
            "Invalid arguments",
            "Invalid params",
            "Bad request",
            "Tool execution failed",
            "undefined",
            "{}",
            "❌",
        ] {
            assert_eq!(lack(text, &names, &sent), Some(Lack::Everything), "{text}");
        }
        for text in [
            "Error executing tool find: 'text'",
            "Invalid text",
            "bad text",
            "Not found: of the kind text",
        ] {
            assert_eq!(lack(text, &names, &sent), Some(Lack::Move), "{text}");
        }
        for text in [
            "Validation failed",
            "'NoneType' object has no attribute 'lower'",
            "Cannot read properties of undefined (reading 'toLowerCase')",
        ] {
            assert!(lack(text, &names, &sent).is_some(), "{text}");
        }
    }

    #[test]
    fn leaks_are_found() {
        for (text, what) in [
            (
                "Traceback (most recent call last):\n  File \"/srv/app/main.py\", line 3, in call",
                "a Python stack trace",
            ),
            (
                "Error: x\n    at call (/app/dist/index.js:10:15)\n    at node:internal/process:1:2",
                "a JavaScript stack trace",
            ),
            (
                "x\n    at async file:///app/dist/index.js:10:15",
                "a JavaScript stack trace",
            ),
            (
                "java.lang.NullPointerException\n\tat com.acme.Notes.find(Notes.java:42)",
                "a Java stack trace",
            ),
            (
                "panic: runtime error: index out of range\n\ngoroutine 1 [running]:",
                "a Go stack trace",
            ),
            (
                "thread 'main' panicked at src/main.rs:4:5:\nboom",
                "a Rust panic",
            ),
            ("cannot open /home/ann/notes/db.sqlite", "an absolute path"),
            ("cannot open C:\\Users\\ann\\notes.db", "an absolute path"),
            ("no module at '/usr/lib/python3/x.py'", "an absolute path"),
            (
                "401 for token ghp_abcdefghijklmnopqrstuvwxyz012345",
                "a secret",
            ),
            ("login failed: password=hunter22", "a secret"),
            (
                "request to https://maps.example.com/json?q=x&key=abcdef123 failed",
                "a secret",
            ),
            (
                "cannot reach postgres://app:s3cret@localhost/notes",
                "a connection string with its password",
            ),
            ("near \"x\": SELECT id, text FROM notes WHERE id = x", "SQL"),
            ("sqlite3.OperationalError: no such column: x", "SQL"),
        ] {
            let found = leaks(text, "");
            assert!(
                found.iter().any(|leak| leak.what == what),
                "{text}: {found:?}"
            );
        }
        for text in [
            "The argument text is missing. Call again with text.",
            "see https://example.com/home/docs/errors",
            "There is no path /notes/x. Call list_paths.",
            "select a note from the list",
            "update the set of notes and call again",
            "The password is missing: give password",
            "either/or, n/a, 10/12",
            "look at the notes (12:30:45)",
            "Input should be a valid string [type=string_type, input_value={'a': 1}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.11/v/string_type",
        ] {
            assert_eq!(leaks(text, ""), [], "{text}");
        }
        assert_eq!(
            leaks(
                "/home/ann/x is not within /srv/files/a",
                "/home/ann/x /srv/files/a"
            ),
            []
        );
    }
}
