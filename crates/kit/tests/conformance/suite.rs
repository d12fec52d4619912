//! A run of the suite, and what it found.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;
use tempfile::TempDir;

use crate::node;

/// The package below `node_modules`.
const PACKAGE: &str = "@modelcontextprotocol/conformance";
/// A scenario's results are in the folder `server-SCENARIO` with a time like this one appended.
const WHEN: &str = "-2026-07-28T00-00-00-000Z";

/// Scenarios that the suite runs but no revision requires, and that do not pass. One that
/// passes must leave this list.
const NOT_OFFERED: [(&str, &str); 11] = [
    (
        "server-sse-polling",
        "held back by the suite itself; a tool would have to close its own stream",
    ),
    ("tasks-capability-negotiation", TASKS),
    ("tasks-dispatch-and-envelope", TASKS),
    ("tasks-lifecycle", TASKS),
    ("tasks-mrtr-composition", TASKS),
    ("tasks-mrtr-input", TASKS),
    ("tasks-request-headers", TASKS),
    ("tasks-request-state-removal", TASKS),
    ("tasks-required-task-error", TASKS),
    ("tasks-status-notifications", TASKS),
    ("tasks-wire-fields", TASKS),
];
const TASKS: &str = "an optional extension (SEP-2663)";

/// One check, as the suite writes it down.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    id: String,
    status: String,
    #[serde(default)]
    error_message: Option<String>,
}

impl Check {
    fn passed(&self) -> bool {
        self.status == "SUCCESS"
    }

    /// Whether it found something wrong, or could not find out; `INFO` is neither.
    fn complains(&self) -> bool {
        !self.passed() && self.status != "INFO"
    }
}

/// What a run found.
pub struct Report {
    /// The scenarios that a server must pass to conform to the revision.
    required: BTreeSet<String>,
    /// The checks by scenario.
    checks: BTreeMap<String, Vec<Check>>,
    /// The suite's own verdict: its exit code.
    code: Option<i32>,
    /// Hosts beyond loopback that the suite tried to reach, one a line.
    refused: String,
    /// What it wrote.
    output: String,
}

/// Runs what `revision` requires of a server against the one at `url`.
pub async fn run(url: &str, revision: &str) -> Report {
    let home = TempDir::new().unwrap();
    let results = home.path().join("results");
    let program = node::npm(&format!("{PACKAGE}/dist/index.js"));
    let arguments = [
        program.as_os_str(),
        "server".as_ref(),
        "--url".as_ref(),
        url.as_ref(),
        "--requirements".as_ref(),
        revision.as_ref(),
        "--output-dir".as_ref(),
        results.as_os_str(),
    ];
    let ended = node::run(home.path(), &arguments).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Report {
        required: required(revision),
        checks: read(&results),
        code: ended.output.status.code(),
        refused: ended.refused,
        output: text(&ended.output.stdout) + &text(&ended.output.stderr),
    }
}

/// The scenarios under `server:` in the suite's own list of requirements.
fn required(revision: &str) -> BTreeSet<String> {
    let list = node::npm(&format!("{PACKAGE}/requirements/{revision}.yaml"));
    let list = std::fs::read_to_string(list).unwrap();
    let lines = list.lines().skip_while(|line| *line != "server:").skip(1);
    lines
        .map_while(|line| line.strip_prefix("  - "))
        .map(str::to_owned)
        .collect()
}

/// The checks of each scenario, from the files that the suite wrote.
fn read(results: &Path) -> BTreeMap<String, Vec<Check>> {
    let folders = std::fs::read_dir(results).into_iter().flatten();
    folders
        .map(|folder| {
            let folder = folder.unwrap();
            let name = folder.file_name().into_string().unwrap();
            let scenario = name.strip_prefix("server-").unwrap();
            let scenario = &scenario[..scenario.len() - WHEN.len()];
            let checks = std::fs::read(folder.path().join("checks.json")).unwrap();
            let checks = serde_json::from_slice(&checks).unwrap();
            (scenario.to_owned(), checks)
        })
        .collect()
}

impl Report {
    /// Fails unless every scenario that is required or offered passed without a complaint, with
    /// `floor` checks at least.
    pub fn must_hold(&self, floor: usize) {
        let complaints = self.complaints(floor);
        let output = if self.checks.is_empty() {
            &self.output
        } else {
            ""
        };
        assert!(
            complaints.is_empty(),
            "\n{}\n{output}",
            complaints.join("\n")
        );
    }

