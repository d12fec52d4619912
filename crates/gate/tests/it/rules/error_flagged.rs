use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "error-flagged";

#[tokio::test]
async fn an_error_without_its_flag_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 2);
}

#[tokio::test]
async fn failures_in_json_and_of_unknown_ids_are_found() {
    for file in ["flawed_json", "flawed_not_found"] {
        let found = found(file, Options::default()).await;
        assert!(
            found
                .iter()
                .any(|(level, message)| *level == Level::Error && message.contains("read_note")),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn notes_about_errors_are_fine() {
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
