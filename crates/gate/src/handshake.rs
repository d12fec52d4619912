//! A handshake alone: is there a server, and how many tools does it have? Nothing is judged.
//!
//! For whoever diagnoses an installation: a server is started as one client would start it, with that
//! client's environment and nothing else, greeted, asked for its tools, and ended with all that it started.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use crate::{
    finding::harmless,
    list,
    options::Command,
    wire::{
        Era, Log, Lost, Session, Traces,
        http::{Endpoint, Reach, reach},
        process, reap_all,
    },
};

/// How long a server may take to end once its stdin is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// How often the rest of stderr is looked for, each time after ten milliseconds.
const LAST_WORDS: usize = 20;

/// The longest text of the server's own that is told, in characters.
const SAID: usize = 300;

/// How a server is reached.
#[derive(Clone)]
pub enum Start {
    /// By starting it.
    Stdio {
        /// The program and its arguments.
        command: Command,
        /// The whole of its environment.
        environment: BTreeMap<String, String>,
        /// The folder that it starts in.
        folder: Option<PathBuf>,
    },
    /// Over HTTP, with these headers.
    Http(Url, Vec<(String, String)>),
}

impl std::fmt::Debug for Start {
    // values of variables and headers are secrets
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdio { command, .. } => write!(f, "Stdio({})", command.program),
            Self::Http(url, _) => write!(f, "Http({})", url.host_str().unwrap_or_default()),
        }
    }
}

impl Start {
    /// Whether it is reached without leaving this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Stdio { .. } => true,
            Self::Http(url, _) => reach(url) == Reach::Machine,
        }
    }
}

/// A server that answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Met {
    /// The name that it gives itself; empty where it gives none.
    pub name: String,
    /// Its version; empty where it tells none.
    pub version: String,
    /// The version of the protocol that was agreed on.
    pub protocol: String,
    /// Its tools; none where it declares none.
    pub tools: usize,
    /// The time from the start to the last answer.
    pub took: Duration,
}

/// Why there was no handshake.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct NotMet {
    /// What happened.
    pub why: String,
    /// The last lines that it wrote to stderr, one below the other; empty where there are none.
    pub stderr: String,
}

/// Greets a server, by `initialize` and, where that is refused, by `server/discover`, and asks for its
/// tools. All of it takes no longer than `patience` and the second that a server has to end.
///
/// # Errors
/// Why there was no handshake, or no list of tools.
pub async fn greet(start: &Start, patience: Duration) -> Result<Met, NotMet> {
    let begun = Instant::now();
    let mut refusal = None;
    for era in [Era::Legacy, Era::Modern] {
        let left = patience.saturating_sub(begun.elapsed());
        match greet_in(start, era, left, begun).await {
            Ok(met) => return Ok(met),
            // a server of the other era refuses politely; whatever else went wrong goes wrong again
            Err(Trouble::Refused(not_met)) => {
                refusal.get_or_insert(not_met);
            }
            Err(Trouble::Lost(not_met)) => return Err(refusal.unwrap_or(not_met)),
        }
    }
    Err(refusal.unwrap_or_else(|| NotMet {
        why: "it refused the handshake".to_owned(),
        stderr: String::new(),
    }))
}

enum Trouble {
    Refused(NotMet),
    Lost(NotMet),
}

async fn greet_in(
    start: &Start,
    era: Era,
    patience: Duration,
    begun: Instant,
) -> Result<Met, Trouble> {
    let lost = |lost: Lost| {
        Trouble::Lost(NotMet {
            why: harmless(&lost.to_string(), SAID),
            stderr: String::new(),
        })
    };
    let log = Arc::new(Log::default());
    let mark = process::random();
    let session = match start {
        Start::Stdio {
            command,
            environment,
            folder,
        } => {
            let child =
                process::spawn_in(command, folder.as_deref(), environment, &mark).map_err(lost)?;
            Session::over_stdio(child, era, json!({}), log, patience)
        }
        Start::Http(url, headers) => {
            let endpoint =
                Endpoint::new(url.clone(), headers.clone(), log.clone()).map_err(lost)?;
            Session::over_http(endpoint, era, json!({}), log, patience)
        }
    };
    let outcome = timeout(patience, talk(&session, patience, begun)).await;
    let outcome = outcome.unwrap_or(Err((false, Lost::Silent(patience).to_string())));
    session.close(FAREWELL).await;
    if outcome.is_err() {
        // what it wrote last may still be on its way
        for _ in 0..LAST_WORDS {
            if session.stderr().ends_with('\n') {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let stderr = ending(&session.stderr());
    session.end().await;
    reap_all(&Traces {
        mark,
        pids: session.pid().into_iter().collect(),
        pipes: session.pipes(),
        adopted: false,
    })
    .await;
    // killed, and a zombie until somebody asks how it ended
    session.close(FAREWELL).await;
    outcome.map_err(|(refused, why)| {
        let why = harmless(&why, SAID);
        let not_met = NotMet { why, stderr };
        if refused {
            Trouble::Refused(not_met)
        } else {
            Trouble::Lost(not_met)
        }
    })
}

/// The handshake and the list; else whether the era was refused, and why there is none.
async fn talk(
    session: &Session,
    patience: Duration,
    begun: Instant,
) -> Result<Met, (bool, String)> {
    let answer = match session.greet(patience).await {
        Ok(answer) => answer,
        // over HTTP a server of the other era may refuse by a status
        Err(lost @ Lost::Http(400 | 404 | 405 | 406 | 415, _)) => {
            return Err((true, lost.to_string()));
        }
        Err(lost) => return Err((false, lost.to_string())),
    };
    let hello = match &answer.reply {
        Ok(hello) if hello.is_object() => hello,
        Ok(_) => return Err((false, "its handshake is no object".to_owned())),
        Err(error) => {
            let why = format!(
                "it refused the handshake: error {}: {}",
                error.code, error.message
            );
            return Err((true, why));
        }
    };
    let info = list::server_info(hello);
    let text = |name: &str| harmless(info[name].as_str().unwrap_or_default(), 80);
    let mut tools = 0;
    if !hello["capabilities"]
        .get("tools")
        .is_none_or(Value::is_null)
    {
        let (walk, _) = list::walk(session, "tools/list", "tools").await;
        if let Some(why) = list::why(&walk.end) {
            return Err((false, format!("tools/list: {why}")));
        }
        tools = walk.len();
    }
    Ok(Met {
        name: text("name"),
        version: text("version"),
        protocol: harmless(&session.version(), 20),
        tools,
        took: begun.elapsed(),
    })
}

/// The last lines that say something.
fn ending(stderr: &str) -> String {
    let lines: Vec<_> = stderr
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| harmless(line, SAID))
        .collect();
    lines[lines.len().saturating_sub(3)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_complaint_is_told_and_is_harmless() {
        assert_eq!(ending("a\n\nb\n  \nc\x1b[31m\nd\n"), "b\nc\\u{1b}[31m\nd");
        assert_eq!(ending(""), "");
    }

    #[test]
    fn secrets_are_not_shown() {
        let start = Start::Stdio {
            command: Command::new(["/bin/server", "--key", "hidden"]).unwrap(),
            environment: [("KEY".to_owned(), "hidden".to_owned())].into(),
            folder: None,
        };
        assert!(!format!("{start:?}").contains("hidden"));
        let url = Url::parse("http://u:hidden@localhost/mcp?key=hidden").unwrap();
        let start = Start::Http(url, vec![("Authorization".to_owned(), "hidden".to_owned())]);
        assert!(!format!("{start:?}").contains("hidden"));
        assert!(start.is_local());
    }
}
