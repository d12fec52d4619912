//! Judges projects: `tests/servers/project`, which is right in everything, with what a test changes.
//!
//! A rule's `flawed` and `sound` folders hold only the files that differ; a file `REMOVED` names those
//! that the project is without.

use std::{fs, path::Path};

use seaworthy_gate::{
    Command, Level, Options, Report, Target, check_with, finding::Finding, report::Verdict,
};
use tempfile::TempDir;

use crate::servers::{folder, judged, nothing_wrong, table};

/// A copy of the sound project, in a folder of its own.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// The sound project, as it stands.
    pub fn new() -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        copy(&folder().join("project"), project.root());
        fs::copy(folder().join("base.py"), project.root().join("base.py")).unwrap();
        project
    }

    /// With the files of a rule's folder, such as `project-hygiene/flawed`.
    pub fn of(changes: &str) -> Self {
        let changes = folder().join(changes);
        assert!(changes.is_dir(), "there is no {}", changes.display());
        let mut project = Self::new();
        copy(&changes, project.root());
        let removed = fs::read_to_string(changes.join("REMOVED")).unwrap_or_default();
        for file in removed.lines() {
            project = project.without(file);
        }
        let _ = fs::remove_file(project.root().join("REMOVED"));
        project
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// With another file, or another text of it.
    pub fn with(self, file: &str, text: &str) -> Self {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Without a file or a folder.
    pub fn without(self, file: &str) -> Self {
        let path = self.root().join(file);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
        self
    }

    /// Judges it by all rules; its server is started.
    pub async fn judge(&self, options: Options) -> Report {
        let command = Command::new(["python3", "server.py"]);
        let target = Target::Project(self.root().to_owned(), command);
        check_with(target, options).await.unwrap()
    }

    /// What a rule finds in its files alone; its server is not started.
    pub async fn read(&self, name: &str) -> Vec<Finding> {
        let target = Target::Project(self.root().to_owned(), None);
        let report = check_with(target, Options::default()).await.unwrap();
        judged(&report, name).findings.clone()
    }

    /// The same, as lines: level, place, message.
    pub async fn lines(&self, name: &str) -> Vec<String> {
        let line = |finding: &Finding| {
            format!(
                "{} {}: {}",
                finding.level.name(),
                finding.place,
                finding.message
            )
        };
        self.read(name).await.iter().map(line).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Judges `RULE/flawed` by all rules: the rule must find something, and no other anything above note.
pub async fn flawed(name: &str, options: Options) -> Vec<Finding> {
    let report = Project::of(&format!("{name}/flawed")).judge(options).await;
    let findings = judged(&report, name).findings.clone();
    assert!(
        !findings.is_empty(),
        "{name} finds nothing:\n{}",
        table(&report)
    );
    let others: Vec<_> = report
        .findings()
        .filter(|finding| finding.level > Level::Note && finding.rule.name != name)
        .map(|finding| format!("{} {}: {}", finding.rule.id, finding.place, finding.message))
        .collect();
    assert!(others.is_empty(), "found besides: {others:#?}");
    findings
}

/// Judges `RULE/sound` by all rules: nothing above note is found, and the rule passes.
pub async fn sound(name: &str, options: Options) {
    let report = Project::of(&format!("{name}/sound")).judge(options).await;
    nothing_wrong(&report);
    let judged = judged(&report, name);
    assert_eq!(judged.verdict, Verdict::Passed, "{:?}", judged.unverified);
}
