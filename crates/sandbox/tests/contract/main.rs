//! The contract that every backend of the sandbox keeps: attacks, and what must work, as one suite
//! that runs unchanged on all of them. `wasm::network::ipv4` is the attack `ipv4` of `network.rs`
//! on the backend `wasm`.
//!
//! - An attack is data in the sorted list of its group's file (`attack.rs` has the shape); what
//!   needs more than one run is a [`program::Program`].
//! - A backend is a line in `backends.rs`. One that cannot run on this machine has its trials
//!   ignored and its trial `available` fails, unless `SEAWORTHY_CONTRACT_WITHOUT` names it
//!   (comma-separated).
//! - `unsandboxed::*` shows that the attacks get through where nothing stops them.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program speaks to whoever runs it"
)]

mod attack;
mod backends;
mod bait;
mod bridge;
#[path = "../e2b_server/mod.rs"]
#[expect(dead_code, reason = "what other tests ask of it")]
mod e2b_server;
mod exec;
mod files;
mod host_data;
mod host_tools;
mod kernel;
mod load;
mod network;
mod ordinary;
mod output;
mod privilege;
mod processes;
mod program;
mod resources;
mod server;
mod server_side;
mod time;
mod unsandboxed;

use std::{
    process::{Command, ExitCode},
    sync::{Arc, OnceLock},
};

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use crate::{attack::Attack, backends::Subject, program::Program};

/// A file of this folder with what it holds.
struct Group {
    name: &'static str,
    attacks: &'static [Attack],
    programs: &'static [Program],
}

const GROUPS: [Group; 13] = [
    Group {
        name: "bridge",
        attacks: &[],
        programs: bridge::PROGRAMS,
    },
    Group {
        name: "exec",
        attacks: exec::ATTACKS,
        programs: &[],
    },
    Group {
        name: "files",
        attacks: files::ATTACKS,
        programs: &[],
    },
    Group {
        name: "host_data",
        attacks: host_data::ATTACKS,
        programs: &[],
    },
    Group {
        name: "kernel",
        attacks: kernel::ATTACKS,
        programs: &[],
    },
    Group {
        name: "load",
        attacks: &[],
        programs: load::PROGRAMS,
    },
    Group {
        name: "network",
        attacks: network::ATTACKS,
        programs: &[],
    },
    Group {
        name: "ordinary",
        attacks: ordinary::ATTACKS,
        programs: &[],
    },
    Group {
        name: "output",
        attacks: output::ATTACKS,
        programs: &[],
    },
    Group {
        name: "privilege",
        attacks: privilege::ATTACKS,
        programs: &[],
    },
    Group {
        name: "resources",
        attacks: resources::ATTACKS,
        programs: &[],
    },
    Group {
        name: "server_side",
        attacks: &[],
        programs: server_side::PROGRAMS,
    },
    Group {
        name: "time",
        attacks: time::ATTACKS,
        programs: &[],
    },
];

#[expect(clippy::disallowed_methods, reason = "the suite's own settings")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if environment(bait::SECRET).is_none() {
        return begin_again(arguments);
    }
    if arguments.next().as_deref() == Some(server::ARGUMENT) {
        let (backend, task) = (
            arguments.next().unwrap_or_default(),
            arguments.next().unwrap_or_default(),
        );
        return match runtime().block_on(server::serve(&backend, &task)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        };
    }
    let arguments = Arguments::from_args();
    let trials = trials(&arguments);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The same process once more with the secret in its environment, as a server has its token there.
#[expect(clippy::disallowed_methods, reason = "the suite's own binary")]
fn begin_again(arguments: impl Iterator<Item = String>) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let secret = bait::unguessable().expect("entropy");
    let binary = std::env::current_exe().expect("this program");
    let failed = Command::new(binary)
        .args(arguments)
        .env(bait::SECRET, secret)
        .exec();
    eprintln!("cannot start again: {failed}");
    ExitCode::FAILURE
}

fn failed(result: Result<(), String>) -> Result<(), Failed> {
    result.map_err(Failed::from)
}

