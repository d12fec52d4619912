//! Which lines of a pull request can carry a comment: those that its diff shows.

use std::ops::RangeInclusive;

use kit::{ToolError, untrusted::one_line};
use seaworthy_kit as kit;

use crate::{client::Client, endpoint::Endpoint, input::Repo, model::ChangedFile};

/// Pages of 100 files; GitHub lists 3,000 at most.
const PAGES: usize = 30;
/// Spans and files that a refusal names.
const NAMED: usize = 3;

/// A side of a diff: before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// What a comment is on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) side: Side,
    /// The first line, where there are several.
    pub(crate) start: Option<u64>,
    pub(crate) line: u64,
}

/// The files that a pull request changes, as far as they were needed.
#[derive(Debug, Default)]
pub(crate) struct ChangedFiles {
    files: Vec<ChangedFile>,
    complete: bool,
}

impl ChangedFiles {
    /// Reads the list until it has all of `paths`, or ends.
    pub(crate) async fn read(
        client: &Client,
        repo: &Repo,
        number: u64,
        paths: &[&str],
    ) -> Result<Self, ToolError> {
        let subject = format!("the files of pull request {repo}#{number}");
        let endpoint = Endpoint::repo(repo, subject, ["pulls", &number.to_string(), "files"])
            .query("per_page", "100");
        let mut changed = Self::default();
        let mut link: Option<String> = None;
        for _ in 0..PAGES {
            let page = match &link {
                Some(link) => client.get_link::<Vec<ChangedFile>>(link, &endpoint).await?,
                None => client.get(&endpoint).await?,
            };
            changed.files.extend(page.data);
            link = page.next;
            changed.complete = link.is_none();
            if changed.complete || paths.iter().all(|path| changed.file(path).is_some()) {
                break;
            }
        }
        Ok(changed)
    }

    fn file(&self, path: &str) -> Option<&ChangedFile> {
        self.files.iter().find(|file| file.filename == path)
    }

    /// Why a comment cannot be at `place`, with what is nearest; none when it can, or when
    /// the list does not tell (a file without a patch, a list that GitHub cut).
    pub(crate) fn objection(&self, place: Place<'_>) -> Option<String> {
        let path = one_line(place.path, 120);
        let Some(file) = self.file(place.path) else {
            let known = self.complete && !self.files.is_empty();
            return known.then(|| format!("{path} is not changed here ({})", self.similar(place)));
        };
        let spans = spans(file.patch.as_deref()?, place.side);
        let first = place.start.unwrap_or(place.line);
        let within = |line: u64| spans.iter().position(|span| span.contains(&line));
        let line = match (within(first), within(place.line)) {
            (Some(a), Some(b)) if a == b => return None,
            (Some(a), Some(_)) => {
                return Some(format!(
                    "{path}:{first}-{} spans two parts of the diff (one part is {})",
                    place.line,
                    shown(&spans[a])
                ));
            }
            (None, _) => first,
            (_, None) => place.line,
        };
        let side = match place.side {
            Side::Left => "left",
            Side::Right => "right",
        };
        let mut nearest: Vec<_> = spans.iter().collect();
        nearest.sort_by_key(|span| {
            line.saturating_sub(*span.end()) + span.start().saturating_sub(line)
        });
        nearest.truncate(NAMED);
        nearest.sort_by_key(|span| *span.start());
        let nearest: Vec<_> = nearest.into_iter().map(shown).collect();
        Some(if nearest.is_empty() {
            format!(
                "{path} has no lines on the {side} side: it was {}",
                one_line(&file.status, 20)
            )
        } else {
            format!(
                "{path}:{line} (nearest {side} lines: {})",
                nearest.join(", ")
            )
        })
    }

    /// The changed files that may have been meant.
    fn similar(&self, place: Place<'_>) -> String {
        if let Some(file) = self
            .files
            .iter()
            .find(|file| file.previous_filename.as_deref() == Some(place.path))
        {
            return format!("renamed to {}", one_line(&file.filename, 120));
        }
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let wanted = name(place.path);
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_by_key(|file| name(&file.filename) != wanted);
        let named: Vec<_> = files
            .iter()
            .take(NAMED)
            .map(|file| one_line(&file.filename, 80))
            .collect();
        let rest = match files.len().saturating_sub(NAMED) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        format!("changed are {}{rest}", named.join(", "))
    }
}

