//! Starts the servers of `tests/servers/` and judges them.

use std::path::{Path, PathBuf};

use seaworthy_gate::{
    Command, Level, Options, Report, check_with,
    finding::Finding,
    report::{Judged, Verdict},
    rules,
};

/// A server of `tests/servers/`, such as `stdout_only_protocol/flawed.py`.
pub fn server(file: &str) -> Command {
    let path = folder().join(file);
    assert!(path.is_file(), "there is no {}", path.display());
    Command::new(["python3", path.to_str().unwrap()]).unwrap()
}

/// The folder of the servers.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

/// Judges `RULE/flawed.py` by all rules: it must be found by the rule, and by no other at that level
/// or above note, unless `also` names it.
pub async fn flawed(name: &str, options: Options, also: &[&str]) -> Vec<Finding> {
    found_alone(name, &format!("{name}/flawed.py"), options, also).await
}

/// Judges a server of the folder by all rules, as [`flawed`] does.
pub async fn found_alone(name: &str, file: &str, options: Options, also: &[&str]) -> Vec<Finding> {
    let report = judge(file, options).await;
    let findings = judged(&report, name).findings.clone();
    assert!(
        !findings.is_empty(),
        "{name} finds nothing:\n{}",
        table(&report)
    );
    let others: Vec<_> = report
        .findings()
        .filter(|finding| finding.level > Level::Note)
        .filter(|finding| finding.rule.name != name && !also.contains(&finding.rule.id))
        .map(|finding| format!("{} {}: {}", finding.rule.id, finding.place, finding.message))
        .collect();
    assert!(others.is_empty(), "found besides: {others:#?}");
    findings
}

/// Judges `RULE/sound.py` by all rules: nothing above note may be found, and the rule must give a
/// verdict on it.
pub async fn sound(name: &str, options: Options) {
    let report = judge(&format!("{name}/sound.py"), options).await;
    nothing_wrong(&report);
    assert_eq!(
        judged(&report, name).verdict,
        Verdict::Passed,
        "{:?}",
        judged(&report, name).unverified
    );
}

/// Judges a server of the folder by all rules.
pub async fn judge(file: &str, options: Options) -> Report {
    check_with(server(file), options).await.unwrap()
}

/// Nothing above note.
pub fn nothing_wrong(report: &Report) {
    assert!(!report.fails(Level::Warning), "{}", table(report));
}

/// What came of a rule.
pub fn judged<'a>(report: &'a Report, name: &str) -> &'a Judged {
    let rule = rules::rule(name).unwrap_or_else(|| panic!("there is no rule {name}"));
    report
        .judged
        .iter()
        .find(|judged| judged.rule == rule)
        .unwrap()
}

/// The findings, a line each.
pub fn table(report: &Report) -> String {
    report.findings().fold(String::new(), |table, finding| {
        let level = finding.level.name();
        let (id, place, message) = (finding.rule.id, &finding.place, &finding.message);
        format!("{table}{level} {id} {place}: {message}\n")
    })
}
