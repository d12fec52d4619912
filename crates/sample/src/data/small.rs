//! The two other repositories: one of documents, one that is private.

use std::collections::{BTreeMap, BTreeSet};

use super::START;
use super::build::{commit, item, labels, put};
use crate::git::{Flat, Git};
use crate::items::{Comment, Item};
use crate::state::{Clock, Repo, Users};
use crate::time::days;

const ALMANAC: [(&str, &str); 4] = [
    (
        "README.md",
        "# almanac\n\nTexts about tides for people who live by them. No code.\n\n\
         - [Glossary](glossary.md)\n- [Reading a tide table](reading.md)\n- [Spring and neap](springs.md)\n",
    ),
    (
        "glossary.md",
        "# Glossary\n\n**Neap tide**: the small tides at half moon.\n\n\
         **Slack water**: the minutes in which the stream does not run; not the same as high water.\n\n\
         **Spring tide**: the large tides at new and full moon. Nothing to do with the season.\n",
    ),
    (
        "reading.md",
        "# Reading a tide table\n\nCheck three things before a number: the port, the datum, the clock.\n\n\
         A table in winter time is an hour off all summer.\n",
    ),
    (
        "springs.md",
        "# Spring and neap\n\nSun and moon pull together twice a month. The largest tides come a day or \
         two later: water takes its time.\n",
    ),
];

const SCRATCH: [(&str, &str); 2] = [
    (
        "notes.md",
        "# Notes\n\n- ask the agency about the 2027 constants\n- talk for the meetup: ten slides\n",
    ),
    (
        "try.py",
        "import math\n\nfor hour in range(25):\n    print(hour, round(math.cos(hour * 0.5059), 2))\n",
    ),
];

/// `tidewatch/almanac`.
pub(super) fn almanac(users: &Users, clock: &mut Clock) -> Repo {
    let mut repo = bare(
        "tidewatch",
        "almanac",
        "Texts about tides. No code.",
        71_204_433,
    );
    repo.topics = vec!["tides", "documentation"];
    repo.license = Some((
        "CC-BY-4.0",
        "Creative Commons Attribution 4.0 International",
    ));
    repo.languages = Vec::new();
    (repo.stars, repo.forks) = (38, 4);
    repo.collaborators = vec!["mira-okafor", "elin-haugen"];
    repo.labels = labels(
        clock,
        &[
            ("typo", "c5def5", "A slip"),
            ("new text", "a2eeef", "Something to write"),
        ],
    );
    fill(&mut repo, users, &ALMANAC, "elin-haugen");
    let rows = [
        (
            1,
            "saoirse-byrne",
            "The glossary lacks \"rule of twelfths\"",
            "new text",
            "Every sailing course starts with it.",
        ),
        (
            2,
            "noor-haddad",
            "reading.md: say which clock tables use",
            "new text",
            "Ours are in winter time all year and it is printed nowhere.",
        ),
        (
            3,
            "lucia-ferrer",
            "springs.md: \"a day or two\" depends on the port",
            "typo",
            "At Valencia there is hardly any delay at all.",
        ),
    ];
    for (number, author, title, label, body) in rows {
        let at = START + days(140 * i64::try_from(number).unwrap_or(1));
        let mut found: Item = item(number, author, title, body.to_owned(), at);
        found.labels.push(label.to_owned());
        let author = "elin-haugen".to_owned();
        let body = "Good point, I will write it up.".to_owned();
        found.comments.push(Comment {
            id: clock.id(),
            author,
            body,
            at: at + days(2),
        });
        found.updated_at = at + days(2);
        repo.items.insert(number, found);
    }
    repo
}

/// `mira-okafor/scratch`, private.
pub(super) fn scratch(users: &Users) -> Repo {
    let mut repo = bare("mira-okafor", "scratch", "", 88_410_172);
    repo.private = true;
    repo.languages = vec![("Python", 92)];
    repo.collaborators = vec!["mira-okafor"];
    fill(&mut repo, users, &SCRATCH, "mira-okafor");
    repo
}

fn fill(repo: &mut Repo, users: &Users, files: &[(&str, &str)], author: &str) {
    let mut tree = Flat::new();
    let mut head = None;
    for ((path, text), count) in files.iter().zip(1..) {
        put(&mut repo.git, &mut tree, path, (*text).to_owned());
        let at = START + days(30 * count);
        let message = format!("Add {path}");
        head = Some(commit(
            &mut repo.git,
            users,
            &tree,
            head,
            author,
            &message,
            at,
        ));
        repo.pushed_at = at;
    }
    repo.branches
        .extend(head.map(|sha| ("main".to_owned(), sha)));
}

/// A repository with nothing in it.
pub(super) fn bare(owner: &str, name: &str, description: &str, id: u64) -> Repo {
    Repo {
        id,
        owner: owner.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        private: false,
        topics: Vec::new(),
        license: None,
        languages: Vec::new(),
        stars: 0,
        forks: 0,
        created_at: START - days(3),
        pushed_at: START,
        git: Git::default(),
        branches: BTreeMap::new(),
        protected: BTreeSet::new(),
        tags: BTreeMap::new(),
        labels: Vec::new(),
        milestones: Vec::new(),
        collaborators: Vec::new(),
        items: BTreeMap::new(),
        releases: Vec::new(),
        runs: Vec::new(),
    }
}
