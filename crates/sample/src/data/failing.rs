//! The pull request whose tests fail, and what people say about it.

use super::build::item;
use super::edits;
use super::opened;
use super::pull_table::FAILING_PR;
use super::pulls::{Change, Maker, label, review, say};
use super::special::CLOCK_ISSUE;
use crate::git::diff;
use crate::items::{LineComment, Pull, What};
use crate::state::Clock;
use crate::time::{days, hours};

const ELIN: &str = "The idea is right, but times are shifted twice now: once by the length of the \
day and once by hand. Please take the shift out again; the new test would have told.";

const YUKI: &str = "Kobe has no summer time, and nothing moves there. Two small remarks.";

/// A comment on a line: review (0 or 1), author, file, a text in the line, body, hours after the
/// opening, and the comment it answers.
type Remark = (
    usize,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    Option<usize>,
);

#[rustfmt::skip]
const REMARKS: [Remark; 5] = [
    (0, "elin-haugen", "src/interpolate.rs", "let shift =", "`at` is UTC already, so the zone brings the missing hour by itself. This adds it again.", 5, None),
    (0, "elin-haugen", "tests/interpolation.rs", "assert_eq!(high, [\"04:57\"", "This is the one that fails in CI: 05:57 and 18:20, both an hour late.", 5, None),
    (1, "yuki-tanabe", "src/clock.rs", "let next =", "`succ_opt` is `None` for the last date there is. Then the day is empty. Fine, but say so?", 9, None),
    (1, "yuki-tanabe", "src/interpolate.rs", ".min(end)", "Good: without this the autumn day would count one extreme of the next day.", 9, None),
    (1, "jonas-lindqvist", "src/interpolate.rs", "let shift =", "Ah. Both tests passed for me, but my machine has TZ=UTC set. Will look tonight.", 11, Some(0)),
];

impl Maker<'_> {
    /// Makes it.
    pub(super) fn failing(&mut self, clock: &mut Clock) {
        let author = "jonas-lindqvist";
        let at = opened(FAILING_PR);
        let base = self.base(0);
        let changes: [Change<'_>; 3] = [
            (
                "Say where a local day ends",
                &edits::MIDNIGHT,
                at - hours(30),
            ),
            (
                "Search a day to its end, however long",
                &edits::INTERPOLATE,
                at - hours(26),
            ),
            (
                "Test both days on which clocks change",
                &edits::TESTS,
                at - hours(2),
            ),
        ];
        let mut pull = self.branch("fix/dst-interpolation", &base, author, &changes);
        let reviews = [
            review(
                &mut pull,
                clock,
                "elin-haugen",
                "CHANGES_REQUESTED",
                ELIN,
                at + hours(5),
            ),
            review(
                &mut pull,
                clock,
                "yuki-tanabe",
                "COMMENTED",
                YUKI,
                at + hours(9),
            ),
        ];
        for remark in &REMARKS {
            let comment = self.line_comment(&pull, clock.id(), reviews[remark.0], remark, at);
            pull.line_comments.push(comment);
        }
        pull.reviewers.push("mira-okafor".to_owned());
        let body = format!(
            "Fixes #{CLOCK_ISSUE}.\n\nA local day is 23, 24 or 25 hours long. `extremes` took it for 24, \
             so on two days a year everything after the change was searched an hour off.\n\n\
             - `clock::end_of_day` says where a day ends\n- the last step is cut there\n\
             - two tests against the published table of Brest\n\n\
             I am not sure about the shift in `interpolate.rs`, please look there first."
        );
        let title = "Fix high-water interpolation across the DST change";
        let mut found = item(FAILING_PR, author, title, body, at);
        label(&mut found, clock, &["bug", "area/time"]);
        found.assignees.push(author.to_owned());
        found.milestone = Some(2);
        let asked = What::ReviewRequested("mira-okafor".to_owned());
        found.event(clock.id(), author, at + 60, asked);
        let why =
            "CI is red on Linux only: the other two runners have TZ unset. I think that is luck.";
        say(&mut found, clock, author, why, at + hours(3));
        let wish = "I would like to have this in 0.9, the spring tables go to print in January.";
        say(&mut found, clock, "priya-raman", wish, at + days(2));
        self.add(found, pull);
    }

    /// A comment on the first line of the new file that holds the remark's text.
    fn line_comment(
        &self,
        pull: &Pull,
        id: u64,
        review: u64,
        (_, author, path, needle, body, after, parent): &Remark,
        opened: i64,
    ) -> LineComment {
        let text = |commit: &str| {
            let leaf = self.repo.git.files(commit).remove(*path);
            let bytes = leaf
                .and_then(|leaf| self.repo.git.blob(&leaf.sha))
                .unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        let (old, new) = (text(&pull.base_sha), text(&pull.head_sha));
        let line = new
            .lines()
            .position(|line| line.contains(needle))
            .map_or(1, |at| at + 1);
        let parent = parent.and_then(|at| pull.line_comments.get(at));
        LineComment {
            id,
            review,
            author: (*author).to_owned(),
            body: (*body).to_owned(),
            path: (*path).to_owned(),
            line,
            left: false,
            hunk: diff::hunk_until(&diff::patch(&old, &new).text, line, false),
            reply_to: parent.map(|said| said.id),
            at: opened + hours(*after),
            commit: pull.head_sha.clone(),
        }
    }
}
