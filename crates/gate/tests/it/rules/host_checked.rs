use crate::http::{flawed, keys, sound};

const NAME: &str = "host-checked";

#[tokio::test]
async fn any_host_is_an_error_once_for_both_eras() {
    let findings = flawed(NAME, "flawed", &[]).await;
    assert_eq!(keys(&findings), ["foreign"]);
    assert_eq!(findings[0].exchanges.len(), 2);
}

#[tokio::test]
async fn half_a_comparison_is_an_error() {
    assert_eq!(
        keys(&flawed(NAME, "flawed_prefix", &[]).await),
        ["lookalike"]
    );
    assert_eq!(keys(&flawed(NAME, "flawed_port", &[]).await), ["foreign"]);
    assert_eq!(
        keys(&flawed(NAME, "flawed_later", &[]).await),
        ["foreign later"]
    );
}

#[tokio::test]
async fn a_further_name_may_be_served() {
    sound(NAME, "sound").await;
}
