use seaworthy_gate::Options;

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "surface-size";

#[tokio::test]
async fn twenty_one_tools_are_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(
        findings[0].message.starts_with("21 tools, 1 more than 20;"),
        "{findings:#?}"
    );
    assert!(
        findings[0].message.contains("find_notes ("),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn definitions_of_many_tokens_are_found() {
    let report = judge("surface-size/flawed_2.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(
        (findings.len(), findings[0].key.as_str()),
        (1, "tokens"),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn twenty_tools_are_not_too_many() {
    sound(NAME, Options::default()).await;
}
