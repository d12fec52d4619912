use seaworthy_gate::{Level, Options, report::Verdict};

use crate::servers::{found_alone, judge, judged, sound};

const NAME: &str = "silent-after-cancel";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, also: &[&str]) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), Options::default(), also)
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn an_answer_after_the_cancellation_is_found() {
    let found = variant("flawed", &[]).await;
    assert_eq!(
        found,
        [(Level::Error, "P11 tool find_notes [answer]".to_owned())]
    );
}

#[tokio::test]
async fn progress_after_the_cancellation_is_found() {
    let found = variant("flawed_2", &[]).await;
    assert_eq!(
        found,
        [(Level::Error, "P11 tool find_notes [later]".to_owned())]
    );
}

#[tokio::test]
async fn an_error_after_the_cancellation_is_found() {
    let found = variant("flawed_3", &[]).await;
    assert_eq!(
        found,
        [(Level::Error, "P11 tool find_notes [answer]".to_owned())]
    );
}

#[tokio::test]
async fn a_server_that_reads_nothing_while_it_works_is_found() {
    let found = variant("flawed_4", &[]).await;
    assert_eq!(
        found,
        [(Level::Error, "P11 tool find_notes [answer]".to_owned())]
    );
}

#[tokio::test]
async fn a_call_is_made_long_to_be_cancelled() {
    let found = variant("flawed_5", &["G03"]).await;
    assert_eq!(
        found,
        [(Level::Error, "P11 tool view_new_notes [answer]".to_owned())]
    );
}

#[tokio::test]
async fn an_answer_that_the_cancellation_itself_brings_is_found() {
    let found = variant("flawed_7", &[]).await;
    assert_eq!(
        found,
        [(Level::Error, "P11 tool find_notes [answer]".to_owned())]
    );
}

#[tokio::test]
async fn in_the_legacy_era_it_is_a_warning() {
    let found = variant("flawed_6", &["P02"]).await;
    assert_eq!(
        found,
        [(Level::Warning, "P11 tool find_notes [answer]".to_owned())]
    );
}

#[tokio::test]
async fn a_call_that_is_left_is_sound() {
    sound(NAME, Options::default()).await;
}

#[tokio::test]
async fn quick_calls_cannot_be_cancelled() {
    let report = judge("tool-name/sound.py", Options::default()).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Unverified);
}
