use std::collections::BTreeSet;

use seaworthy_gate::{Options, Permission, report::Verdict, rules};

use crate::servers::{judge, judged};

const NAME: &str = "argument-injection";

fn options(permission: Permission) -> Options {
    Options {
        permission,
        only: vec![rules::rule(NAME).unwrap()],
        ..Options::default()
    }
}

async fn places(file: &str, permission: Permission) -> BTreeSet<String> {
    let report = judge(&format!("{NAME}/{file}"), options(permission)).await;
    judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{}: {}",
                finding.place,
                finding.message.split(": ").nth(1).unwrap()
            )
        })
        .collect()
}

#[tokio::test]
async fn paths_commands_requests_and_templates_are_found() {
    let found = places("flawed.py", Permission::Active).await;
    let wanted = [
        "resource pages://{path}: it returned /etc/passwd",
        "tool get_preview, parameter url: it returned /etc/passwd",
        "tool get_preview, parameter url: it sent a request to an address on the loopback",
        "tool preview_greeting, parameter name: it evaluated a template expression",
        "tool read_page, parameter path: it returned /etc/passwd",
        "tool search_pages_count, parameter pattern: it ran a command",
    ];
    assert!(
        wanted.iter().all(|wanted| found.contains(*wanted)),
        "{found:#?}"
    );
    assert!(found.len() <= wanted.len() + 1, "{found:#?}");
}

#[tokio::test]
async fn nothing_is_tried_without_permission() {
    let report = judge(&format!("{NAME}/flawed.py"), options(Permission::Safe)).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Unverified);
    assert!(
        report
            .deeds
            .calls
            .values()
            .all(|kinds| !kinds.contains_key("injection"))
    );
}

#[tokio::test]
async fn checked_arguments_are_fine() {
    let report = judge(&format!("{NAME}/sound.py"), options(Permission::Active)).await;
    let judged = judged(&report, NAME);
    assert_eq!(judged.verdict, Verdict::Passed, "{judged:?}");
    assert!(report.deeds.calls["read_page"]["injection"] > 20);
}

#[tokio::test]
async fn a_tool_that_writes_is_tried_with_the_greater_permission_alone() {
    let report = judge(&format!("{NAME}/flawed_2.py"), options(Permission::Active)).await;
    assert!(judged(&report, NAME).findings.is_empty());
    assert!(!report.deeds.calls["save_page"].contains_key("injection"));
    let found = places("flawed_2.py", Permission::Destructive).await;
    assert!(
        found.contains("tool save_page, parameter path: a path out of bounds was written to")
            || found
                .iter()
                .any(|found| found.contains("save_page, parameter path")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_folder_that_is_kept_to_is_fine() {
    let report = judge(
        &format!("{NAME}/sound_2.py"),
        options(Permission::Destructive),
    )
    .await;
    let judged = judged(&report, NAME);
    assert!(judged.findings.is_empty(), "{judged:?}");
    assert!(report.deeds.calls["save_page"]["injection"] > 10);
}
