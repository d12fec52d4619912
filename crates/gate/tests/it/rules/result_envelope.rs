use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "result-envelope";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn calls_without_a_type_are_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P06 method tools/call [resultType]".to_owned()
        )]
    );
}

#[tokio::test]
async fn reads_without_a_lifetime_are_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P06 method resources/read [ttlMs]".to_owned())]
    );
}

#[tokio::test]
async fn an_unknown_scope_is_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P06 method tools/list [cacheScope]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_scope_that_changes_is_found() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P06 method tools/list [scopes]".to_owned())]
    );
}

#[tokio::test]
async fn a_discovery_without_a_type_is_found() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P06 method server/discover [resultType]".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_lifetime_that_is_a_text_is_found() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P06 method resources/list [ttlMs]".to_owned())]
    );
}

#[tokio::test]
async fn a_negative_lifetime_is_found() {
    let found = variant("flawed_7", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P06 method resources/templates/list [ttlMs]".to_owned()
        )]
    );
}

#[tokio::test]
async fn an_unknown_type_is_found() {
    let found = variant("flawed_8", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P06 method tools/list [resultType]".to_owned()
        )]
    );
}

#[tokio::test]
async fn errors_of_tools_without_a_type_are_found() {
    let found = variant("flawed_9", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P06 method tools/call [resultType]".to_owned()
        )]
    );
}

#[tokio::test]
async fn no_lifetime_and_a_private_scope_are_sound() {
    sound(NAME, Options::default()).await;
}
