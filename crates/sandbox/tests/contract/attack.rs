//! An attack as data: what it is called, its Python, and the outcome that it must have.
//!
//! To add one, put it into the sorted list of its group's file. `blocked` gets the words of
//! `prelude.py` and must say `BLOCKED` for all that it tries; `plain` is nothing but its own text.

use std::time::{Duration, Instant};

use seaworthy_sandbox::{Ending, Job, Outcome, Policy};

use crate::{backends::Subject, bait::Bait};

const PRELUDE: &str = include_str!("prelude.py");
const MIB: u64 = 1024 * 1024;
/// How much later than its wall time a run may be over: this much is the machine's load and the
/// backend's cleaning up.
const LATE: Duration = Duration::from_secs(10);
/// How long a run may wait for its turn and its start.
const PATIENCE: Duration = Duration::from_secs(120);

/// What must come of an attack.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// It came to its end, and everything that it tried was blocked.
    Blocked,
    /// The same, or it was ended in one of these ways; it got through with nothing.
    BlockedOr(&'static [Ending]),
    /// It was ended in one of these ways.
    Ends(&'static [Ending]),
    /// It printed `WORKS` and nothing else.
    Works,
    /// Whatever this says.
    Is(fn(&Outcome) -> Result<(), String>),
}

/// An attack, or a thing that must work.
#[derive(Clone, Copy)]
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    code: &'static str,
    prelude: bool,
    expect: Expect,
    wall: Duration,
    adjust: fn(&mut Policy),
    prepare: fn(Job) -> Job,
    /// Whether it gets through on a Python without a sandbox, and does no harm there.
    pub(crate) opens: bool,
    /// Whether the next run must be seen to work.
    aftermath: bool,
}

/// Code that must see everything blocked that it tries.
pub(crate) const fn blocked(name: &'static str, code: &'static str) -> Attack {
    let attack = plain(name, code, Expect::Blocked);
    Attack {
        prelude: true,
        ..attack
    }
}

/// Code on its own, and what must come of it.
pub(crate) const fn plain(name: &'static str, code: &'static str, expect: Expect) -> Attack {
    Attack {
        name,
        code,
        prelude: false,
        expect,
        wall: Duration::from_secs(25),
        adjust: |_| (),
        prepare: |job| job,
        opens: false,
        aftermath: false,
    }
}

impl Attack {
    /// The same, where being ended is as good as being blocked.
    pub(crate) const fn or(mut self, endings: &'static [Ending]) -> Self {
        self.expect = Expect::BlockedOr(endings);
        self
    }

    /// The same with a wall time in milliseconds.
    pub(crate) const fn within_ms(mut self, wall: u64) -> Self {
        self.wall = Duration::from_millis(wall);
        self
    }

    /// The same under another policy.
    pub(crate) const fn under(mut self, adjust: fn(&mut Policy)) -> Self {
        self.adjust = adjust;
        self
    }

    /// The same with stdin and files.
    pub(crate) const fn given(mut self, prepare: fn(Job) -> Job) -> Self {
        self.prepare = prepare;
        self
    }

    /// The same, known to get through where there is no sandbox.
    pub(crate) const fn opens(mut self) -> Self {
        self.opens = true;
        self
    }

    /// The same, after which another run must work.
    pub(crate) const fn and_the_next_run_works(mut self) -> Self {
        self.aftermath = true;
        self
    }

    /// The whole text that runs.
    pub(crate) fn text(&self, bait: &Bait) -> String {
        if self.prelude {
            format!("{}\n{PRELUDE}\n{}", bait.python(), self.code)
        } else {
            self.code.to_owned()
        }
    }

    /// The job and the policy of the attack.
    pub(crate) fn job(&self, bait: &Bait) -> (Job, Policy) {
        let mut policy = Policy::default();
        (self.adjust)(&mut policy);
        let job = (self.prepare)(Job::new(self.text(bait))).within(self.wall);
        (job, policy)
    }

