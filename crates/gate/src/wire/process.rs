//! A server's process, and everything that it started.
//!
//! A process may fork, make a session of its own, lose its parent on purpose or empty its environment.
//! So each run marks its servers with a variable that their descendants inherit, keeps their ids and
//! their pipes, and at the end whatever carries the mark, holds such a pipe, is in such a group or
//! session, or descends from one that does, is killed until nothing is left ([`Traces`]).
//!
//! One kind escapes this: a process that forked twice, made a session of its own, closed every pipe
//! and was executed anew with an empty environment, all before anybody looked. Only its parent by
//! adoption can find it: a program that is nothing but the gate calls [`adopt_orphans`] when it starts.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Stdio,
    time::Duration,
};

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
        .env_clear()
        .envs(
            INHERITED
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        )
        .envs(env);
    start(spawn, command, cwd, mark)
}

/// Starts a program in the same way, with exactly this environment.
#[expect(
    clippy::disallowed_methods,
    reason = "the gate starts the servers that it greets, with the environment that it was given"
)]
pub(crate) fn spawn_in(
    command: &Command,
    cwd: Option<&Path>,
    env: &BTreeMap<String, String>,
    mark: &str,
) -> Result<Child, Lost> {
    let mut spawn = Spawn::new(&command.program);
    spawn.env_clear().envs(env);
    start(spawn, command, cwd, mark)
}

fn start(
    mut spawn: Spawn,
    command: &Command,
    cwd: Option<&Path>,
    mark: &str,
) -> Result<Child, Lost> {
    spawn
        .args(&command.arguments)
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

/// By what the processes of a run are known.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// The value of the variable that marks them.
    pub mark: String,
    /// The ids of the servers.
    pub pids: BTreeSet<u32>,
    /// The pipes between the gate and the servers, as `/proc` names them: `pipe:[123]`.
    pub pipes: BTreeSet<String>,
    /// Whether the children count that this process adopted, or started, since [`adopt_orphans`]. For a
    /// run's end only: before, they are the servers and programs of rules that are still at work.
    pub adopted: bool,
}

/// The children of this process that were there when it began to adopt orphans.
#[cfg(target_os = "linux")]
static BEFORE: std::sync::OnceLock<BTreeSet<u32>> = std::sync::OnceLock::new();

/// Makes this process the parent of whatever its servers orphan (`PR_SET_CHILD_SUBREAPER`), so that
/// even a process that hid every trace of where it came from is killed and waited for at a run's end.
/// From then on every further child of this process counts as a server's: call it at the start of a
/// program that starts nothing but servers to be judged, as `seaworthy check` is one, and not in tests
/// or services that call the gate. Does nothing where the system is not Linux.
///
/// # Errors
/// What the system refused.
pub fn adopt_orphans() -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let own = std::process::id();
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        BEFORE.get_or_init(|| {
            look(false)
                .into_iter()
                .filter(|(_, at)| at.parent == own)
                .map(|(pid, _)| pid)
                .collect()
        });
    }
    Ok(())
}

/// Kills whatever carries the mark, and its descendants; see [`reap_all`].
pub async fn reap(mark: &str) -> usize {
    reap_all(&Traces {
        mark: mark.to_owned(),
        ..Traces::default()
    })
    .await
}

/// Kills whatever has one of the traces, and its descendants, until nothing is left or two seconds are
/// over. Returns how many were killed. On systems without `/proc`, only the servers' process groups
/// are killed, when their connections end.
pub async fn reap_all(traces: &Traces) -> usize {
    let mut killed = BTreeSet::new();
    for _ in 0..200 {
        let found = living(traces);
        if found.is_empty() {
            break;
        }
        // stopped first, so that none can fork between our look and our kill
        signal_all(&found, true);
        signal_all(&found, false);
        killed.extend(found);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    if traces.adopted {
        wait_for_adopted(traces);
    }
    killed.len()
}

/// Ends every process that this one has as a descendant by adoption and did not have when it called
/// [`adopt_orphans`]: for a program whose run was interrupted, so that the run's own end never came.
/// Returns how many were killed; does nothing before [`adopt_orphans`] was called.
pub async fn end_adopted() -> usize {
    #[cfg(target_os = "linux")]
    if BEFORE.get().is_some() {
        return reap_all(&Traces {
            // a mark that no process has
            mark: random(),
            adopted: true,
            ..Traces::default()
        })
        .await;
    }
    0
}

/// The pipes that a child was given, as `/proc` names them.
pub(crate) fn pipes(child: &Child) -> BTreeSet<String> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        [
            child.stdin.as_ref().map(AsRawFd::as_raw_fd),
            child.stdout.as_ref().map(AsRawFd::as_raw_fd),
            child.stderr.as_ref().map(AsRawFd::as_raw_fd),
        ]
        .into_iter()
        .flatten()
        .filter_map(|fd| std::fs::read_link(format!("/proc/self/fd/{fd}")).ok())
        .filter_map(|link| link.into_os_string().into_string().ok())
        .filter(|link| link.starts_with("pipe:"))
        .collect()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = child;
        BTreeSet::new()
    }
}

