//! What a revision of the protocol requires of a server, as its own suite checks it.

use tempfile::TempDir;

use crate::{
    fixture::Fixture,
    node,
    serve::serve,
    suite::{self, Report},
};

/// Runs the suite for a revision.
async fn run(revision: &str) -> Report {
    let serving = serve(Fixture::new()).await;
    suite::run(&serving.url, revision).await
}

#[tokio::test(flavor = "multi_thread")]
async fn requirements_2025_11_25() {
    run("2025-11-25").await.must_hold(81);
}

#[tokio::test(flavor = "multi_thread")]
async fn requirements_2026_07_28() {
    run("2026-07-28").await.must_hold(152);
}

#[tokio::test]
async fn the_suite_reaches_nothing_but_loopback() {
    let home = TempDir::new().unwrap();
    let script = "
        const { lookup, promises } = require('node:dns');
        const { connect } = require('node:net');
        for (const url of ['http://192.0.2.1', 'http://fetched.invalid', 'http://127.0.0.1:9']) {
            fetch(url).catch(() => {});
        }
        connect(9, '192.0.2.2').on('error', () => {});
        connect({ port: 9, host: 'connected.invalid' }).on('error', () => {});
        connect(9, 'localhost').on('error', () => {});
        lookup('looked-up.invalid', () => {});
        promises.resolve4('resolved.invalid').catch(() => {});
    ";
    let ended = node::run(home.path(), &["--eval".as_ref(), script.as_ref()]).await;
    assert!(ended.output.status.success(), "{:?}", ended.output);
    let mut refused: Vec<_> = ended.refused.lines().collect();
    refused.sort_unstable();
    let beyond = [
        "192.0.2.1",
        "192.0.2.2",
        "connected.invalid",
        "fetched.invalid",
        "looked-up.invalid",
        "resolved.invalid",
    ];
    assert_eq!(refused, beyond);
}
