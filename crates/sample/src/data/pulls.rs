//! Pull requests: eight merged, two closed, five open (one of them in `failing`).

use super::accounts::MAINTAINERS;
use super::build::{commit, item};
use super::edits::{self, Edit, apply};
use super::history::{Merged, Told};
use super::opened;
use super::pull_table::{BUMP_PR, CLOSED_PRS, DRAFT_PR, HUGE_PR, READY_PR};
use crate::git::Flat;
use crate::items::{Comment, Item, Pull, Review, What};
use crate::state::{Clock, Repo, Users};
use crate::time::{NOW, days, hours};

/// How many files the huge one changes: as many as a diff may have.
const HUGE: usize = 300;

/// Makes all of them.
pub(super) fn fill(repo: &mut Repo, users: &Users, clock: &mut Clock, told: &Told) {
    for merged in &told.merged {
        let found = self::merged(merged, clock);
        repo.items.insert(merged.number, found);
    }
    let mut maker = Maker { repo, users, told };
    maker.closed(clock);
    maker.failing(clock);
    maker.ready(clock);
    maker.others(clock);
}

/// What a pull request has before anybody has looked at it.
fn pull(head_ref: &str, head_sha: String, base_sha: String) -> Pull {
    Pull {
        head_ref: head_ref.to_owned(),
        head_sha,
        base_ref: "main".to_owned(),
        base_sha,
        draft: false,
        merged: None,
        reviews: Vec::new(),
        line_comments: Vec::new(),
        reviewers: Vec::new(),
    }
}

fn merged(told: &Merged, clock: &mut Clock) -> Item {
    let body = format!(
        "{}.\n\nTested with the public list. No change for ports that were right before.",
        told.title
    );
    let at = opened(told.number).min(told.at - hours(8));
    let mut found = item(told.number, told.author, told.title, body, at);
    let branch = told
        .title
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mut pull = pull(
        branch.trim_matches('-'),
        told.head.clone(),
        told.base.clone(),
    );
    let reviewer = MAINTAINERS[usize::try_from(told.number).unwrap_or(0) % 4];
    review(
        &mut pull,
        clock,
        reviewer,
        "APPROVED",
        "Thank you, this is how I would have done it.",
        told.at - hours(2),
    );
    pull.merged = Some((told.at, "mira-okafor".to_owned(), told.commit.clone()));
    found.pull = Some(pull);
    found.event(
        clock.id(),
        "mira-okafor",
        told.at,
        What::Merged(told.commit.clone()),
    );
    found.event(clock.id(), "mira-okafor", told.at, What::Closed);
    found.open = false;
    found.closed = Some((told.at, "mira-okafor".to_owned()));
    found
}

/// Adds a review of the head as it is.
pub(super) fn review(
    pull: &mut Pull,
    clock: &mut Clock,
    author: &str,
    state: &'static str,
    body: &str,
    at: i64,
) -> u64 {
    let (id, commit) = (clock.id(), pull.head_sha.clone());
    let (author, body) = (author.to_owned(), body.to_owned());
    pull.reviews.push(Review {
        id,
        author,
        state,
        body,
        at,
        commit,
    });
    id
}

/// Adds a comment.
pub(super) fn say(found: &mut Item, clock: &mut Clock, author: &str, body: &str, at: i64) {
    let (author, body) = (author.to_owned(), body.to_owned());
    found.comments.push(Comment {
        id: clock.id(),
        author,
        body,
        at,
    });
    found.updated_at = found.updated_at.max(at);
}

/// Puts labels on.
pub(super) fn label(found: &mut Item, clock: &mut Clock, names: &[&str]) {
    for name in names {
        found.labels.push((*name).to_owned());
        let at = found.created_at + 300;
        found.event(
            clock.id(),
            "mira-okafor",
            at,
            What::Labeled((*name).to_owned()),
        );
    }
}

/// A commit to make: message, edits, when.
pub(super) type Change<'a> = (&'a str, &'a [Edit], i64);

/// Makes pull requests in one repository.
pub(super) struct Maker<'a> {
    pub(super) repo: &'a mut Repo,
    users: &'a Users,
    told: &'a Told,
}

