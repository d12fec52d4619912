//! A run from its start to its report.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    finding::harmless,
    list,
    live::{Greeting, Launch, Live, first_patience},
    lock,
    options::{Options, Progress, Target},
    probe,
    project::Project,
    report::{Judged, Report, Server, Verdict},
    rule::{Check, Level, Outcome, Reach, Rule},
    rules::RULES,
    surface::Walk,
    thresholds, watched,
    wire::{
        Era, Log, Lost,
        http::{Endpoint, Request},
        process,
    },
};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The server could not be started, or ended before it said anything.
    #[error("the server could not be started: {why}")]
    Start {
        /// What happened.
        why: String,
        /// What it wrote to stderr, its end.
        stderr: String,
    },
    /// The endpoint cannot be reached, or the folder cannot be read.
    #[error("{what}")]
    Unusable {
        /// What happened.
        what: String,
        /// What to do about it.
        hint: String,
    },
}

/// Judges a target with the default options.
///
/// # Errors
/// Why there is no report.
pub async fn check(target: impl Into<Target>) -> Result<Report, CheckError> {
    check_with(target, Options::default()).await
}

/// Judges a target.
///
/// # Errors
/// Why there is no report.
pub async fn check_with(target: impl Into<Target>, options: Options) -> Result<Report, CheckError> {
    let begun = Instant::now();
    let target = target.into();
    let canary = process::random();
    let mark = process::random();
    let in_address = in_address(&target);
    let forms = watched::watched(&canary, &options)
        .into_iter()
        .flat_map(|watched| watched.forms)
        .map(|(_, text)| text);
    let log = Arc::new(Log::watching(
        forms.chain(in_address.iter().cloned()).collect(),
    ));
    let (launch, project, name) = resolve(&target, &options, &log).await?;
    // a run by rules that read files alone starts nothing
    let launch = launch.filter(|_| {
        let talks = |check: &Check| !matches!(check, Check::Project(_));
        let wanted = RULES
            .iter()
            .filter(|rule| why_off(rule, &options).is_none());
        wanted.flat_map(|rule| rule.checks).any(talks)
    });
    let live = match launch {
        Some(launch) => {
            let mut options = options.clone();
            if let (None, Some(project)) = (&options.cwd, &project) {
                options.cwd = Some(project.root.clone());
            }
            let mut live = Live::new(launch, options, log.clone(), mark, canary);
            if let Err(error) = connect(&mut live).await {
                live.end().await;
                return Err(error);
            }
            Some(live)
        }
        None => None,
    };
    let (judged, mut secrets) = judge(live.as_ref(), project.as_ref(), &options).await;
    let mut report = Report {
        target: name,
        server: live.as_ref().map(describe).unwrap_or_default(),
        exchanges: BTreeMap::new(),
        deeds: log.deeds(),
        seed: options.seed,
        took: Duration::ZERO,
        stderr: String::new(),
        lock: live
            .as_ref()
            .filter(|live| !live.surfaces.is_empty())
            .map(|live| lock::render(&live.surface)),
        known: Vec::new(),
        stale: Vec::new(),
        judged,
    };
    if let Some(live) = &live {
        live.end().await;
        report.stderr = live
            .sessions()
            .iter()
            .map(|session| session.stderr())
            .find(|stderr| !stderr.trim().is_empty())
            .map(|stderr| harmless_lines(&stderr))
            .unwrap_or_default();
    } else {
        // without a server there may have been a project's tests
        process::end_adopted().await;
    }
    let named: BTreeSet<_> = report
        .findings()
        .flat_map(|finding| finding.exchanges.iter().copied())
        .collect();
    report.exchanges = log.exchanges(named);
    report.took = begun.elapsed();
    secrets.extend(in_address);
    secrets.extend(options.secrets());
    report.hide(&watched::hidden(&secrets));
    Ok(report)
}

