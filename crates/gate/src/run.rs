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
    options::{Options, Progress, Target},
    project::Project,
    report::{Judged, Report, Server, Verdict},
    rule::{Check, Level, Outcome, Rule},
    rules::RULES,
    secrets,
    surface::Walk,
    thresholds,
    wire::{Era, Log, Lost, http::Endpoint},
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
    let canary = random();
    let mark = random();
    let log = Arc::new(Log::watching(
        secrets::watched(&canary, &options)
            .into_iter()
            .flat_map(|watched| watched.forms)
            .map(|(_, text)| text)
            .collect(),
    ));
    let (launch, project, name) = resolve(&target, &options, &log).await?;
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
    let judged = judge(live.as_ref(), project.as_ref(), &options).await;
    let mut report = Report {
        target: name,
        server: live.as_ref().map(describe).unwrap_or_default(),
        exchanges: BTreeMap::new(),
        deeds: log.deeds(),
        seed: options.seed,
        took: Duration::ZERO,
        stderr: String::new(),
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
    }
    let named: BTreeSet<_> = report
        .findings()
        .flat_map(|finding| finding.exchanges.iter().copied())
        .collect();
    report.exchanges = log.exchanges(named);
    report.took = begun.elapsed();
    report.hide(&secrets::hidden(&options.secrets()));
    Ok(report)
}

/// Lines of the server's own, harmless, with their ends.
fn harmless_lines(text: &str) -> String {
    text.lines()
        .map(|line| harmless(line, usize::MAX))
        .collect::<Vec<_>>()
        .join("\n")
}

/// 128 random bits, in hexadecimal.
fn random() -> String {
    let mut bytes = [0; 16];
    // without randomness the value is guessable, which a canary and a mark can bear
    let _ = getrandom::fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
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
    let tries = eras.iter().map(|era| greet(live, *era));
    for (era, greeting, session) in futures::future::join_all(tries).await {
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
    let silent = live.greetings.values().all(|greeting| {
        matches!(
            greeting.answer,
            Err(Lost::Start(_) | Lost::Gone(_) | Lost::Network(_))
        )
    });
    if !silent || sessions.iter().any(|session| !session.strays().is_empty()) {
        return None;
    }
    let lost = live
        .greetings
        .values()
        .find_map(|greeting| greeting.answer.as_ref().err())?;
    if let (Some(endpoint), Lost::Network(why)) = (live.http(), lost) {
        return Some(CheckError::Unusable {
            what: format!("{} cannot be reached: {why}", endpoint.url.path()),
            hint: "check the address, and that the server runs".to_owned(),
        });
    }
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
    for secret in secrets::hidden(&live.options.secrets()) {
        stderr = stderr.replace(&secret, "[hidden]");
    }
    Some(CheckError::Start {
        why,
        stderr: harmless_lines(&stderr),
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

/// Whether a check waits until all others are done.
fn is_last(check: &Check) -> bool {
    matches!(check, Check::After(_))
}

async fn judge(live: Option<&Live>, project: Option<&Project>, options: &Options) -> Vec<Judged> {
    let mut outcomes: BTreeMap<&'static str, Vec<Outcome>> = BTreeMap::new();
    let done = AtomicUsize::new(0);
    let wanted: Vec<_> = RULES
        .iter()
        .filter(|rule| why_off(rule, options).is_none())
        .collect();
    for last in [false, true] {
        if let (true, Some(live)) = (last, live) {
            // what is judged last looks at these too, whoever made them
            let _ = timeout(live.left(), live.calls()).await;
        }
        let work = wanted.iter().flat_map(|rule| {
            rule.checks
                .iter()
                .filter(|check| is_last(check) == last)
                .map(|check| run(rule, check, live, project))
        });
        // collected first: a stream of futures that borrow must not borrow the iterator too
        let work: Vec<BoxFuture<'_, _>> = work.collect();
        let mut running = stream::iter(work).buffer_unordered(options.jobs.max(1));
        while let Some((rule, outcome)) = running.next().await {
            outcomes.entry(rule.id).or_default().push(outcome);
            if outcomes[rule.id].len() == rule.checks.len() {
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                tell(options, Progress::Judged(done, wanted.len(), rule));
            }
        }
    }
    RULES
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
        .collect()
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
                    Outcome::unverified("it speaks neither era, so nothing is listed")
                } else {
                    bounded(live.left(), async { judge(&live.surface) }).await
                }
            }
            (Check::Live(judge) | Check::After(judge), Some(live), _) => {
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
