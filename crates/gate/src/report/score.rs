//! A score per area: the share of its rules that hold, weighed.
//!
//! A rule weighs by its level: error 3, warning 2, note 1. One that holds counts whole; one with
//! findings counts by the gravest of them: note 0.9, warning 0.5, error 0. Rules that gave no verdict
//! (could not be verified, do not apply, are off) count neither way, so a score says nothing about them.

use super::{Report, Verdict};
use crate::rule::{Area, Level};

/// The score of an area, 0 to 100; none where no rule of it gave a verdict.
pub fn of(report: &Report, area: Area) -> Option<u32> {
    let mut most = 0;
    let mut got = 0;
    for judged in report
        .judged
        .iter()
        .filter(|judged| judged.rule.area() == area)
    {
        let share = match judged.verdict {
            Verdict::Passed => 100,
            Verdict::Found => match judged.findings.iter().map(|finding| finding.level).max() {
                Some(Level::Error) => 0,
                Some(Level::Warning) => 50,
                Some(Level::Note) | None => 90,
            },
            _ => continue,
        };
        let weight = match judged.rule.level {
            Level::Error => 3,
            Level::Warning => 2,
            Level::Note => 1,
        };
        most += weight;
        got += weight * share;
    }
    // rounded down: 100 is for areas where all holds
    (most > 0).then(|| got / most)
}
