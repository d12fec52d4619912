//! `diagnose_ci`: why CI fails: the failing job of a pull request, branch or run, its failed step,
//! and its log around the first error.
//!
//! Check runs say what failed, whatever CI made them; a job of GitHub Actions has the id of its
//! check run, so that its steps and log are one request away. Workflow runs are read as well:
//! they tell of runs that never got to a check, and stand in where a token may not see checks.

use futures::future::join;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, More, Reply, Tool, ToolError,
    answer::Further,
    auth::Scope,
    data,
    input::{Count, Line},
    schema,
    tool::TIMEOUT,
    untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize};

use crate::{
    Github,
    checks::Outcome,
    endpoint::Endpoint,
    input::{GitRef, Repo},
    joblog::{self, JobLog},
    model::{Job, Step},
    output::TEXT,
    verdict::{self, Standing, Verdict},
};

pub(super) const TOKENS: usize = 3_000;
/// Lines shown before and after the first error, at the log's end, and around a match.
const BEFORE: usize = 8;
const AFTER: usize = 30;
const TAIL: usize = 15;
const AROUND: usize = 2;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "diagnose_ci",
    title: "Diagnose CI",
    description: Description {
        purpose: "Finds why CI fails on a pull request (number), ref or run_id; else the default branch.",
        arguments: "With job, grep or line read its log.",
        returns: "the failed jobs, and of one the step and the log at its first error and end.",
        effects: "Reads only.",
        not_for: "CI state alone (read_pull_request).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<Diagnosis>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Repo,
    /// pull request
    number: Option<Count<1, 9_999_999>>,
    /// branch, tag or sha
    #[serde(rename = "ref")]
    git_ref: Option<GitRef>,
    /// of a workflow run
    run_id: Option<Count<1, 999_999_999_999>>,
    /// id; default the first failed
    job: Option<Count<1, 999_999_999_999>>,
    /// text of lines, any case; a|b
    grep: Option<Line<200>>,
    /// from this line on
    line: Option<Count<1, 100_000_000>>,
}

/// Why CI fails: how it stands, and lines of one job's log.
#[derive(Debug, Serialize, JsonSchema)]
struct Diagnosis {
    /// None with job
    ci: Option<Standing>,
    job: Option<JobState>,
    /// of the log: those that match grep, those from line on, or those around the first error
    /// and at the end
    items: Vec<LogLine>,
    /// lines of the whole log
    total: u64,
    /// the line that the first error is at
    error_line: Option<u64>,
    /// give it as line, with job, to read on
    next_line: Option<u64>,
    unread: Vec<String>,
}

/// A job of GitHub Actions.
#[derive(Debug, Serialize, JsonSchema)]
struct JobState {
    id: u64,
    name: String,
    workflow: String,
    /// success, failure, cancelled, ...; `in_progress` and the like while it runs
    conclusion: String,
    failed_step: Option<String>,
}

/// A line of a log.
#[derive(Debug, Serialize, JsonSchema)]
struct LogLine {
    line: u64,
    text: String,
}

impl Diagnosis {
    fn new(ci: Option<Standing>) -> Self {
        Self {
            ci,
            job: None,
            items: Vec::new(),
            total: 0,
            error_line: None,
            next_line: None,
            unread: Vec::new(),
        }
    }

    /// Takes the lines at these indexes, as many as have room.
    fn take(&mut self, log: &JobLog, indexes: impl Iterator<Item = usize>) {
        // what has no room is not built first
        let mut room = data::BYTES;
        for index in indexes {
            let text = data::excerpt(log.text(index), 0, TEXT);
            let line = LogLine {
                line: index as u64 + 1,
                text: text.to_owned(),
            };
            let Some(left) = room.checked_sub(data::bytes(&line)) else {
                self.next_line = Some(line.line);
                return;
            };
            room = left;
            self.items.push(line);
        }
    }