/// Lines of the server's own, harmless, with their ends.
fn harmless_lines(text: &str) -> String {
    text.lines()
        .map(|line| harmless(line, usize::MAX))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What of an address may be a secret: its password, and the values of its query.
fn in_address(target: &Target) -> Vec<String> {
    let Target::Url(url) = target else {
        return Vec::new();
    };
    url.password()
        .map(str::to_owned)
        .into_iter()
        .chain(url.query_pairs().map(|(_, value)| value.into_owned()))
        .filter(|value| value.len() >= thresholds::SECRET_CHARS)
        .collect()
}

async fn resolve(
    target: &Target,
    options: &Options,
    log: &Arc<Log>,
) -> Result<(Option<Launch>, Option<Project>, String), CheckError> {
    Ok(match target {
        Target::Command(command) => (
            Some(Launch::Stdio(command.clone())),
            None,
            command.to_string(),
        ),
        Target::Url(url) => {
            let endpoint = Endpoint::new(url.clone(), options.headers.clone(), log.clone())
                .map_err(|lost| CheckError::Unusable {
                    what: lost.to_string(),
                    hint: "check the system's certificates".to_owned(),
                })?;
            let mut shown = url.clone();
            // a query may hold a key
            shown.set_query(None);
            let _ = shown.set_password(None);
            (
                Some(Launch::Http(Box::new(endpoint))),
                None,
                shown.to_string(),
            )
        }
        Target::Project(root, command) => {
            let project = Project::read(root, command.clone(), options)
                .await
                .map_err(|error| CheckError::Unusable {
                    what: format!("{} cannot be read: {error}", root.display()),
                    hint: "name a folder that holds a server's project".to_owned(),
                })?;
            let launch = project.command.clone().map(Launch::Stdio);
            (launch, Some(project), root.display().to_string())
        }
    })
}

/// Greets the server in both eras at once, and reads what it shows.
async fn connect(live: &mut Live) -> Result<(), CheckError> {
    tell(&live.options, Progress::Connecting);
    let eras: Vec<_> = match live.options.era {
        Some(era) => vec![era],
        None => vec![Era::Legacy, Era::Modern],
    };
    let mut greeted = Vec::new();
    for (era, greeting, session) in greet_all(live, &eras).await {
        live.greetings.insert(era, greeting);
        greeted.extend(session);
    }
    if let Some(error) = not_started(live).await {
        return Err(error);
    }
    tell(&live.options, Progress::Listing);
    let spoken: Vec<_> = greeted
        .into_iter()
        .filter(|session| live.speaks(session.era()))
        .collect();
    let surfaces =
        futures::future::join_all(spoken.iter().map(|session| list::read(session))).await;
    for (session, surface) in spoken.iter().zip(surfaces) {
        live.surfaces.insert(session.era(), surface);
        live.share(session.clone()).await;
    }
    live.surface = list::merge(&live.surfaces, live.main_era());
    Ok(())
}

/// Greets in all eras at once. Once one is answered, the server is up: the other has not much longer,
/// as servers of one era may stay silent in the other.
async fn greet_all(
    live: &Live,
    eras: &[Era],
) -> Vec<(Era, Greeting, Option<Arc<crate::wire::Session>>)> {
    let mut waiting: stream::FuturesUnordered<_> =
        eras.iter().map(|era| greet(live, *era)).collect();
    let mut done: Vec<(Era, Greeting, _)> = Vec::new();
    loop {
        let up = done.iter().any(|(_, greeting, _)| greeting.is_spoken());
        let next = if up {
            tokio::time::timeout(thresholds::OTHER_ERA, waiting.next()).await
        } else {
            Ok(waiting.next().await)
        };
        match next {
            Ok(Some(greeted)) => done.push(greeted),
            Ok(None) => break,
            Err(_) => {
                for era in eras {
                    if !done.iter().any(|(known, _, _)| known == era) {
                        let greeting = Greeting {
                            answer: Err(Lost::Silent(thresholds::OTHER_ERA)),
                            stderr: String::new(),
                        };
                        done.push((*era, greeting, None));
                    }
                }
                break;
            }
        }
    }
    done
}

async fn greet(live: &Live, era: Era) -> (Era, Greeting, Option<Arc<crate::wire::Session>>) {
    match live.open(era, json!({})) {
        Ok(session) => {
            let patience = first_patience(live.options.timeout);
            let patience = if live.http().is_some() {
                live.options.timeout
            } else {
                patience
            };
            let answer = session.greet(patience).await;
            let stderr = session.stderr();
            (era, Greeting { answer, stderr }, Some(session))
        }
        Err(lost) => (
            era,
            Greeting {
                answer: Err(lost),
                stderr: String::new(),
            },
            None,
        ),
    }
}

/// Whether the server never came to life: the program is missing, or every process ended, or the
/// endpoint cannot be reached, before anything at all was said on the wire.
async fn not_started(live: &Live) -> Option<CheckError> {
    let sessions = live.sessions();
    if let Some(endpoint) = live.http() {
        return unusable(live, endpoint).await;
    }
    let silent = live.greetings.values().all(|greeting| {
        matches!(
            greeting.answer,
            Err(Lost::Start(_) | Lost::Gone(_) | Lost::Unreachable(_))
        )
    });
    if !silent || sessions.iter().any(|session| !session.strays().is_empty()) {
        return None;
    }
    let lost = live
        .greetings
        .values()
        .find_map(|greeting| greeting.answer.as_ref().err())?;
    let mut why = lost.to_string();
    let mut stderr = String::new();
    for session in &sessions {
        // it may be a moment between the end of its stdout and its own
        if let Some(exit) = session.close(Duration::from_secs(1)).await {
            why = format!("it ended before it answered ({})", exit.text);
        }
        if stderr.trim().is_empty() {
            stderr = session.stderr();
        }
    }
    for secret in watched::hidden(&live.options.secrets()) {
        stderr = stderr.replace(&secret, "[hidden]");
    }
    Some(CheckError::Start {
        why,
        stderr: harmless_lines(&stderr),
    })
}

/// Whether an address is none of an MCP server: nobody listens, or whoever does sends the client
/// elsewhere or knows no such path. An answer that asks for a token is the rules' business.
async fn unusable(live: &Live, endpoint: &Endpoint) -> Option<CheckError> {
    let mut lost = Vec::new();
    for greeting in live.greetings.values() {
        lost.push(greeting.answer.as_ref().err()?);
    }
    let all = |matching: fn(&Lost) -> bool| lost.iter().all(|lost| matching(lost));
    let path = endpoint.url.path();
    let (what, hint) = if all(|lost| matches!(lost, Lost::Unreachable(_))) {
        let what = lost.first()?.to_string();
        let hint = if what.contains("certificate") {
            "the certificate is not trusted here: check its name and dates, and its authority among the \
             system's"
        } else if what.contains("dns") || what.contains("lookup") {
            "check the host's name"
        } else {
            "check the host and the port, and that the server runs"
        };
        (what, hint.to_owned())
    } else if all(|lost| matches!(lost, Lost::Http(300..400, _))) {
        (
            lost.first()?.to_string(),
            "name the address that it redirects to; redirections to other places are not followed"
                .to_owned(),
        )
    } else if all(|lost| matches!(lost, Lost::Http(404 | 405 | 410, _))) {
        let get = Request {
            method: "GET",
            headers: vec![("Accept", "text/event-stream".to_owned())],
            peek: true,
            ..Request::default()
        };
        let old = endpoint
            .send(get, thresholds::PROBE)
            .await
            .is_ok_and(|answer| {
                answer.status == 200
                    && answer
                        .header("content-type")
                        .starts_with("text/event-stream")
            });
        let hint = if old {
            "this is the transport of 2024-11-05 (HTTP+SSE), which was replaced in 2025-03-26: serve \
             streamable HTTP"
        } else {
            "check the path: most servers listen at /mcp"
        };
        (
            format!("{path} speaks no MCP: {}", lost.first()?),
            hint.to_owned(),
        )
    } else {
        return None;
    };
    Some(CheckError::Unusable {
        what: harmless(&what, thresholds::MESSAGE_CHARS),
        hint,
    })
}

fn describe(live: &Live) -> Server {
    let info = &live.surface.server_info;
    let text = |name: &str| harmless(info[name].as_str().unwrap_or_default(), 200);
    let definitions: usize = live
        .surface
        .tools
        .iter()
        .map(|tool| tool.raw.to_string().len())
        .sum();
    Server {
        name: text("name"),
        version: text("version"),
        transport: if live.http().is_some() {
            "http"
        } else {
            "stdio"
        }
        .to_owned(),
        protocols: live
            .surfaces
            .keys()
            .map(|era| match &live.greetings[era].answer {
                Ok(answer) => answer.result()["protocolVersion"]
                    .as_str()
                    .map_or(era.version().to_owned(), |version| harmless(version, 40)),
                Err(_) => era.version().to_owned(),
            })
            .collect(),
        // of very long lists not all is kept
        tools: live
            .surface
            .walk("tools/list")
            .map_or(0, Walk::len)
            .max(live.surface.tools.len()),
        resources: live.surface.resources.len(),
        templates: live.surface.templates.len(),
        prompts: live.surface.prompts.len(),
        definition_tokens: definitions / 4,
    }
}

fn tell(options: &Options, progress: Progress) {
    if let Some(told) = &options.progress {
        told(progress);
    }
}

/// The turn in which checks are made one by one.
const ALONE: usize = 1;

/// When a check is made: each waits until those of the turns before are done. What compares the server's
/// state before and after a call would take another rule's writes for the call's.
fn turn(rule: &Rule, check: &Check) -> usize {
    match check {
        Check::Live(_) if rule.reach == Reach::Destructive => ALONE,
        Check::Surface(_) | Check::Live(_) | Check::Project(_) => 0,
        Check::After(_) => 2,
        Check::Last(_) => 3,
    }
}

/// Every rule with what came of it, and the credentials that they came upon.
async fn judge(
    live: Option<&Live>,
    project: Option<&Project>,
    options: &Options,
) -> (Vec<Judged>, Vec<String>) {
    let mut secrets = Vec::new();
    let mut outcomes: BTreeMap<&'static str, Vec<Outcome>> = BTreeMap::new();
    let done = AtomicUsize::new(0);
    let wanted: Vec<_> = RULES
        .iter()
        .filter(|rule| why_off(rule, options).is_none())
        .collect();
    for at in 0..=3 {
        if let (ALONE, Some(live)) = (at, live) {
            // what is judged last looks at these too, whoever made them
            let _ = timeout(live.left(), live.calls()).await;
        }
        let work = wanted.iter().flat_map(|rule| {
            rule.checks
                .iter()
                .filter(|check| turn(rule, check) == at)
                .map(|check| run(rule, check, live, project))
        });
        // collected first: a stream of futures that borrow must not borrow the iterator too
        let work: Vec<BoxFuture<'_, _>> = work.collect();
        let jobs = if at == ALONE { 1 } else { options.jobs };
        let mut running = stream::iter(work).buffer_unordered(jobs.max(1));
        while let Some((rule, mut outcome)) = running.next().await {
            secrets.append(&mut outcome.secrets);
            outcomes.entry(rule.id).or_default().push(outcome);
            if outcomes[rule.id].len() == rule.checks.len() {
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                tell(options, Progress::Judged(done, wanted.len(), rule));
            }
        }
    }
    let judged = RULES
        .iter()
        .map(|rule| match why_off(rule, options) {
            Some(why) => Judged {
                rule,
                verdict: Verdict::Off(why),
                findings: Vec::new(),
                further: BTreeMap::new(),
                unverified: Vec::new(),
            },
            None => conclude(rule, outcomes.remove(rule.id).unwrap_or_default(), options),
        })
        .collect();
    (judged, secrets)
}

fn why_off(rule: &'static Rule, options: &Options) -> Option<String> {
    if let Some((_, why)) = options.off.iter().find(|(off, _)| *off == rule) {
        return Some(why.clone());
    }
    (!options.only.is_empty() && !options.only.contains(&rule)).then(|| "not asked for".to_owned())
}

fn run<'a>(
    rule: &'static Rule,
    check: &'static Check,
    live: Option<&'a Live>,
    project: Option<&'a Project>,
) -> BoxFuture<'a, (&'static Rule, Outcome)> {
    Box::pin(async move {
        let outcome = match (check, live, project) {
            (Check::Surface(judge), Some(live), _) => {
                if live.surfaces.is_empty() {
                    Outcome::unverified(probe::mute(live))
                } else {
                    bounded(live.left(), async { judge(&live.surface) }).await
                }
            }
            (Check::Live(judge) | Check::After(judge) | Check::Last(judge), Some(live), _) => {
                bounded(live.left(), judge(live)).await
            }
            (Check::Project(judge), _, Some(project)) => {
                bounded(thresholds::RUN, judge(project)).await
            }
            (Check::Project(_), _, None) => {
                Outcome::not_applicable("no repository was named: seaworthy check ./project")
            }
            (_, None, _) => Outcome::unverified("no server was started: name its command after --"),
        };
        (rule, outcome)
    })
}