    /// Runs it and judges what came of it.
    pub(crate) async fn check(&self, subject: &Subject) -> Result<(), String> {
        let bait = Bait::set()?;
        let (job, policy) = self.job(&bait);
        let begun = Instant::now();
        let outcome = subject.run(&job, &policy, PATIENCE + self.wall).await?;
        let seen = || format!("after {:?}:\n{}", begun.elapsed(), show(&outcome));
        self.judge(&outcome)
            .map_err(|why| format!("{why}\n{}", seen()))?;
        bait.untouched()
            .map_err(|why| format!("{why}\n{}", seen()))?;
        if self.aftermath {
            let next = Job::new("print(6 * 7)").within(Duration::from_secs(20));
            let after = subject.run(&next, &Policy::default(), PATIENCE).await?;
            if after.stdout.text != "42\n" || after.ending != Ending::Exit {
                return Err(format!(
                    "the next run did not work\n{}\nafter\n{}",
                    show(&after),
                    seen()
                ));
            }
        }
        Ok(())
    }

    /// Whether this outcome is the one that it must have.
    pub(crate) fn judge(&self, outcome: &Outcome) -> Result<(), String> {
        if outcome.wall > self.wall + LATE {
            return Err(format!(
                "it ran for {:?}, its wall time was {:?}",
                outcome.wall, self.wall
            ));
        }
        if outcome.ending == Ending::Timeout
            && outcome.detail.starts_with("timed out")
            && outcome.wall < self.wall
        {
            return Err(format!(
                "it was timed out after {:?}, its wall time was {:?}",
                outcome.wall, self.wall
            ));
        }
        bounded(outcome)?;
        match self.expect {
            Expect::Blocked => all_blocked(outcome).and_then(|()| ends(outcome, &[Ending::Exit])),
            Expect::BlockedOr(endings) => {
                if outcome.ending == Ending::Exit {
                    return all_blocked(outcome);
                }
                nothing_open(outcome)?;
                ends(outcome, endings)
            }
            Expect::Ends(endings) => {
                nothing_open(outcome)?;
                ends(outcome, endings)
            }
            Expect::Works => {
                ends(outcome, &[Ending::Exit])?;
                if outcome.stdout.text.trim_end() != "WORKS"
                    || !outcome.stderr.text.is_empty()
                    || outcome.status != Some(0)
                {
                    return Err(
                        "it should print WORKS and nothing else, and end with status 0".into(),
                    );
                }
                Ok(())
            }
            Expect::Is(check) => check(outcome),
        }
    }
}

/// What holds for every outcome, whatever the code did.
fn bounded(outcome: &Outcome) -> Result<(), String> {
    let policy = Policy::default();
    let chars = |text: &str| text.chars().count();
    let bytes: u64 = outcome.artifacts.iter().map(|a| a.bytes.len() as u64).sum();
    if chars(&outcome.stdout.text) > policy.stdout_chars
        || chars(&outcome.stderr.text) > policy.stderr_chars
    {
        return Err("its output was not cut".into());
    }
    if bytes > policy.artifacts || outcome.artifacts.len() > policy.artifact_files {
        return Err(format!(
            "{} artifacts of {bytes} bytes came back",
            outcome.artifacts.len()
        ));
    }
    Ok(())
}

/// Whether it ended in one of these ways.
pub(crate) fn ends(outcome: &Outcome, endings: &[Ending]) -> Result<(), String> {
    if endings.contains(&outcome.ending) {
        return Ok(());
    }
    Err(format!(
        "it ended as {:?}, which should be one of {endings:?}",
        outcome.ending
    ))
}

/// Whether no verdict says that it got through.
fn nothing_open(outcome: &Outcome) -> Result<(), String> {
    let bad = |line: &&str| line.starts_with("OPEN ") || line.starts_with("ODD ");
    match outcome.stdout.text.lines().find(bad) {
        Some(line) => Err(line.to_owned()),
        None => Ok(()),
    }
}