    fn read_log(
        &mut self,
        log: &JobLog,
        arguments: &Arguments,
        job: Option<&Job>,
    ) -> Result<(), ToolError> {
        let total = log.len();
        self.total = total as u64;
        if total == 0 {
            return Ok(());
        }
        let from = from_line(log, arguments.line)?;
        let error = log.first_error(job.and_then(failed_step));
        let at = error.map(|(joblog::Error::Named(at) | joblog::Error::Said(at))| at);
        self.error_line = at.map(|at| at as u64 + 1);
        match (&arguments.grep, arguments.line, at) {
            (Some(grep), _, _) => {
                let matching = log.matching(grep).into_iter();
                self.take(log, matching.filter(|index| *index >= from));
            }
            (None, Some(_), _) => self.take(log, from..total),
            (None, None, at) => {
                let tail = total.saturating_sub(2 * TAIL);
                let around = |index: &usize| {
                    at.is_some_and(|at| (at.saturating_sub(AFTER)..=at + AFTER).contains(index))
                };
                self.take(
                    log,
                    (0..total).filter(|index| *index >= tail || around(index)),
                );
            }
        }
        Ok(())
    }
}

/// The diagnosis as data.
async fn diagnosis(github: &Github, arguments: &Arguments) -> Result<Diagnosis, ToolError> {
    let (ci, id) = if let Some(job) = arguments.job {
        (None, Some(job.get()))
    } else {
        let (standing, failed) = verdict(github, arguments).await?.data();
        (Some(standing), failed)
    };
    let mut data = Diagnosis::new(ci);
    let Some(id) = id else {
        return Ok(data);
    };
    let (job, log) = job_and_log(github, arguments, id).await?;
    data.job = job.as_ref().map(|job| JobState {
        id,
        name: job.name.clone(),
        workflow: job.workflow_name.clone(),
        conclusion: if job.conclusion.is_empty() {
            job.status.clone()
        } else {
            job.conclusion.clone()
        },
        failed_step: failed_step(job).map(|step| step.name.clone()),
    });
    match log {
        Ok(log) => data.read_log(&log, arguments, job.as_ref())?,
        Err(error) => data.unread.push(no_log(job.as_ref(), &error)),
    }
    Ok(data)
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    check(&arguments)?;
    if call.wants_data() {
        return Reply::data(&diagnosis(github, &arguments).await?);
    }
    let mut answer = call.answer(TOKENS);
    let job = match arguments.job.map(Count::get) {
        Some(job) => Some(job),
        None => verdict(github, &arguments).await?.write(&mut answer),
    };
    let Some(id) = job else {
        return Ok(answer.into());
    };
    let (job, log) = job_and_log(github, &arguments, id).await?;
    write_job(&mut answer, id, job.as_ref());
    match log {
        Err(error) => {
            answer.line(no_log(job.as_ref(), &error));
        }
        Ok(log) if log.len() == 0 => {
            answer.line("The log is empty.");
        }
        Ok(log) => {
            let from = from_line(&log, arguments.line)?;
            match (&arguments.grep, arguments.line) {
                (Some(grep), _) => write_matches(&mut answer, &log, id, grep, from),
                (None, Some(_)) => write_from(&mut answer, &log, id, from),
                (None, None) => write_error(&mut answer, &log, id, job.as_ref()),
            }
        }
    }
    Ok(answer.into())
}

/// The job, where it has a page of its own, and its log.
async fn job_and_log(
    github: &Github,
    arguments: &Arguments,
    id: u64,
) -> Result<(Option<Job>, Result<JobLog, ToolError>), ToolError> {
    let (job, log) = join(
        read_job(github, &arguments.repo, id),
        read_log(github, &arguments.repo, id),
    )
    .await;
    // a job that was named must be there; one that a check led to may have no page of its own
    match job {
        Err(error) if arguments.job.is_some() && log.is_err() => Err(error),
        job => Ok((job.ok(), log)),
    }
}

