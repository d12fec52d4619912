//! Workflow runs, jobs and check runs.

use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::runs::{Job, Run};
use crate::shape::actions;
use crate::state::{Repo, Scope};

/// Everything below `/actions`.
pub(super) fn route(scope: &Scope<'_>, rest: &[&str]) -> Answer {
    if scope.call.method != "GET" {
        return Err(Problem::not_found());
    }
    let repo = &*scope.repo;
    match rest {
        ["runs"] | ["workflows", "ci.yml" | "61204417", "runs"] => runs(scope),
        ["workflows"] => page::counted(
            scope.call,
            "workflows",
            vec![actions::WORKFLOW],
            |id| serde_json::json!({"id": id, "name": "CI", "path": ".github/workflows/ci.yml", "state": "active"}),
        ),
        ["runs", id] => Ok(Reply::json(actions::run(scope.users, repo, run(repo, id)?))),
        ["runs", id, "jobs"] => {
            let run = run(repo, id)?;
            page::counted(scope.call, "jobs", run.jobs.iter().collect(), |job| {
                actions::job(repo, run, job)
            })
        }
        ["jobs", id] => {
            let (run, job) = job(repo, id)?;
            Ok(Reply::json(actions::job(repo, run, job)))
        }
        ["jobs", id, "logs"] => {
            let (_, job) = job(repo, id)?;
            if job.conclusion.is_none() {
                return Err(Problem::not_found());
            }
            Ok(Reply::redirect(format!(
                "{}/_logs/{}",
                scope.call.origin, job.id
            )))
        }
        _ => Err(Problem::not_found()),
    }
}

fn run<'a>(repo: &'a Repo, id: &str) -> Result<&'a Run, Problem> {
    repo.runs
        .iter()
        .find(|run| run.id.to_string() == id)
        .ok_or_else(Problem::not_found)
}

/// A job with its run.
pub(super) fn job<'a>(repo: &'a Repo, id: &str) -> Result<(&'a Run, &'a Job), Problem> {
    let mut jobs = repo
        .runs
        .iter()
        .flat_map(|run| run.jobs.iter().map(move |job| (run, job)));
    jobs.find(|(_, job)| job.id.to_string() == id)
        .ok_or_else(Problem::not_found)
}

fn runs(scope: &Scope<'_>) -> Answer {
    let query = |name| scope.call.query(name);
    let keeps = |run: &&Run| {
        query("branch").is_none_or(|branch| run.branch == branch)
            && query("head_sha").is_none_or(|sha| run.sha == sha)
            && query("event").is_none_or(|event| run.event == event)
            && query("actor").is_none_or(|actor| run.actor.eq_ignore_ascii_case(actor))
            // GitHub takes a status or a conclusion here.
            && query("status").is_none_or(|status| {
                run.status() == status || run.conclusion() == Some(status)
            })
    };
    let runs: Vec<&Run> = scope.repo.runs.iter().filter(keeps).collect();
    page::counted(scope.call, "workflow_runs", runs, |run| {
        actions::run(scope.users, scope.repo, run)
    })
}

/// The checks of a commit.
pub(super) fn checks(scope: &Scope<'_>, sha: &str) -> Answer {
    let query = |name| scope.call.query(name);
    let runs = scope.repo.runs.iter().filter(|run| run.sha == sha);
    let jobs = runs.flat_map(|run| run.jobs.iter().map(move |job| (run, job)));
    let jobs = jobs.filter(|(_, job)| {
        query("check_name").is_none_or(|name| job.name == name)
            && query("status").is_none_or(|status| job.status() == status)
    });
    page::counted(scope.call, "check_runs", jobs.collect(), |(run, job)| {
        actions::check(scope.repo, run, job)
    })
}

/// One check by its id.
pub(super) fn check(scope: &Scope<'_>, rest: &[&str]) -> Answer {
    let (run, job) = job(scope.repo, rest.last().copied().unwrap_or_default())?;
    Ok(Reply::json(actions::check(scope.repo, run, job)))
}