/// Whether there are verdicts and each says that it was blocked.
fn all_blocked(outcome: &Outcome) -> Result<(), String> {
    nothing_open(outcome)?;
    if outcome.stdout.cut_bytes > 0 {
        return Err("its first verdicts were cut".into());
    }
    if !outcome
        .stdout
        .text
        .lines()
        .any(|line| line.starts_with("BLOCKED "))
    {
        return Err("it gave no verdict".into());
    }
    Ok(())
}

/// An outcome for a person.
pub(crate) fn show(outcome: &Outcome) -> String {
    let Outcome {
        ending,
        status,
        detail,
        wall,
        peak_memory,
        ..
    } = outcome;
    let peak = peak_memory.map(|bytes| bytes / MIB);
    let files: Vec<_> = outcome
        .artifacts
        .iter()
        .map(|a| (a.name.as_str(), a.bytes.len()))
        .collect();
    format!(
        "{ending:?}, status {status:?}, {wall:?}, peak {peak:?} MiB: {detail}\nartifacts {files:?}, {} left; {} calls\n\
         --- stdout ({} bytes cut)\n{}\n--- stderr ({} bytes cut)\n{}",
        outcome.artifacts_left,
        outcome.calls,
        outcome.stdout.cut_bytes,
        outcome.stdout.text,
        outcome.stderr.cut_bytes,
        outcome.stderr.text,
    )
}

#[expect(clippy::type_complexity, reason = "one name for one shape")]
pub(crate) fn self_checks() -> Vec<(&'static str, fn() -> Result<(), String>)> {
    vec![("verdicts_are_strict", verdicts_are_strict)]
}

/// The judgement itself must be able to fail.
fn verdicts_are_strict() -> Result<(), String> {
    let outcome = |text: &str, ending| Outcome {
        stdout: seaworthy_sandbox::Stream {
            text: text.into(),
            cut_bytes: 0,
        },
        stderr: seaworthy_sandbox::Stream::default(),
        status: Some(0),
        ending,
        detail: String::new(),
        wall: Duration::from_secs(1),
        cpu: None,
        peak_memory: None,
        artifacts: vec![],
        artifacts_left: 0,
        calls: 0,
    };
    let attack = blocked("x", "");
    let killable = attack.or(&[Ending::Killed]);
    let works = plain("x", "", Expect::Works);
    let good = [
        (attack, outcome("BLOCKED a: b\n", Ending::Exit)),
        (killable, outcome("", Ending::Killed)),
        (works, outcome("WORKS\n", Ending::Exit)),
    ];
    let bad = [
        (attack, outcome("", Ending::Exit)),
        (attack, outcome("BLOCKED a: b\nOPEN c: d\n", Ending::Exit)),
        (attack, outcome("ODD a: b\n", Ending::Exit)),
        (attack, outcome("BLOCKED a: b\n", Ending::Error)),
        (killable, outcome("OPEN a: b", Ending::Killed)),
        (killable, outcome("", Ending::Timeout)),
        (killable, outcome("", Ending::Exit)),
        (works, outcome("WORKS\nmore", Ending::Exit)),
        (works, outcome("WORKS\n", Ending::Error)),
        (
            works,
            Outcome {
                status: Some(1),
                ..outcome("WORKS\n", Ending::Exit)
            },
        ),
        (
            works,
            Outcome {
                wall: Duration::from_secs(60),
                ..outcome("WORKS\n", Ending::Exit)
            },
        ),
        (works, outcome(&"x".repeat(4_001), Ending::Exit)),
    ];
    for (attack, outcome) in &good {
        attack
            .judge(outcome)
            .map_err(|why| format!("{why}\n{}", show(outcome)))?;
    }
    match bad
        .iter()
        .find(|(attack, outcome)| attack.judge(outcome).is_ok())
    {
        Some((_, outcome)) => Err(format!("this passed:\n{}", show(outcome))),
        None => Ok(()),
    }
}
