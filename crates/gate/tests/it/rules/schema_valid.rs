use seaworthy_gate::{Level, Options, finding::Finding};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "schema-valid";

#[tokio::test]
async fn an_unknown_type_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(
        findings[0].place.to_string(),
        "tool read_note, parameter id"
    );
    assert_eq!(findings[0].level, Level::Error);
}

async fn found(file: &str) -> Vec<Finding> {
    let report = judge(&format!("{NAME}/{file}"), Options::default()).await;
    judged(&report, NAME).findings.clone()
}

#[tokio::test]
async fn a_reference_to_the_network_is_found_by_its_address() {
    let findings = found("flawed_2.py").await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(
        findings[0]
            .message
            .contains("fetches https://schemas.example.com/when.json")
    );
}

#[tokio::test]
async fn a_missing_schema_is_found() {
    assert_eq!(
        found("flawed_3.py").await[0].message,
        "it has no inputSchema"
    );
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_found() {
    let findings = found("flawed_4.py").await;
    assert!(
        findings[0].message.contains("leads nowhere"),
        "{findings:#?}"
    );
    assert_eq!(findings[0].level, Level::Error);
}

#[tokio::test]
async fn a_broken_pattern_is_found_once() {
    let findings = found("flawed_5.py").await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].level, Level::Error);
    assert!(findings[0].message.contains("a ( is never closed"));
}

#[tokio::test]
async fn a_schema_of_no_object_is_found() {
    let findings = found("flawed_6.py").await;
    assert!(
        findings[0].message.contains("no \"type\": \"object\""),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn a_flag_of_draft_3_is_found() {
    let findings = found("flawed_7.py").await;
    assert!(findings[0].fix.contains("array of names"), "{findings:#?}");
}

#[tokio::test]
async fn an_output_schema_and_contradictions_are_found() {
    let findings = found("flawed_8.py").await;
    let levels: Vec<_> = findings
        .iter()
        .map(|finding| (finding.key.as_str(), finding.level))
        .collect();
    assert_eq!(
        levels,
        [
            ("inputSchema  required", Level::Warning),
            ("inputSchema /properties/lines minimum", Level::Warning),
            ("outputSchema /properties", Level::Error),
        ],
        "{findings:#?}"
    );
}

#[tokio::test]
async fn another_dialect_is_legal() {
    sound(NAME, Options::default()).await;
}
