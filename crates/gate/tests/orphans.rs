//! A process that hid every trace of where it came from is found by its parent by adoption. In a binary
//! of its own, as from then on every child of this process counts as a server's.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{path::Path, time::Duration};

use seaworthy_gate::{
    Command, Options, Permission, Target, adopt_orphans, check_with, end_adopted, wire::reap,
};
use tokio::sync::Mutex;

/// Each test ends children of this process.
static TURN: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn without_a_trace_is_found_and_waited_for() {
    let _turn = TURN.lock().await;
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

/// Rules run side by side: the end of a program that one of them started is not the end of the others'.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a child that is no server")]
async fn what_others_started_lives_until_the_run_ends() {
    let _turn = TURN.lock().await;
    adopt_orphans().unwrap();
    let mut child = std::process::Command::new("sleep")
        .arg("60")
        .spawn()
        .unwrap();
    assert_eq!(reap("a-mark-that-no-process-has").await, 0);
    assert!(child.try_wait().unwrap().is_none());
    assert_eq!(end_adopted().await, 1);
    let left = format!("/proc/{}", child.id());
    assert!(!Path::new(&left).exists());
}

/// A project without a server has no connection whose end would end the rest.
#[tokio::test]
async fn what_the_tests_of_a_project_left_is_ended_too() {
    let _turn = TURN.lock().await;
    adopt_orphans().unwrap();
    let root = tempfile::tempdir().unwrap();
    let test = "def test_sum():\n    assert 1 + 1 == 2\n";
    std::fs::write(root.path().join("test_sum.py"), test).unwrap();
    let pid_file = root.path().join("pid");
    let script = format!(
        "env -i setsid sh -c 'echo $$ > {0}.new; mv {0}.new {0}; exec sleep 600' <&- >/dev/null 2>&1 & \
         while ! [ -e {0} ]; do sleep 0.01; done",
        pid_file.display()
    );
    let options = Options {
        permission: Permission::Active,
        test_command: Command::new(["sh", "-c", &script]),
        ..Options::default()
    };
    let target = Target::Project(root.path().to_owned(), None);
    check_with(target, options).await.unwrap();
    let pid = std::fs::read_to_string(&pid_file).unwrap();
    let left = Path::new("/proc").join(pid.trim());
    assert!(!left.exists());
}
