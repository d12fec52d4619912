//! `seaworthy budget`: from calls of a real server to a report, a page and a configuration.

use std::path::Path;

use seaworthy_telemetry::{Record, Store};
use serde_json::{Value, json};

use crate::{
    child::{BINARY, Era, Session, after},
    programs::command,
};

const HARBOR: &str = "tidewatch/harbor";

/// Runs `seaworthy budget ARGUMENTS`: exit code, stdout, stderr.
pub async fn budget(arguments: &[&str], folder: &Path) -> (Option<i32>, String, String) {
    let output = command(BINARY)
        .arg("budget")
        .args(arguments)
        .env("SEAWORTHY_STATE", folder)
        .env("SEAWORTHY_CONFIG", folder.join("config.toml"))
        .output();
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A week in which agents read lists of small items to their end, thirty at a time: twice the
/// calls, where a larger page costs little.
pub fn busy_week(file: &Path) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let start = u64::try_from(now.unwrap().as_millis()).unwrap() - 6 * 86_400_000;
    let mut records = Vec::new();
    for task in 0..200_i64 {
        let at = start + u64::try_from(task).unwrap() * 2_000_000;
        for page in 0..2 {
            records.push(Record {
                time_ms: at + 1_000 * page,
                tool: "find_items".into(),
                era: "2026-07-28".into(),
                client: "tests".into(),
                tokens: if page == 0 { 460 } else { 210 },
                bytes: 1_800,
                items: Some(if page == 0 { 30 } else { 12 }),
                page_size: Some(30),
                budget: Some(2_000),
                cut: page == 0,
                next: (page == 0).then_some(task * 2 + 1),
                follows: (page == 1).then_some(task * 2 + 1),
                micros: 90_000,
                upstream_requests: 1,
                transport: "stdio".into(),
                ..Record::default()
            });
        }
    }
    let mut store = Store::open(file).unwrap();
    store.append(&records, 0, 0).unwrap();
}

#[tokio::test]
async fn what_a_server_did_is_what_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let state = [("SEAWORTHY_STATE", folder.path().to_str().unwrap())];
    let mut session = Session::start(&["--sample"], &state, Era::Modern, None).await;
    let mut arguments = json!({"repo": HARBOR, "kind": "issue"});
    for _ in 0..3 {
        let page = session.good("find_items", arguments.clone()).await;
        arguments["cursor"] = after(&page, "cursor=").into();
    }
    session
        .bad("read_issue", json!({"repo": HARBOR, "number": 999_999}))
        .await;
    // an orderly end writes what is still on its way
    session.client.close().await.unwrap();
    let file = folder.path().join("sample-telemetry.db");
    let (code, out, err) =
        budget(&["--file", file.to_str().unwrap(), "--json"], folder.path()).await;
    assert_eq!(code, Some(0), "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let tool = |name: &str| {
        let tools = told["report"]["tools"].as_array().unwrap();
        tools
            .iter()
            .find(|tool| tool["tool"] == name)
            .unwrap_or_else(|| panic!("{out}"))
            .clone()
    };
    let found = tool("find_items");
    assert_eq!(found["calls"], 3, "{found}");
    assert_eq!(found["cut_share"], 1.0, "{found}");
    assert_eq!(found["tasks"], 1, "three pages are one task: {found}");
    let failed = tool("read_issue");
    assert_eq!(failed["errors"][0]["class"], "not_found", "{failed}");
    // never what was asked or answered
    let bytes = std::fs::read(&file).unwrap();
    let wal = std::fs::read(folder.path().join("sample-telemetry.db-wal")).unwrap_or_default();
    for secret in ["tidewatch", "999999", "was not found"] {
        let has = |bytes: &[u8]| {
            bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        };
        assert!(!has(&bytes) && !has(&wal), "{secret} is kept");
    }
}

#[tokio::test]
async fn nothing_is_kept_of_who_does_not_want_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = [("SEAWORTHY_STATE", folder.path().to_str().unwrap())];
    let mut session =
        Session::start(&["--sample", "--no-telemetry"], &state, Era::Modern, None).await;
    session.good("find_items", json!({"repo": HARBOR})).await;
    session.client.close().await.unwrap();
    assert!(!folder.path().join("sample-telemetry.db").exists());
    let (code, _, err) = budget(&[], folder.path()).await;
    assert_eq!(code, Some(2));
    assert!(err.contains("telemetry.db"), "{err}");
}

#[tokio::test]
async fn what_is_recommended_is_applied_and_in_force() {
    let folder = tempfile::tempdir().unwrap();
    busy_week(&folder.path().join("telemetry.db"));
    let (code, out, err) = budget(&[], folder.path()).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.contains("find_items") && out.contains("page_size 30 -> "),
        "{out}"
    );
    assert!(!out.contains('\u{1b}'), "no colour where no terminal is");
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "# ours\n[tools.history]\npage_size = 7\n").unwrap();
    let (code, _, err) = budget(&["--apply"], folder.path()).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("find_items: page_size default -> "), "{err}");
    let written = std::fs::read_to_string(&config).unwrap();
    assert!(
        written.starts_with("# ours\n[tools.history]\npage_size = 7\n"),
        "{written}"
    );
    let size: usize = after(&written, "[tools.find_items]\npage_size = ")
        .parse()
        .unwrap();
    assert!((40..=50).contains(&size), "{written}");
    // a server that starts now answers with larger pages
    let environment = [
        ("SEAWORTHY_STATE", folder.path().to_str().unwrap()),
        ("SEAWORTHY_CONFIG", config.to_str().unwrap()),
    ];
    let session = Session::start(&["--sample"], &environment, Era::Modern, None).await;
    let page = session
        .good("find_items", json!({"repo": HARBOR, "kind": "issue"}))
        .await;
    let items = page.lines().filter(|line| line.starts_with('#')).count();
    assert!(items > 30 && items <= size, "{items} of {size}: {page}");
    let page = session
        .good(
            "find_items",
            json!({"repo": HARBOR, "kind": "issue", "page_size": 3}),
        )
        .await;
    assert_eq!(page.lines().filter(|line| line.starts_with('#')).count(), 3);
    // and there is nothing more to change
    let (_, _, err) = budget(&["--apply"], folder.path()).await;
    assert!(err.contains("nothing to change"), "{err}");
}

#[tokio::test]
async fn a_new_configuration_begins_with_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    busy_week(&folder.path().join("telemetry.db"));
    // the usual one has the large page already; the new one does not
    let usual = "[tools.find_items]\npage_size = 50\ntokens = 10000\n";
    std::fs::write(folder.path().join("config.toml"), usual).unwrap();
    let new = folder.path().join("new.toml");
    let (code, _, err) = budget(
        &["--apply", "--config", new.to_str().unwrap()],
        folder.path(),
    )
    .await;
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("find_items: page_size default -> "), "{err}");
    assert!(std::fs::read_to_string(&new).unwrap().contains("page_size"));
    assert_eq!(
        std::fs::read_to_string(folder.path().join("config.toml")).unwrap(),
        usual
    );
}

#[tokio::test]
async fn a_wrong_configuration_is_named_and_nothing_starts() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "[tools.find_items]\npage_size = 5000\n").unwrap();
    busy_week(&folder.path().join("telemetry.db"));
    let (code, _, err) = budget(&["--apply"], folder.path()).await;
    assert_eq!(code, Some(2));
    assert!(err.contains("page_size") && err.contains("50"), "{err}");
    let output = command(BINARY)
        .args(["serve", "github", "--sample", "--config"])
        .arg(&config)
        .output();
    let output = output.await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("page_size"));
}
