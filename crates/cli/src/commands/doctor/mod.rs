//! `seaworthy doctor`: what is wrong with an installation, and how to mend it.
//!
//! One file a section: `binary`, `token`, `sandbox`, `clients`, `handshake`. Each gives lines ([`Line`]) and
//! prints nothing. To add one: write its file, and call it in [`examine`].

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use indicatif::ProgressBar;
use seaworthy_clients::{CLIENTS, Client};
use seaworthy_gate::finding::harmless;
use serde_json::{Map, Value, json};

use super::install::ClientName;
use crate::{
    failure::Failure,
    installation::{self, found_in},
    signal::signalled,
};

mod binary;
mod clients;
mod handshake;
mod sandbox;
mod token;

/// Tells what is wrong with an installation, and how to mend it
///
/// Looks at this program, the GitHub token and API, the sandboxes, and the configurations of the
/// clients that are known (claude-code, claude-desktop, codex, cursor, gemini, vscode, zed). Then it
/// starts every server that it found there, other people's too, as the client itself would: with the
/// environment that the client would pass on, in the folder that it would use. It greets each, asks
/// for its tools and ends it. Servers over HTTP are greeted on this machine alone, unless --remote.
/// The environment of this shell stands for the client's own.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = HELP)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// The project whose own configurations are looked at too
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// Look at this client only; may be repeated
    #[arg(long = "client", value_name = "CLIENT")]
    clients: Vec<ClientName>,
    /// Ask no other machine: neither the API nor a hosted sandbox
    #[arg(long)]
    offline: bool,
    /// Start and greet no server
    #[arg(long)]
    no_handshake: bool,
    /// Greet servers over HTTP on other machines too; they get the headers of their entries
    #[arg(long, conflicts_with_all = ["offline", "no_handshake"])]
    remote: bool,
    /// How long each server, and the API, may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Exit status: 0 nothing is wrong; 1 there are problems; 2 used wrongly. Notes are no problems.
Values of variables and headers are never shown.

Examples:
  seaworthy doctor
  seaworthy doctor --client codex --project ./weekly-notes
  seaworthy doctor --offline --no-handshake --json";

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Level {
    Good,
    Note,
    Problem,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was looked at. Text of other people's is made harmless here.
#[derive(Clone, Debug)]
struct Line {
    section: &'static str,
    level: Level,
    /// What it is about.
    subject: String,
    /// How it is.
    what: String,
    /// How to mend it; empty where there is nothing to mend.
    remedy: String,
    /// Further facts, for programs.
    facts: Map<String, Value>,
}

/// The longest subject, finding or remedy, in characters.
const LONGEST: usize = 1_000;

impl Line {
    fn new(section: &'static str, level: Level, subject: &str, what: &str, remedy: &str) -> Self {
        Self {
            section,
            level,
            subject: harmless(subject, LONGEST),
            what: harmless(what, LONGEST),
            remedy: harmless(remedy, LONGEST),
            facts: Map::new(),
        }
    }

    fn good(section: &'static str, subject: &str, what: &str) -> Self {
        Self::new(section, Level::Good, subject, what, "")
    }

    fn note(section: &'static str, subject: &str, what: &str, remedy: &str) -> Self {
        Self::new(section, Level::Note, subject, what, remedy)
    }

    fn problem(section: &'static str, subject: &str, what: &str, remedy: &str) -> Self {
        Self::new(section, Level::Problem, subject, what, remedy)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    fn to_json(&self) -> Value {
        let mut all = self.facts.clone();
        all.insert("section".to_owned(), json!(self.section));
        all.insert("level".to_owned(), json!(self.level.name()));
        all.insert("subject".to_owned(), json!(self.subject));
        all.insert("what".to_owned(), json!(self.what));
        if !self.remedy.is_empty() {
            all.insert("remedy".to_owned(), json!(self.remedy));
        }
        Value::Object(all)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    // what a server leaves behind is found even where it hides its origin
    if let Err(error) = seaworthy_gate::adopt_orphans() {
        tracing::warn!(%error, "orphans of servers cannot be adopted");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))?;
    let is_watched = std::io::stderr().is_terminal() && !arguments.json;
    let bar = is_watched.then(ProgressBar::new_spinner);
    if let Some(bar) = &bar {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    let say = |step: &str| {
        if let Some(bar) = &bar {
            bar.set_message(step.to_owned());
        }
    };
    let lines = runtime.block_on(async {
        tokio::select! {
            lines = examine(arguments, &say) => Some(lines),
            true = signalled() => None,
        }
    });
    runtime.block_on(seaworthy_gate::end_adopted());
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    let lines = lines.ok_or_else(|| {
        Failure::failed("interrupted", "the servers that were started were ended")
    })??;
    let problems = lines
        .iter()
        .filter(|line| line.level == Level::Problem)
        .count();
    if arguments.json {
        let lines: Vec<_> = lines.iter().map(Line::to_json).collect();
        let report = json!({"healthy": problems == 0, "problems": problems, "lines": lines});
        anstream::println!("{report:#}");
    } else {
        tell(&lines, problems);
    }
    Ok(ExitCode::from(u8::from(problems > 0)))
}

/// Looks at everything, section by section.
async fn examine(arguments: &Arguments, say: &dyn Fn(&str)) -> Result<Vec<Line>, Failure> {
    let patience = Duration::from_secs(arguments.timeout);
    let places = installation::here(&arguments.project)?;
    let mut lines = Vec::new();
    say("this program");
    lines.extend(binary::examine(patience).await);
    say("the token and the API");
    lines.extend(token::examine(arguments.offline, patience).await);
    say("the sandboxes");
    lines.extend(sandbox::examine(arguments.offline).await?);
    say("the configurations of clients");
    let wanted: Vec<&'static Client> = CLIENTS
        .into_iter()
        .filter(|client| {
            arguments.clients.is_empty()
                || arguments
                    .clients
                    .iter()
                    .any(|name| name.client().name == client.name)
        })
        .collect();
    let (found, unreadable) = found_in(&wanted, &places);
    let (of_clients, ready) = clients::examine(&places, &found, &unreadable);
    lines.extend(of_clients);
    if !arguments.no_handshake {
        lines.extend(handshake::examine(ready, arguments.remote, patience, say).await);
    }
    Ok(lines)
}

/// For people: the sections with their lines.
fn tell(lines: &[Line], problems: usize) {
    let bold = anstyle::Style::new().bold();
    let mut section = "";
    for line in lines {
        if line.section != section {
            section = line.section;
            anstream::println!("{bold}{section}{bold:#}");
        }
        let color = match line.level {
            Level::Good => anstyle::AnsiColor::Green,
            Level::Note => anstyle::AnsiColor::Cyan,
            Level::Problem => anstyle::AnsiColor::Red,
        };
        let style = anstyle::Style::new().fg_color(Some(color.into()));
        let level = line.level.name();
        anstream::println!(
            "  {style}{level:<7}{style:#}  {}: {}",
            line.subject,
            line.what
        );
        if !line.remedy.is_empty() {
            anstream::println!("           {}", line.remedy);
        }
    }
    anstream::println!();
    match problems {
        0 => anstream::println!("Nothing is wrong."),
        1 => anstream::println!("1 problem."),
        more => anstream::println!("{more} problems."),
    }
}
