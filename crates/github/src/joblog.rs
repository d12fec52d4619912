//! The log of a GitHub Actions job: lines without timestamps and colours, and the place in them
//! where the first real error is.

use seaworthy_kit::{Answer, untrusted};

use crate::{model::Step, shape};

/// What a line shows at most, in characters; a longer one is shown around what matters in it.
pub(crate) const MAX_LINE: usize = 400;
/// What the number and the marks of a line take at most, in characters.
const MARKS: usize = 60;

/// Signs of an error that names its cause: the sign, and whether a word may end before it.
const SIGNS: [(&str, bool); 10] = [
    ("##[error]", true),
    ("error:", false),
    ("error[", false),
    ("panicked at", true),
    ("Traceback (most recent call last)", true),
    ("npm ERR!", true),
    ("npm error", true),
    ("fatal:", false),
    ("FAILED", false),
    ("FAIL:", false),
];
/// Signs of an error that only says that there was one.
const WEAK: [&str; 4] = [
    "process completed with exit code",
    "exited with code",
    "exit code",
    "exit status",
];

/// A log, line by line.
#[derive(Debug, Default)]
pub(crate) struct JobLog {
    lines: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// `2026-11-20T12:00:00`, or nothing.
    second: String,
    text: String,
}

/// Where a log speaks of its error, as a line's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Error {
    /// The line names it.
    Named(usize),
    /// The line only says that there was one; the cause stands before it.
    Said(usize),
}

impl JobLog {
    /// Reads a log as GitHub gives it.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        let lines = text.split_terminator('\n').map(|line| {
            let (second, rest) = timestamp(line.trim_end_matches('\r'));
            Entry {
                second: second.to_owned(),
                text: without_colours(rest),
            }
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The text of a line; empty past the end.
    pub(crate) fn text(&self, index: usize) -> &str {
        self.lines.get(index).map_or("", |entry| &entry.text)
    }

    /// The index of the first line that names an error, in the step if one is given and known
    /// to the log, else anywhere. Where none does, of the last line that says that it failed.
    pub(crate) fn first_error(&self, step: Option<&Step>) -> Option<Error> {
        let within = |entry: &Entry| step.is_some_and(|step| is_within(&entry.second, step));
        let names = |entry: &Entry| error_at(&entry.text).is_some();
        let says = |entry: &Entry| weak_at(&entry.text).is_some();
        let first =
            |wanted: &dyn Fn(&Entry) -> bool| self.lines.iter().position(wanted).map(Error::Named);
        let last =
            |wanted: &dyn Fn(&Entry) -> bool| self.lines.iter().rposition(wanted).map(Error::Said);
        first(&|entry| within(entry) && names(entry))
            .or_else(|| last(&|entry| within(entry) && says(entry)))
            .or_else(|| first(&names))
            .or_else(|| last(&says))
    }

    /// The indexes of the lines that hold one of the alternatives of `wanted` (`a|b`), whatever
    /// their case.
    pub(crate) fn matching(&self, wanted: &str) -> Vec<usize> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter(|(_, entry)| alternative_at(&entry.text, wanted).is_some())
            .map(|(index, _)| index)
            .collect()
    }

    /// Writes the lines `from..to` with their numbers while they fit; answers where it stopped.
    /// A long line is shown around what `wanted` says, or else around its error.
    pub(crate) fn write(
        &self,
        answer: &mut Answer,
        from: usize,
        to: usize,
        wanted: Option<&str>,
    ) -> usize {
        let lines = self.lines.get(from..to.min(self.len())).unwrap_or_default();
        let excerpts: Vec<_> = lines
            .iter()
            .map(|entry| {
                let at = match wanted {
                    Some(wanted) => alternative_at(&entry.text, wanted),
                    None => error_at(&entry.text),
                };
                excerpt(&entry.text, at.unwrap_or(0))
            })
            .collect();
        let shown = excerpts.iter().map(String::as_str);
        from + answer.numbered(from + 1, shown, MAX_LINE + MARKS)
    }

    /// What [`Self::write`] needs for these lines, in characters.
    pub(crate) fn cost(&self, from: usize, to: usize) -> usize {
        let lines = self.lines.get(from..to.min(self.len())).unwrap_or_default();
        let cost = |entry: &Entry| entry.text.chars().take(MAX_LINE + MARKS).count() + 12;
        lines.iter().map(cost).sum()
    }
}

/// At most [`MAX_LINE`] characters of a line around byte `at`, and what was left out.
fn excerpt(text: &str, at: usize) -> String {
    let length = text.chars().count();
    if length <= MAX_LINE {
        return text.to_owned();
    }
    let at = text.get(..at).map_or(0, |before| before.chars().count());
    let from = at
        .saturating_sub(MAX_LINE / 4)
        .min(length.saturating_sub(MAX_LINE));
    let shown: String = text.chars().skip(from).take(MAX_LINE).collect();
    let before = match from {
        0 => String::new(),
        from => format!("[{from} characters] "),
    };
    match length - from - MAX_LINE {
        0 => format!("{before}{shown}"),
        after => format!("{before}{shown} [{after} characters]"),
    }
}

/// The timestamp that GitHub puts before each line, to the second, and the rest.
fn timestamp(line: &str) -> (&str, &str) {
    let Some((time, rest)) = line.split_once(' ') else {
        // an empty line has its timestamp without the blank
        let is_time = line.len() < 32 && line.ends_with('Z') && looks_like_time(line);
        return if is_time {
            (&line[..19], "")
        } else {
            ("", line)
        };
    };
    if time.len() < 32 && time.ends_with('Z') && looks_like_time(time) {
        (&time[..19], rest)
    } else {
        ("", line)
    }
}

