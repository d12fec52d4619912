use crate::http::{flawed, keys, sound};

const NAME: &str = "no-modern-session";

#[tokio::test]
async fn sessions_and_streams_are_found() {
    assert_eq!(keys(&flawed(NAME, "flawed", &[]).await), ["minted"]);
    assert_eq!(keys(&flawed(NAME, "flawed_echo", &[]).await), ["echoed"]);
    assert_eq!(keys(&flawed(NAME, "flawed_get", &[]).await), ["GET"]);
    // P02 says what it costs to speak 2026-07-28 alone
    assert_eq!(
        keys(&flawed(NAME, "flawed_required", &["P02"]).await),
        ["GET", "refused"]
    );
}

#[tokio::test]
async fn a_stream_for_the_older_era_is_fine() {
    sound(NAME, "sound").await;
}
