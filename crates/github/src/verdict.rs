//! How CI stands on a commit or in a run, and which job to look at.

use futures::future::{join, join_all};
use kit::{Answer, ToolError, untrusted::one_line};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Serialize;

use crate::{
    checks::{Checks, Outcome},
    client::Client,
    endpoint::Endpoint,
    input::Repo,
    model::{CheckRun, Commit, Job, Jobs, Pull, WorkflowRun, WorkflowRuns},
    output::Check,
    shape,
};

/// Failed jobs that are listed at most.
const LISTED: usize = 6;
/// Jobs that are named when none failed.
const LOGS: usize = 20;
/// Runs whose jobs are read where check runs cannot be.
const RUNS: usize = 4;
/// What a foreign check's own words take at most, in characters.
const WORDS: usize = 1_000;
/// The app behind GitHub Actions.
const ACTIONS: &str = "github-actions";

/// What CI is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// The head of a pull request.
    Pull(u64),
    /// A branch, tag or commit.
    Ref(&'a str),
}

/// A job of GitHub Actions.
#[derive(Debug)]
struct JobState {
    outcome: Outcome,
    /// Most often the victim of another job that failed, so not the one to look at.
    cancelled: bool,
    id: u64,
    name: String,
}

impl JobState {
    fn of(status: &str, conclusion: &str, id: u64, name: &str) -> Self {
        Self {
            outcome: Outcome::of(status, conclusion),
            cancelled: conclusion == "cancelled",
            id,
            name: one_line(name, 120),
        }
    }
}

/// How CI stands.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// What it is about.
    about: String,
    summary: String,
    /// Jobs of GitHub Actions.
    jobs: Vec<JobState>,
    /// Failed checks that have no log here.
    foreign: Vec<CheckRun>,
    /// Failed statuses, as lines.
    statuses: Vec<String>,
    /// What could not be read, runs without jobs, and the like.
    notes: Vec<String>,
    running: bool,
}

/// How CI stands, as data.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Standing {
    about: String,
    summary: String,
    /// the failed first; those with an id have a log here
    jobs: Vec<Check>,
    /// failed statuses, and what could not be read
    notes: Vec<String>,
    running: bool,
}

impl Verdict {
    /// Reads the checks and runs of a commit.
    pub(crate) async fn of_commit(
        client: &Client,
        repo: &Repo,
        target: Target<'_>,
    ) -> Result<Self, ToolError> {
        let (subject, sha) = resolve(client, repo, target).await?;
        let runs = Endpoint::repo(
            repo,
            format!("the workflow runs of {repo}@{}", shape::short(&sha)),
            ["actions", "runs"],
        )
        .query("head_sha", &sha)
        .query("per_page", "100");
        let (checks, runs) = join(
            Checks::of(client, repo, &sha),
            client.get::<WorkflowRuns>(&runs),
        )
        .await;
        let mut verdict = Self {
            about: format!("{subject} at {}", shape::short(&sha)),
            summary: checks.summary(),
            ..Self::default()
        };
        verdict.notes.clone_from(&checks.unread);
        let runs = match runs {
            Ok(runs) => runs.data.workflow_runs,
            Err(error) => {
                let note = format!("workflow runs could not be read: {}", error.what);
                verdict.notes.push(note);
                Vec::new()
            }
        };
        verdict.add_checks(checks);
        verdict.add_runs(client, repo, &runs).await;
        Ok(verdict)
    }

    /// Reads the jobs of a run, in its latest attempt.
    pub(crate) async fn of_run(client: &Client, repo: &Repo, run: u64) -> Result<Self, ToolError> {
        let jobs = jobs_of(client, repo, run).await?;
        let mut verdict = Self {
            about: format!("run {run} of {repo}"),
            summary: shape::count(jobs.len() as u64, "job"),
            ..Self::default()
        };
        verdict.add_jobs(&jobs);
        Ok(verdict)
    }

