//! A server's process, and everything that it started.
//!
//! A process may fork, make a session of its own or lose its parent on purpose. So each run marks its
//! servers with a variable that their descendants inherit, and at the end whatever carries the mark,
//! and whatever descends from it, is killed until nothing is left.

use std::{collections::BTreeMap, path::Path, process::Stdio, time::Duration};

use tokio::process::{Child, Command as Spawn};

use crate::{options::Command, wire::Lost};

/// The variable that marks a server and its descendants.
pub(crate) const MARK: &str = "SEAWORTHY_CHECK_RUN";

/// Variables of our own environment that a server gets too: without them no program is found.
/// Where toolchains live is among them: `cargo run` or `go run` finds no compiler otherwise.
const INHERITED: [&str; 16] = [
    "CARGO_HOME",
    "GOPATH",
    "GOROOT",
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "PYENV_ROOT",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "SHELL",
    "SystemRoot",
    "TERM",
    "TMPDIR",
    "USER",
    "VOLTA_HOME",
];

/// 128 random bits, in hexadecimal: a value for [`MARK`], or a canary.
pub(crate) fn random() -> String {
    let mut bytes = [0; 16];
    // without randomness the value is guessable, which a canary and a mark can bear
    let _ = getrandom::fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// Whether this very process was started by a run of the gate.
#[expect(
    clippy::disallowed_methods,
    reason = "the mark is the gate's own, and no setting"
)]
pub(crate) fn is_nested() -> bool {
    std::env::var_os(MARK).is_some()
}

/// How a process ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exit {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// As people read it: `exit code 1`, `signal 9`.
    pub text: String,
}

impl From<std::process::ExitStatus> for Exit {
    fn from(status: std::process::ExitStatus) -> Self {
        Self {
            code: status.code(),
            text: status.to_string(),
        }
    }
}

/// Starts a program in a process group of its own, with pipes, and nothing of our environment but
/// what every program needs.
#[expect(
    clippy::disallowed_methods,
    reason = "the gate starts the servers that it judges, with a scrubbed environment"
)]
pub(crate) fn spawn(
    command: &Command,
    cwd: Option<&Path>,
    env: &BTreeMap<String, String>,
    mark: &str,
) -> Result<Child, Lost> {
    let mut spawn = Spawn::new(&command.program);
    spawn
        .args(&command.arguments)
        .env_clear()
        .envs(
            INHERITED
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        )
        .envs(env)
        .env(MARK, mark)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    spawn.process_group(0);
    if let Some(cwd) = cwd {
        spawn.current_dir(cwd);
    }
    spawn
        .spawn()
        .map_err(|error| Lost::Start(format!("cannot start {}: {error}", command.program)))
}

/// Kills a process and its group, at once.
pub(crate) fn kill_group(pid: Option<u32>) {
    #[cfg(unix)]
    if let Some(pid) = pid
        .and_then(|pid| i32::try_from(pid).ok())
        .and_then(rustix::process::Pid::from_raw)
    {
        // an error means that it is gone already
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = pid;
}

/// Kills whatever carries the mark, and its descendants, until nothing is left or two seconds are
/// over. Returns how many were still there beyond the servers themselves.
pub async fn reap(mark: &str) -> usize {
    let mut killed = 0;
    for _ in 0..200 {
        let found = marked(mark);
        if found.is_empty() {
            break;
        }
        killed += found.len();
        // stopped first, so that none can fork between our look and our kill
        signal_all(&found, true);
        signal_all(&found, false);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    killed
}

#[cfg(target_os = "linux")]
fn signal_all(pids: &[u32], stop: bool) {
    let signal = if stop {
        rustix::process::Signal::STOP
    } else {
        rustix::process::Signal::KILL
    };
    for pid in pids {
        if let Some(pid) = i32::try_from(*pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn signal_all(_: &[u32], _: bool) {}

/// The living processes that carry the mark, and their descendants.
#[cfg(target_os = "linux")]
fn marked(mark: &str) -> Vec<u32> {
    let wanted = format!("{MARK}={mark}");
    let own = std::process::id();
    let mut parents = BTreeMap::new();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let Some((parent, state)) = std::fs::read_to_string(entry.path().join("stat"))
            .ok()
            .and_then(|stat| {
                // the name in brackets may hold anything
                let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
                let state = rest.next()?.to_owned();
                Some((rest.next()?.parse::<u32>().ok()?, state))
            })
        else {
            continue;
        };
        if pid == own || state == "Z" || state == "X" {
            continue;
        }
        parents.insert(pid, parent);
        let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environ
            .split(|byte| *byte == 0)
            .any(|line| line == wanted.as_bytes())
        {
            found.push(pid);
        }
    }
    let mut grown = true;
    while grown {
        grown = false;
        for (pid, parent) in &parents {
            if !found.contains(pid) && found.contains(parent) {
                found.push(*pid);
                grown = true;
            }
        }
    }
    found
}

#[cfg(not(target_os = "linux"))]
fn marked(_: &str) -> Vec<u32> {
    Vec::new()
}