fn shown(span: &RangeInclusive<u64>) -> String {
    match (span.start(), span.end()) {
        (start, end) if start == end => start.to_string(),
        (start, end) => format!("{start}-{end}"),
    }
}

/// The lines of one side that the hunks of a patch show (`@@ -12,7 +12,9 @@`). A line of a patch
/// that is no such head begins with a sign, so it cannot be taken for one.
fn spans(patch: &str, side: Side) -> Vec<RangeInclusive<u64>> {
    patch
        .lines()
        .filter_map(|line| line.strip_prefix("@@ "))
        .filter_map(|head| {
            let mut parts = head.split_whitespace();
            let (left, right) = (parts.next()?, parts.next()?);
            let part = match side {
                Side::Left => left.strip_prefix('-')?,
                Side::Right => right.strip_prefix('+')?,
            };
            let (start, count) = part.split_once(',').unwrap_or((part, "1"));
            let (start, count): (u64, u64) = (start.parse().ok()?, count.parse().ok()?);
            (count > 0).then(|| start..=start.saturating_add(count - 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "@@ -10,3 +10,4 @@ fn a() {\n x\n+@@ -900,9 +900,9 @@\n y\n z\n@@ -40 +41,0 @@\n-gone\n@@ -60,2 +60,3 @@\n a\n+b\n c";

    fn changed(status: &str, patch: Option<&str>) -> ChangedFiles {
        ChangedFiles {
            files: vec![ChangedFile {
                filename: "src/tide.rs".to_owned(),
                status: status.to_owned(),
                patch: patch.map(str::to_owned),
                ..ChangedFile::default()
            }],
            complete: true,
        }
    }

    fn objection(side: Side, start: Option<u64>, line: u64) -> Option<String> {
        let path = "src/tide.rs";
        changed("modified", Some(PATCH)).objection(Place {
            path,
            side,
            start,
            line,
        })
    }

    #[test]
    fn lines_that_the_diff_shows_can_carry_a_comment() {
        for line in [10, 13, 60, 62] {
            assert_eq!(objection(Side::Right, None, line), None, "{line}");
        }
        for line in [10, 12, 40, 61] {
            assert_eq!(objection(Side::Left, None, line), None, "{line}");
        }
        assert_eq!(objection(Side::Right, Some(10), 13), None);
    }

    #[test]
    fn other_lines_are_refused_with_the_nearest() {
        assert_eq!(
            objection(Side::Right, None, 900).unwrap(),
            "src/tide.rs:900 (nearest right lines: 10-13, 60-62)"
        );
        assert_eq!(
            objection(Side::Left, None, 41).unwrap(),
            "src/tide.rs:41 (nearest left lines: 10-12, 40, 60-61)"
        );
        assert_eq!(
            objection(Side::Right, Some(12), 61).unwrap(),
            "src/tide.rs:12-61 spans two parts of the diff (one part is 10-13)"
        );
        let new = changed("added", Some("@@ -0,0 +1,9 @@\n+a"));
        let left = Place {
            path: "src/tide.rs",
            side: Side::Left,
            start: None,
            line: 1,
        };
        assert_eq!(
            new.objection(left).unwrap(),
            "src/tide.rs has no lines on the left side: it was added"
        );
    }

    #[test]
    fn what_the_list_does_not_tell_is_left_to_github() {
        let place = Place {
            path: "src/tide.rs",
            side: Side::Right,
            start: None,
            line: 5,
        };
        assert_eq!(changed("modified", None).objection(place), None);
        let elsewhere = Place {
            path: "lib/TIDE.rs",
            ..place
        };
        assert_eq!(
            changed("modified", None).objection(elsewhere).unwrap(),
            "lib/TIDE.rs is not changed here (changed are src/tide.rs)"
        );
        assert_eq!(ChangedFiles::default().objection(place), None);
    }
}
