use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "stable-listing";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn the_order_of_a_set_is_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P08 method tools/list [order]".to_owned())]
    );
}

#[tokio::test]
async fn a_session_in_a_description_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P08 tool read_note [definition]".to_owned())]
    );
}

#[tokio::test]
async fn a_definition_that_changes_after_a_call_is_found() {
    let found = variant("flawed_3", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P08 tool find_notes [definition]".to_owned())]
    );
}

#[tokio::test]
async fn resources_in_the_order_of_a_set_are_found() {
    let found = variant("flawed_5", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Error, "P08 method resources/list [order]".to_owned())]
    );
}

#[tokio::test]
async fn a_sorted_set_is_sound() {
    sound(NAME, Options::default()).await;
}

#[tokio::test]
async fn a_shuffled_list_is_found() {
    let found = variant("flawed_4", Options::default()).await;
    let order = (Level::Error, "P08 method tools/list [order]".to_owned());
    assert!(found.contains(&order), "{found:?}");
}
