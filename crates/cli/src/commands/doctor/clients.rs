//! The configurations of clients: files that cannot be read, entries that cannot work, names in two
//! scopes, secrets in files, and what a client holds back.

use std::{collections::BTreeMap, path::Path};

use seaworthy_clients::{NotStarted, Places, Scope, start};
use seaworthy_gate::{Command, handshake::Start};

use super::{Line, binary::is_same};
use crate::{
    environment,
    installation::{Found, Unreadable},
};

const SECTION: &str = "clients";

/// A server that can be greeted.
pub(super) struct Ready {
    pub(super) subject: String,
    pub(super) client: &'static str,
    /// The client, as its makers call it.
    pub(super) title: &'static str,
    pub(super) scope: &'static str,
    pub(super) name: String,
    pub(super) start: Start,
    /// What the client gives it of the environment, for people.
    pub(super) given: String,
    /// Values that must not be shown.
    hidden: Vec<String>,
}

impl Ready {
    /// A text of the server's own without the values that its environment or headers hold.
    pub(super) fn hide(&self, text: &str) -> String {
        self.hidden.iter().fold(text.to_owned(), |text, value| {
            text.replace(value.as_str(), "(hidden)")
        })
    }
}

/// Values that are at least so long may be secrets, and are not shown, in bytes.
const SECRET_BYTES: usize = 8;

pub(super) fn examine(
    places: &Places,
    found: &[Found],
    unreadable: &[Unreadable],
) -> (Vec<Line>, Vec<Ready>) {
    let environment = environment::all();
    let mut lines = Vec::new();
    let mut ready = Vec::new();
    let mut told: Vec<&Path> = Vec::new();
    for unreadable in unreadable {
        // two scopes may share a file
        if told.contains(&unreadable.file.as_path()) {
            continue;
        }
        told.push(&unreadable.file);
        lines.push(
            Line::problem(
                SECTION,
                &format!("{}, {}", unreadable.client.name, unreadable.scope.as_str()),
                &format!("{}: {}", unreadable.file.display(), unreadable.why),
                "mend it by hand, or take the copy beside it (.seaworthy-backup), if there is one",
            )
            .with("client", unreadable.client.name)
            .with("file", unreadable.file.to_string_lossy().into_owned()),
        );
    }
    for entry in found {
        let (of_entry, start) = one(places, entry, &environment);
        lines.extend(of_entry);
        ready.extend(start);
    }
    lines.extend(doubles(found));
    if lines.is_empty() && found.is_empty() {
        lines.push(Line::note(
            SECTION,
            "servers",
            "no client that is known has one",
            "seaworthy install claude-code (or another client) writes one",
        ));
    }
    (lines, ready)
}

fn subject(entry: &Found) -> String {
    format!(
        "{}, {}, {}",
        entry.client.name,
        entry.scope.as_str(),
        entry.name
    )
}

/// What is to be said about one entry, and how its server is reached.
fn one(
    places: &Places,
    entry: &Found,
    environment: &BTreeMap<String, String>,
) -> (Vec<Line>, Option<Ready>) {
    let client = entry.client;
    let subject = subject(entry);
    let mut lines = Vec::new();
    let mut start = None;
    let exposed = client.exposed(places, &entry.entry);
    if !exposed.is_empty() {
        let what = format!(
            "{} stands in {} as it is",
            exposed.join(", "),
            entry.file.display()
        );
        lines.push(Line::problem(SECTION, &subject, &what, &out_of_file(entry)));
    }
    if let Some(withheld) = (client.withheld)(places, entry.scope, &entry.name) {
        // the user's own entries are at work in other folders
        let line = if entry.scope == Scope::User {
            Line::note
        } else {
            Line::problem
        };
        lines.push(line(SECTION, &subject, withheld.why, withheld.remedy));
    }
    match client.understand(places, entry.scope, &entry.entry, environment) {
        Err(why @ (NotStarted::Off | NotStarted::Sse | NotStarted::Asks(_))) => {
            lines.push(Line::note(
                SECTION,
                &subject,
                &format!("not started: {why}"),
                "",
            ));
        }
        Err(why) => {
            let remedy = format!("correct it in {}", entry.file.display());
            lines.push(Line::problem(SECTION, &subject, &why.to_string(), &remedy));
        }
        Ok(understood) => {
            if !understood.unset.is_empty() {
                lines.push(Line::problem(
                    SECTION,
                    &subject,
                    &format!(
                        "it refers to {}, which is not set",
                        understood.unset.join(", ")
                    ),
                    &format!("set it where {} is started", client.title),
                ));
            }
            match reachable(entry, understood.start) {
                Ok((line, reached)) => {
                    lines.extend(line);
                    start = Some(reached);
                }
                Err(line) => lines.push(line),
            }
        }
    }
    if lines.is_empty() {
        lines.push(Line::good(
            SECTION,
            &subject,
            &entry.file.display().to_string(),
        ));
    }
    let lines = lines
        .into_iter()
        .map(|line| {
            line.with("client", client.name)
                .with("scope", entry.scope.as_str())
                .with("name", entry.name.clone())
                .with("file", entry.file.to_string_lossy().into_owned())
        })
        .collect();
    (lines, start)
}

/// How a secret gets out of the file.
fn out_of_file(entry: &Found) -> String {
    let instead = match entry.client.environment {
        seaworthy_clients::Environment::All => {
            "set the variable where the client is started, and take it out of the entry"
        }
        seaworthy_clients::Environment::Named => {
            "set the variable where the client is started, and name it in the entry alone"
        }
        seaworthy_clients::Environment::None => {
            "put it into a file, and name that with NAME_FILE, if the server can read one"
        }
    };
    format!("{instead}; then make a new secret, as this one has been in a file")
}

