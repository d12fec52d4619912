use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "missing-resource";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn empty_contents_are_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P07 method resources/read [content]".to_owned()
        )]
    );
}

#[tokio::test]
async fn blank_content_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P07 method resources/read [content]".to_owned()
        )]
    );
}

#[tokio::test]
async fn an_error_as_content_is_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P07 method resources/read [content]".to_owned()
        )]
    );
}

#[tokio::test]
async fn the_older_code_is_an_error_in_the_modern_era_alone() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P07 method resources/read [modern]".to_owned()
        )]
    );
}

#[tokio::test]
async fn another_code_in_the_legacy_era_is_a_warning() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Warning,
            "P07 method resources/read [legacy]".to_owned()
        )]
    );
}

#[tokio::test]
async fn blank_content_of_a_template_is_found() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P07 method resources/read [content]".to_owned()
        )]
    );
}

#[tokio::test]
async fn content_for_any_uri_is_found() {
    let found = variant("flawed_7", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P07 method resources/read [content]".to_owned()
        )]
    );
}

#[tokio::test]
async fn silence_is_found() {
    let found = variant("flawed_8", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P07 method resources/read [lost]".to_owned())]
    );
}

#[tokio::test]
async fn the_code_of_each_era_and_a_greeting_for_anybody_are_sound() {
    sound(NAME, Options::default()).await;
}
