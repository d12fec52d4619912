//! The file: who may read it, several writers at once, files of other makes.

use std::{fs, thread};

use rusqlite::Connection;
use seaworthy_telemetry::{Record, Store, StoreError};

use crate::recorder::{now_ms, record};

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let mut store = Store::open(&path).unwrap();
    store.append(&[record(0)], 0, now_ms()).unwrap();
    let modes: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(modes, [0o600; 3], "the file, its log and the log's index");
}

#[test]
fn several_writers_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    thread::scope(|scope| {
        for writer in 0..6_u32 {
            let path = &path;
            scope.spawn(move || {
                // each opens the file by itself, as a process does; the first makes it
                let mut store = Store::open(path).unwrap();
                for batch in 0..20 {
                    let records = vec![
                        Record {
                            bytes: writer * 1_000 + batch,
                            ..record(0)
                        };
                        10
                    ];
                    store.append(&records, 1, now_ms()).unwrap();
                }
            });
        }
    });
    let store = Store::open_read_only(&path).unwrap();
    let mut bytes: Vec<_> = store.records(0).unwrap().iter().map(|r| r.bytes).collect();
    bytes.sort_unstable();
    let expected: Vec<_> = (0..6)
        .flat_map(|writer| (0..20).flat_map(move |batch| [writer * 1_000 + batch; 10]))
        .collect();
    assert_eq!(bytes, expected);
    assert_eq!(store.dropped(0).unwrap(), 120);
}

#[test]
fn reading_begins_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let mut store = Store::open(&path).unwrap();
    let records = [5, 9, 7].map(|time_ms| Record {
        time_ms,
        ..Record::default()
    });
    store.append(&records, 0, 9).unwrap();
    store.append(&[], 3, 6).unwrap();
    let times: Vec<_> = store
        .records(7)
        .unwrap()
        .iter()
        .map(|r| r.time_ms)
        .collect();
    assert_eq!(times, [9, 7], "as they were written");
    assert_eq!(
        (store.dropped(6).unwrap(), store.dropped(7).unwrap()),
        (3, 0)
    );
}

#[test]
fn what_is_missing_or_empty_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    assert!(!path.exists(), "reading makes no file");
    fs::write(&path, "").unwrap();
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
}

#[test]
fn files_of_other_makes_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("browser-history.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE history (url TEXT)")
        .unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    for error in [
        Store::open(&path).unwrap_err(),
        Store::open_read_only(&path).unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    let newer = folder.path().join("newer.db");
    drop(Store::open(&newer).unwrap());
    Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    let error = Store::open(&newer).unwrap_err();
    assert!(error.to_string().contains("version 7"), "{error}");
    assert!(error.hint().contains("newer program"));
}
