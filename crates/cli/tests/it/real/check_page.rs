//! The page of `seaworthy check --format html` in a headless Chromium.

use std::process::Stdio;

use tokio::time::{Duration, timeout};

use crate::{
    check::{check, server},
    programs::command,
};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_page_stands_alone_and_shows_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    let flawed = server("tool-name/flawed.py");
    let words = [
        "--format",
        "html",
        "--output",
        "page.html",
        "--",
        "python3",
        &flawed,
    ];
    let ran = check(&words, &folder).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let page = folder.path().join("page.html");
    let mut chromium = command("chromium");
    chromium
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        // whatever the page would want from elsewhere fails and is logged
        .args([
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .env("HOME", folder.path())
        .stdin(Stdio::null());
    let output = timeout(PATIENCE, chromium.output()).await.unwrap();
    let output = output.unwrap_or_else(|error| {
        panic!("chromium: {error}: run ./test, which installs it (this test cannot do without)")
    });
    let shown = String::from_utf8_lossy(&output.stdout);
    let logged = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{logged}");
    assert!(
        shown.contains("not seaworthy") && shown.contains("N01 tool-name"),
        "{shown}"
    );
    assert!(
        shown.matches("<tr>").count() > 60 && !shown.contains("<script"),
        "{shown}"
    );
    let console: Vec<_> = logged
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect();
    assert_eq!(console, [] as [&str; 0], "the page complains of itself");
}
