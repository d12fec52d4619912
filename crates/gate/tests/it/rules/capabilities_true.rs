use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "capabilities-true";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn a_list_that_is_declared_and_missing_is_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method prompts/list [declared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_list_that_is_there_and_undeclared_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method prompts/list [undeclared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn completions_that_fail_are_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method completion/complete [declared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn log_messages_without_logging_are_found() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method notifications/message [undeclared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_request_for_roots_that_were_not_offered_is_found() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P04 method roots/list [legacy]".to_owned())]
    );
}

#[tokio::test]
async fn a_change_that_was_not_declared_is_found() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method notifications/tools/list_changed [undeclared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_subscription_that_is_not_taken_is_found() {
    let found = variant("flawed_7", Options::default()).await;
    assert_eq!(
        found,
        [
            (
                Level::Error,
                "P04 method resources/subscribe [declared]".to_owned()
            ),
            (
                Level::Error,
                "P04 method subscriptions/listen [declared]".to_owned()
            )
        ]
    );
}

#[tokio::test]
async fn a_level_that_is_not_taken_is_found() {
    let found = variant("flawed_8", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method logging/setLevel [declared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_form_for_a_client_without_forms_is_found() {
    let found = variant("flawed_9", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method elicitation/create [read_private_note]".to_owned()
        )]
    );
}

#[tokio::test]
async fn changes_nobody_can_listen_to_are_found() {
    let found = variant("flawed_10", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P04 method subscriptions/listen [declared]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_flag_in_place_of_an_object_is_found() {
    let found = variant("flawed_11", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P04 server [completions]".to_owned())]
    );
}

#[tokio::test]
async fn a_request_in_the_modern_era_is_found() {
    let found = variant("flawed_12", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P04 method ping [modern]".to_owned())]
    );
}

#[tokio::test]
async fn what_is_declared_and_works_is_sound() {
    sound(NAME, Options::default()).await;
}
