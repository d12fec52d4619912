//! Logs of jobs, in GitHub's form: a timestamp before each line, groups, marked errors.
//!
//! The log of the failing test job has [`LONG`] lines. What went wrong stands two thirds down, and
//! thousands of harmless lines follow.

use std::fmt::Write as _;

use super::random::Random;
use super::topics::STATIONS;
use crate::runs::Job;
use crate::time;

/// Lines in the log of the failing test job.
pub(crate) const LONG: usize = 24_000;
/// The line on which its failure starts.
const FAILURE: usize = 16_120;

#[rustfmt::skip]
const CRATES: [&str; 40] = [
    "proc-macro2", "unicode-ident", "quote", "syn", "libc", "cfg-if", "memchr", "itoa", "ryu", "serde",
    "serde_json", "bytes", "pin-project-lite", "tokio", "mio", "socket2", "http", "http-body", "httparse",
    "hyper", "hyper-util", "tower", "tower-service", "axum-core", "axum", "matchit", "chrono", "chrono-tz",
    "iana-time-zone", "num-traits", "clap", "clap_builder", "toml", "toml_datetime", "winnow", "tracing",
    "tracing-core", "insta", "approx", "similar",
];

const TESTS: [&str; 8] = [
    "phases_are_greenwich",
    "spring_range",
    "neap_range",
    "four_extremes",
    "slope_is_zero_at_high",
    "node_factor",
    "datum_offsets",
    "mean_level",
];

/// The log of a job.
pub(crate) fn of(job: &Job) -> String {
    let mut log = Log::new(job);
    log.begin(job);
    match (job.failed(), job.name) {
        (true, "test (ubuntu-latest)") => log.long(),
        (true, "clippy") => log.clippy(),
        (true, _) => log.windows(),
        (false, name) => log.short(name),
    }
    log.end();
    log.text
}

struct Log {
    text: String,
    random: Random,
    at: i64,
    ticks: usize,
    lines: usize,
}

impl Log {
    fn new(job: &Job) -> Self {
        Self {
            text: String::new(),
            random: Random::new(job.id),
            at: job.started_at,
            ticks: 0,
            lines: 0,
        }
    }

    /// One line, some milliseconds after the last one.
    fn line(&mut self, line: &str) {
        self.ticks += 20_000 + self.random.below(230_000);
        if self.ticks >= 10_000_000 {
            self.ticks -= 10_000_000;
            self.at += 1;
        }
        let second = time::format(self.at);
        let second = second.trim_end_matches('Z');
        let _ = writeln!(self.text, "{second}.{:07}Z {line}", self.ticks);
        self.lines += 1;
    }

    fn block(&mut self, block: &str) {
        for line in block.lines() {
            self.line(line);
        }
    }

    fn begin(&mut self, job: &Job) {
        self.block("Current runner version: '2.329.0'\n##[group]Runner Image Provisioner\nHosted Compute Agent\nVersion: 20261015.398\n##[endgroup]");
        let image = if job.name.contains("windows") {
            "windows-2025"
        } else {
            "ubuntu-24.04"
        };
        self.block(&format!(
            "##[group]Runner Image\nImage: {image}\nVersion: 20261109.61.1\n##[endgroup]"
        ));
        self.block(
            "##[group]GITHUB_TOKEN Permissions\nContents: read\nMetadata: read\n##[endgroup]",
        );
        self.block("Prepare workflow directory\nPrepare all required actions\nGetting action download info");
        self.line(&format!("Complete job name: {}", job.name));
        self.block("##[group]Run actions/checkout@v5\nwith:\n  repository: tidewatch/harbor\n  fetch-depth: 1\n##[endgroup]\nSyncing repository: tidewatch/harbor");
    }

    fn end(&mut self) {
        self.block("Post job cleanup.\n[command]/usr/bin/git version\ngit version 2.51.2\nCleaning up orphan processes");
    }

    fn compile(&mut self, count: usize) {
        for turn in 0..count {
            let name = CRATES[turn % CRATES.len()];
            let (minor, patch) = (self.random.below(40), self.random.below(12));
            self.line(&format!("   Compiling {name} v1.{minor}.{patch}"));
        }
        self.line("   Compiling tide-core v0.8.1 (/home/runner/work/harbor/harbor)");
        self.line("    Finished `test` profile [unoptimized + debuginfo] target(s) in 1m 38s");
    }

