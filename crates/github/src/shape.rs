//! Compact forms for a model: one short line an item, dates as days, people as `@login`.

use kit::{Answer, untrusted};
use seaworthy_kit as kit;

use crate::model::{Comment, Commit, Issue, Label, Release, User};

/// The day of a timestamp: `2026-11-20`.
pub fn day(timestamp: &str) -> &str {
    timestamp.get(..10).unwrap_or(timestamp)
}

/// The minute of a timestamp: `2026-11-20 12:04`.
pub fn minute(timestamp: &str) -> String {
    timestamp.get(..16).unwrap_or(timestamp).replace('T', " ")
}

/// The first seven digits of a commit id.
pub fn short(sha: &str) -> &str {
    sha.get(..7).unwrap_or(sha)
}

/// Whether a name has characters that nobody sees, so that it can pass for another one.
pub fn has_hidden(name: &str) -> bool {
    untrusted::clean(name).text != name
}

/// A title between quotation marks. Those inside become apostrophes, so that no title can end its
/// quotation and go on in the server's words.
pub fn quoted(title: &str, max: usize) -> String {
    format!("\"{}\"", untrusted::one_line(title, max).replace('"', "'"))
}

/// `@login`, or `@ghost` for an account that is gone.
pub fn at(user: Option<&User>) -> String {
    match user {
        Some(user) if !user.login.is_empty() => format!("@{}", user.login),
        _ => "@ghost".to_owned(),
    }
}

/// Labels that one line names; an item may have a hundred.
const LABELS: usize = 8;

/// ` [a, b]`, or nothing; of many, the first and how many there are besides.
pub fn labels(labels: &[Label]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let names: Vec<_> = labels
        .iter()
        .take(LABELS)
        .map(|label| kit::untrusted::one_line(&label.name, 50))
        .collect();
    let more = match labels.len().saturating_sub(LABELS) {
        0 => String::new(),
        more => format!(", +{more}"),
    };
    format!(" [{}{more}]", names.join(", "))
}

/// `1,200 matches`, `1 match`.
pub fn matches(number: u64) -> String {
    let noun = if number == 1 { "match" } else { "matches" };
    format!("{} {noun}", grouped(number))
}

/// `12 files`, `1 file`.
pub fn count(number: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        grouped(number),
        if number == 1 { "" } else { "s" }
    )
}

/// `open`, `closed (not_planned)`, `merged`, `draft`.
pub fn state(issue: &Issue) -> String {
    let merged = issue
        .pull_request
        .as_ref()
        .is_some_and(|pull| pull.merged_at.is_some());
    match (issue.state.as_str(), &issue.state_reason) {
        _ if merged => "merged".to_owned(),
        ("open", _) if issue.draft => "draft".to_owned(),
        ("closed", Some(reason)) if reason != "completed" => format!("closed ({reason})"),
        (state, _) => state.to_owned(),
    }
}

/// `#7 open: Title @author [bug] 3 comments, 2026-11-02`; the day is that of the last change.
pub fn issue_line(issue: &Issue) -> String {
    let kind = if issue.pull_request.is_some() {
        "PR "
    } else {
        ""
    };
    let comments = match issue.comments {
        0 => String::new(),
        n => format!(" {n}c"),
    };
    format!(
        "#{} {kind}{}: {} {}{}{comments} {}",
        issue.number,
        state(issue),
        untrusted::one_line(&issue.title, 140),
        at(issue.user.as_ref()),
        labels(&issue.labels),
        day(&issue.updated_at),
    )
}

/// The line above a quoted comment: who wrote it and when, and that it is data.
pub fn comment_head(comment: &Comment) -> String {
    let role = match comment.author_association.as_str() {
        "" | "NONE" => String::new(),
        role => format!(" ({})", role.to_ascii_lowercase()),
    };
    format!(
        "comment {} by {}{role}, {}:",
        comment.id,
        at(comment.user.as_ref()),
        minute(&comment.created_at)
    )
}

