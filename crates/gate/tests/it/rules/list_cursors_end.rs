use seaworthy_gate::{Level, Options, Report};

use crate::servers::{flawed, judge, judged, nothing_wrong, sound};

const NAME: &str = "list-cursors-end";

async fn found(file: &str) -> (Report, Vec<(Level, String)>) {
    let report = judge(&format!("{NAME}/{file}"), Options::default()).await;
    let found = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| {
            (
                finding.level,
                format!("{}: {}", finding.place, finding.message),
            )
        })
        .collect();
    (report, found)
}

#[tokio::test]
async fn a_loop_is_found_once_for_both_eras() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].message.contains("the list never ends"));
    assert!(!findings[0].exchanges.is_empty());
}

#[tokio::test]
async fn pages_that_overlap_are_found() {
    let (_, found) = found("flawed_2.py").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].1.contains("page 2 repeats what page 1 had"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_cursor_that_is_a_number_is_found() {
    let (_, found) = found("flawed_3.py").await;
    assert!(
        found[0].1.contains("nextCursor of page 1 is a number"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_list_without_end_is_found() {
    let (_, found) = found("flawed_4.py").await;
    assert!(
        found
            .iter()
            .any(|(_, message)| message.contains("empty")
                && message.starts_with("method tools/list")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_server_that_refuses_its_own_cursor_is_found() {
    let (_, found) = found("flawed_5.py").await;
    assert!(found[0].1.contains("refuses the cursor"), "{found:?}");
}

#[tokio::test]
async fn a_null_cursor_is_a_warning() {
    let (_, found) = found("flawed_6.py").await;
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|(level, message)| *level == Level::Warning && message.contains("null")),
        "{found:?}"
    );
}

#[tokio::test]
async fn pages_that_end_are_fine() {
    sound(NAME, Options::default()).await;
    let (report, _) = found("sound.py").await;
    assert_eq!(report.server.tools, 2);
    nothing_wrong(&report);
}
