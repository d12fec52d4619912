use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "version-negotiation";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn an_echo_of_an_old_version_is_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(found, [(Level::Error, "P03 method initialize".to_owned())]);
}

#[tokio::test]
async fn a_modern_request_in_any_version_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [
            (
                Level::Error,
                "P03 method server/discover [accepted]".to_owned()
            ),
            (Level::Error, "P03 method tools/list [accepted]".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_refusal_without_the_list_is_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [
            (Level::Error, "P03 method server/discover [list]".to_owned()),
            (Level::Error, "P03 method tools/list [list]".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_refusal_with_another_code_is_found() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(
        found,
        [
            (Level::Error, "P03 method server/discover [code]".to_owned()),
            (Level::Error, "P03 method tools/list [code]".to_owned())
        ]
    );
}

#[tokio::test]
async fn silence_is_found() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P03 method initialize [silent]".to_owned())]
    );
}

#[tokio::test]
async fn an_echo_of_a_future_version_is_found() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(found, [(Level::Error, "P03 method initialize".to_owned())]);
}

#[tokio::test]
async fn a_version_that_is_checked_at_the_door_alone_is_found() {
    let found = variant("flawed_7", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P03 method tools/list [accepted]".to_owned())]
    );
}

#[tokio::test]
async fn a_version_that_never_was_is_found() {
    let found = variant("flawed_8", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P03 method initialize [unknown]".to_owned())]
    );
}

#[tokio::test]
async fn a_server_that_dies_of_it_is_found() {
    let found = variant("flawed_9", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P03 method initialize [ends]".to_owned())]
    );
}

#[tokio::test]
async fn a_version_that_is_checked_at_first_alone_is_a_warning() {
    let found = variant("flawed_10", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Warning, "P03 method tools/list [pinned]".to_owned())]
    );
}

#[tokio::test]
async fn a_refusal_in_both_eras_is_sound() {
    sound(NAME, Options::default()).await;
}
