//! `tidewatch/harbor`, put together.

use super::build::labels;
use super::small::bare;
use super::{START, ci, history, pulls, special, tickets};
use crate::api::comments::references;
use crate::items::{Milestone, What};
use crate::state::{Clock, Release, Repo, Users};
use crate::time::{NOW, days};

#[rustfmt::skip]
const LABELS: [(&str, &str, &str); 18] = [
    ("bug", "d73a4a", "Something is not what it should be"),
    ("enhancement", "a2eeef", "Something new, or better"),
    ("docs", "0075ca", "Words, not code"),
    ("performance", "fbca04", "Too slow, or too large"),
    ("good first issue", "7057ff", "Small, described, and somebody will help"),
    ("needs-triage", "ededed", "Nobody has looked at it yet"),
    ("regression", "b60205", "It worked in an earlier release"),
    ("security", "5319e7", "Could be misused"),
    ("question", "d876e3", "An answer is wanted, not a change"),
    ("dependencies", "0366d6", "Updates of what we build on"),
    ("area/prediction", "c2e0c6", "Constituents, node factors, extremes"),
    ("area/time", "c2e0c6", "Zones, clock changes, leap seconds"),
    ("area/stations", "c2e0c6", "The station list and its constants"),
    ("area/http", "c2e0c6", "Endpoints, errors, caching"),
    ("area/tools", "c2e0c6", "The Python tools"),
    ("area/datum", "c2e0c6", "Zeros of heights"),
    ("area/ops", "c2e0c6", "Packaging, running, metrics"),
    ("area/docs", "c2e0c6", "Documentation"),
];

/// Builds it.
pub(super) fn repo(users: &Users, clock: &mut Clock) -> Repo {
    let description = "Tide predictions for ports, from harmonic constants, over HTTP";
    let mut repo = bare("tidewatch", "harbor", description, 60_417_288);
    repo.topics = vec!["tides", "rust", "oceanography", "hydrography", "http-api"];
    repo.license = Some(("MIT", "MIT License"));
    repo.languages = vec![("Rust", 48_213), ("Python", 11_934), ("Shell", 812)];
    (repo.stars, repo.forks) = (1_284, 96);
    repo.collaborators = super::accounts::MAINTAINERS.to_vec();
    repo.labels = labels(clock, &LABELS);
    repo.milestones = milestones();
    let told = history::tell(&mut repo.git, users);
    let head = told.main.last().cloned().unwrap_or_default();
    repo.branches.insert("main".to_owned(), head);
    repo.protected.insert("main".to_owned());
    repo.tags = told
        .tags
        .iter()
        .map(|(tag, sha)| ((*tag).to_owned(), sha.clone()))
        .collect();
    repo.releases = releases(&repo);
    tickets::fill(&mut repo, clock);
    special::fill(&mut repo);
    pulls::fill(&mut repo, users, clock, &told);
    ci::fill(&mut repo, &told);
    cross_reference(&mut repo, clock);
    let moved = repo
        .branches
        .values()
        .filter_map(|sha| repo.git.commit(sha));
    repo.pushed_at = moved
        .map(|commit| commit.committer.at)
        .max()
        .unwrap_or(START);
    repo
}

fn milestones() -> Vec<Milestone> {
    let row = |(number, title, description, due, open)| Milestone {
        number,
        title,
        description,
        due,
        open,
    };
    [
        (
            1,
            "0.8",
            "Extremes by root finding, datums everywhere",
            NOW - days(180),
            false,
        ),
        (
            2,
            "0.9",
            "Right on the days when clocks change",
            NOW + days(45),
            true,
        ),
        (
            3,
            "1.0",
            "A stable API and constants for 400 stations",
            NOW + days(220),
            true,
        ),
    ]
    .map(row)
    .into()
}

fn releases(repo: &Repo) -> Vec<Release> {
    let rows = [
        (
            "v0.8.1",
            "0.8.1",
            "## Fixed\n\n- Low waters were reported twice when two fell within the same step (#211).\n\
             - `harbor check` no longer needs write access to the data folder.\n\n\
             **Upgrade:** replace the binary; the station file stays as it is.",
        ),
        (
            "v0.8.0",
            "0.8.0: extremes to ten seconds",
            "## Added\n\n- Extremes are found by root finding instead of sampling.\n\
             - `datum=` on every endpoint that answers heights.\n\n## Changed\n\n\
             - Stations without a chart datum are refused at start. Run `harbor check` first.",
        ),
        (
            "v0.7.0",
            "0.7.0: Python tools",
            "## Added\n\n- Fetch constants from four agencies.\n\n## Changed\n\n\
             - Node factors are computed for the middle of the day asked for; heights move by up to 1 cm.",
        ),
    ];
    let release = |(id, (tag, name, body)): (u64, (&'static str, _, _))| {
        let commit = repo.tags.get(tag).and_then(|sha| repo.git.commit(sha));
        let file = |target: &str| format!("harbor-{tag}-{target}.tar.gz");
        let assets = vec![
            (file("x86_64-unknown-linux-gnu"), 4_812_337 + id),
            (file("aarch64-apple-darwin"), 4_401_902 + id),
            (file("x86_64-pc-windows-msvc"), 4_977_120 + id),
        ];
        let at = commit.map_or(START, |commit| commit.committer.at + 1_800);
        Release {
            id: 190_340_000 - id * 8_171,
            tag,
            name,
            body,
            author: "mira-okafor",
            at,
            assets,
        }
    };
    (1..).zip(rows).map(release).collect()
}

/// Notes on every item who names it.
fn cross_reference(repo: &mut Repo, clock: &mut Clock) {
    let mut named: Vec<(u64, u64, String, i64)> = Vec::new();
    for item in repo.items.values() {
        let body = item.body.as_deref().unwrap_or_default();
        let first = (item.author.as_str(), body, item.created_at);
        let later = item
            .comments
            .iter()
            .map(|said| (said.author.as_str(), said.body.as_str(), said.at));
        for (author, text, at) in std::iter::once(first).chain(later) {
            // The long and the strange text name numbers that are not ours.
            if text.len() < 8_000 {
                let of = |to| (to, item.number, author.to_owned(), at);
                named.extend(references(text).into_iter().map(of));
            }
        }
    }
    for (to, from, actor, at) in named {
        if let Some(item) = repo.items.get_mut(&to).filter(|_| to != from) {
            let updated = item.updated_at;
            item.event(clock.id(), &actor, at, What::CrossReferenced(from));
            // Being named does not count as an update.
            item.updated_at = updated;
        }
    }
}