/// The index of the line to begin at.
fn from_line(log: &JobLog, line: Option<Count<1, 100_000_000>>) -> Result<usize, ToolError> {
    let line = line.map_or(1, Count::get);
    let from = usize::try_from(line - 1).unwrap_or(usize::MAX);
    if from < log.len() {
        return Ok(from);
    }
    Err(ToolError::invalid(
        format!(
            "line={line} is past the end: the log has {}",
            joblog::lines(log.len())
        ),
        "give a smaller line",
    ))
}

fn check(arguments: &Arguments) -> Result<(), ToolError> {
    let given = [
        arguments.number.is_some(),
        arguments.git_ref.is_some(),
        arguments.run_id.is_some(),
    ];
    if given.iter().filter(|given| **given).count() > 1 {
        return Err(ToolError::invalid(
            "number, ref and run_id name different things",
            "give one of them (number for a pull request)",
        ));
    }
    if arguments.line.is_some() && arguments.job.is_none() {
        return Err(ToolError::invalid(
            "line was given without job: which job failed first can change between two calls",
            "give the job that the answer named, too",
        ));
    }
    Ok(())
}

/// How CI stands on what was asked about.
async fn verdict(github: &Github, arguments: &Arguments) -> Result<Verdict, ToolError> {
    if let Some(run) = arguments.run_id {
        Verdict::of_run(&github.client, &arguments.repo, run.get()).await
    } else {
        let target = match (arguments.number, &arguments.git_ref) {
            (Some(number), _) => verdict::Target::Pull(number.get()),
            (None, Some(git_ref)) => verdict::Target::Ref(git_ref.as_str()),
            (None, None) => verdict::Target::Ref("HEAD"),
        };
        Verdict::of_commit(&github.client, &arguments.repo, target).await
    }
}

async fn read_job(github: &Github, repo: &Repo, id: u64) -> Result<Job, ToolError> {
    let path = ["actions", "jobs", &id.to_string()];
    let endpoint = Endpoint::repo(repo, format!("job {id} of {repo}"), path)
        .hint("leave job out, and give number, ref or run_id: the answer names the failed jobs");
    Ok(github.client.get::<Job>(&endpoint).await?.data)
}

async fn read_log(github: &Github, repo: &Repo, id: u64) -> Result<JobLog, ToolError> {
    let path = ["actions", "jobs", &id.to_string(), "logs"];
    let endpoint =
        Endpoint::repo(repo, format!("the log of job {id} of {repo}"), path).leaves_origin();
    let bytes = github.client.get_bytes(&endpoint).await?;
    Ok(JobLog::parse(&bytes))
}

/// Why there is no log.
fn no_log(job: Option<&Job>, error: &ToolError) -> String {
    let running =
        job.is_some_and(|job| Outcome::of(&job.status, &job.conclusion) == Outcome::Running);
    match error.kind {
        ErrorKind::NotFound if running => {
            "There is no log yet: the job has not ended. Call again later.".to_owned()
        }
        ErrorKind::NotFound => "The log is gone: GitHub keeps logs for 90 days unless the repository says otherwise. Re-run the job for a new one.".to_owned(),
        _ => format!("The log could not be read: {}. {}", error.what, error.next),
    }
}

fn write_job(answer: &mut Answer, id: u64, job: Option<&Job>) {
    let Some(job) = job else {
        answer.line(format!("job {id}:"));
        return;
    };
    let state = if job.conclusion.is_empty() {
        &job.status
    } else {
        &job.conclusion
    };
    let workflow = match one_line(&job.workflow_name, 80) {
        name if name.is_empty() => String::new(),
        name => format!(" of workflow \"{name}\""),
    };
    let attempt = match job.run_attempt {
        0 | 1 => String::new(),
        attempt => format!(", attempt {attempt}"),
    };
    answer.line(format!(
        "job {id} \"{}\"{workflow}{attempt}: {}",
        one_line(&job.name, 120),
        one_line(state, 30)
    ));
    if let Some(step) = failed_step(job) {
        answer.line(format!("failed in {}", joblog::step_name(step)));
    }
}

