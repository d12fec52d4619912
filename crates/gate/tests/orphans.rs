//! A process that hid every trace of where it came from is found by its parent by adoption. In a binary
//! of its own, as from then on every child of this process counts as a server's.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{path::Path, time::Duration};

use seaworthy_gate::{Command, Options, adopt_orphans, check_with};

#[tokio::test]
async fn without_a_trace_is_found_and_waited_for() {
    adopt_orphans().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/hostile/fork_bomb.py");
    let marker = format!("orphan-{}", std::process::id());
    let words = ["python3", script.to_str().unwrap(), "--no-trace", &marker];
    let options = Options {
        timeout: Duration::from_secs(2),
        ..Options::default()
    };
    check_with(Command::new(words).unwrap(), options)
        .await
        .unwrap();
    let mut left = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let read = |file: &str| std::fs::read(entry.path().join(file)).unwrap_or_default();
        let line = String::from_utf8_lossy(&read("cmdline")).into_owned();
        let stat = String::from_utf8_lossy(&read("stat")).into_owned();
        let is_zombie_of_ours = stat
            .rsplit_once(") Z ")
            .is_some_and(|(_, rest)| rest.starts_with(&format!("{} ", std::process::id())));
        if line.contains(&format!("sleep-{marker}")) || is_zombie_of_ours {
            left.push(stat);
        }
    }
    assert!(left.is_empty(), "{left:?}");
}
