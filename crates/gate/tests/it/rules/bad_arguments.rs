use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "bad-arguments";

#[tokio::test]
async fn success_on_missing_and_wrong_arguments_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    let keys: Vec<_> = findings
        .iter()
        .map(seaworthy_gate::finding::Finding::fingerprint)
        .collect();
    assert!(
        keys.contains(&"B03 tool find_notes [missing]".to_owned()),
        "{keys:?}"
    );
    assert!(
        keys.contains(&"B03 tool read_note [type]".to_owned()),
        "{keys:?}"
    );
}

#[tokio::test]
async fn other_ways_of_taking_them_are_found() {
    for (file, level, what) in [
        ("flawed_unknown", Level::Error, "its schema forbids"),
        ("flawed_dies", Level::Error, "the server died"),
        ("flawed_silent", Level::Error, "there is no answer"),
        ("flawed_code", Level::Warning, "-32603"),
    ] {
        let options = Options {
            timeout: std::time::Duration::from_secs(2),
            ..Options::default()
        };
        let found = found(file, options).await;
        assert!(
            found
                .iter()
                .any(|(found, message)| *found == level && message.contains(what)),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn refusals_by_code_and_open_schemas_are_fine() {
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
