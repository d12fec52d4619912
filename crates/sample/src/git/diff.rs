//! Line differences in unified form, as GitHub's `patch` fields hold them.

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Above this many comparisons the changed middle is shown as replaced whole.
const EFFORT: usize = 4_000_000;

/// The difference between two texts.
pub(crate) struct Patch {
    /// Hunks, without file headers.
    pub(crate) text: String,
    /// Lines added.
    pub(crate) additions: usize,
    /// Lines removed.
    pub(crate) deletions: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Keep,
    Remove,
    Add,
}

struct Line<'a> {
    kind: Kind,
    text: &'a str,
}

/// Compares two texts.
pub(crate) fn patch(old: &str, new: &str) -> Patch {
    let lines = compare(&split(old), &split(new));
    let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
    Patch {
        additions: count(Kind::Add),
        deletions: count(Kind::Remove),
        text: hunks(&lines).join("\n"),
    }
}

/// Whether a review comment may sit on this line: only lines that the hunks show are commentable.
pub(crate) fn shows(patch: &str, line: usize, left: bool) -> bool {
    let (mut old, mut new) = (0, 0);
    for text in patch.lines() {
        if let Some((start_old, start_new)) = header(text) {
            (old, new) = (start_old, start_new);
            continue;
        }
        let (on_left, on_right) = match text.bytes().next() {
            Some(b'-') => (true, false),
            Some(b'+') => (false, true),
            Some(b'\\') => continue,
            _ => (true, true),
        };
        if (left && on_left && old == line) || (!left && on_right && new == line) {
            return true;
        }
        old += usize::from(on_left);
        new += usize::from(on_right);
    }
    false
}

/// The part of a patch down to a line, as a review comment's `diff_hunk` shows it.
pub(crate) fn hunk_until(patch: &str, line: usize, left: bool) -> String {
    let mut shown: Vec<&str> = Vec::new();
    let (mut old, mut new) = (0, 0);
    for text in patch.lines() {
        if let Some((start_old, start_new)) = header(text) {
            (old, new) = (start_old, start_new);
            shown.clear();
            shown.push(text);
            continue;
        }
        shown.push(text);
        let on_left = !text.starts_with('+');
        let on_right = !text.starts_with('-');
        if (left && on_left && old == line) || (!left && on_right && new == line) {
            break;
        }
        old += usize::from(on_left);
        new += usize::from(on_right);
    }
    shown.join("\n")
}

/// First old and new line of a hunk header.
fn header(text: &str) -> Option<(usize, usize)> {
    let (old, new) = text.strip_prefix("@@ -")?.split_once(" +")?;
    let first = |range: &str| range.split([',', ' ']).next()?.parse().ok();
    Some((first(old)?, first(new)?))
}

fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let start = old
        .iter()
        .zip(new)
        .take_while(|(left, right)| left == right)
        .count();
    let rest = old.len().min(new.len()) - start;
    let both = old.iter().rev().zip(new.iter().rev()).take(rest);
    let end = both.take_while(|(left, right)| left == right).count();
    let keep = |text: &&'a str| Line {
        kind: Kind::Keep,
        text,
    };
    let mut lines: Vec<Line<'a>> = old[..start].iter().map(keep).collect();
    middle(
        &old[start..old.len() - end],
        &new[start..new.len() - end],
        &mut lines,
    );
    lines.extend(old[old.len() - end..].iter().map(keep));
    lines
}

/// Longest common subsequence of what lies between the common ends.
fn middle<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let remove = |text: &&'a str| Line {
        kind: Kind::Remove,
        text,
    };
    let add = |text: &&'a str| Line {
        kind: Kind::Add,
        text,
    };
    let width = new.len() + 1;
    if old.is_empty() || new.is_empty() || old.len() * width > EFFORT {
        lines.extend(old.iter().map(remove));
        lines.extend(new.iter().map(add));
        return;
    }
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            longest[row * width + column] = if old[row] == new[column] {
                longest[(row + 1) * width + column + 1] + 1
            } else {
                longest[(row + 1) * width + column].max(longest[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < old.len() && column < new.len() {
        if old[row] == new[column] {
            lines.push(Line {
                kind: Kind::Keep,
                text: old[row],
            });
            row += 1;
            column += 1;
        } else if longest[(row + 1) * width + column] >= longest[row * width + column + 1] {
            lines.push(remove(&old[row]));
            row += 1;
        } else {
            lines.push(add(&new[column]));
            column += 1;
        }
    }
    lines.extend(old[row..].iter().map(remove));
    lines.extend(new[column..].iter().map(add));
}

fn hunks(lines: &[Line<'_>]) -> Vec<String> {
    let changed: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].kind != Kind::Keep)
        .collect();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for at in changed {
        let (from, to) = (
            at.saturating_sub(CONTEXT),
            (at + CONTEXT + 1).min(lines.len()),
        );
        match spans.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => spans.push((from, to)),
        }
    }
    spans
        .into_iter()
        .map(|(from, to)| hunk(lines, from, to))
        .collect()
}

fn hunk(lines: &[Line<'_>], from: usize, to: usize) -> String {
    let count =
        |part: &[Line<'_>], without| part.iter().filter(|line| line.kind != without).count();
    let range = |without| {
        let (before, inside) = (
            count(&lines[..from], without),
            count(&lines[from..to], without),
        );
        let first = if inside == 0 { before } else { before + 1 };
        if inside == 1 {
            first.to_string()
        } else {
            format!("{first},{inside}")
        }
    };
    let mut out = format!("@@ -{} +{} @@", range(Kind::Add), range(Kind::Remove));
    for line in &lines[from..to] {
        out.push('\n');
        out.push(match line.kind {
            Kind::Keep => ' ',
            Kind::Remove => '-',
            Kind::Add => '+',
        });
        out.push_str(line.text.trim_end_matches('\n'));
        if !line.text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{hunk_until, patch, shows};

    #[test]
    fn a_change_keeps_three_lines_of_context() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let made = patch(old, "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
        assert_eq!((made.additions, made.deletions), (1, 1));
        assert_eq!(
            made.text,
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8"
        );
        assert!(shows(&made.text, 5, false) && shows(&made.text, 5, true));
        assert!(!shows(&made.text, 1, false) && !shows(&made.text, 9, false));
        assert!(hunk_until(&made.text, 5, false).ends_with("+five"));
    }

    #[test]
    fn a_new_file_starts_at_line_one() {
        assert_eq!(
            patch("", "a\nb").text,
            "@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file"
        );
    }
}
