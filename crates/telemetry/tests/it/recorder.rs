//! The recorder against files that are there, missing, damaged, locked and taken away.

use std::{fs, path::Path, thread, time::Duration};

use rusqlite::Connection;
use seaworthy_telemetry::{
    Record, Recorder, Retention, Store,
    recorder::{QUEUE_RECORDS, QUEUE_TEXT_BYTES},
};

/// Long enough for any machine; the tests end as soon as the thing has happened.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn record(number: u64) -> Record {
    Record {
        time_ms: now_ms() + number,
        tool: "find_items".to_owned(),
        era: "2026-07-28".to_owned(),
        client: "probe".to_owned(),
        tokens: 1_200,
        bytes: 4_800,
        transport: "stdio".to_owned(),
        ..Record::default()
    }
}

pub fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(now.unwrap().as_millis()).unwrap()
}

pub fn read(path: &Path) -> Vec<Record> {
    Store::open_read_only(path).unwrap().records(0).unwrap()
}

fn recorder(path: &Path) -> Recorder {
    Recorder::open(path.to_owned(), Retention::default())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn nothing_happens_before_the_first_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/telemetry.db");
    let recorder = recorder(&path);
    assert!(recorder.flush(PATIENCE), "nothing to write is written");
    assert!(names(folder.path()).is_empty());
    recorder.record(record(0), None);
    assert!(recorder.flush(PATIENCE));
    assert!(path.exists());
}

#[test]
fn every_field_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let full = Record {
        time_ms: now_ms(),
        tool: "find_items".to_owned(),
        era: "2026-07-28".to_owned(),
        client: "probe \u{1F980}".to_owned(),
        tokens: u32::MAX,
        exact_tokens: Some(2),
        bytes: 3,
        items: Some(4),
        page_size: Some(5),
        page_size_asked: true,
        budget: Some(6),
        cut: true,
        next: Some(i64::MIN),
        follows: Some(i64::MAX),
        micros: 7,
        upstream_requests: 8,
        cache_hits: 9,
        upstream_left: Some(10),
        error: Some("limit".to_owned()),
        bridged_calls: 11,
        transport: "http".to_owned(),
    };
    let recorder = recorder(&path);
    recorder.record(full.clone(), Some("not counted, not kept".to_owned()));
    let empty = Record {
        time_ms: now_ms(),
        ..Record::default()
    };
    recorder.record(empty.clone(), None);
    assert!(recorder.flush(PATIENCE));
    assert_eq!(read(&path), [full, empty]);
    assert_eq!((recorder.dropped(), recorder.failures()), (0, 0));
}

#[test]
fn the_last_recorder_s_end_writes_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let one = recorder(&path);
    let other = one.clone();
    one.record(record(1), None);
    drop(one);
    other.record(record(2), None);
    drop(other);
    wait_for(|| {
        path.exists()
            && Store::open_read_only(&path).is_ok_and(|s| s.records(0).unwrap().len() == 2)
    });
}

#[test]
fn exact_tokens_are_counted_and_the_text_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let recorder = recorder(&path).with_exact_tokens();
    assert!(recorder.wants_text());
    recorder.record(record(0), Some("tiktoken is great! zebra-fish".to_owned()));
    // more than may wait: the record is kept, without the count
    recorder.record(record(1), Some("x".repeat(QUEUE_TEXT_BYTES + 1)));
    recorder.record(record(2), None);
    assert!(recorder.flush(PATIENCE));
    let counts: Vec<_> = read(&path)
        .iter()
        .map(|record| record.exact_tokens)
        .collect();
    assert_eq!(counts, [Some(9), None, None]);
    // the log, which is removed at the end, is looked at too
    for name in names(folder.path()) {
        let bytes = fs::read(folder.path().join(name)).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"zebra"));
    }
}

#[test]
fn many_threads_lose_nothing_that_is_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let recorder = recorder(&path);
    let each = QUEUE_RECORDS as u64;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..each).for_each(|number| recorder.record(record(number), None)));
        }
    });
    assert!(recorder.flush(PATIENCE));
    // so that drops after the last batch are written as well
    recorder.record(record(0), None);
    assert!(recorder.flush(PATIENCE));
    let store = Store::open_read_only(&path).unwrap();
    let kept = store.records(0).unwrap().len() as u64;
    assert_eq!(kept + recorder.dropped(), 4 * each + 1);
    assert_eq!(store.dropped(0).unwrap(), recorder.dropped());
    assert_eq!(recorder.failures(), 0);
}

#[test]
fn a_folder_that_cannot_be_one_costs_only_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let recorder = recorder(&file.join("telemetry.db"));
    for number in 0..2 * QUEUE_RECORDS as u64 {
        recorder.record(record(number), None);
    }
    assert!(
        !recorder.flush(PATIENCE),
        "it fails at once, not after the timeout"
    );
    assert!(recorder.failures() > 0);
    assert!(recorder.dropped() > 0);
    // the way is free again: what waited is written, what was dropped is told
    fs::remove_file(&file).unwrap();
    assert!(recorder.flush(PATIENCE));
    let store = Store::open_read_only(&file.join("telemetry.db")).unwrap();
    let kept = store.records(0).unwrap().len() as u64;
    assert_eq!(kept + recorder.dropped(), 2 * QUEUE_RECORDS as u64);
    assert!(kept >= QUEUE_RECORDS as u64);
    assert_eq!(store.dropped(0).unwrap(), recorder.dropped());
}

