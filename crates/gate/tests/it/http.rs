//! Starts the servers of `tests/servers/` that speak streamable HTTP, and judges them by their address.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Stdio},
};

use seaworthy_gate::{
    CheckError, Level, Options, Report, check_with, finding::Finding, report::Verdict,
};
use url::Url;

use crate::servers::{folder, judged, table};

/// The token that the servers of `http_base.py` take.
pub const TOKEN: &str = "test-token-8d1f0c52a7e94b36";

/// A server that listens; it ends with this.
pub struct Running {
    child: Child,
    /// Its endpoint.
    pub url: Url,
}

impl Running {
    /// Starts a server of the folder.
    pub fn start(file: &str) -> Self {
        Self::start_with(file, &[])
    }

    /// Starts a server of the folder with arguments.
    pub fn start_with(file: &str, arguments: &[&str]) -> Self {
        let path = folder().join(file);
        assert!(path.is_file(), "there is no {}", path.display());
        Self::run(&path, arguments)
    }

    fn run(path: &Path, arguments: &[&str]) -> Self {
        let mut child = std::process::Command::new("python3")
            .arg(path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let port = loop {
            let mut line = String::new();
            assert!(
                stderr.read_line(&mut line).unwrap() > 0,
                "{} does not listen:\n{said}",
                path.display()
            );
            if let Some(port) = line.trim().strip_prefix("listening on ") {
                break port.to_owned();
            }
            said.push_str(&line);
        };
        // whoever writes more must not be blocked
        std::thread::spawn(move || {
            let mut rest = String::new();
            let _ = stderr.read_to_string(&mut rest);
        });
        let url = Url::parse(&format!("http://127.0.0.1:{port}/mcp")).unwrap();
        Self { child, url }
    }

    /// Judges it with its token.
    pub async fn judge(&self, options: Options) -> Report {
        self.check(with_token(options)).await.unwrap()
    }

    /// Judges it as it is told.
    pub async fn check(&self, options: Options) -> Result<Report, CheckError> {
        check_with(self.url.clone(), options).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The options of somebody who has the token.
pub fn with_token(mut options: Options) -> Options {
    options
        .headers
        .push(("Authorization".to_owned(), format!("Bearer {TOKEN}")));
    options
}

/// Judges `file`, a server of the rule `name`, with its token: it must be found by the rule, and by no
/// other above note, unless `also` names it. The token must not be in the report.
pub async fn flawed(name: &str, file: &str, also: &[&str]) -> Vec<Finding> {
    flawed_with(name, file, with_token(Options::default()), also).await
}

/// The same with other options.
pub async fn flawed_with(name: &str, file: &str, options: Options, also: &[&str]) -> Vec<Finding> {
    let server = Running::start(&format!("{name}/{file}.py"));
    let report = server.check(options).await.unwrap();
    no_token(&report);
    let findings = judged(&report, name).findings.clone();
    assert!(
        findings.iter().any(|finding| finding.level > Level::Note),
        "{name} finds nothing in {file}:\n{}{:?}",
        table(&report),
        judged(&report, name)
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

/// Judges `file`, a server of the rule `name`, with its token: nothing above note may be found, and the
/// rule must give a verdict on it.
pub async fn sound(name: &str, file: &str) -> Report {
    sound_with(name, file, with_token(Options::default())).await
}

/// The same with other options.
pub async fn sound_with(name: &str, file: &str, options: Options) -> Report {
    sound_but(name, file, options, &[]).await
}

/// The same of a server of which other rules say something above note, and rightly: `also`.
pub async fn sound_but(name: &str, file: &str, options: Options, also: &[&str]) -> Report {
    let server = Running::start(&format!("{name}/{file}.py"));
    let report = server.check(options).await.unwrap();
    no_token(&report);
    let wrong = report
        .findings()
        .any(|finding| finding.level > Level::Note && !also.contains(&finding.rule.id));
    assert!(!wrong, "{}", table(&report));
    let judged = judged(&report, name);
    // a note is no fault
    assert!(
        matches!(judged.verdict, Verdict::Passed | Verdict::Found),
        "{:?} {:?}",
        judged.verdict,
        judged.unverified
    );
    assert_eq!(judged.unverified, Vec::<String>::new());
    report
}

/// Nothing of a report shows the token.
pub fn no_token(report: &Report) {
    let all = format!("{report:?}");
    assert!(!all.contains(TOKEN), "the report shows the token");
}

/// The keys of findings, sorted.
pub fn keys(findings: &[Finding]) -> Vec<String> {
    let mut keys: Vec<_> = findings.iter().map(|finding| finding.key.clone()).collect();
    keys.sort();
    keys
}