/// A check that may neither outlast the run nor take it down, whatever the server made of it.
async fn bounded(left: Duration, check: impl Future<Output = Outcome>) -> Outcome {
    match timeout(left, AssertUnwindSafe(check).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::unverified("the check itself failed: this is a fault of the gate"),
        Err(_) => Outcome::unverified("the time of the run is over"),
    }
}

fn conclude(rule: &'static Rule, outcomes: Vec<Outcome>, options: &Options) -> Judged {
    let level = options.levels.iter().find(|(other, _)| *other == rule);
    let mut findings = Vec::new();
    let mut unverified = Vec::new();
    let mut reasons = Vec::new();
    let mut applied = false;
    for outcome in outcomes {
        applied |= outcome.not_applicable.is_none();
        findings.extend(outcome.findings);
        unverified.extend(outcome.unverified.iter().map(|why| harmless(why, 300)));
        reasons.extend(outcome.not_applicable.map(|why| harmless(&why, 300)));
    }
    if let Some((_, level)) = level {
        for finding in &mut findings {
            finding.level = *level;
        }
    }
    unverified.sort();
    unverified.dedup();
    let mut further: BTreeMap<Level, usize> = BTreeMap::new();
    if findings.len() > thresholds::FINDINGS_PER_RULE {
        // the gravest are shown
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        for finding in findings.drain(thresholds::FINDINGS_PER_RULE..) {
            *further.entry(finding.level).or_default() += 1;
        }
    }
    let verdict = if !findings.is_empty() {
        Verdict::Found
    } else if !applied {
        Verdict::NotApplicable(reasons.join("; "))
    } else if !unverified.is_empty() {
        Verdict::Unverified
    } else {
        Verdict::Passed
    };
    Judged {
        rule,
        verdict,
        findings,
        further,
        unverified,
    }
}