    fn add_checks(&mut self, checks: Checks) {
        for run in checks.runs {
            let outcome = Outcome::of(&run.status, &run.conclusion);
            self.running |= outcome == Outcome::Running;
            if run.app.as_ref().is_none_or(|app| app.slug == ACTIONS) {
                let job = JobState::of(&run.status, &run.conclusion, run.id, &run.name);
                self.jobs.push(job);
            } else if outcome == Outcome::Failed {
                self.foreign.push(run);
            }
        }
        for status in &checks.statuses {
            match status.state.as_str() {
                "failure" | "error" => self.statuses.push(format!(
                    "status \"{}\" failed: {}",
                    one_line(&status.context, 120),
                    one_line(&status.description, 200)
                )),
                "pending" => self.running = true,
                _ => {}
            }
        }
    }

    /// Takes from runs what checks did not tell.
    async fn add_runs(&mut self, client: &Client, repo: &Repo, runs: &[WorkflowRun]) {
        let outcome = |run: &WorkflowRun| Outcome::of(&run.status, &run.conclusion);
        self.running |= runs.iter().any(|run| outcome(run) == Outcome::Running);
        let failed = runs.iter().filter(|run| outcome(run) == Outcome::Failed);
        if self.jobs.is_empty() {
            let read = failed.clone().take(RUNS);
            for jobs in join_all(read.map(|run| jobs_of(client, repo, run.id))).await {
                match jobs {
                    Ok(jobs) => self.add_jobs(&jobs),
                    Err(error) => self
                        .notes
                        .push(format!("jobs could not be read: {}", error.what)),
                }
            }
        }
        for run in failed {
            let why = match run.conclusion.as_str() {
                "startup_failure" => "its workflow file is invalid, so no job began",
                "action_required" => "a maintainer must approve it before it begins",
                _ => continue,
            };
            self.notes.push(format!(
                "run {} \"{}\" failed: {why}",
                run.id,
                one_line(&run.name, 120)
            ));
        }
        if self.jobs.is_empty() && !runs.is_empty() {
            self.summary = format!(
                "{}, {}",
                shape::count(runs.len() as u64, "run"),
                self.summary
            );
        }
    }

    fn add_jobs(&mut self, jobs: &[Job]) {
        for job in jobs {
            let job = JobState::of(&job.status, &job.conclusion, job.id, &job.name);
            self.running |= job.outcome == Outcome::Running;
            self.jobs.push(job);
        }
    }

    /// The same as data, with the job to diagnose, if one failed.
    pub(crate) fn data(mut self) -> (Standing, Option<u64>) {
        self.jobs.sort_by_key(|job| (job.outcome, job.cancelled));
        let failed = |job: &&JobState| job.outcome == Outcome::Failed;
        let first = self.jobs.iter().find(failed).map(|job| job.id);
        let jobs = self.jobs.into_iter().map(|job| Check {
            conclusion: if job.cancelled {
                "cancelled"
            } else {
                job.outcome.word()
            }
            .to_owned(),
            name: job.name,
            outcome: job.outcome,
            id: Some(job.id),
        });
        let foreign = self.foreign.into_iter().map(|check| Check {
            name: check.name,
            outcome: Outcome::Failed,
            conclusion: check.conclusion,
            id: None,
        });
        let standing = Standing {
            about: self.about,
            summary: self.summary,
            jobs: jobs.chain(foreign).collect(),
            notes: self.notes.into_iter().chain(self.statuses).collect(),
            running: self.running,
        };
        (standing, first)
    }

    /// Writes how CI stands; answers the job to diagnose, if one failed.
    pub(crate) fn write(mut self, answer: &mut Answer) -> Option<u64> {
        self.jobs.sort_by_key(|job| (job.outcome, job.cancelled));
        answer.line(format!("CI of {}: {}", self.about, self.summary));
        for note in self.notes.iter().take(LISTED) {
            answer.line(note);
        }
        for status in self.statuses.iter().take(LISTED) {
            answer.line(status);
        }
        let failed: Vec<_> = self
            .jobs
            .iter()
            .filter(|job| job.outcome == Outcome::Failed)
            .collect();
        self.write_foreign(answer, failed.is_empty());
        let Some((first, others)) = failed.split_first() else {
            self.write_none(answer);
            return None;
        };
        for job in others.iter().take(LISTED) {
            answer.line(format!("also failed: \"{}\", job={}", job.name, job.id));
        }
        if others.len() > LISTED {
            answer.line(format!("also failed: {} others", others.len() - LISTED));
        }
        if self.running {
            answer.line("Some CI still runs; more may fail.");
        }
        Some(first.id)
    }

