//! A handshake alone: with exactly the environment that was given, in either era, and to an end.

use std::{collections::BTreeMap, path::Path, time::Duration};

use seaworthy_gate::{
    Command,
    handshake::{NotMet, Start, greet},
};

const PATIENCE: Duration = Duration::from_secs(20);

fn python(program: &str, environment: &[(&str, &str)]) -> Start {
    let mut environment: BTreeMap<String, String> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    environment.insert("PATH".to_owned(), std::env::var("PATH").unwrap());
    Start::Stdio {
        command: Command::new(["python3", "-c", program]).unwrap(),
        environment,
        folder: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")),
    }
}

#[tokio::test]
async fn a_server_is_greeted_and_its_tools_are_counted() {
    let start = python("from base import Server; Server().run()", &[]);
    let met = greet(&start, PATIENCE).await.unwrap();
    assert!(met.tools > 0, "{met:?}");
    assert_eq!(met.protocol, "2025-11-25");
    assert!(!met.name.is_empty());
}

/// Answers `server/discover` alone.
const MODERN: &str = r#"
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message["method"] == "server/discover":
        body = {"result": {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {},
                           "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "new", "version": "7"}}}}
    else:
        body = {"error": {"code": -32601, "message": "method not found"}}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **body}), flush=True)
"#;

#[tokio::test]
async fn a_server_of_the_new_era_alone_is_greeted() {
    let met = greet(&python(MODERN, &[]), PATIENCE).await.unwrap();
    assert_eq!((met.name.as_str(), met.version.as_str()), ("new", "7"));
    assert_eq!((met.protocol.as_str(), met.tools), ("2026-07-28", 0));
}

#[cfg(unix)]
#[tokio::test]
async fn the_environment_is_the_one_that_was_given_and_stderr_is_told() {
    let start = Start::Stdio {
        command: Command::new([
            "/bin/sh",
            "-c",
            "env | cut -d= -f1 | sort | tr '\\n' ' ' >&2",
        ])
        .unwrap(),
        environment: [
            ("ONLY".to_owned(), "this".to_owned()),
            ("PATH".to_owned(), std::env::var("PATH").unwrap()),
        ]
        .into(),
        folder: None,
    };
    let NotMet { why, stderr } = greet(&start, PATIENCE).await.unwrap_err();
    assert!(why.contains("gone"), "{why}");
    // what a shell adds for itself is none of ours
    let given: Vec<_> = stderr
        .split(' ')
        .filter(|name| !["", "OLDPWD", "PWD", "SHLVL", "_"].contains(name))
        .collect();
    assert_eq!(given, ["ONLY", "PATH", "SEAWORTHY_CHECK_RUN"]);
}

#[tokio::test]
async fn a_mute_server_is_given_up_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let mute =
        "import os, time; open(os.environ['PID'], 'w').write(str(os.getpid())); time.sleep(600)";
    let start = python(mute, &[("PID", pid.to_str().unwrap())]);
    let error = greet(&start, Duration::from_secs(2)).await.unwrap_err();
    assert!(error.why.contains("no answer within 2 s"), "{error}");
    let pid = std::fs::read_to_string(pid).unwrap();
    #[cfg(target_os = "linux")]
    assert!(!Path::new("/proc").join(&pid).exists(), "{pid} still runs");
    assert!(pid.parse::<u32>().is_ok());
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said() {
    let start = Start::Stdio {
        command: Command::new(["/nonexistent/server"]).unwrap(),
        environment: BTreeMap::new(),
        folder: None,
    };
    let error = greet(&start, PATIENCE).await.unwrap_err();
    assert!(error.why.contains("/nonexistent/server"), "{error}");
}
