//! `seaworthy check` as its users and their scripts meet it: exit codes, formats, files, refusals.

use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::Value;
use tempfile::TempDir;

use crate::programs::{command, ours};

/// What a run of the program left.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// Runs `seaworthy check` in a folder of its own.
pub async fn check(words: &[&str], folder: &TempDir) -> Ran {
    let mut child = command(env!("CARGO_BIN_EXE_seaworthy"));
    child.arg("check").args(words).current_dir(folder.path());
    let output = child.stdin(Stdio::null()).output().await.unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server of the gate's tests.
pub fn server(file: &str) -> String {
    let path: PathBuf = ours("crates/gate/tests/servers").join(file);
    assert!(path.is_file(), "{}", path.display());
    path.to_str().unwrap().to_owned()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn exit_codes_tell_clean_found_misused_and_not_started() {
    let folder = folder();
    let sound = server("tool-name/sound.py");
    let flawed = server("tool-name/flawed.py");
    let ran = check(&["--", "python3", &sound], &folder).await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let ran = check(&["--", "python3", &flawed], &folder).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("N01 tool-name"), "{}", ran.out);
    // a line for people that is not coloured where nobody looks
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
    for wrong in [
        &[] as &[&str],
        &["--rule", "Z01", "--", "true"],
        &["--fail-on", "fatal", "--", "true"],
        &["--example", "tool=[1]", "--", "true"],
        &["/nonexistent"],
        &["ftp://127.0.0.1/"],
        &["http://127.0.0.1:1/mcp"],
        &["--header", "nonsense", "http://127.0.0.1:1/mcp"],
        &["--env", "NOT_SET_ANYWHERE", "--", "true"],
        &["--destructive", "--", "true"],
        &["--config", "/nonexistent", "--", "true"],
        &["--baseline", "/nonexistent", "--", "python3", &sound],
    ] {
        let ran = check(wrong, &folder).await;
        assert_eq!(ran.code, Some(2), "{wrong:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{wrong:?}");
        assert!(ran.err.len() > 20, "{wrong:?}: {}", ran.err);
    }
    let ran = check(
        &[
            "--",
            "python3",
            "-c",
            "import sys; sys.exit('NOTES_KEY is missing')",
        ],
        &folder,
    )
    .await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{}", ran.err);
    assert!(ran.err.contains("NOTES_KEY is missing"), "{}", ran.err);
    let ran = check(&["--", "no-such-program"], &folder).await;
    assert_eq!(ran.code, Some(3), "{}", ran.err);
}

#[tokio::test]
async fn a_level_a_rule_and_a_skip_decide() {
    let folder = folder();
    let flawed = server("tool-name/flawed.py");
    let run = ["--", "python3", flawed.as_str()];
    let with = |words: &[&'static str]| [words, &run].concat();
    let cases: [(&[&'static str], i32); 5] = [
        (&["--rule", "N01"], 1),
        (&["--skip", "tool-name"], 0),
        (&["--rule", "P01"], 0),
        (&["--rule", "n01", "--fail-on", "warning"], 1),
        (&["--skip", "N01", "--fail-on", "error"], 0),
    ];
    for (words, code) in cases {
        let ran = check(&with(words), &folder).await;
        assert_eq!(ran.code, Some(code), "{words:?}: {}", ran.out);
    }
    std::fs::write(
        folder.path().join("seaworthy.toml"),
        "[rules]\nN01 = \"note\"\nP10 = { level = \"off\", reason = \"it lives on purpose\" }\n",
    )
    .unwrap();
    let ran = check(&with(&[]), &folder).await;
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert!(ran.out.contains("P10: it lives on purpose"), "{}", ran.out);
    std::fs::write(
        folder.path().join("seaworthy.toml"),
        "[rules]\nN01 = \"off\"\n",
    )
    .unwrap();
    let ran = check(&with(&[]), &folder).await;
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("off without a reason"), "{}", ran.err);
}

#[tokio::test]
async fn each_format_is_what_it_says() {
    let folder = folder();
    let flawed = server("tool-name/flawed.py");
    let words = [
        "--json",
        "--also",
        "sarif=r.sarif",
        "--also",
        "junit=r.xml",
        "--also",
        "markdown=r.md",
        "--also",
        "html=r.html",
        "--also",
        "text=r.txt",
        "--",
        "python3",
        &flawed,
    ];
    let ran = check(&words, &folder).await;
    let json = ran.json();
    assert_eq!(json["format"], "seaworthy.check/1");
    assert_eq!(json["findings"][0]["rule"], "N01");
    assert_eq!(json["findings"][0]["name"], "tool-name");
    assert_eq!(json["rules"].as_array().unwrap().len(), 60);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let sarif: Value = serde_json::from_str(&read("r.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "N01");
    let index = usize::try_from(run["results"][0]["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["name"], "tool-name");
    for (name, what) in [
        ("r.xml", "<testcase name=\"N01 tool-name\""),
        ("r.md", "| error | N01 tool-name |"),
        ("r.html", "N01 tool-name"),
        ("r.txt", "error N01 tool-name"),
    ] {
        assert!(read(name).contains(what), "{name}: {}", read(name));
    }
    assert!(!read("r.txt").contains('\u{1b}'));
}

#[tokio::test]
async fn a_baseline_holds_the_line_and_tells_what_is_stale() {
    let folder = folder();
    let flawed = server("tool-name/flawed.py");
    let sound = server("tool-name/sound.py");
    let write = [
        "--baseline",
        "known.json",
        "--update-baseline",
        "--",
        "python3",
        &flawed,
    ];
    check(&write, &folder).await;
    let read = ["--baseline", "known.json", "--", "python3", &flawed];
    let ran = check(&read, &folder).await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("known"), "{}", ran.out);
    let other = [
        "--json",
        "--baseline",
        "known.json",
        "--",
        "python3",
        &sound,
    ];
    let ran = check(&other, &folder).await;
    assert_eq!(ran.json()["baseline"]["stale"][0], "N01 tool find notes");
    // of a rule that was not judged nothing is known, so nothing of it is stale
    let less = [
        "--json",
        "--rule",
        "P01",
        "--baseline",
        "known.json",
        "--",
        "python3",
        &sound,
    ];
    let ran = check(&less, &folder).await;
    assert_eq!(ran.json()["baseline"]["stale"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_changed_description_is_shown_against_the_lock() {
    let folder = folder();
    let server = folder.path().join("server.py");
    let source = std::fs::read_to_string(self::server("base.py")).unwrap();
    std::fs::write(&server, &source).unwrap();
    let run = ["--", "python3", "server.py"];
    let ran = check(&[&["--update-lock"], &run[..]].concat(), &folder).await;
    assert!(folder.path().join("mcp.lock").is_file(), "{}", ran.err);
    let ran = check(&run, &folder).await;
    assert!(!ran.out.contains("X06"), "{}", ran.out);
    let changed = source.replace("Finds notes whose text", "Finds and keeps notes whose text");
    assert_ne!(changed, source);
    std::fs::write(&server, changed).unwrap();
    let ran = check(&[&["--fail-on", "warning"], &run[..]].concat(), &folder).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("X06 surface-lock"), "{}", ran.out);
    assert!(ran.out.contains("and keeps"), "{}", ran.out);
}

#[tokio::test]
async fn explain_and_list_speak_of_every_rule() {
    let folder = folder();
    let ran = check(&["--explain", "stdout-only-protocol"], &folder).await;
    assert!(
        ran.out.starts_with("## P01 stdout-only-protocol"),
        "{}",
        ran.out
    );
    let ran = check(&["--list"], &folder).await;
    assert_eq!(ran.out.lines().count(), 60, "{}", ran.out);
    let ran = check(&["--list", "--json"], &folder).await;
    assert_eq!(ran.json().as_array().unwrap().len(), 60);
}

#[tokio::test]
async fn what_the_user_gave_is_hidden_and_the_rest_of_the_environment_is_not_passed() {
    let folder = folder();
    // a server that tells its environment
    let source = std::fs::read_to_string(server("base.py")).unwrap();
    let telling = source.replace(
        "\"Notes of a small office.\"",
        "json.dumps(dict(os.environ))",
    );
    assert_ne!(telling, source);
    std::fs::write(folder.path().join("server.py"), telling).unwrap();
    std::fs::write(folder.path().join("seen.py"), "import os, json, sys, pathlib\npathlib.Path('environment.json').write_text(json.dumps(dict(os.environ)))\nsys.path.insert(0, '.')\nimport server\nserver.Server().run()\n").unwrap();
    let mut child = command(env!("CARGO_BIN_EXE_seaworthy"));
    child
        .args([
            "check",
            "--json",
            "--env",
            "NOTES_KEY=very-secret-value-7",
            "--env",
            "PASSED_ON",
            "--",
            "python3",
            "seen.py",
        ])
        .env("PASSED_ON", "another-secret-value-8")
        .env("NOT_PASSED", "a-third-value")
        .current_dir(folder.path());
    let output = child.stdin(Stdio::null()).output().await.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(
        !shown.contains("very-secret-value-7") && !shown.contains("another-secret-value-8"),
        "{shown}"
    );
    let seen = std::fs::read_to_string(folder.path().join("environment.json")).unwrap();
    let seen: Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen["NOTES_KEY"], "very-secret-value-7");
    assert_eq!(seen["PASSED_ON"], "another-secret-value-8");
    assert!(
        seen.get("NOT_PASSED").is_none() && seen.get("SEAWORTHY_STATE").is_none(),
        "{seen}"
    );
}

#[tokio::test]
async fn the_action_judges_writes_sarif_and_a_summary() {
    let folder = folder();
    let flawed = server("tool-name/flawed.py");
    let mut child = command(ours("packaging/action"));
    child
        .env("SEAWORTHY", env!("CARGO_BIN_EXE_seaworthy"))
        .env("TARGET", ".")
        .env("SERVER", format!("python3 '{flawed}'"))
        .env("FAIL_ON", "warning")
        .env("ARGS", "--active --skip \"P10\"")
        .env("SARIF", "found.sarif")
        .env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md"))
        .env("GITHUB_OUTPUT", folder.path().join("outputs"))
        .current_dir(folder.path());
    let output = child.stdin(Stdio::null()).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(
        read("found.sarif").contains("\"ruleId\": \"N01\""),
        "{said}"
    );
    assert!(read("summary.md").contains("N01 tool-name"));
    assert_eq!(read("outputs"), "written=true\n");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_interrupted_run_leaves_no_process() {
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let folder = folder();
        let pid_file = folder.path().join("pid");
        // a process in a session of its own, without pipes and without the environment
        let script = format!(
            "env -i setsid sh -c 'echo $$ > {0}.new; mv {0}.new {0}; exec sleep 600' \
             <&- >/dev/null 2>&1 & sleep 600",
            pid_file.display()
        );
        let child = command(env!("CARGO_BIN_EXE_seaworthy"))
            .args(["check", "--timeout", "60", "--", "sh", "-c", &script])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let started = async {
            loop {
                if let Ok(pid) = std::fs::read_to_string(&pid_file) {
                    break pid.trim().to_owned();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let left = tokio::time::timeout(Duration::from_secs(60), started)
            .await
            .unwrap();
        let pid = i32::try_from(child.id().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal)
            .unwrap();
        let output = child.wait_with_output().await.unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.contains("interrupted"), "{err}");
        assert_eq!(output.stdout, b"");
        let state = std::fs::read_to_string(format!("/proc/{left}/stat")).unwrap_or_default();
        assert!(!state.contains("sleep"), "{signal:?}: {state}");
    }
}