#[test]
fn a_file_that_is_no_database_is_moved_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    fs::write(&path, "this is no database. ".repeat(1_000)).unwrap();
    let recorder = recorder(&path);
    recorder.record(record(0), None);
    assert!(recorder.flush(PATIENCE));
    assert_eq!(read(&path).len(), 1);
    assert_eq!(recorder.failures(), 1);
    assert_eq!(recorder.dropped(), 0);
    let aside: Vec<_> = names(folder.path())
        .into_iter()
        .filter(|name| name.starts_with("telemetry.db.corrupt-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    let kept = fs::read_to_string(folder.path().join(&aside[0])).unwrap();
    assert!(kept.starts_with("this is no database."));
}

#[test]
fn two_that_meet_the_same_damage_move_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    fs::write(&path, "this is no database. ".repeat(1_000)).unwrap();
    let recorders = [recorder(&path), recorder(&path), recorder(&path)];
    for recorder in &recorders {
        recorder.record(record(0), None);
    }
    for recorder in &recorders {
        // whoever came second may have to try again
        wait_for(|| recorder.flush(PATIENCE));
    }
    assert_eq!(read(&path).len(), recorders.len());
    let aside = names(folder.path());
    let aside = aside.iter().filter(|name| name.contains(".corrupt-"));
    assert_eq!(aside.count(), 1);
}

#[test]
fn old_records_go_when_the_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let old = Record {
        time_ms: now_ms() - 31 * 86_400_000,
        ..record(0)
    };
    let mut store = Store::open(&path).unwrap();
    store.append(&[old, record(1)], 0, now_ms()).unwrap();
    let recorder = recorder(&path);
    recorder.record(record(2), None);
    assert!(recorder.flush(PATIENCE));
    assert_eq!(read(&path).len(), 2);
}

#[test]
fn several_processes_lose_nothing() {
    const EACH: u64 = 1_000;
    const PATH: &str = "SEAWORTHY_TELEMETRY_TEST_PATH";
    #[expect(
        clippy::disallowed_methods,
        reason = "a process started below learns its part"
    )]
    let part = std::env::var_os(PATH);
    if let Some(path) = part {
        let recorder = recorder(Path::new(&path));
        (0..EACH).for_each(|number| recorder.record(record(number), None));
        assert!(recorder.flush(PATIENCE));
        assert_eq!((recorder.dropped(), recorder.failures()), (0, 0));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let start = |_| {
        #[expect(
            clippy::disallowed_methods,
            reason = "this very test, as another process"
        )]
        std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "recorder::several_processes_lose_nothing"])
            .env(PATH, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let processes: Vec<_> = (0..4).map(start).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(read(&path).len() as u64, 4 * EACH);
}

#[test]
fn a_file_damaged_under_way_is_moved_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let first = recorder(&path);
    for number in 0..2_000 {
        first.record(record(number), None);
    }
    assert!(first.flush(PATIENCE));
    drop(first);
    // the last connection's end moves the log into the file
    wait_for(|| !folder.path().join("telemetry.db-wal").exists());
    let mut bytes = fs::read(&path).unwrap();
    bytes[4_096..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let second = recorder(&path);
    second.record(record(0), None);
    assert!(second.flush(PATIENCE));
    assert_eq!(read(&path).len(), 1);
    assert!(second.failures() >= 1);
    assert!(
        names(folder.path())
            .iter()
            .any(|name| name.contains(".corrupt-"))
    );
}

#[test]
fn a_locked_file_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let recorder = recorder(&path);
    recorder.record(record(0), None);
    assert!(recorder.flush(PATIENCE));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    recorder.record(record(1), None);
    assert!(!recorder.flush(PATIENCE), "given up after the busy timeout");
    assert_eq!(recorder.failures(), 1);
    other.execute_batch("ROLLBACK").unwrap();
    assert!(recorder.flush(PATIENCE));
    assert_eq!(read(&path).len(), 2);
    assert_eq!(recorder.dropped(), 0);
}

#[cfg(unix)]
#[test]
fn a_file_taken_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let recorder = recorder(&path);
    recorder.record(record(0), None);
    assert!(recorder.flush(PATIENCE));
    for name in names(folder.path()) {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    recorder.record(record(1), None);
    assert!(recorder.flush(PATIENCE));
    assert_eq!(read(&path).len(), 1);
}

#[test]
fn a_newer_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    drop(Store::open(&path).unwrap());
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    other
        .pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))
        .unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    let recorder = recorder(&path);
    recorder.record(record(0), None);
    assert!(!recorder.flush(PATIENCE));
    drop(recorder);
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// Waits for what another thread is about to do.
fn wait_for(done: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never happened");
}
