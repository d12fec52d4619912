use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "page-size-capped";

#[tokio::test]
async fn a_limit_that_is_believed_is_found() {
    let findings = flawed(NAME, Options::default(), &["G05"]).await;
    assert!(
        findings[0].message.contains("returns 120 items"),
        "{}",
        findings[0].message
    );
}

#[tokio::test]
async fn so_is_one_without_a_maximum() {
    let found = found("flawed_open", Options::default()).await;
    assert!(found[0].1.contains("returns 2000 items"), "{found:?}");
    assert_eq!(found[0].0, Level::Error);
}

#[tokio::test]
async fn a_cap_without_a_refusal_is_fine() {
    sound(NAME, Options::default()).await;
}

/// The messages that the rule has for a server of its folder.
async fn found(file: &str, options: Options) -> Vec<(Level, String)> {
    let report = judge(&format!("{NAME}/{file}.py"), options).await;
    judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| {
            (
                finding.level,
                format!("{}: {}", finding.place, finding.message),
            )
        })
        .collect()
}
