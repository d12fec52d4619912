use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "unique-names";

#[tokio::test]
async fn two_tools_of_one_name_are_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].place.to_string(), "tool read_note");
    assert_eq!(findings[0].quotes.len(), 2);
}

#[tokio::test]
async fn names_that_differ_by_case_and_punctuation_are_found_and_titles_noted() {
    let report = judge("unique-names/flawed_2.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    let levels: Vec<_> = findings.iter().map(|finding| finding.level).collect();
    assert_eq!(levels, [Level::Warning, Level::Note]);
    assert!(
        findings[0].message.contains("read_note, readNote"),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn prompts_arguments_and_resources_are_looked_at_too() {
    let report = judge("unique-names/flawed_3.py", Options::default()).await;
    let places: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(seaworthy_gate::finding::Finding::fingerprint)
        .collect();
    assert_eq!(
        places,
        [
            "N02 prompt tidy_up [name]",
            "N02 resource notes://about [uri]",
            "N02 prompt tidy_up [subject]"
        ]
    );
}

#[tokio::test]
async fn names_that_are_near_each_other_are_none() {
    sound(NAME, Options::default()).await;
}
