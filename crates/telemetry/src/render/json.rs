//! JSON for programs. The names stay; a change of their meaning is a new `version`.

use serde::Serialize;

use crate::{advice::Recommendation, report::Report};

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    report: &'a Report,
    recommendations: &'a [Recommendation],
}

/// The report and the recommendations as one indented JSON object, with a line break at its end.
pub fn json(report: &Report, recommendations: &[Recommendation]) -> String {
    let output = Output {
        version: VERSION,
        report,
        recommendations,
    };
    // fails only for maps whose keys are no strings, and there are none
    let mut text = serde_json::to_string_pretty(&output).unwrap_or_default();
    text.push('\n');
    text
}
