use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "output-matches-schema";

#[tokio::test]
async fn a_number_as_text_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert!(
        findings[0].message.contains("/count"),
        "{}",
        findings[0].message
    );
}

#[tokio::test]
async fn missing_and_further_content_is_found() {
    for (file, what) in [
        ("flawed_missing", "no structuredContent"),
        ("flawed_further", "does not fit"),
    ] {
        let found = found(file, Options::default()).await;
        assert!(
            found
                .iter()
                .any(|(level, message)| *level == Level::Error && message.contains(what)),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn what_was_promised_is_fine() {
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
