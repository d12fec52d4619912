//! What a rule reports.
//!
//! A finding cannot be made without a place, a message and a fix. Whatever came from the server is
//! made harmless here, once: control, bidirectional and invisible characters are written out, so
//! that no report format can be forged by the server that it is about.

use std::{fmt, ops::Range};

use crate::{
    rule::{Level, Rule},
    thresholds,
};

/// Where something is wrong.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Place {
    /// The server as a whole.
    Server,
    /// Its instructions to the model.
    Instructions,
    /// A method of the protocol, such as `tools/list`.
    Method(String),
    /// A tool, by name.
    Tool(String),
    /// A parameter of a tool: the tool's name, and the parameter's path, such as `filter.since`.
    Parameter(String, String),
    /// A prompt, by name.
    Prompt(String),
    /// A resource or a resource template, by its URI.
    Resource(String),
    /// An HTTP endpoint or path, such as `/mcp`.
    Endpoint(String),
    /// A file of the project, relative to it with `/`, and a line from 1 where one is known.
    File(String, Option<u32>),
}

impl Place {
    /// The tool that it belongs to, if any.
    pub fn tool(&self) -> Option<&str> {
        match self {
            Self::Tool(name) | Self::Parameter(name, _) => Some(name),
            _ => None,
        }
    }

    /// The texts of it.
    pub(crate) fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Server | Self::Instructions => Vec::new(),
            Self::Parameter(tool, path) => vec![tool, path],
            Self::Method(text)
            | Self::Tool(text)
            | Self::Prompt(text)
            | Self::Resource(text)
            | Self::Endpoint(text)
            | Self::File(text, _) => vec![text],
        }
    }

    fn harmless(self) -> Self {
        let short = |text: String| harmless(&text, 300);
        match self {
            Self::Server | Self::Instructions => self,
            Self::Method(method) => Self::Method(short(method)),
            Self::Tool(name) => Self::Tool(short(name)),
            Self::Parameter(tool, path) => Self::Parameter(short(tool), short(path)),
            Self::Prompt(name) => Self::Prompt(short(name)),
            Self::Resource(uri) => Self::Resource(short(uri)),
            Self::Endpoint(path) => Self::Endpoint(short(path)),
            Self::File(path, line) => Self::File(short(path), line),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => write!(f, "server"),
            Self::Instructions => write!(f, "instructions"),
            Self::Method(method) => write!(f, "method {method}"),
            Self::Tool(name) => write!(f, "tool {name}"),
            Self::Parameter(tool, path) => write!(f, "tool {tool}, parameter {path}"),
            Self::Prompt(name) => write!(f, "prompt {name}"),
            Self::Resource(uri) => write!(f, "resource {uri}"),
            Self::Endpoint(path) => write!(f, "endpoint {path}"),
            Self::File(path, Some(line)) => write!(f, "{path}:{line}"),
            Self::File(path, None) => write!(f, "{path}"),
        }
    }
}

/// A text of the server's that proves a finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quote {
    /// What it is, such as `description`.
    pub label: String,
    /// The text, harmless, cut to some 600 characters around the mark.
    pub text: String,
    /// The part that matters, as a range of bytes of `text`; empty for all of it.
    pub mark: Range<usize>,
}

/// The number of an exchange in the run's log, from 1.
pub type ExchangeId = usize;

/// Something that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub level: Level,
    /// Where.
    pub place: Place,
    /// What is wrong: a phrase in lower case.
    pub message: String,
    /// What to change: a sentence.
    pub fix: String,
    /// The texts that prove it.
    pub quotes: Vec<Quote>,
    /// The exchanges with the server that prove it.
    pub exchanges: Vec<ExchangeId>,
    /// What makes it itself among findings of the same rule at the same place, for baselines: free of
    /// times, counts and other things that change from run to run. Empty where one is enough.
    pub key: String,
}

impl Finding {
    pub(crate) fn new(rule: &'static Rule, place: Place, message: &str, fix: &str) -> Self {
        debug_assert!(!message.is_empty() && !fix.is_empty());
        Self {
            rule,
            level: rule.level,
            place: place.harmless(),
            message: harmless(message, thresholds::MESSAGE_CHARS),
            fix: harmless(fix, thresholds::MESSAGE_CHARS),
            quotes: Vec::new(),
            exchanges: Vec::new(),
            key: String::new(),
        }
    }

