use seaworthy_gate::{Era, Level, Options, report::Verdict};

use crate::servers::{found_alone, judge, judged, nothing_wrong, sound};

const NAME: &str = "answers-both-eras";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn a_server_of_the_older_era_loses_the_newest_clients() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Warning, "P02 method server/discover".to_owned())]
    );
}

#[tokio::test]
async fn a_server_of_the_newer_era_loses_most_clients() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Warning, "P02 method initialize".to_owned())]
    );
}

#[tokio::test]
async fn a_server_that_ends_at_an_unknown_first_request_is_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [
            (Level::Warning, "P02 method server/discover".to_owned()),
            (
                Level::Warning,
                "P02 method server/discover [ends]".to_owned()
            )
        ]
    );
}

#[tokio::test]
async fn a_server_that_answers_neither_is_an_error() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(found, [(Level::Error, "P02 server [neither]".to_owned())]);
}

#[tokio::test]
async fn a_discovery_without_versions_is_an_error() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P02 method server/discover [incomplete]".to_owned()
        )]
    );
}

#[tokio::test]
async fn silence_in_one_era_costs_no_minute() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Warning, "P02 method server/discover".to_owned())]
    );
}

#[tokio::test]
async fn a_server_that_takes_no_initialize_after_a_probe_is_found() {
    let found = variant("flawed_7", Options::default()).await;
    assert_eq!(
        found,
        [
            (Level::Warning, "P02 method server/discover".to_owned()),
            (
                Level::Warning,
                "P02 method server/discover [no fallback]".to_owned()
            )
        ]
    );
}

#[tokio::test]
async fn a_handshake_without_a_version_of_the_server_is_an_error() {
    let found = variant("flawed_8", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P02 method initialize [incomplete]".to_owned()
        )]
    );
}

#[tokio::test]
async fn versions_of_both_eras_may_be_named() {
    sound(NAME, Options::default()).await;
}

#[tokio::test]
async fn an_era_that_was_not_asked_for_is_not_judged() {
    let options = Options {
        era: Some(Era::Legacy),
        ..Options::default()
    };
    let report = judge(&format!("{NAME}/flawed.py"), options).await;
    nothing_wrong(&report);
    let verdict = &judged(&report, NAME).verdict;
    assert!(matches!(verdict, Verdict::NotApplicable(_)), "{verdict:?}");
}