fn looks_like_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 20
        && bytes
            .iter()
            .all(|b| b.is_ascii_digit() || b"-T:.Z".contains(b))
        && bytes[4] == b'-'
        && bytes[10] == b'T'
}

/// The text without ANSI control sequences (ECMA-48) and terminal titles.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = match after.as_bytes().first() {
            Some(b'[') => after[1..].trim_start_matches(|c: char| matches!(c, ' '..='?')),
            Some(b']') => after.split_once('\u{7}').map_or("", |(_, rest)| rest),
            _ => after,
        };
        if after.starts_with('[') {
            let mut chars = rest.chars();
            if chars.next().is_some_and(|c| matches!(c, '@'..='~')) {
                rest = chars.as_str();
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Where a line names an error.
fn error_at(text: &str) -> Option<usize> {
    // a group opens with the command that runs, which may speak of errors
    let is_echo = ["##[group]", "##[debug]", "[command]"];
    if is_echo.iter().any(|sign| text.starts_with(sign)) || weak_error(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    SIGNS.into_iter().find_map(|(sign, anywhere)| {
        // capitals in a sign are meant: FAILED is a verdict, "failed" a word
        let mut at = if sign.bytes().any(|b| b.is_ascii_uppercase()) {
            text.match_indices(sign)
        } else {
            lower.match_indices(sign)
        };
        let starts_word = |at: usize| {
            !text[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'))
        };
        at.find(|(at, _)| anywhere || starts_word(*at))
            .map(|(at, _)| at)
    })
}

/// An error line of the runner that only repeats the exit code.
fn weak_error(text: &str) -> bool {
    text.starts_with("##[error]") && weak_at(text).is_some()
}

fn weak_at(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    WEAK.iter().find_map(|sign| lower.find(sign))
}

fn alternative_at(text: &str, wanted: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    wanted
        .to_lowercase()
        .split('|')
        .filter(|alternative| !alternative.is_empty())
        .find_map(|alternative| lower.find(alternative))
}

/// Whether a line was written while the step ran; both are known to the second.
fn is_within(second: &str, step: &Step) -> bool {
    let started = untrusted::head(&step.started_at, 19);
    let ended = untrusted::head(&step.completed_at, 19);
    !second.is_empty()
        && !started.is_empty()
        && !ended.is_empty()
        && started <= second
        && second <= ended
}

/// `5 "Run tests"`.
pub(crate) fn step_name(step: &Step) -> String {
    format!(
        "step {} \"{}\"",
        step.number,
        untrusted::one_line(&step.name, 120)
    )
}

/// `4,812 lines` without the comma.
pub(crate) fn lines(count: usize) -> String {
    shape::count(count as u64, "line")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> JobLog {
        JobLog::parse(text.as_bytes())
    }

    #[test]
    fn timestamps_and_colours_go() {
        let log = log(
            "\u{feff}2026-11-20T12:00:00.1234567Z \u{1b}[36;1mcargo test\u{1b}[0m\r\n2026-11-20T12:00:01.0000000Z\r\nplain\u{1b}]0;title\u{7} text\n",
        );
        let texts: Vec<_> = log.lines.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, ["cargo test", "", "plain text"]);
        assert_eq!(log.lines[0].second, "2026-11-20T12:00:00");
    }

    #[test]
    fn the_first_real_error_wins_over_the_exit_code() {
        use Error::{Named, Said};
        for (text, found) in [
            (
                "ok\nerror[E0308]: mismatched types\n##[error]Process completed with exit code 101.",
                Named(1),
            ),
            (
                "0 errors\ntest a ... FAILED\n##[error]Process completed with exit code 1.",
                Named(1),
            ),
            (
                "##[group]Run echo \"error: x\"\nTraceback (most recent call last):\nValueError: y",
                Named(1),
            ),
            ("thread 'main' panicked at src/x.rs:1:2", Named(0)),
            ("npm ERR! code 1", Named(0)),
            ("x\nfatal: not a git repository", Named(1)),
            (
                "Finished\n##[error]Process completed with exit code 2.",
                Said(1),
            ),
        ] {
            assert_eq!(log(text).first_error(None), Some(found), "{text}");
        }
        assert_eq!(
            log("all is well\nno_error: none failed").first_error(None),
            None
        );
    }

    #[test]
    fn an_error_of_the_failed_step_wins_over_an_earlier_one() {
        let text =
            "2026-11-20T12:00:00.0Z error: tolerated\n2026-11-20T12:01:00.0Z error: the cause\n";
        let step = Step {
            started_at: "2026-11-20T12:00:30Z".to_owned(),
            completed_at: "2026-11-20T12:01:00Z".to_owned(),
            ..Step::default()
        };
        assert_eq!(log(text).first_error(Some(&step)), Some(Error::Named(1)));
        let unknown = log(text).first_error(Some(&Step::default()));
        assert_eq!(unknown, Some(Error::Named(0)));
    }

    #[test]
    fn a_huge_line_is_shown_around_what_matters() {
        let huge = format!(
            "{}error: here{}",
            "a ".repeat(500_000),
            " b".repeat(500_000)
        );
        let log = log(&huge);
        let mut answer = Answer::new();
        log.write(&mut answer, 0, 1, None);
        let text = answer.into_text();
        assert!(
            text.contains("error: here") && text.chars().count() < 600,
            "{text}"
        );
    }
}
