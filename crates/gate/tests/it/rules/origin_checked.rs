use seaworthy_gate::Level;

use crate::http::{flawed, keys, sound};

const NAME: &str = "origin-checked";

#[tokio::test]
async fn any_origin_is_an_error_once_for_both_eras() {
    let findings = flawed(NAME, "flawed", &[]).await;
    assert_eq!(keys(&findings), ["foreign"]);
    assert_eq!(findings[0].level, Level::Error);
    assert_eq!(findings[0].exchanges.len(), 2);
}

#[tokio::test]
async fn null_and_names_that_look_alike_are_errors() {
    assert_eq!(keys(&flawed(NAME, "flawed_null", &[]).await), ["null"]);
    assert_eq!(
        keys(&flawed(NAME, "flawed_prefix", &[]).await),
        ["beginning"]
    );
    assert_eq!(keys(&flawed(NAME, "flawed_suffix", &[]).await), ["end"]);
}

#[tokio::test]
async fn one_era_and_the_handshake_are_not_enough() {
    assert_eq!(keys(&flawed(NAME, "flawed_modern", &[]).await), ["foreign"]);
    assert_eq!(
        keys(&flawed(NAME, "flawed_later", &[]).await),
        ["foreign later"]
    );
}

#[tokio::test]
async fn another_status_is_a_warning() {
    let findings = flawed(NAME, "flawed_status", &[]).await;
    assert_eq!(keys(&findings), ["status"]);
    assert_eq!(findings[0].level, Level::Warning);
}

#[tokio::test]
async fn pages_of_this_machine_may_be_let_in() {
    sound(NAME, "sound").await;
}
