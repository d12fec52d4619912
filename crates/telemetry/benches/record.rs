//! What a call pays for being recorded: `cargo bench -p seaworthy-telemetry`.
//!
//! The queue is drained between the samples, so that the figure is of records that are taken, not
//! of records that are dropped.
#![allow(clippy::unwrap_used, reason = "a benchmark")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use seaworthy_telemetry::{Record, Recorder, Retention, recorder::QUEUE_RECORDS};

fn call(number: u64) -> Record {
    Record {
        time_ms: 1_795_176_671_000 + number,
        tool: "find_items".to_owned(),
        era: "2026-07-28".to_owned(),
        client: "claude-code".to_owned(),
        tokens: 1_900,
        bytes: 7_600,
        items: Some(20),
        page_size: Some(20),
        budget: Some(2_000),
        cut: true,
        next: Some(7),
        micros: 90_000,
        upstream_requests: 1,
        transport: "http".to_owned(),
        ..Record::default()
    }
}

/// Times `work` on at most half a queue of records at a time, and drains it in between.
fn in_rounds(iterations: u64, recorder: &Recorder, mut work: impl FnMut(u64)) -> Duration {
    let mut spent = Duration::ZERO;
    let mut left = iterations;
    while left > 0 {
        let round = left.min(QUEUE_RECORDS as u64 / 2);
        let began = Instant::now();
        for number in 0..round {
            work(number);
        }
        spent += began.elapsed();
        assert!(recorder.flush(Duration::from_secs(60)));
        left -= round;
    }
    spent
}

fn record(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::open(folder.path().join("telemetry.db"), Retention::default());
    let mut group = criterion.benchmark_group("record");
    group.bench_function("making one", |bencher| {
        bencher.iter_custom(|n| in_rounds(n, &recorder, |i| drop(black_box(call(i)))));
    });
    group.bench_function("making and recording one", |bencher| {
        bencher.iter_custom(|n| in_rounds(n, &recorder, |i| recorder.record(call(i), None)));
    });
    group.finish();
    assert_eq!((recorder.dropped(), recorder.failures()), (0, 0));
}

criterion_group!(benches, record);
criterion_main!(benches);
