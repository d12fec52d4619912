//! The commits of the main branch: a table, and how it becomes a repository.

use std::collections::HashMap;

use super::build::{commit, put};
use super::{START, tree};
use crate::git::{Flat, Git, Leaf};
use crate::state::Users;
use crate::time::days;

/// Days after the start, author, message, paths, and the pull request it came from.
pub(super) type Step = (
    i64,
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<u64>,
);

/// All commits but the first, which brings every file that is not named here.
#[rustfmt::skip]
pub(super) const STEPS: [Step; 60] = [
    (2, "mira-okafor", "Add the eight major constituents", &["src/constituent.rs", "src/lib.rs"], None),
    (5, "mira-okafor", "Sum the cosines", &["src/harmonic.rs"], None),
    (11, "mira-okafor", "Load stations from TOML", &["src/station.rs", "data/stations.toml"], None),
    (16, "jonas-lindqvist", "Find extremes by sampling every 20 minutes", &["src/interpolate.rs"], None),
    (23, "jonas-lindqvist", "Keep local time in one module", &["src/clock.rs"], None),
    (31, "mira-okafor", "Serve extremes over HTTP", &["src/server/mod.rs", "src/server/routes.rs", "src/main.rs"], None),
    (40, "elin-haugen", "Write down what a datum is", &["docs/datums.md"], None),
    (52, "elin-haugen", "Start the documentation", &["docs/index.md", "README.md"], None),
    (60, "tomas-varga", "Run the tests on three systems", &[".github/workflows/ci.yml"], None),
    (71, "priya-raman", "Fetch constants from SHOM", &["tools/harbor_tools/fetch.py"], None),
    (83, "mira-okafor", "Answer errors with a hint", &["src/server/error.rs"], None),
    (99, "saoirse-byrne", "Accept dates without a time in from=", &["src/clock.rs", "docs/api.md"], Some(41)),
    (112, "priya-raman", "Add residuals against gauges", &["tools/harbor_tools/compare.py"], None),
    (126, "jonas-lindqvist", "Test Brest against the published table", &["tests/interpolation.rs"], None),
    (139, "mira-okafor", "Apply node factors", &["src/constituent.rs", "src/harmonic.rs"], None),
    (150, "tomas-varga", "Test the Python tools on two versions", &[".github/workflows/ci.yml", "pyproject.toml"], None),
    (166, "elin-haugen", "Describe the API parameter by parameter", &["docs/api.md"], None),
    (183, "lucia-ferrer", "Add shallow-water overtides M4, MS4 and M6", &["src/constituent.rs", "docs/accuracy.md"], Some(77)),
    (194, "mira-okafor", "Refuse spans above 31 days", &["src/server/routes.rs"], None),
    (207, "priya-raman", "Sort constants by amplitude", &["tools/harbor_tools/fetch.py", "tools/tests/test_fetch.py"], None),
    (221, "jonas-lindqvist", "Cache extremes by station and day", &["src/cache.rs"], None),
    (236, "mira-okafor", "Suggest the nearest spelling of a station", &["src/station.rs", "tests/stations.rs"], None),
    (249, "tomas-varga", "Own the code", &[".github/CODEOWNERS"], None),
    (262, "elin-haugen", "Explain how to report a wrong prediction", &[".github/ISSUE_TEMPLATE/bug.yml", "CONTRIBUTING.md"], None),
    (277, "yuki-tanabe", "Add a form for bug reports in Asian ports", &[".github/ISSUE_TEMPLATE/bug.yml", "data/stations.toml"], Some(118)),
    (288, "mira-okafor", "Compute node factors for the middle of the day", &["src/harmonic.rs"], None),
    (301, "priya-raman", "Paste-ready TOML from fetch", &["tools/harbor_tools/fetch.py", "tools/tests/test_fetch.py"], None),
    (316, "mira-okafor", "Release v0.7.0", &["Cargo.toml", "CHANGELOG.md", "pyproject.toml"], None),
    (324, "jonas-lindqvist", "Move datums into their own type", &["src/datum.rs", "src/lib.rs"], None),
    (335, "elin-haugen", "Say what harbor is not", &["README.md"], None),
    (351, "noor-haddad", "Accept datum= on extremes", &["src/datum.rs", "src/server/routes.rs"], Some(149)),
    (362, "mira-okafor", "Report lowest astronomical tide", &["src/datum.rs"], None),
    (374, "tomas-varga", "Check licences in CI", &[".github/workflows/ci.yml"], None),
    (385, "jonas-lindqvist", "Halve the interval instead of sampling finer", &["src/interpolate.rs"], None),
    (398, "priya-raman", "Ignore the drift of a gauge's zero", &["tools/harbor_tools/compare.py", "docs/accuracy.md"], None),
    (411, "mira-okafor", "Name the station in every error", &["src/server/error.rs"], None),
    (429, "d-almeida", "Add `harbor check` for station files", &["src/main.rs", "src/station.rs"], Some(183)),
    (440, "elin-haugen", "Document signals and metrics", &["docs/operations.md"], None),
    (452, "jonas-lindqvist", "Fit a parabola through three samples", &["src/interpolate.rs", "tests/interpolation.rs"], None),
    (463, "mira-okafor", "Share the station list between requests", &["src/server/mod.rs"], None),
    (475, "tomas-varga", "Ignore virtual environments", &[".gitignore"], None),
    (488, "priya-raman", "Keep a fixture of March 2026 at Brest", &["tests/fixtures/brest-2026-03.json"], None),
    (500, "wren-castellan", "Describe memory use and backups", &["docs/operations.md"], Some(214)),
    (512, "mira-okafor", "Tell which hour is missing in spring", &["src/clock.rs"], None),
    (525, "jonas-lindqvist", "Bound the cache", &["src/cache.rs"], None),
    (538, "elin-haugen", "Add the errors to the API page", &["docs/api.md"], None),
    (548, "priya-raman", "Add Hobart and Incheon", &["data/stations.toml"], None),
    (554, "mira-okafor", "Release v0.8.0", &["Cargo.toml", "CHANGELOG.md", "pyproject.toml"], None),
    (566, "tomas-varga", "Say how to report a vulnerability", &["SECURITY.md"], None),
    (578, "kwame-boateng", "Report low waters once", &["src/interpolate.rs"], Some(246)),
    (590, "mira-okafor", "Check station files without write access", &["src/station.rs", "src/main.rs"], None),
    (603, "elin-haugen", "Link the datum page from the errors", &["docs/datums.md"], None),
    (616, "jonas-lindqvist", "Load the public list in a test", &["tests/stations.rs"], None),
    (631, "mira-okafor", "Release v0.8.1", &["Cargo.toml", "CHANGELOG.md", "pyproject.toml", "tools/harbor_tools/__init__.py"], None),
    (645, "lucia-ferrer", "Compare with the 95th percentile as well", &["tools/harbor_tools/compare.py"], Some(271)),
    (660, "priya-raman", "Test an agency that is down", &["tools/tests/test_fetch.py"], None),
    (676, "mira-okafor", "Bind before logging that we listen", &["src/server/mod.rs"], None),
    (691, "elin-haugen", "Describe the limits of a request", &["docs/api.md"], None),
    (698, "tomas-varga", "Build with thin LTO", &["Cargo.toml"], None),
    (710, "jonas-lindqvist", "Note what the next release brings", &["CHANGELOG.md"], None),
];