impl Maker<'_> {
    /// Main as it was so many commits ago.
    pub(super) fn base(&self, ago: usize) -> String {
        let main = &self.told.main;
        main[main.len() - 1 - ago].clone()
    }

    /// Makes a branch with commits and answers the pull request for it.
    pub(super) fn branch(
        &mut self,
        name: &str,
        base: &str,
        author: &str,
        changes: &[Change<'_>],
    ) -> Pull {
        let mut files = self.repo.git.files(base);
        let mut head = base.to_owned();
        for (message, edits, at) in changes {
            apply(&mut self.repo.git, &mut files, edits);
            head = self.commit(&files, head, author, message, *at);
        }
        self.repo.branches.insert(name.to_owned(), head.clone());
        pull(name, head, base.to_owned())
    }

    fn commit(
        &mut self,
        files: &Flat,
        parent: String,
        author: &str,
        message: &str,
        at: i64,
    ) -> String {
        commit(
            &mut self.repo.git,
            self.users,
            files,
            Some(parent),
            author,
            message,
            at,
        )
    }

    /// Joins both halves and puts the pull request into the repository.
    pub(super) fn add(&mut self, mut found: Item, pull: Pull) {
        let last = pull.reviews.iter().map(|review| review.at).max();
        found.updated_at = found.updated_at.max(last.unwrap_or(0));
        found.pull = Some(pull);
        self.repo.items.insert(found.number, found);
    }

    fn closed(&mut self, clock: &mut Clock) {
        let rows = [
            (
                "kwame-boateng",
                "Offer a GraphQL endpoint",
                "feature/graphql",
                &edits::GRAPHQL,
                46,
                "It would double what we promise to keep stable, for one client. Closing, with thanks for the work.",
            ),
            (
                "wren-castellan",
                "README: be more confident about accuracy",
                "readme-confidence",
                &edits::NAVIGATE,
                18,
                "We must never tell people to navigate by this. Closing; docs/accuracy.md says how far off it can be.",
            ),
        ];
        for (number, (author, title, branch, edits, ago, why)) in CLOSED_PRS.into_iter().zip(rows) {
            let (at, base) = (opened(number), self.base(ago));
            let pull = self.branch(branch, &base, author, &[(title, edits, at - hours(1))]);
            // Their branches were deleted; the commits stay, as on GitHub.
            self.repo.branches.remove(branch);
            let mut found = item(
                number,
                author,
                title,
                "See the commit message.".to_owned(),
                at,
            );
            say(&mut found, clock, "mira-okafor", why, at + days(4));
            found.event(clock.id(), "mira-okafor", at + days(4) + 9, What::Closed);
            found.open = false;
            found.closed = Some((at + days(4) + 9, "mira-okafor".to_owned()));
            self.add(found, pull);
        }
    }

    fn ready(&mut self, clock: &mut Clock) {
        let (at, base) = (opened(READY_PR), self.base(0));
        let changes: [Change<'_>; 1] = [(
            "Cache station metadata between predictions",
            &edits::CACHE,
            at - hours(1),
        )];
        let mut pull = self.branch("perf/station-cache", &base, "priya-raman", &changes);
        review(
            &mut pull,
            clock,
            "jonas-lindqvist",
            "APPROVED",
            "Measured it on the small board: 1.9 ms down to 1.1 ms a day.",
            at + hours(4),
        );
        review(
            &mut pull,
            clock,
            "elin-haugen",
            "APPROVED",
            "Reads well.",
            at + hours(7),
        );
        let body = "The zone of a station was parsed for each request, and its terms were counted twice. Both are \
                    kept now, from start or SIGHUP on.\n\n| | before | after |\n|---|---|---|\n\
                    | one day, Brest | 1.9 ms | 1.1 ms |\n| 31 days, Brest | 41 ms | 33 ms |\n\nNo answer changes.";
        let mut found = item(
            READY_PR,
            "priya-raman",
            "Cache station metadata between predictions",
            body.to_owned(),
            at,
        );
        label(&mut found, clock, &["performance", "area/stations"]);
        found.milestone = Some(2);
        say(
            &mut found,
            clock,
            "mira-okafor",
            "Lovely. I will merge it once I have read it.",
            at + hours(8),
        );
        self.add(found, pull);
    }

    fn others(&mut self, clock: &mut Clock) {
        let (at, base) = (opened(DRAFT_PR), self.base(3));
        let change: [Change<'_>; 1] = [(
            "Sketch a surge correction from pressure",
            &edits::SURGE,
            at - hours(2),
        )];
        let mut draft = self.branch("feature/surge", &base, "mira-okafor", &change);
        draft.draft = true;
        let body = "Not for merging. Where could a correction for air pressure live, and who brings the forecast?";
        let mut found = item(
            DRAFT_PR,
            "mira-okafor",
            "Sketch a surge correction from pressure forecasts",
            body.to_owned(),
            at,
        );
        label(&mut found, clock, &["enhancement", "area/prediction"]);
        say(
            &mut found,
            clock,
            "lucia-ferrer",
            "For the Mediterranean this would be worth more than the tide itself.",
            at + days(1),
        );
        self.add(found, draft);

        let (at, base) = (opened(BUMP_PR), self.base(1));
        let title = "Bump axum from 0.8.4 to 0.8.6";
        let change: [Change<'_>; 1] = [(title, &edits::BUMP, at - 600)];
        let bump = self.branch(
            "dependabot/cargo/axum-0.8.6",
            &base,
            "dependabot[bot]",
            &change,
        );
        let body = "Bumps [axum](https://github.com/tokio-rs/axum) from 0.8.4 to 0.8.6.\n\n---\n\n\
                    You can trigger a rebase of this PR by commenting `@dependabot rebase`.";
        let mut found = item(BUMP_PR, "dependabot[bot]", title, body.to_owned(), at);
        label(&mut found, clock, &["dependencies"]);
        self.add(found, bump);

        self.huge(clock);
    }

    fn huge(&mut self, clock: &mut Clock) {
        let (at, base) = (opened(HUGE_PR), self.base(4));
        let mut files = self.repo.git.files(&base);
        edits::rename(&mut self.repo.git, &mut files, HUGE);
        let title = "Rename crate tide-core to harbor-core";
        let head = self.commit(&files, base.clone(), "tomas-varga", title, at - hours(3));
        self.repo
            .branches
            .insert("rename/harbor-core".to_owned(), head.clone());
        let body = "The crate has had two names for too long. Snapshots carry the crate's name, so all of them \
                    are made again; they are checked in now instead of being kept by CI.\n\nBest read commit by \
                    commit, that is: not at all, and the snapshots by sampling.";
        let mut found = item(HUGE_PR, "tomas-varga", title, body.to_owned(), at);
        label(&mut found, clock, &["enhancement", "area/ops"]);
        say(
            &mut found,
            clock,
            "elin-haugen",
            "300 files. I will need a biscuit.",
            at + hours(6),
        );
        say(
            &mut found,
            clock,
            "mira-okafor",
            "Let us do this right after 0.9, not before.",
            NOW - days(19),
        );
        self.add(found, pull("rename/harbor-core", head, base));
    }
}
