use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "mcp-header-annotations";

fn shown(findings: &[seaworthy_gate::finding::Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.place, finding.key))
        .collect()
}

#[tokio::test]
async fn blanks_duplicates_and_types_are_errors() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(
        shown(&findings),
        [
            "tool find_notes, parameter box type",
            "tool find_notes, parameter cursor token",
            "tool find_notes, parameter limit unique",
            "tool find_notes, parameter shelf token",
        ]
    );
}

#[tokio::test]
async fn secrets_are_found_by_name_and_by_description() {
    let report = judge(&format!("{NAME}/flawed_secret.py"), Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.place.to_string(), finding.level))
        .collect();
    assert_eq!(
        found,
        [
            ("tool find_notes, parameter box".to_owned(), Level::Warning),
            ("tool find_notes, parameter shelf".to_owned(), Level::Error),
        ]
    );
}

#[tokio::test]
async fn places_that_no_client_reads_and_broken_lines_are_errors() {
    let report = judge(&format!("{NAME}/flawed_nested.py"), Options::default()).await;
    assert_eq!(
        shown(&judged(&report, NAME).findings),
        [
            "tool find_notes, parameter box token",
            "tool find_notes, parameter shelf place",
        ]
    );
}

#[tokio::test]
async fn what_gateways_route_by_is_fine() {
    sound(NAME, Options::default()).await;
}
