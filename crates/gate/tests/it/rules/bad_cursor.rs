use seaworthy_gate::{Level, Options, finding::Finding};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "bad-cursor";

async fn found(file: &str) -> Vec<Finding> {
    let report = judge(&format!("{NAME}/{file}"), Options::default()).await;
    judged(&report, NAME).findings.clone()
}

#[tokio::test]
async fn the_first_page_for_any_cursor_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert!(
        findings
            .iter()
            .any(|finding| finding.message.contains("gives a page of 1 entries")),
        "{findings:?}"
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.level == Level::Warning)
    );
}

#[tokio::test]
async fn another_code_is_found() {
    let findings = found("flawed_2.py").await;
    assert!(
        findings[0].message.contains("-32603 instead of -32602"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_death_is_an_error() {
    let findings = found("flawed_3.py").await;
    assert!(
        findings
            .iter()
            .any(|finding| finding.level == Level::Error && finding.message.contains("gone")),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_list_of_one_page_refuses_cursors_too() {
    let findings = found("flawed_4.py").await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0]
            .message
            .contains("resources/list, tools/list gives the whole list"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_refusal_is_fine() {
    sound(NAME, Options::default()).await;
}
