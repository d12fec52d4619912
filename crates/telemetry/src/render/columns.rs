//! Rows in aligned columns within a width: the first column is cut first, then the least
//! important ones are left out. (Table libraries wrap cells instead, which no figure survives.)

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What the first column is not cut below, in columns of the terminal.
const FIRST: usize = 12;
const GAP: usize = 2;

/// A heading, and how important the column is: 0 stays longest.
pub(super) struct Column {
    pub(super) heading: &'static str,
    pub(super) rank: u8,
}

/// One line per row, headings first; the first column is left-aligned, the others right-aligned,
/// except for a last one that `text` says is text.
pub(super) fn lay_out(
    columns: &[Column],
    rows: &[Vec<String>],
    width: usize,
    last_is_text: bool,
) -> Vec<String> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let cells = rows.iter().map(|row| row[index].width());
            cells.chain([column.heading.width()]).max().unwrap_or(0)
        })
        .collect();
    loop {
        let needed: usize = shown.iter().map(|index| widths[*index] + GAP).sum();
        let excess = (needed - GAP).saturating_sub(width);
        if excess == 0 {
            break;
        }
        let spare = widths[0].saturating_sub(FIRST);
        let least = shown
            .iter()
            .copied()
            .skip(1)
            .max_by_key(|index| columns[*index].rank);
        match least {
            _ if spare >= excess => widths[0] -= excess,
            Some(least) => shown.retain(|index| *index != least),
            None => widths[0] = width,
        }
    }
    let headings = columns
        .iter()
        .map(|column| column.heading.to_owned())
        .collect();
    std::iter::once(&headings)
        .chain(rows)
        .map(|row: &Vec<String>| {
            let cells = shown.iter().map(|&index| {
                let text = cut(&row[index], widths[index]);
                let left = index == 0 || (last_is_text && index + 1 == columns.len());
                pad(&text, widths[index], left)
            });
            let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
            line.trim_end().to_owned()
        })
        .collect()
}

/// A text that is at most `width` wide; what was cut ends in an ellipsis.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let mut kept = String::new();
    for c in text.chars() {
        let Some(left) = room.checked_sub(c.width().unwrap_or(0)) else {
            break;
        };
        room = left;
        kept.push(c);
    }
    if width > 0 {
        kept.push('\u{2026}');
    }
    kept
}

/// A text filled up to `width`.
pub(super) fn pad(text: &str, width: usize, left: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if left {
        format!("{text}{blanks}")
    } else {
        format!("{blanks}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column {
            heading: "tool",
            rank: 0,
        },
        Column {
            heading: "calls",
            rank: 0,
        },
        Column {
            heading: "p99",
            rank: 1,
        },
    ];

    fn rows() -> Vec<Vec<String>> {
        [
            ["find_items_in_all_repositories", "1,200", "7"],
            ["文文", "3", "12"],
        ]
        .map(|row| row.map(str::to_owned).to_vec())
        .to_vec()
    }

    #[test]
    fn columns_are_cut_then_left_out() {
        let texts =
            [60, 30, 20, 5].map(|width| lay_out(&COLUMNS, &rows(), width, false).join("\n"));
        insta::assert_snapshot!(texts.join("\n\n"), @r"
        tool                            calls  p99
        find_items_in_all_repositories  1,200    7
        文文                                3   12

        tool                calls  p99
        find_items_in_all…  1,200    7
        文文                    3   12

        tool           calls
        find_items_i…  1,200
        文文               3

        tool
        find…
        文文
        ");
    }

    #[test]
    fn no_line_is_wider_than_it_may_be() {
        for width in 0..60 {
            for line in lay_out(&COLUMNS, &rows(), width, true) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}