    fn command(&mut self, command: &str) {
        self.block(&format!(
            "##[group]Run {command}\n{command}\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]"
        ));
    }

    fn passing(&mut self, until: usize) {
        while self.lines < until {
            let station = self
                .random
                .pick(&STATIONS)
                .to_lowercase()
                .replace([' ', '-'], "_");
            let test = *self.random.pick(&TESTS);
            let day = 1 + self.random.below(365);
            self.line(&format!("test {station}::{test}_day_{day:03} ... ok"));
        }
    }

    fn short(&mut self, name: &str) {
        match name {
            _ if name.starts_with("python") => {
                self.command("python -m pytest");
                self.block("collected 3 items\n\ntools/tests/test_fetch.py ...                                  [100%]\n\n3 passed in 0.41s");
            }
            _ if name.starts_with("test") => {
                self.command("cargo test --no-fail-fast");
                self.compile(60);
                self.line("running 214 tests");
                let until = self.lines + 214;
                self.passing(until);
                self.line(
                    "test result: ok. 214 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
                );
            }
            _ => {
                self.command(&format!("cargo {name}"));
                self.line(
                    "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 17.20s",
                );
            }
        }
    }

    fn clippy(&mut self) {
        self.command("cargo clippy --all-targets -- -D warnings");
        self.compile(48);
        self.block("error: unused import: `NaiveTime`\n --> src/interpolate.rs:4:40\n  |\n4 | use chrono::{DateTime, Duration, NaiveTime, Utc};\n  |                                  ^^^^^^^^^\n  |\n  = note: `-D unused-imports` implied by `-D warnings`\n");
        self.block("error: could not compile `tide-core` (lib) due to 1 previous error\n##[error]Process completed with exit code 101.");
    }

    fn windows(&mut self) {
        self.command("cargo test --no-fail-fast");
        self.compile(60);
        self.line("running 3 tests");
        self.block("test the_public_list_loads ... FAILED\n\nfailures:\n\n---- the_public_list_loads stdout ----\n\nthread 'the_public_list_loads' panicked at tests\\stations.rs:7:73:\ncalled `Result::unwrap()` on an `Err` value: Os { code: 3, kind: NotFound, message: \"The system cannot find the path specified.\" }\n");
        self.block("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n##[error]Process completed with exit code 1.");
    }

    fn long(&mut self) {
        self.command("cargo test --no-fail-fast");
        self.compile(180);
        self.line(
            "     Running unittests src/lib.rs (target/debug/deps/tide_core-4b1f0c9a7d2e6358)",
        );
        self.line("running 15800 tests");
        self.passing(FAILURE - 8);
        self.line("test result: ok. 15800 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 148.20s");
        self.line("     Running tests/interpolation.rs (target/debug/deps/interpolation-90c2f4be71a8d635)");
        self.block(FAILED);
        self.line("     Running tests/stations.rs (target/debug/deps/stations-1f7a3bd95c60e824)");
        self.line("running 7800 tests");
        self.passing(LONG - 11);
        self.block("test result: ok. 7800 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 96.04s\n   Doc-tests tide_core\nrunning 0 tests\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\nerror: 1 target failed:\n    `--test interpolation`\n##[error]Process completed with exit code 101.");
    }
}

const FAILED: &str = "running 5 tests
test brest_has_four_extremes_on_a_plain_day ... ok
test heights_match_the_published_table ... ok
test the_autumn_day_has_its_last_hour ... ok
test the_parabola_finds_its_top ... ok
test high_water_across_spring_forward ... FAILED

failures:

---- high_water_across_spring_forward stdout ----

thread 'high_water_across_spring_forward' (4127) panicked at tests/interpolation.rs:33:5:
assertion `left == right` failed
  left: [\"05:57\", \"18:20\"]
 right: [\"04:57\", \"17:20\"]
stack backtrace:
   0: __rustc::rust_begin_unwind
   1: core::panicking::panic_fmt
   2: core::panicking::assert_failed_inner
   3: core::panicking::assert_failed
   4: interpolation::high_water_across_spring_forward
             at ./tests/interpolation.rs:33:5
   5: interpolation::high_water_across_spring_forward::{{closure}}
             at ./tests/interpolation.rs:29:38
   6: core::ops::function::FnOnce::call_once
note: run with `RUST_BACKTRACE=full` for a verbose backtrace.


failures:
    high_water_across_spring_forward

test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s

error: test failed, to rerun pass `--test interpolation`";
