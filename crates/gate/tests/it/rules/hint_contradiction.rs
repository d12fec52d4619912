use seaworthy_gate::{Level, Options, Permission, report::Verdict};

use crate::servers::{flawed, judge, judged, nothing_wrong, sound};

const NAME: &str = "hint-contradiction";

fn active() -> Options {
    Options {
        permission: Permission::Active,
        ..Options::default()
    }
}

#[tokio::test]
async fn a_deletion_that_claims_to_read_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].place.to_string(), "tool delete_note");
    assert_eq!(findings[0].level, Level::Error);
}

#[tokio::test]
async fn a_deletion_that_claims_to_spare_is_found() {
    let report = judge("hint-contradiction/flawed_2.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!((findings.len(), findings[0].level), (1, Level::Error));
    assert_eq!(findings[0].key, "destructiveHint");
}

#[tokio::test]
async fn a_description_that_deletes_is_found_and_quoted() {
    let report = judge("hint-contradiction/flawed_3.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    let quote = &findings[0].quotes[0];
    assert_eq!(&quote.text[quote.mark.clone()], "deletes");
}

#[tokio::test]
async fn what_a_call_does_is_seen_with_active() {
    let report = judge("hint-contradiction/flawed_4.py", active()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].place.to_string(), "tool find_notes");
    assert_eq!(findings[0].exchanges.len(), 3);

    let report = judge("hint-contradiction/sound_2.py", active()).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
    nothing_wrong(&report);
}

#[tokio::test]
async fn what_a_call_takes_is_seen_with_active() {
    for (file, level) in [("flawed_6", Level::Error), ("flawed_7", Level::Warning)] {
        let report = judge(&format!("{NAME}/{file}.py"), active()).await;
        let findings = &judged(&report, NAME).findings;
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert_eq!(findings[0].place.to_string(), "tool show_next_note");
        assert_eq!(findings[0].level, level);
    }
    let report = judge(&format!("{NAME}/sound_3.py"), active()).await;
    nothing_wrong(&report);
}

#[tokio::test]
async fn lesser_contradictions_are_warnings() {
    let report = judge("hint-contradiction/flawed_5.py", Options::default()).await;
    let found: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| {
            (
                finding.place.to_string(),
                finding.key.as_str(),
                finding.level,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                "tool web_search".to_owned(),
                "openWorldHint",
                Level::Warning
            ),
            ("tool read_note".to_owned(), "both", Level::Warning),
            (
                "tool append_line".to_owned(),
                "idempotentHint",
                Level::Warning
            ),
        ]
    );
}

#[tokio::test]
async fn true_hints_and_nouns_are_none() {
    sound(NAME, Options::default()).await;
    sound(NAME, active()).await;
}
