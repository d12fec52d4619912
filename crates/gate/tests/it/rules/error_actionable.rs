use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "error-actionable";

#[tokio::test]
async fn an_opaque_error_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(
        findings[0].quotes[0].text,
        "Error executing tool find_notes"
    );
}

#[tokio::test]
async fn other_texts_that_do_not_help_are_found() {
    for (file, what) in [
        ("flawed_key", "not the next move"),
        ("flawed_attribute", "does not say what is wrong"),
        ("flawed_not_found", "does not say what is wrong"),
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
async fn what_validators_say_is_fine() {
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
