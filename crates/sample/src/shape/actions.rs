//! Workflow runs, jobs and check runs.

use serde_json::{Value, json};

use super::{date, node_id, user};
use crate::ORIGIN;
use crate::runs::{Job, Run};
use crate::state::{Repo, Users};
use crate::time::format;

/// The only workflow.
pub(crate) const WORKFLOW: u64 = 61_204_417;

/// A run.
pub(crate) fn run(known: &Users, repo: &Repo, run: &Run) -> Value {
    let name = repo.full_name();
    let url = format!("{ORIGIN}/repos/{name}/actions/runs/{}", run.id);
    json!({
        "id": run.id,
        "node_id": node_id("WFR", run.id),
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "workflow_id": WORKFLOW,
        "run_number": run.number,
        "run_attempt": 1,
        "display_title": run.title,
        "event": run.event,
        "status": run.status(),
        "conclusion": run.conclusion(),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "check_suite_id": run.id + 7_000_000,
        "actor": user(known, &run.actor),
        "triggering_actor": user(known, &run.actor),
        "pull_requests": pulls(repo, run),
        "url": url,
        "html_url": format!("{ORIGIN}/{name}/actions/runs/{}", run.id),
        "jobs_url": format!("{url}/jobs"),
        "logs_url": format!("{url}/logs"),
        "created_at": format(run.at),
        "run_started_at": format(run.at),
        "updated_at": format(run.updated_at()),
    })
}

fn pulls(repo: &Repo, run: &Run) -> Value {
    let item = run.pull.and_then(|number| repo.items.get(&number));
    let link = item
        .and_then(|item| Some((item, item.pull.as_ref()?)))
        .map(|(item, pull)| {
            json!({
                "number": item.number,
                "id": item.id,
                "url": format!("{ORIGIN}/repos/{}/pulls/{}", repo.full_name(), item.number),
                "head": {"ref": pull.head_ref, "sha": run.sha},
                "base": {"ref": pull.base_ref, "sha": pull.base_sha},
            })
        });
    link.into_iter().collect()
}

/// A job.
pub(crate) fn job(repo: &Repo, run: &Run, job: &Job) -> Value {
    let name = repo.full_name();
    let url = format!("{ORIGIN}/repos/{name}/actions/jobs/{}", job.id);
    json!({
        "id": job.id,
        "node_id": node_id("CR", job.id),
        "run_id": run.id,
        "run_url": format!("{ORIGIN}/repos/{name}/actions/runs/{}", run.id),
        "run_attempt": 1,
        "workflow_name": "CI",
        "head_branch": run.branch,
        "head_sha": run.sha,
        "name": job.name,
        "status": job.status(),
        "conclusion": job.conclusion,
        "started_at": format(job.started_at),
        "completed_at": completed_at(job),
        "steps": steps(job),
        "labels": [runner(job.name)],
        "runner_name": "GitHub Actions 12",
        "runner_group_name": "GitHub Actions",
        "url": url,
        "html_url": format!("{ORIGIN}/{name}/actions/runs/{}/job/{}", run.id, job.id),
        "check_run_url": format!("{ORIGIN}/repos/{name}/check-runs/{}", job.id),
    })
}

fn steps(job: &Job) -> Value {
    let count = i64::try_from(job.steps.len()).unwrap_or(1).max(1);
    let share = (job.completed_at - job.started_at) / count;
    let write = |(at, (name, conclusion)): (i64, &(&str, Option<&str>))| {
        let started = job.started_at + at * share;
        let done = conclusion.is_some_and(|end| end != "skipped");
        json!({
            "name": name,
            "number": at + 1,
            "status": if conclusion.is_some() { "completed" } else { "in_progress" },
            "conclusion": conclusion,
            "started_at": format(started),
            "completed_at": date(done.then_some(started + share)),
        })
    };
    (0..).zip(&job.steps).map(write).collect()
}

/// A job as a check of a commit.
pub(crate) fn check(repo: &Repo, run: &Run, job: &Job) -> Value {
    let name = repo.full_name();
    let html = format!("{ORIGIN}/{name}/actions/runs/{}/job/{}", run.id, job.id);
    let output = if job.failed() {
        json!({"title": "1 error", "summary": "Process completed with exit code 101.",
               "text": null, "annotations_count": 1})
    } else {
        json!({"title": null, "summary": null, "text": null, "annotations_count": 0})
    };
    json!({
        "id": job.id,
        "node_id": node_id("CR", job.id),
        "name": job.name,
        "head_sha": run.sha,
        "external_id": "",
        "status": job.status(),
        "conclusion": job.conclusion,
        "started_at": format(job.started_at),
        "completed_at": completed_at(job),
        "url": format!("{ORIGIN}/repos/{name}/check-runs/{}", job.id),
        "html_url": html,
        "details_url": html,
        "output": output,
        "check_suite": {"id": run.id + 7_000_000},
        "app": {"id": 15_368, "slug": "github-actions", "name": "GitHub Actions"},
        "pull_requests": pulls(repo, run),
    })
}

fn completed_at(job: &Job) -> Value {
    date(job.conclusion.map(|_| job.completed_at))
}

fn runner(job: &str) -> &'static str {
    if job.contains("macos") {
        "macos-latest"
    } else if job.contains("windows") {
        "windows-latest"
    } else {
        "ubuntu-latest"
    }
}
