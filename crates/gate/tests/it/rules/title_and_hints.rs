use seaworthy_gate::Options;

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "title-and-hints";

#[tokio::test]
async fn a_bare_tool_is_found_with_the_lines_to_add() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].place.to_string(), "tool read_note");
    assert_eq!(findings[0].message, "title and readOnlyHint are missing");
    assert_eq!(
        findings[0].fix,
        "Add \"title\": \"Read note\" and \"annotations\": {\"readOnlyHint\": true}, if that is what the \
         tool does."
    );
}

#[tokio::test]
async fn hints_as_strings_and_beside_annotations_are_found() {
    let report = judge("title-and-hints/flawed_2.py", Options::default()).await;
    let messages: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(
        messages[0].contains("readOnlyHint is \"true\", no boolean"),
        "{messages:?}"
    );
    assert!(
        messages[1].contains("title and readOnlyHint are missing"),
        "{messages:?}"
    );
    assert!(messages[1].contains("beside annotations"), "{messages:?}");
}

#[tokio::test]
async fn read_only_needs_no_destructive_hint() {
    sound(NAME, Options::default()).await;
}
