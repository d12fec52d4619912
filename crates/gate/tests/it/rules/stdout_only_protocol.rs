use seaworthy_gate::Options;

use crate::servers::{flawed, found_alone, sound};

const NAME: &str = "stdout-only-protocol";

#[tokio::test]
async fn a_banner_and_a_print_in_a_call_are_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    let quoted: Vec<_> = findings
        .iter()
        .map(|finding| finding.quotes[0].text.as_str())
        .collect();
    assert!(quoted.contains(&"Notes server 1.0 ready"), "{quoted:?}");
    assert!(quoted.contains(&"looking for a"), "{quoted:?}");
}

#[tokio::test]
async fn logs_on_stderr_are_none() {
    sound(NAME, Options::default()).await;
}

#[tokio::test]
async fn a_print_that_only_the_last_rules_provoke_is_found() {
    let findings = found_alone(
        NAME,
        &format!("{NAME}/flawed_2.py"),
        Options::default(),
        &[],
    )
    .await;
    assert_eq!(findings[0].quotes[0].text, "cache: hit");
}
