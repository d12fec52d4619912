//! Workflow runs: for the last commits on main, and for the open pull requests.

use super::history::Told;
use super::pull_table::{BUMP_PR, DRAFT_PR, FAILING_PR, HUGE_PR, READY_PR};
use crate::runs::{Job, Run};
use crate::state::Repo;

/// The jobs of the workflow, each a check of its own, and how many seconds they take.
pub(super) const JOBS: [(&str, i64); 9] = [
    ("fmt", 21),
    ("clippy", 96),
    ("test (ubuntu-latest)", 412),
    ("test (macos-latest)", 388),
    ("test (windows-latest)", 534),
    ("python (3.12)", 47),
    ("python (3.14)", 44),
    ("docs", 75),
    ("deny", 18),
];

/// How many commits of main still have their runs.
const KEPT: usize = 14;

/// Makes them, newest first.
pub(super) fn fill(repo: &mut Repo, told: &Told) {
    let mut runs: Vec<Run> = Vec::new();
    for (at, sha) in told.main.iter().rev().take(KEPT).enumerate() {
        // One of them broke on Windows; the next commit was fine again.
        let fails = (at == 9).then_some("test (windows-latest)");
        runs.extend(run(repo, sha, "main", None, |name| {
            Some(end(fails == Some(name)))
        }));
    }
    for number in [HUGE_PR, DRAFT_PR, BUMP_PR, FAILING_PR, READY_PR] {
        let pull = repo.items.get(&number).and_then(|item| item.pull.as_ref());
        let Some((head, branch)) = pull.map(|pull| (pull.head_sha.clone(), pull.head_ref.clone()))
        else {
            continue;
        };
        let outcome = |name: &str| match (number, name) {
            (BUMP_PR, "test (macos-latest)" | "test (windows-latest)") => None,
            (FAILING_PR, "test (ubuntu-latest)") => Some("failure"),
            _ => Some("success"),
        };
        runs.extend(run(repo, &head, &branch, Some(number), outcome));
        if number == FAILING_PR {
            // The push before this one failed as well, for another reason.
            let parent = repo
                .git
                .commit(&head)
                .and_then(|commit| commit.parents.first());
            let parent = parent.cloned().unwrap_or_default();
            runs.extend(run(repo, &parent, &branch, Some(number), |name| {
                Some(end(name == "clippy"))
            }));
        }
    }
    runs.sort_by_key(|run| run.at);
    for (run, count) in runs.iter_mut().zip(1..) {
        run.number = 1_180 + count;
        run.id = 19_400_318_000 + count * 10_007;
        for (job, at) in run.jobs.iter_mut().zip(1..) {
            job.id = 55_610_220_000 + count * 100 + at;
        }
    }
    runs.reverse();
    repo.runs = runs;
}

fn end(fails: bool) -> &'static str {
    if fails { "failure" } else { "success" }
}

fn run(
    repo: &Repo,
    sha: &str,
    branch: &str,
    pull: Option<u64>,
    outcome: impl Fn(&str) -> Option<&'static str>,
) -> Option<Run> {
    let commit = repo.git.commit(sha)?;
    let title = pull
        .and_then(|number| repo.items.get(&number))
        .map(|item| item.title.clone());
    let at = commit.committer.at + 40;
    let job = |(offset, (name, seconds)): (i64, (&'static str, i64))| Job {
        id: 0,
        name,
        conclusion: outcome(name),
        started_at: at + 6 + offset,
        completed_at: at + 6 + offset + seconds,
        steps: steps(name, outcome(name)),
    };
    Some(Run {
        id: 0,
        number: 0,
        branch: branch.to_owned(),
        sha: sha.to_owned(),
        title: title.unwrap_or_else(|| commit.title().to_owned()),
        event: if pull.is_some() {
            "pull_request"
        } else {
            "push"
        },
        actor: commit.author.login.clone(),
        pull,
        at,
        jobs: (0..).zip(JOBS).map(job).collect(),
    })
}

/// The steps of a job; the one that matters ends as the job does.
fn steps(job: &str, end: Option<&'static str>) -> Vec<(&'static str, Option<&'static str>)> {
    let command = match job {
        "fmt" => "Run cargo fmt --check",
        "clippy" => "Run cargo clippy --all-targets -- -D warnings",
        "docs" => "Run cargo doc --no-deps",
        "deny" => "Run cargo deny check",
        _ if job.starts_with("python") => "Run python -m pytest",
        _ => "Run cargo test --no-fail-fast",
    };
    let done = Some("success");
    let after = end.map(|_| "success");
    vec![
        ("Set up job", done),
        ("Run actions/checkout@v5", done),
        (command, end),
        ("Post Run actions/checkout@v5", after),
        ("Complete job", after),
    ]
}
