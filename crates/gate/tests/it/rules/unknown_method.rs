use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "unknown-method";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn a_result_for_an_unknown_method_is_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [
            (
                Level::Error,
                "P05 method seaworthy/no_such_method".to_owned()
            ),
            (Level::Error, "P05 method tools/no_such_method".to_owned())
        ]
    );
}

#[tokio::test]
async fn silence_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [
            (
                Level::Error,
                "P05 method seaworthy/no_such_method [lost]".to_owned()
            ),
            (
                Level::Error,
                "P05 method tools/no_such_method [lost]".to_owned()
            )
        ]
    );
}

#[tokio::test]
async fn another_code_is_a_warning() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [
            (
                Level::Warning,
                "P05 method seaworthy/no_such_method".to_owned()
            ),
            (Level::Warning, "P05 method tools/no_such_method".to_owned())
        ]
    );
}

#[tokio::test]
async fn an_unknown_tool_that_succeeds_is_found() {
    let found = variant("flawed_4", Options::default()).await;
    assert_eq!(found, [(Level::Error, "P05 method tools/call".to_owned())]);
}

#[tokio::test]
async fn an_unknown_prompt_that_is_there_is_found() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(found, [(Level::Error, "P05 method prompts/get".to_owned())]);
}

#[tokio::test]
async fn an_answer_to_a_notification_is_found() {
    let found = variant("flawed_6", Options::default()).await;
    assert_eq!(
        found,
        [(
            Level::Error,
            "P05 method notifications/seaworthy_no_such_notification".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_server_that_dies_of_it_is_found() {
    let found = variant("flawed_7", Options::default()).await;
    assert_eq!(
        found,
        [
            (
                Level::Error,
                "P05 method seaworthy/no_such_method [lost]".to_owned()
            ),
            (
                Level::Error,
                "P05 method tools/no_such_method [lost]".to_owned()
            )
        ]
    );
}

#[tokio::test]
async fn a_method_told_by_its_beginning_is_found() {
    let found = variant("flawed_8", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P05 method tools/no_such_method".to_owned())]
    );
}

#[tokio::test]
async fn silence_about_an_unknown_tool_is_found() {
    let found = variant("flawed_9", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P05 method tools/call [lost]".to_owned())]
    );
}

#[tokio::test]
async fn an_unknown_tool_may_be_an_error_of_a_tool() {
    sound(NAME, Options::default()).await;
}
