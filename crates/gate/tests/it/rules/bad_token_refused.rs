use seaworthy_gate::{Level, Options};

use crate::http::{TOKEN, flawed, keys, sound, sound_with};

const NAME: &str = "bad-token-refused";

#[tokio::test]
async fn any_token_is_one_error() {
    let findings = flawed(NAME, "flawed", &[]).await;
    assert_eq!(keys(&findings), ["Invented"]);
    assert_eq!(findings[0].level, Level::Error);
}

#[tokio::test]
async fn half_a_comparison_is_an_error() {
    assert_eq!(keys(&flawed(NAME, "flawed_prefix", &[]).await), ["Longer"]);
    assert_eq!(keys(&flawed(NAME, "flawed_empty", &[]).await), ["Empty"]);
    assert_eq!(
        keys(&flawed(NAME, "flawed_session", &[]).await),
        ["InventedInSession"]
    );
}

#[tokio::test]
async fn json_web_tokens_are_verified() {
    let findings = flawed_unsigned().await;
    assert_eq!(keys(&findings), ["Forged"]);
    assert!(
        findings[0].message.contains("alg none"),
        "{}",
        findings[0].message
    );
    assert_eq!(keys(&flawed(NAME, "flawed_none", &[]).await), ["Unsigned"]);
}

/// It takes only tokens with claims, not the one that the others take.
async fn flawed_unsigned() -> Vec<seaworthy_gate::finding::Finding> {
    flawed(NAME, "flawed_unsigned", &[]).await
}

#[tokio::test]
async fn a_token_in_the_address_is_refused() {
    assert_eq!(keys(&flawed(NAME, "flawed_query", &[]).await), ["Query"]);
}

#[tokio::test]
async fn another_scheme_and_another_status_are_warnings() {
    let findings = flawed(NAME, "flawed_scheme", &[]).await;
    assert_eq!(keys(&findings), ["NoScheme", "OtherScheme"]);
    assert!(
        findings
            .iter()
            .all(|finding| finding.level == Level::Warning)
    );
    assert_eq!(keys(&flawed(NAME, "flawed_status", &[]).await), ["status"]);
}

#[tokio::test]
async fn strict_servers_and_other_headers_are_fine() {
    sound(NAME, "sound").await;
    let mut options = Options::default();
    options
        .headers
        .push(("X-API-Key".to_owned(), TOKEN.to_owned()));
    sound_with(NAME, "sound_key", options).await;
}
