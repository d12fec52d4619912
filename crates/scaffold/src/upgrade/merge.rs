//! Texts of three versions, line by line.

use diffy::{ConflictStyle, MergeOptions};

const LENGTH: usize = 7;

/// Whether two texts are the same but for their line ends.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || (is_crlf(a) || is_crlf(b)) && unix(a) == unix(b)
}

/// The text of `new` with the line ends of `like`: a checkout on Windows may have others.
pub(super) fn with_line_ends_of(like: &str, new: &str) -> String {
    if is_crlf(like) {
        unix(new).replace('\n', "\r\n")
    } else {
        new.to_owned()
    }
}

/// Merges what two sides made of `old`, and counts the places that both changed. Those stand as
/// `<<<<<<< yours`, the owner's lines, `=======`, the template's, `>>>>>>> LABEL`.
pub(super) fn three_way(old: &str, yours: &str, theirs: &str, label: &str) -> (String, usize) {
    let mut options = MergeOptions::new();
    options
        .set_conflict_marker_length(LENGTH)
        .set_conflict_style(ConflictStyle::Merge);
    let merged = options.merge(&unix(old), &unix(yours), &unix(theirs));
    let (text, conflicts) = match merged {
        Ok(text) => (text, 0),
        Err(text) => name_sides(&text, label),
    };
    (with_line_ends_of(yours, &text), conflicts)
}

/// Puts the names of the sides into the markers, and counts the conflicts.
fn name_sides(text: &str, label: &str) -> (String, usize) {
    let begin = format!("{} ours", "<".repeat(LENGTH));
    let end = format!("{} theirs", ">".repeat(LENGTH));
    let mut conflicts = 0;
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        if bare == begin {
            conflicts += 1;
            result.push_str("<<<<<<< yours\n");
        } else if bare == end {
            result.push_str(&format!(">>>>>>> {label}\n"));
        } else {
            result.push_str(line);
        }
    }
    (result, conflicts)
}

fn is_crlf(text: &str) -> bool {
    text.contains("\r\n")
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_edits_at_different_places_are_kept() {
        let old = "a\nb\nc\nd\ne\nf\ng\n";
        let yours = "a\nB\nc\nd\ne\nf\ng\nh\n";
        let theirs = "0\na\nb\nc\nd\ne\nF\ng\n";
        let (text, conflicts) = three_way(old, yours, theirs, "template 2");
        assert_eq!(conflicts, 0);
        assert_eq!(text, "0\na\nB\nc\nd\ne\nF\ng\nh\n");
    }

    #[test]
    fn a_file_without_a_last_line_break_is_merged_too() {
        let (text, conflicts) = three_way("a\nb\nc\nd", "A\nb\nc\nd", "a\nb\nc\nD", "template 2");
        assert_eq!((text.as_str(), conflicts), ("A\nb\nc\nD", 0));
    }

    /// Two owners of random lines: whatever only one side changed survives, with no marker.
    #[test]
    fn no_line_of_either_side_is_lost() {
        let old: Vec<_> = (0..120).map(|n| format!("line {n}")).collect();
        let text = |lines: &[String]| lines.join("\n") + "\n";
        for seed in 0_usize..300 {
            let (mut yours, mut theirs) = (old.clone(), old.clone());
            // blocks of ten lines belong to one side each; two lines stay between them
            for block in 0..12 {
                let side = if (seed * 7 + block * 13) % 5 < 2 {
                    &mut yours
                } else {
                    &mut theirs
                };
                let at = block * 10 + (seed + block) % 7;
                side[at] = match (seed + block) % 3 {
                    0 => format!("changed {block}"),
                    1 => format!("line {at}\nadded {block}"),
                    _ => String::from("gone"),
                };
            }
            let (merged, conflicts) = three_way(&text(&old), &text(&yours), &text(&theirs), "t");
            assert_eq!(conflicts, 0, "{seed}");
            let mut wanted = old.clone();
            for at in 0..old.len() {
                if yours[at] != old[at] {
                    wanted[at].clone_from(&yours[at]);
                } else if theirs[at] != old[at] {
                    wanted[at].clone_from(&theirs[at]);
                }
            }
            assert_eq!(merged, text(&wanted), "{seed}");
        }
    }
}
