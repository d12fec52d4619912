//! What texts of a server's surface say to a model that they should not: signs, each a pattern with a
//! score, looked for in a text however it is disguised.
//!
//! - [`orders`]: the signs of texts that order the model about (X02). To add one, add a line there, a
//!   sentence that it must find and a near one that it must not to `tests.rs`.
//! - [`fold`]: how disguises are taken off: case, look-alike letters, digits for letters, spaced
//!   letters, invisible characters, encodings.
//! - [`redirects`]: phrases that redirect or override other tools (X03), and clients' own tools.
//! - [`texts`]: every text of a surface, with its place.

pub(crate) mod fold;
pub(crate) mod orders;
mod pattern;
pub(crate) mod redirects;
pub(crate) mod texts;

#[cfg(test)]
mod tests;

use std::ops::Range;

use self::{
    fold::Folded,
    orders::{ORDERS, Sign},
};
use crate::thresholds;

/// What a text was found to say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Evidence {
    /// What the text does: completes "it ...".
    pub(crate) deed: &'static str,
    /// How much it weighs; see [`thresholds::ORDERS_ERROR`].
    pub(crate) score: u32,
    /// Where, as bytes of the text.
    pub(crate) at: Range<usize>,
    /// How it was disguised, where it was.
    pub(crate) disguise: Option<&'static str>,
}

/// What a text orders a model to do: the strongest evidence of each deed, the strongest first.
pub(crate) fn orders(text: &str) -> Vec<Evidence> {
    let text = fold::cut(text, thresholds::TEXT_CHARS);
    let mut found: Vec<Evidence> = Vec::new();
    for (disguise, folded) in fold::variants(text) {
        for (index, sign) in ORDERS.iter().enumerate() {
            // what is read backwards or shifted must be plain to be believed
            if matches!(disguise, Some("written backwards" | "in rot13")) && sign.score < 100 {
                continue;
            }
            if let Some(at) = seen(index, sign, &folded) {
                add(
                    &mut found,
                    Evidence {
                        deed: sign.deed,
                        score: sign.score,
                        at: folded.original(&at),
                        disguise,
                    },
                );
            }
        }
    }
    for (at, why, score) in fold::hidden(text) {
        add(
            &mut found,
            Evidence {
                deed: why,
                score,
                at,
                disguise: None,
            },
        );
    }
    found.sort_by_key(|evidence| (std::cmp::Reverse(evidence.score), evidence.at.start));
    found
}

fn add(found: &mut Vec<Evidence>, new: Evidence) {
    match found.iter_mut().find(|known| known.deed == new.deed) {
        Some(known) if known.score < new.score => *known = new,
        Some(_) => {}
        None => found.push(new),
    }
}

/// The first place where a sign stands and is meant.
fn seen(index: usize, sign: &Sign, folded: &Folded) -> Option<Range<usize>> {
    let text = folded.text.as_str();
    if !sign.needs.split('|').any(|needed| text.contains(needed)) {
        return None;
    }
    let pattern = pattern::of(index)?;
    pattern
        .matched
        .find_iter(text)
        .take(20)
        .map(|found| found.range())
        .find(|at| {
            let (from, to) = sentence(text, at);
            let to = if pattern.before { at.end } else { to };
            let meant = pattern
                .unless
                .as_ref()
                .is_none_or(|unless| !unless.is_match(&text[from..to]));
            meant && !is_example(text, at)
        })
}

/// The sentence around a range, no more than 200 characters on each side.
fn sentence(text: &str, at: &Range<usize>) -> (usize, usize) {
    let ends = [". ", ".\n", "\n", "! ", "? "];
    let start = fold::floor(text, at.start.saturating_sub(200));
    let from = ends
        .iter()
        .filter_map(|end| {
            text[start..at.start]
                .rfind(end)
                .map(|found| start + found + end.len())
        })
        .max()
        .unwrap_or(start);
    let stop = fold::floor(text, (at.end + 200).min(text.len()));
    let to = ends
        .iter()
        .filter_map(|end| text[at.end..stop].find(end).map(|found| at.end + found))
        .min()
        .unwrap_or(stop);
    (from, to)
}

/// Words of tools that look for such texts.
const LOOKING: &[&str] = &[
    "attack",
    "block",
    "classif",
    "detect",
    "filter",
    "flag",
    "guard",
    "injection",
    "jailbreak",
    "moderat",
    "red team",
    "scan",
];

/// Whether a text is quoted by a tool that looks for such texts: "detects phrases such as '...'".
fn is_example(text: &str, at: &Range<usize>) -> bool {
    let before = &text[sentence(text, at).0..at.start];
    let quoted = before.ends_with(['"', '\'', '`']) && text[at.end..].contains(['"', '\'', '`']);
    quoted && LOOKING.iter().any(|word| before.contains(word))
}
