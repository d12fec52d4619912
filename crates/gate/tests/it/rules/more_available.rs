use seaworthy_gate::{Options, report::Verdict};

use crate::servers::{flawed, judge, judged, nothing_wrong, sound};

const NAME: &str = "more-available";

async fn message(file: &str) -> String {
    let report = judge(&format!("{NAME}/{file}"), Options::default()).await;
    let judged = judged(&report, NAME);
    assert_eq!(judged.findings.len(), 1, "{judged:?}");
    judged.findings[0].message.clone()
}

#[tokio::test]
async fn silence_about_the_rest_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert!(
        findings[0]
            .message
            .contains("does not say that there is more: with limit=1 it gives 1 entry"),
        "{findings:?}"
    );
    assert_eq!(findings[0].exchanges.len(), 2);
}

#[tokio::test]
async fn more_without_a_way_is_found() {
    assert!(
        message("flawed_2.py")
            .await
            .contains("but not how to get it")
    );
}

#[tokio::test]
async fn a_default_that_cuts_in_silence_is_found() {
    assert!(
        message("flawed_3.py")
            .await
            .contains("by default it gives 20 entries, with limit=50")
    );
}

#[tokio::test]
async fn a_count_is_no_way() {
    assert!(
        message("flawed_4.py")
            .await
            .contains("but not how to get it")
    );
}

#[tokio::test]
async fn a_way_in_words_or_fields_is_fine() {
    sound(NAME, Options::default()).await;
    let report = judge(&format!("{NAME}/sound_2.py"), Options::default()).await;
    nothing_wrong(&report);
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
}