fn failed_step(job: &Job) -> Option<&Step> {
    let by = |conclusion: &str| job.steps.iter().find(|step| step.conclusion == conclusion);
    by("failure").or_else(|| by("cancelled"))
}

/// Writes the log around the first error, and its end.
fn write_error(answer: &mut Answer, log: &JobLog, id: u64, job: Option<&Job>) {
    let total = log.len();
    let mut tail = total.saturating_sub(TAIL);
    if let Some(error) = log.first_error(job.and_then(failed_step)) {
        let (at, before, what) = match error {
            joblog::Error::Named(at) => (at, BEFORE, "the first error is at"),
            joblog::Error::Said(at) => (at, AFTER, "it fails without naming an error at"),
        };
        let (from, to) = (at.saturating_sub(before), (at + AFTER + 1).min(total));
        answer.line(format!(
            "log of {}; {what} line {}:",
            joblog::lines(total),
            at + 1
        ));
        // the end has its share whatever stands before it
        let share = answer
            .room()
            .saturating_sub(log.cost(tail.max(to), total).min(3_000));
        let mut fits = from;
        while fits < to && log.cost(from, fits + 1) <= share {
            fits += 1;
        }
        let shown = log.write(answer, from, fits.max(from + 1), None);
        tail = tail.max(shown);
    } else {
        answer.line(format!(
            "log of {}; no line looks like an error",
            joblog::lines(total)
        ));
        tail = total.saturating_sub(2 * TAIL);
    }
    if tail < total {
        answer.line("end of the log:");
        let shown = log.write(answer, tail, total, None);
        if shown < total {
            answer.line(format!("[cut: to line {shown} of {total}]"));
        }
    }
    answer.line(format!(
        "To read elsewhere, call again with job={id} and grep=TEXT or line=N."
    ));
}

fn write_from(answer: &mut Answer, log: &JobLog, id: u64, from: usize) {
    let total = log.len();
    answer.line(format!(
        "log of {}, from line {}:",
        joblog::lines(total),
        from + 1
    ));
    // no more than this many lines can fit
    let shown = log.write(answer, from, (from + 4 * TOKENS).min(total), None);
    if shown < total {
        let left = Further::Exactly((total - shown) as u64);
        let next = format!("call again with job={id}, line={}", shown + 1);
        answer.more(More::by(left, next));
    }
}

/// Writes the lines that match, each with the lines around it, from a line on.
fn write_matches(answer: &mut Answer, log: &JobLog, id: u64, grep: &str, from: usize) {
    let all = log.matching(grep);
    let total = log.len();
    answer.line(format!(
        "grep \"{}\": {} of {} match{}",
        one_line(grep, 200),
        all.len(),
        joblog::lines(total),
        if all.is_empty() { "" } else { ":" }
    ));
    let mut end = from;
    for &index in &all[all.partition_point(|index| *index < from)..] {
        let begin = index.saturating_sub(AROUND).max(end);
        let stop = (index + AROUND + 1).min(total);
        if end > from && log.cost(begin, stop) + 20 > answer.room() {
            break;
        }
        if end > from && begin > end {
            answer.line("...");
        }
        end = log.write(answer, begin, stop, Some(grep)).max(end);
    }
    // a match may have been shown already, below an earlier one
    let left = &all[all.partition_point(|index| *index < end)..];
    if let Some(next) = left.first() {
        let next = format!("call again with the same grep, job={id}, line={}", next + 1);
        answer.more(More::by(Further::Exactly(left.len() as u64), next));
    }
    if all.is_empty() {
        answer.line(format!(
            "Try another text (a|b finds either), or line=1 with job={id} to read the log in order."
        ));
    }
}
