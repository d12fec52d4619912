//! The examination: servers with one planted defect each, written from the catalogue and not from our
//! code (`tests/defects`). Each defect must be found by its rule; nothing that a sound server does may be
//! an error or a warning.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures::{StreamExt, stream};
use seaworthy_gate::{
    Command, Level, Options, Permission, Report, Target, check_with,
    rule::{Area, Rule},
    rules,
};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Planted defects that are not found, by file, each with the reason. At most one in twenty.
const MISSED: &[(&str, &str)] = &[(
    "h06_any_audience.py",
    "its tokens are sealed, so that only a second one, for another audience, could show it, and the user \
     gives one",
)];

#[derive(Clone, Debug, Deserialize)]
struct Planted {
    file: String,
    sound: bool,
    rules: Vec<String>,
    flags: Vec<String>,
    #[serde(default)]
    transport: String,
    #[serde(default)]
    token: bool,
    #[serde(default)]
    project: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    lock_args: Option<Vec<String>>,
}

impl Planted {
    fn name(&self) -> String {
        self.project.as_ref().map_or_else(
            || self.file.clone(),
            |project| format!("{} {project}", self.file),
        )
    }

    fn permission(&self) -> Permission {
        match self.flags.first().map(String::as_str) {
            None => Permission::Safe,
            Some("--active") => Permission::Active,
            Some("--destructive") => Permission::Destructive,
            Some(other) => panic!("{other}"),
        }
    }

    fn words(&self, more: &[String]) -> Vec<String> {
        let path = folder().join(&self.file);
        let mut words = vec!["python3".to_owned(), path.to_str().unwrap().to_owned()];
        words.extend(more.iter().cloned());
        words
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/defects")
}

fn manifest() -> Vec<Planted> {
    let text = std::fs::read_to_string(folder().join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn output(words: &[String]) -> String {
    let output = tokio::process::Command::new(&words[0])
        .args(&words[1..])
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Judges a server of the manifest as its line says.
async fn judge(planted: &Planted) -> Report {
    let mut options = Options {
        permission: planted.permission(),
        timeout: Duration::from_secs(5),
        ..Options::default()
    };
    if let Some(project) = &planted.project {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap().to_owned();
        output(&planted.words(&[project.clone(), path])).await;
        // the rules that read a repository
        let secrets = planted.rules.iter().any(|rule| rule == "X04");
        // its server is built on the SDK, and so are its tests
        let sdk = crate::real::there("target/tools/venv-mcp/bin/python");
        let tests = ["-m", "unittest", "discover", "-s", "tests", "-t", "."];
        options.test_command = Command::new([&[sdk.as_str()], &tests[..]].concat());
        let command = Command::new([sdk.as_str(), "-m", "stock_mcp"]).filter(|_| !secrets);
        let reads = |rule: &&Rule| {
            rule.area() == Area::Repository && !secrets || rule.id == "X04" && secrets
        };
        options.only = rules::RULES.iter().copied().filter(reads).collect();
        options.permission = Permission::Active;
        let target = Target::Project(folder.path().to_owned(), command);
        return check_with(target, options).await.unwrap();
    }
    if planted.transport == "http" {
        return over_http(planted, options).await;
    }
    if let Some(before) = &planted.lock_args {
        let recorded = check_with(
            Command::new(planted.words(before)).unwrap(),
            options.clone(),
        )
        .await;
        options.lock = recorded.unwrap().lock;
    }
    check_with(Command::new(planted.words(&planted.args)).unwrap(), options)
        .await
        .unwrap()
}

async fn over_http(planted: &Planted, mut options: Options) -> Report {
    if planted.token {
        let token = output(&planted.words(&["--token".to_owned()])).await;
        options
            .headers
            .push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    let words = planted.words(&["0".to_owned()]);
    let mut server = tokio::process::Command::new(&words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let url = loop {
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("it says where it listens");
        if let Some(at) = line.find("http://") {
            break line[at..].split_whitespace().next().unwrap().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    check_with(url::Url::parse(&url).unwrap(), options)
        .await
        .unwrap()
}

/// What is wrong with the outcome of a planted server, if anything.
async fn wrong(planted: Planted) -> Option<String> {
    let report = judge(&planted).await;
    let found: Vec<&'static Rule> = report.findings().map(|finding| finding.rule).collect();
    let missed = MISSED.iter().any(|(file, _)| *file == planted.name());
    if planted.sound {
        let false_ones = crate::servers::table(&report);
        return report
            .fails(Level::Warning)
            .then(|| format!("{} is sound:\n{false_ones}", planted.name()));
    }
    let hit = planted
        .rules
        .iter()
        .all(|id| found.iter().any(|rule| rule.id == id.as_str()));
    match (hit, missed) {
        (false, false) => {
            let table = crate::servers::table(&report);
            Some(format!(
                "{} is not found by {:?}, but:\n{table}",
                planted.name(),
                planted.rules
            ))
        }
        (true, true) => Some(format!(
            "{} is found: take it out of MISSED",
            planted.name()
        )),
        _ => None,
    }
}

/// All servers of the manifest whose file begins with one of these.
async fn examine(begin: &[&str]) {
    let chosen: Vec<_> = manifest()
        .into_iter()
        .filter(|planted| begin.iter().any(|begin| planted.name().starts_with(begin)))
        .collect();
    assert!(!chosen.is_empty(), "{begin:?}");
    let wrong: Vec<String> = stream::iter(chosen)
        .map(wrong)
        .buffer_unordered(3)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn at_most_one_in_twenty_is_missed() {
    let planted = manifest().iter().filter(|planted| !planted.sound).count();
    assert!(
        MISSED.len() * 20 <= planted,
        "{} of {planted}",
        MISSED.len()
    );
}

#[tokio::test]
async fn protocol() {
    examine(&["p0", "p1"]).await;
}

#[tokio::test]
async fn pages_and_sizes() {
    examine(&["g"]).await;
}

#[tokio::test]
async fn http() {
    examine(&["h"]).await;
}

#[tokio::test]
async fn names_and_schemas() {
    examine(&["n"]).await;
}

#[tokio::test]
async fn descriptions() {
    examine(&["d"]).await;
}

#[tokio::test]
async fn security() {
    examine(&["x"]).await;
}

#[tokio::test]
async fn behaviour() {
    examine(&["b"]).await;
}

mod real {
    #[tokio::test]
    async fn python_sdk_repositories() {
        super::examine(&["projects.py "]).await;
    }
}

#[tokio::test]
async fn sound_servers() {
    examine(&["sound_"]).await;
}