fn trials(arguments: &Arguments) -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("suite::gaps_are_of_trials", || failed(gaps_are_of_trials())),
        Trial::test("suite::lists_are_sorted", || failed(lists_are_sorted())),
    ];
    for (name, check) in attack::self_checks() {
        trials.push(Trial::test(format!("suite::{name}"), move || {
            failed(check())
        }));
    }
    for (name, _) in backends::BACKENDS {
        // one trial of another backend was asked for: this one is not even looked at
        let asked = arguments
            .filter
            .as_deref()
            .is_none_or(|filter| !arguments.exact || filter.starts_with(name));
        if asked {
            trials.extend(of_backend(name, runtime().block_on(Subject::named(name))));
        }
    }
    let python = unsandboxed::available();
    trials.push(available("unsandboxed", python.clone().err()));
    for group in &GROUPS {
        for attack in group.attacks.iter().filter(|attack| attack.opens) {
            let name = format!("unsandboxed::{}::{}", group.name, attack.name);
            let trial = Trial::test(name, move || failed(unsandboxed::opens(attack)));
            trials.push(trial.with_ignored_flag(python.is_err()));
        }
    }
    trials
}

/// All that a backend must stand.
fn of_backend(name: &'static str, subject: Result<Subject, String>) -> Vec<Trial> {
    let mut trials = vec![available(name, subject.as_ref().err().cloned())];
    let ignored = subject.is_err();
    let subject = Arc::new(subject);
    for group in &GROUPS {
        for attack in group.attacks {
            let subject = Arc::clone(&subject);
            trials.push(Trial::test(
                format!("{name}::{}::{}", group.name, attack.name),
                move || {
                    let subject = subject.as_ref().as_ref()?;
                    failed(runtime().block_on(attack.check(subject)))
                },
            ));
        }
        for program in group.programs {
            let subject = Arc::clone(&subject);
            let trial = format!("{}::{}", group.name, program.name);
            let gap = backends::gap(name, &trial);
            trials.push(Trial::test(format!("{name}::{trial}"), move || {
                let subject = subject.as_ref().clone()?;
                let result = runtime().block_on((program.run)(subject));
                failed(match gap {
                    None => result,
                    Some(why) => still_there(why, result),
                })
            }));
        }
    }
    let ignore = |trial: Trial| {
        let always = trial.name().ends_with("::available");
        trial.with_ignored_flag(ignored && !always)
    };
    trials.into_iter().map(ignore).collect()
}

/// A gap that has closed is no gap.
fn still_there(why: &str, result: Result<(), String>) -> Result<(), String> {
    match result {
        Err(seen) => {
            println!("KNOWN GAP: {why}: {seen}");
            Ok(())
        }
        Ok(()) => Err(format!("this gap has closed, take it off the list: {why}")),
    }
}

/// Nothing is left out in silence.
fn available(name: &'static str, why_not: Option<String>) -> Trial {
    Trial::test(format!("{name}::available"), move || {
        let Some(why_not) = why_not else {
            return Ok(());
        };
        let without = environment("SEAWORTHY_CONTRACT_WITHOUT").unwrap_or_default();
        if without.split(',').any(|named| named.trim() == name) {
            println!("NOT RUN: {name}: {why_not}");
            return Ok(());
        }
        Err(format!("{name} cannot run here, so its trials were left out: {why_not}").into())
    })
}

/// The lists read well, and no name stands twice.
fn lists_are_sorted() -> Result<(), String> {
    let sorted = |names: Vec<&str>| match names.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(format!("{} stands before {}", pair[0], pair[1])),
        None => Ok(()),
    };
    sorted(GROUPS.iter().map(|group| group.name).collect())?;
    for group in &GROUPS {
        sorted(group.attacks.iter().map(|attack| attack.name).collect())?;
        sorted(group.programs.iter().map(|program| program.name).collect())?;
    }
    sorted(backends::BACKENDS.iter().map(|(name, _)| *name).collect())
}

/// A known gap is one of a backend and a trial that there are.
fn gaps_are_of_trials() -> Result<(), String> {
    for (backend, trial, _) in backends::GAPS {
        let known = backends::BACKENDS.iter().any(|(name, _)| *name == backend);
        let mut trials = GROUPS
            .iter()
            .flat_map(|group| group.programs.iter().map(move |one| (group.name, one.name)));
        if !known || !trials.any(|(group, name)| format!("{group}::{name}") == trial) {
            return Err(format!("there is no {backend}::{trial}"));
        }
    }
    Ok(())
}
