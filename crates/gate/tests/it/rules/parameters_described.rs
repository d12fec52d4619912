use seaworthy_gate::{Options, finding::Finding};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "parameters-described";

fn table(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect()
}

#[tokio::test]
async fn a_missing_and_a_hollow_description_and_a_missing_bound_are_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(
        table(&findings),
        [
            "tool find_notes, parameter limit: the parameter has no description",
            "tool find_notes, parameter text: the description says no more than the parameter's name or type",
            "tool find_notes: without bounds: cursor",
        ]
    );
}

#[tokio::test]
async fn nested_parameters_and_alternatives_are_looked_at() {
    let report = judge("parameters-described/flawed_2.py", Options::default()).await;
    assert_eq!(
        table(&judged(&report, NAME).findings),
        [
            "tool find_notes, parameter filter.tags: the parameter has no description",
            "tool find_notes, parameter filter.tags[].name: the parameter has no description",
            "tool find_notes: without bounds: filter.since",
        ]
    );
}

#[tokio::test]
async fn bounds_of_every_kind_are_enough() {
    sound(NAME, Options::default()).await;
}
