//! Old records go, and the file shrinks.

use std::fs;

use seaworthy_telemetry::{Record, Retention, Store};

use crate::recorder::{now_ms, record};

const DAY_MS: u64 = 86_400_000;

fn filled(path: &std::path::Path, rows: u64, now: u64, age_days: impl Fn(u64) -> u64) -> Store {
    let mut store = Store::open(path).unwrap();
    let records: Vec<_> = (0..rows)
        .map(|number| Record {
            time_ms: now - age_days(number) * DAY_MS + number,
            client: "x".repeat(80),
            ..record(0)
        })
        .collect();
    store.append(&records, 0, now).unwrap();
    store
}

#[test]
fn records_past_their_days_are_removed_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let now = now_ms();
    let mut store = filled(&path, 100, now, |number| number);
    store.append(&[], 7, now - 60 * DAY_MS).unwrap();
    store.append(&[], 2, now).unwrap();
    let retention = Retention {
        days: 30,
        megabytes: 64,
    };
    assert_eq!(store.retain(retention, now).unwrap(), 100 - 31);
    assert_eq!(store.records(0).unwrap().len(), 31);
    assert_eq!(store.dropped(0).unwrap(), 2);
    assert_eq!(store.retain(retention, now).unwrap(), 0);
}

#[test]
fn a_file_past_its_size_loses_the_oldest_and_shrinks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("telemetry.db");
    let mut store = filled(&path, 30_000, now_ms(), |_| 1);
    let retention = Retention {
        days: 30,
        megabytes: 2,
    };
    let newest = store.records(0).unwrap().pop();
    let removed = store.retain(retention, now_ms()).unwrap();
    let kept = store.records(0).unwrap();
    assert_eq!(kept.len() + removed, 30_000);
    assert!(kept.len() > 5_000, "{}", kept.len());
    assert_eq!(kept.last().cloned(), newest);
    let size = fs::metadata(&path).unwrap().len();
    assert!(size <= 2 << 20, "{size}");
    assert_eq!(
        store.retain(retention, now_ms()).unwrap(),
        0,
        "enough at once"
    );
}

#[test]
fn a_limit_of_nothing_is_one_mebibyte() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = filled(&folder.path().join("telemetry.db"), 10, now_ms(), |_| 0);
    let nothing = Retention {
        days: 1,
        megabytes: 0,
    };
    assert_eq!(store.retain(nothing, now_ms()).unwrap(), 0);
}