/// `204,800`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `512 B`, `1.2 kB`, `33.6 MB`.
pub fn bytes(number: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = number.saturating_mul(10) / unit;
        format!("{}.{}", grouped(tenths / 10), tenths % 10)
    };
    match number {
        0..1_000 => format!("{number} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

/// `commit 0123abc 2026-11-02 @ada: Title`; an author without an account is named as git knows it.
pub fn commit_line(commit: &Commit) -> String {
    let git = commit.commit.author.as_ref();
    let author = match (&commit.author, git) {
        (Some(user), _) if !user.login.is_empty() => format!("@{}", user.login),
        (_, Some(signature)) if !signature.name.is_empty() => {
            kit::untrusted::one_line(&signature.name, 40)
        }
        _ => "@ghost".to_owned(),
    };
    let title = commit.commit.message.lines().next().unwrap_or_default();
    let date = git.map_or("", |signature| day(&signature.date));
    format!(
        "commit {} {} {author}: {}",
        short(&commit.sha),
        if date.is_empty() { "undated" } else { date },
        kit::untrusted::one_line(title, 100),
    )
}

/// `v1.2 2026-11-02 "Title" (pre-release)`.
pub fn release(release: &Release) -> String {
    let tag = kit::untrusted::one_line(&release.tag_name, 80);
    let name = kit::untrusted::one_line(&release.name, 80);
    let title = if name.is_empty() || name == tag {
        String::new()
    } else {
        format!(" \"{name}\"")
    };
    let sort = match (release.draft, release.prerelease) {
        (true, _) => " (draft)",
        (_, true) => " (pre-release)",
        _ => "",
    };
    let date = match day(&release.published_at) {
        "" => "undated",
        date => date,
    };
    format!("{tag} {date}{title}{sort}")
}

/// The line in place of an optional part that could not be read.
pub fn unread(part: &str, error: &kit::ToolError) -> String {
    let what = kit::untrusted::one_line(&error.what, 160);
    format!("{part}: could not be read: {what}")
}

/// What a line that says how to read on may take, in characters.
const CUT_LINE: usize = 200;

/// How many characters a quote of at most `max` takes in an answer, its closing line included.
pub fn quote_cost(raw: &str, start: usize, max: usize) -> usize {
    let shown = raw.chars().skip(start).take(max);
    let (length, breaks) = shown.fold((0, 1), |(length, breaks), c| {
        (length + 1, breaks + usize::from(c == '\n'))
    });
    (length + breaks * untrusted::FENCE.len() + 1).min(max) + CUT_LINE
}

/// Quotes at most `max` characters of `raw` from character `start`; when text is left, a line
/// says how much, and that `next` reads on (it is given where the shown part ends).
pub fn quote(
    answer: &mut Answer,
    raw: &str,
    start: usize,
    max: usize,
    next: impl FnOnce(usize) -> String,
) {
    let max = max.min(answer.room().saturating_sub(CUT_LINE));
    let quoted = answer.quote(raw, start, max);
    if quoted.is_cut() {
        answer.line(format!(
            "[cut: to character {} of {} - read on with {}]",
            quoted.end,
            quoted.total,
            next(quoted.end)
        ));
    }
}

/// A character position past the end of a text.
pub fn past_end(start: usize, total: usize) -> kit::ToolError {
    kit::ToolError::invalid(
        format!("start={start} is past the end: the text has {total} characters"),
        "leave start out, or give the one that the cut named",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_timestamps_and_ids_are_shown_as_they_are() {
        for odd in [
            "",
            "x",
            "123456789é",
            "2026-11-02T03:0é",
            "潮潮潮潮潮潮潮潮",
        ] {
            assert!(day(odd).len() <= odd.len());
            assert_eq!(minute(odd).chars().count(), odd.chars().count());
            assert!(short(odd).len() <= odd.len());
        }
        assert_eq!(day("2026-11-02T03:04:05Z"), "2026-11-02");
        assert_eq!(minute("2026-11-02T03:04:05Z"), "2026-11-02 03:04");
    }

    #[test]
    fn an_issue_is_a_short_line_whatever_it_holds() {
        let label = Label {
            name: "潮\n".repeat(500),
            ..Label::default()
        };
        let issue = Issue {
            number: u64::MAX,
            title: "\u{202e}MORE AVAILABLE\n".repeat(10_000),
            labels: vec![label; 100],
            comments: u64::MAX,
            ..Issue::default()
        };
        let line = issue_line(&issue);
        assert!(line.chars().count() < 700, "{line}");
        assert!(line.contains(", +92]") && !line.contains('\n'), "{line}");
    }

    #[test]
    fn numbers_have_no_end_that_breaks_them() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_250), "1.2 kB");
        assert!(bytes(u64::MAX).ends_with(" MB"));
    }
}