/// The way to the server, and what is to be said about it; else why there is none.
fn reachable(entry: &Found, found: start::Start) -> Result<(Option<Line>, Ready), Line> {
    let subject = subject(entry);
    let mut ready = Ready {
        subject: subject.clone(),
        client: entry.client.name,
        title: entry.client.title,
        scope: entry.scope.as_str(),
        name: entry.name.clone(),
        start: Start::Stdio {
            command: Command::default(),
            environment: BTreeMap::new(),
            folder: None,
        },
        given: String::new(),
        hidden: Vec::new(),
    };
    match found {
        start::Start::Http { url, headers } => {
            ready.hidden = headers.iter().map(|(_, value)| value.clone()).collect();
            let url = url::Url::parse(&url)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
                .ok_or_else(|| {
                    let remedy = format!("correct it in {}", entry.file.display());
                    Line::problem(
                        SECTION,
                        &subject,
                        "its url is none of http or https",
                        &remedy,
                    )
                })?;
            ready.start = Start::Http(url, headers);
            Ok((None, ready))
        }
        start::Start::Stdio {
            command,
            arguments,
            environment,
            folder,
        } => {
            let line = program(entry, &command, &environment)?;
            if !folder.is_dir() {
                return Err(Line::problem(
                    SECTION,
                    &subject,
                    &format!(
                        "the folder {}, in which it would start, is not there",
                        folder.display()
                    ),
                    "make it, or correct cwd in the entry",
                ));
            }
            ready.given = environment.keys().cloned().collect::<Vec<_>>().join(" ");
            ready.hidden = environment
                .iter()
                .filter(|(name, value)| {
                    seaworthy_clients::server::is_secret(name)
                        || seaworthy_clients::server::looks_secret(value)
                })
                .map(|(_, value)| value.clone())
                .filter(|value| value.len() >= SECRET_BYTES)
                .collect();
            ready.start = Start::Stdio {
                command: Command {
                    program: command,
                    arguments,
                },
                environment,
                folder: Some(folder),
            };
            Ok((line, ready))
        }
    }
}

/// Whether the program is there, by the PATH that the server would have.
fn program(
    entry: &Found,
    command: &str,
    environment: &BTreeMap<String, String>,
) -> Result<Option<Line>, Line> {
    let subject = subject(entry);
    let path = Path::new(command);
    if path.components().count() == 1 {
        let folders = environment.get("PATH").cloned().unwrap_or_default();
        let file = format!("{command}{}", std::env::consts::EXE_SUFFIX);
        let is_there = std::env::split_paths(&folders)
            .map(|folder| folder.join(&file))
            .any(|path| environment::is_program(&path));
        if !is_there && !cfg!(windows) {
            return Err(Line::problem(
                SECTION,
                &subject,
                &format!("{command} is not on PATH"),
                "install it, or write its whole path into the entry",
            ));
        }
        let what = format!(
            "{command} is looked up on the PATH of {}",
            entry.client.title
        );
        let remedy = "write its whole path into the entry: a program that is started from a menu has another PATH than a shell";
        return Ok((!entry.client.in_shell).then(|| Line::note(SECTION, &subject, &what, remedy)));
    }
    if !path.is_absolute() {
        return Err(Line::problem(
            SECTION,
            &subject,
            &format!(
                "{command} is no whole path, and depends on the folder that the client is started in"
            ),
            "write its whole path into the entry",
        ));
    }
    let is_ours = path.file_stem().is_some_and(|stem| stem == "seaworthy");
    if !path.exists() {
        return Err(Line::problem(
            SECTION,
            &subject,
            &format!("{command} is not there"),
            &if is_ours {
                again(entry)
            } else {
                "install it again, or correct the path in the entry".to_owned()
            },
        ));
    }
    if !environment::is_program(path) {
        return Err(Line::problem(
            SECTION,
            &subject,
            &format!("{command} cannot be run"),
            "make it executable (chmod +x), or correct the path in the entry",
        ));
    }
    let is_this = std::env::current_exe().is_ok_and(|this| is_same(&this, path));
    Ok((is_ours && !is_this).then(|| {
        let what = format!("it starts another seaworthy than this one: {command}");
        Line::note(SECTION, &subject, &what, &again(entry))
    }))
}

/// The command that writes the entry anew, with this program.
fn again(entry: &Found) -> String {
    format!(
        "seaworthy install {} --scope {} --name {} --force writes it anew, with this program",
        entry.client.name,
        entry.scope.as_str(),
        entry.name
    )
}

/// Names that a client has in two scopes.
fn doubles(found: &[Found]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, entry) in found.iter().enumerate() {
        let same =
            |other: &&Found| other.client.name == entry.client.name && other.name == entry.name;
        if found[..at].iter().any(|other| same(&other)) {
            continue;
        }
        let all: Vec<_> = found[at..].iter().filter(same).collect();
        if all.len() < 2 {
            continue;
        }
        let scopes: Vec<_> = all.iter().map(|found| found.scope.as_str()).collect();
        let what = format!("it is in the scopes {}", scopes.join(" and "));
        let subject = format!("{}, {}", entry.client.name, entry.name);
        let remedy = format!(
            "{}; keep one: seaworthy uninstall {} --name {} --scope SCOPE removes the other",
            entry.client.in_two_scopes, entry.client.name, entry.name
        );
        let line = if all.iter().all(|other| other.entry == entry.entry) {
            Line::note(
                SECTION,
                &subject,
                &format!("{what}, twice the same"),
                &remedy,
            )
        } else {
            Line::problem(
                SECTION,
                &subject,
                &format!("{what}, and they differ"),
                &remedy,
            )
        };
        lines.push(
            line.with("client", entry.client.name)
                .with("name", entry.name.clone()),
        );
    }
    lines
}
