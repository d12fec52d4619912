use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, nothing_wrong, sound};

const NAME: &str = "collection-paginates";

#[tokio::test]
async fn a_list_without_a_limit_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].level, Level::Warning);
    assert_eq!(findings[0].place.to_string(), "tool list_tags");
}

#[tokio::test]
async fn its_words_or_a_plural_are_enough() {
    for file in ["flawed_2.py", "flawed_3.py"] {
        let report = judge(&format!("{NAME}/{file}"), Options::default()).await;
        assert_eq!(judged(&report, NAME).findings.len(), 1, "{file}");
    }
}

#[tokio::test]
async fn a_limit_or_a_bound_in_words_is_fine() {
    sound(NAME, Options::default()).await;
    nothing_wrong(&judge(&format!("{NAME}/sound_2.py"), Options::default()).await);
}