    fn complaints(&self, floor: usize) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut passed = 0;
        let ran = self.checks.keys();
        for scenario in self.required.iter().chain(ran).collect::<BTreeSet<_>>() {
            let checks = self.checks.get(scenario).map_or(&[][..], Vec::as_slice);
            let excused = NOT_OFFERED.iter().find(|(name, _)| name == scenario);
            if let Some((_, why)) = excused
                && !self.required.contains(scenario)
            {
                if !checks.iter().any(Check::complains) {
                    complaints.push(format!("{scenario} passes: no longer {why}"));
                }
                continue;
            }
            if !checks.iter().any(Check::passed) {
                complaints.push(format!("{scenario}: nothing was checked"));
            }
            passed += checks.iter().filter(|check| check.passed()).count();
            for check in checks.iter().filter(|check| check.complains()) {
                let why = check.error_message.as_deref().unwrap_or("no reason given");
                complaints.push(format!("{scenario}: {} {}: {why}", check.status, check.id));
            }
        }
        if passed < floor {
            complaints.push(format!("{passed} checks passed, where {floor} used to"));
        }
        if self.required.is_empty() {
            complaints.push("the suite requires nothing".to_owned());
        }
        if self.code != Some(0) {
            complaints.push(format!("the suite ended with {:?}", self.code));
        }
        for host in self.refused.lines() {
            complaints.push(format!("the suite tried to reach {host}"));
        }
        complaints
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report with one required scenario, and one more of this name.
    fn report(required: &[&str], other: (&str, &[&str])) -> Report {
        let checks = |statuses: &[&str]| {
            let check = |status: &&str| Check {
                id: "check".to_owned(),
                status: (*status).to_owned(),
                error_message: None,
            };
            statuses.iter().map(check).collect()
        };
        Report {
            required: ["ping".to_owned()].into(),
            checks: [
                ("ping".to_owned(), checks(required)),
                (other.0.to_owned(), checks(other.1)),
            ]
            .into(),
            code: Some(0),
            refused: String::new(),
            output: String::new(),
        }
    }

    #[test]
    fn a_run_that_passes_holds() {
        let good = report(&["SUCCESS", "INFO"], ("extra", &["SUCCESS"]));
        assert_eq!(good.complaints(2), [""; 0]);
        assert_eq!(
            good.complaints(3),
            ["2 checks passed, where 3 used to".to_owned()]
        );
    }

    #[test]
    fn whatever_did_not_pass_is_named() {
        for status in ["FAILURE", "WARNING", "SKIPPED"] {
            let expected = format!("ping: {status} check: no reason given");
            let bad = report(&["SUCCESS", status], ("extra", &["SUCCESS"]));
            assert_eq!(bad.complaints(0), [expected]);
        }
        let empty = report(&[], ("extra", &["INFO"]));
        let expected = ["extra", "ping"].map(|name| format!("{name}: nothing was checked"));
        assert_eq!(empty.complaints(0), expected);
    }

    #[test]
    fn a_scenario_that_did_not_run_is_named() {
        let mut missing = report(&["SUCCESS"], ("extra", &["SUCCESS"]));
        missing.required.insert("tools-list".to_owned());
        assert_eq!(
            missing.complaints(0),
            ["tools-list: nothing was checked".to_owned()]
        );
    }

    #[test]
    fn an_excuse_holds_only_while_it_is_needed_and_for_what_is_not_required() {
        let excused = report(&["SUCCESS"], ("tasks-lifecycle", &["SUCCESS", "FAILURE"]));
        assert_eq!(excused.complaints(1), [""; 0]);
        let passes = report(&["SUCCESS"], ("tasks-lifecycle", &["SUCCESS"]));
        assert_eq!(passes.complaints(1).len(), 1);
        let mut required = excused;
        required.required.insert("tasks-lifecycle".to_owned());
        assert_eq!(required.complaints(1).len(), 1);
    }

    #[test]
    fn the_verdict_of_the_suite_and_what_it_reached_for_count() {
        let mut bad = report(&["SUCCESS"], ("extra", &["SUCCESS"]));
        bad.code = Some(1);
        bad.refused = "192.0.2.1\n".to_owned();
        assert_eq!(
            bad.complaints(0),
            [
                "the suite ended with Some(1)".to_owned(),
                "the suite tried to reach 192.0.2.1".to_owned()
            ]
        );
    }
}