#[cfg(target_os = "linux")]
fn signal_all(pids: &BTreeSet<u32>, stop: bool) {
    let signal = if stop {
        rustix::process::Signal::STOP
    } else {
        rustix::process::Signal::KILL
    };
    for pid in pids {
        if let Some(pid) = as_pid(*pid) {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn signal_all(_: &BTreeSet<u32>, _: bool) {}

#[cfg(target_os = "linux")]
fn as_pid(pid: u32) -> Option<rustix::process::Pid> {
    i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
}

/// Takes the exit states of the orphans that this process adopted, killed or ended by themselves; the
/// servers' own are taken by their connections.
#[cfg(target_os = "linux")]
fn wait_for_adopted(traces: &Traces) {
    let Some(before) = BEFORE.get() else { return };
    let own = std::process::id();
    for (pid, at) in look(true) {
        if at.parent == own && !traces.pids.contains(&pid) && !before.contains(&pid) {
            // an error means that somebody else was faster
            let _ = rustix::process::waitpid(as_pid(pid), rustix::process::WaitOptions::NOHANG);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn wait_for_adopted(_: &Traces) {}

/// Where a process belongs. An id is 0 where it lies outside of our process namespace
/// (`pid_namespaces(7)`).
#[cfg(target_os = "linux")]
struct Place {
    parent: u32,
    group: u32,
    session: u32,
}

/// The state of a process (`proc_pid_stat(5)`), and where it belongs; none where it is gone.
#[cfg(target_os = "linux")]
fn stat(pid: u32) -> Option<(char, Place)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name in brackets may hold anything
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
    let state = rest.next()?.chars().next()?;
    let place = Place {
        parent: rest.next()?.parse().ok()?,
        group: rest.next()?.parse().ok()?,
        session: rest.next()?.parse().ok()?,
    };
    Some((state, place))
}

/// Every process but this one: the living, or those that ended and were not waited for.
#[cfg(target_os = "linux")]
fn look(ended: bool) -> BTreeMap<u32, Place> {
    let own = std::process::id();
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let (state, place) = stat(pid)?;
            (pid != own && state != 'X' && (state == 'Z') == ended).then_some((pid, place))
        })
        .collect()
}

/// The living processes that have one of the traces, and their descendants.
#[cfg(target_os = "linux")]
fn living(traces: &Traces) -> BTreeSet<u32> {
    let wanted = format!("{MARK}={}", traces.mark);
    let own = std::process::id();
    let all = look(false);
    let marked = |pid: u32| {
        std::fs::read(format!("/proc/{pid}/environ"))
            .unwrap_or_default()
            .split(|byte| *byte == 0)
            .any(|line| line == wanted.as_bytes())
    };
    let adopted = |pid: u32, at: &Place| {
        traces.adopted
            && at.parent == own
            && BEFORE.get().is_some_and(|before| !before.contains(&pid))
    };
    let mut found: BTreeSet<u32> = all
        .iter()
        .filter(|(pid, at)| {
            traces.pids.contains(pid)
                || traces.pids.contains(&at.group)
                || marked(**pid)
                // a child of ours that we did not start as a server is none
                || (at.parent != own && holds(**pid, &traces.pipes))
                || adopted(**pid, at)
        })
        .map(|(pid, _)| *pid)
        .collect();
    // our own group and session are never a trace, nor is 0, which all have whose leader is outside
    // of our process namespace; for that 0 the ids are not asked of the system calls' wrappers,
    // which take it for impossible
    let (own_group, own_session) = stat(own).map_or((0, 0), |(_, at)| (at.group, at.session));
    loop {
        let before = found.len();
        let members = || found.iter().filter_map(|pid| all.get(pid));
        let groups: BTreeSet<u32> = members()
            .map(|at| at.group)
            .filter(|group| *group != own_group && *group != 0)
            .collect();
        let sessions: BTreeSet<u32> = members()
            .map(|at| at.session)
            .filter(|session| *session != own_session && *session != 0)
            .collect();
        let further: Vec<u32> = all
            .iter()
            .filter(|(_, at)| {
                found.contains(&at.parent)
                    || groups.contains(&at.group)
                    || sessions.contains(&at.session)
            })
            .map(|(pid, _)| *pid)
            .collect();
        found.extend(further);
        if found.len() == before {
            return found;
        }
    }
}

/// Whether a process has one of these pipes open.
#[cfg(target_os = "linux")]
fn holds(pid: u32, pipes: &BTreeSet<String>) -> bool {
    !pipes.is_empty()
        && std::fs::read_dir(format!("/proc/{pid}/fd"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| std::fs::read_link(entry.path()).ok())
            .any(|link| link.to_str().is_some_and(|link| pipes.contains(link)))
}

#[cfg(not(target_os = "linux"))]
fn living(_: &Traces) -> BTreeSet<u32> {
    BTreeSet::new()
}
