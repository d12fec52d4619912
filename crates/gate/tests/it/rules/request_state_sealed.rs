use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "request-state-sealed";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn a_state_that_is_encoded_alone_is_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P09 tool read_private_note".to_owned())]
    );
}

#[tokio::test]
async fn a_state_that_is_ignored_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P09 tool read_private_note".to_owned())]
    );
}

#[tokio::test]
async fn a_signature_that_is_not_checked_is_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P09 tool read_private_note".to_owned())]
    );
}

#[tokio::test]
async fn a_state_in_the_open_is_found() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P09 tool read_private_note".to_owned())]
    );
}

#[tokio::test]
async fn a_state_that_comes_after_the_answer_is_found() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P09 tool read_private_note".to_owned())]
    );
}

#[tokio::test]
async fn a_forged_state_that_is_answered_as_the_true_one_is_found() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P09 tool read_private_note".to_owned())]
    );
}

#[tokio::test]
async fn a_signed_state_is_sound() {
    sound(NAME, Options::default()).await;
}