    fn write_foreign(&self, answer: &mut Answer, alone: bool) {
        for (index, check) in self.foreign.iter().take(LISTED).enumerate() {
            let app = check.app.as_ref().map_or("", |app| app.slug.as_str());
            answer.line(format!(
                "check \"{}\" of {} failed; it is not GitHub Actions, so its log is not here",
                one_line(&check.name, 120),
                one_line(app, 60)
            ));
            let words = format!("{}\n{}", check.output.title, check.output.summary);
            if alone && index < 3 && !words.trim().is_empty() {
                answer.line("it says:");
                let quoted = answer.quote(words.trim(), 0, WORDS);
                if quoted.is_cut() {
                    answer.line(format!(
                        "[cut: {} of {} characters - the rest is on the check's page]",
                        quoted.end, quoted.total
                    ));
                }
            }
        }
    }

    fn write_none(&self, answer: &mut Answer) {
        let nothing_failed = self.foreign.is_empty() && self.statuses.is_empty();
        if self.running {
            answer.line("CI still runs, and no job has failed so far: call again later.");
        } else if self.jobs.is_empty() && self.summary.starts_with("no checks") && nothing_failed {
            answer.line("There is no CI here: no check, status or workflow run.");
        } else if nothing_failed && self.notes.is_empty() {
            answer.line("CI is green: nothing to diagnose.");
        } else if nothing_failed {
            answer.line("No failed job was found in what could be read.");
        } else {
            answer.line("No failed job of GitHub Actions: nothing here has a log.");
        }
        // a job that still runs has no log yet
        let ended = self.jobs.iter();
        let ended: Vec<_> = ended
            .filter(|job| job.outcome != Outcome::Running)
            .collect();
        if ended.is_empty() {
            return;
        }
        answer.line("To read a log, call again with grep or line and one of:");
        for job in ended.iter().take(LOGS) {
            answer.line(format!("job={} \"{}\"", job.id, job.name));
        }
        if ended.len() > LOGS {
            let left = ended.len() - LOGS;
            answer.line(format!(
                "and {left} more; read_pull_request part=checks names the jobs of a pull request"
            ));
        }
    }
}

/// What the target is called, and its commit.
async fn resolve(
    client: &Client,
    repo: &Repo,
    target: Target<'_>,
) -> Result<(String, String), ToolError> {
    match target {
        Target::Pull(number) => {
            let subject = format!("pull request {repo}#{number}");
            let endpoint = Endpoint::repo(repo, &subject, ["pulls", &number.to_string()])
                .hint("check the number: find_items with kind=pull lists pull requests");
            let pull = client.get::<Pull>(&endpoint).await?.data;
            Ok((subject, pull.head.sha))
        }
        Target::Ref(name) => {
            let subject = format!("{name} of {repo}");
            let endpoint = Endpoint::repo(repo, &subject, ["commits"])
                .join(name)
                .hint("check the branch, tag or sha; repo_overview names the default branch");
            let commit = client.get::<Commit>(&endpoint).await?.data;
            Ok((subject, commit.sha))
        }
    }
}

async fn jobs_of(client: &Client, repo: &Repo, run: u64) -> Result<Vec<Job>, ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        format!("run {run} of {repo}"),
        ["actions", "runs", &run.to_string(), "jobs"],
    )
    .query("filter", "latest")
    .query("per_page", "100")
    .hint("check run_id; number or ref find the runs of a pull request or branch");
    Ok(client.get::<Jobs>(&endpoint).await?.data.jobs)
}