    /// With another level than its rule's.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// With a text that proves it, and the range of bytes in it that matters (empty: all).
    #[must_use]
    pub fn quote(mut self, label: &str, text: &str, mark: Range<usize>) -> Self {
        self.quotes.push(quote(label, text, mark));
        self
    }

    /// With a text that proves it.
    #[must_use]
    pub fn text(self, label: &str, text: &str) -> Self {
        self.quote(label, text, 0..0)
    }

    /// With the exchange that proves it.
    #[must_use]
    pub fn exchange(mut self, exchange: impl Into<Option<ExchangeId>>) -> Self {
        self.exchanges.extend(exchange.into());
        self
    }

    /// With what tells it from other findings of its rule at its place.
    #[must_use]
    pub fn key(mut self, key: impl AsRef<str>) -> Self {
        self.key = harmless(key.as_ref(), 200);
        self
    }

    /// What stays the same while the thing is wrong: rule, place and key.
    pub fn fingerprint(&self) -> String {
        let mut print = format!("{} {}", self.rule.id, self.place);
        if !self.key.is_empty() {
            print.push_str(" [");
            print.push_str(&self.key);
            print.push(']');
        }
        print
    }
}

/// How much of a quoted text is kept on each side of its mark, in characters.
const AROUND: usize = 300;

fn quote(label: &str, text: &str, mark: Range<usize>) -> Quote {
    // a label may hold names of the server's
    let label = &harmless(label, 200);
    let mark = if mark.start < mark.end && text.get(mark.clone()).is_some() {
        mark
    } else {
        0..0
    };
    if mark.is_empty() {
        return Quote {
            label: label.to_owned(),
            text: harmless(text, 2 * AROUND),
            mark: 0..0,
        };
    }
    let before = &text[..mark.start];
    let mut from = 0;
    if let Some((at, _)) = before.char_indices().rev().nth(AROUND) {
        from = at;
    }
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    shown.push_str(&harmless(&before[from..], usize::MAX));
    let start = shown.len();
    shown.push_str(&harmless(&text[mark.clone()], AROUND));
    let end = shown.len();
    shown.push_str(&harmless(&text[mark.end..], AROUND));
    Quote {
        label: label.to_owned(),
        text: shown,
        mark: start..end,
    }
}

/// A text with nothing in it that a terminal, a page or an eye would take for something else, cut to
/// so many characters. Line ends and tabs become blanks' signs `\n`, `\t`; other control, bidirectional
/// and invisible characters become `\u{..}`.
pub fn harmless(text: &str, chars: usize) -> String {
    let mut out = String::with_capacity(text.len().min(1_024));
    for (count, character) in text.chars().enumerate() {
        if count == chars {
            out.push('…');
            break;
        }
        match character {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            character if is_invisible(character) => {
                out.push_str(&character.escape_unicode().to_string());
            }
            character => out.push(character),
        }
    }
    out
}

/// Whether nobody sees the character, or sees others differently because of it: control, format,
/// bidirectional, tag, variation and filler characters. Line ends and tabs are not.
pub fn is_invisible(character: char) -> bool {
    match character {
        '\n' | '\t' | '\r' => false,
        character if character.is_control() => true,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_wrote_cannot_forge_a_report() {
        assert_eq!(
            harmless("a\u{1b}[31mb\nc\u{202e}d\u{e0041}", 100),
            "a\\u{1b}[31mb\\nc\\u{202e}d\\u{e0041}"
        );
        assert_eq!(harmless("abcdef", 3), "abc…");
    }

    #[test]
    fn a_quote_keeps_its_mark_when_it_is_cut() {
        let text = format!("{}\u{1b}needle{}", "x".repeat(1_000), "y".repeat(1_000));
        let quote = quote("description", &text, 1_001..1_007);
        assert_eq!(&quote.text[quote.mark.clone()], "needle");
        assert!(quote.text.chars().count() < 700);
        // not on a boundary, or past the end: the whole text
        assert_eq!(super::quote("d", "é", 1..2).mark, 0..0);
        assert_eq!(super::quote("d", "é", 1..9).mark, 0..0);
    }
}