/// A merged pull request: base, its own last commit, and the commit on main.
pub(super) struct Merged {
    /// Number.
    pub(super) number: u64,
    /// Who wrote it.
    pub(super) author: &'static str,
    /// Title.
    pub(super) title: &'static str,
    /// Main before the merge.
    pub(super) base: String,
    /// Last commit of the branch.
    pub(super) head: String,
    /// Commit on main.
    pub(super) commit: String,
    /// When.
    pub(super) at: i64,
}

/// What the table becomes.
pub(super) struct Told {
    /// Main, oldest commit first.
    pub(super) main: Vec<String>,
    /// Pull requests that were merged.
    pub(super) merged: Vec<Merged>,
    /// Tags with their commits.
    pub(super) tags: Vec<(&'static str, String)>,
}

/// Plays the table.
pub(super) fn tell(git: &mut Git, users: &Users) -> Told {
    let mut touches: HashMap<&str, (usize, usize)> = HashMap::new();
    for path in STEPS.iter().flat_map(|step| step.3) {
        touches.entry(path).or_default().1 += 1;
    }
    let mut files = Flat::new();
    for (path, text) in tree::FILES
        .iter()
        .filter(|(path, _)| !touches.contains_key(path))
    {
        put(git, &mut files, path, (*text).to_owned());
    }
    // The crate is there from the first day on, at the version of that day.
    put(git, &mut files, "Cargo.toml", manifest("Cargo.toml", 0));
    put(git, &mut files, tree::LARGE, tree::large());
    let image = git.put_blob(tree::IMAGE.1.to_vec());
    files.insert(tree::IMAGE.0.to_owned(), Leaf::file(image));
    let first = commit(git, users, &files, None, "mira-okafor", "Begin", START);
    let mut told = Told {
        main: vec![first],
        merged: Vec::new(),
        tags: Vec::new(),
    };
    for (day, author, message, paths, pull) in STEPS {
        for path in paths {
            let (done, all) = touches.entry(path).or_default();
            *done += 1;
            let text = if ["Cargo.toml", "pyproject.toml"].contains(path) {
                manifest(path, day)
            } else {
                let now = tree::FILES.iter().find(|(known, _)| known == path);
                tree::version(path, now.map_or("", |(_, text)| text), *done, *all)
            };
            put(git, &mut files, path, text);
        }
        let at = START + days(day) + day * 3_571 % 30_000;
        let base = told.main.last().cloned().unwrap_or_default();
        let parent = Some(base.clone());
        let sha = if let Some(number) = pull {
            let head = commit(
                git,
                users,
                &files,
                parent.clone(),
                author,
                message,
                at - days(2),
            );
            let title = format!("{message} (#{number})");
            let sha = commit(git, users, &files, parent, author, &title, at);
            let commit = sha.clone();
            told.merged.push(Merged {
                number,
                author,
                title: message,
                base,
                head,
                commit,
                at,
            });
            sha
        } else {
            commit(git, users, &files, parent, author, message, at)
        };
        if let Some(tag) = message.strip_prefix("Release ") {
            told.tags.push((tag, sha.clone()));
        }
        told.main.push(sha);
    }
    told
}

/// A manifest with the version of its day; thin LTO came late.
fn manifest(path: &str, day: i64) -> String {
    let version = match day {
        ..316 => "0.6.2",
        316..554 => "0.7.0",
        554..631 => "0.8.0",
        _ => "0.8.1",
    };
    let now = tree::FILES.iter().find(|(known, _)| *known == path);
    let text = now.map_or("", |(_, text)| text).replace("0.8.1", version);
    let cut = "\n[profile.release]\nlto = \"thin\"\n";
    let text = if day < 698 {
        text.replace(cut, "")
    } else {
        text
    };
    // Linting of the tools came with their tests.
    if day < 316 {
        text.replace("\n[tool.ruff]\nline-length = 100\n", "")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::tell;
    use crate::data::{accounts, tree};
    use crate::git::Git;

    #[test]
    fn every_commit_changes_something_and_the_end_is_the_tree() {
        let mut git = Git::default();
        let told = tell(&mut git, &accounts::all());
        for pair in told.main.windows(2) {
            assert_ne!(
                git.files(&pair[0]),
                git.files(&pair[1]),
                "{:?}",
                git.commit(&pair[1])
            );
        }
        let head = git.files(&told.main[60]);
        for (path, text) in tree::FILES {
            let now = std::str::from_utf8(git.blob(&head[path].sha).unwrap()).unwrap();
            assert_eq!(now, text, "{path}");
        }
    }
}
