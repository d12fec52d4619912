use seaworthy_gate::{Level, Options};

use crate::servers::{found_alone, sound};

const NAME: &str = "exits-on-eof";

/// Judges another server of this rule: it must be found by this rule alone. What is found, by key.
async fn variant(file: &str, options: Options) -> Vec<(Level, String)> {
    found_alone(NAME, &format!("{NAME}/{file}.py"), options, &[])
        .await
        .into_iter()
        .map(|finding| (finding.level, finding.fingerprint()))
        .collect()
}

#[tokio::test]
async fn a_thread_that_keeps_it_alive_is_found() {
    let found = variant("flawed", Options::default()).await;
    assert_eq!(found, [(Level::Warning, "P10 server".to_owned())]);
}

#[tokio::test]
async fn a_child_that_holds_its_stdout_is_found() {
    let found = variant("flawed_2", Options::default()).await;
    assert_eq!(
        found,
        [(Level::Warning, "P10 server [children]".to_owned())]
    );
}

#[tokio::test]
async fn a_moment_to_tidy_up_is_sound() {
    sound(NAME, Options::default()).await;
}
