use seaworthy_gate::Options;

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "read-write-split";

#[tokio::test]
async fn an_action_that_reads_or_writes_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(
        findings[0].place.to_string(),
        "tool note_actions, parameter action"
    );
    assert!(
        findings[0].message.contains("reads (read)"),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn names_and_descriptions_that_join_both_are_found() {
    for (file, key) in [("flawed_2.py", "name"), ("flawed_3.py", "description")] {
        let report = judge(&format!("{NAME}/{file}"), Options::default()).await;
        let findings = &judged(&report, NAME).findings;
        assert_eq!(
            (findings.len(), findings[0].key.as_str()),
            (1, key),
            "{findings:#?}"
        );
    }
}

#[tokio::test]
async fn several_ways_to_write_are_one_deed() {
    sound(NAME, Options::default()).await;
}
