use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "answer-size";

#[tokio::test]
async fn too_long_an_answer_is_an_error() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].level, Level::Error);
    assert!(findings[0].message.contains("over 25000"), "{findings:?}");
}

#[tokio::test]
async fn the_largest_page_is_measured() {
    let report = judge(&format!("{NAME}/flawed_2.py"), Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].level, Level::Warning);
    assert!(
        findings[0].quotes[0].text.contains("\"limit\":50"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn what_a_model_sees_once_counts_once() {
    sound(NAME, Options::default()).await;
}
