//! Known findings: a file of them, so that a server with a past can hold the line. What is in it is not
//! counted; what is in it and no longer found is reported, so that it is taken out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    report::{Report, Verdict},
    rules,
};

/// The name and version of the layout.
pub const FORMAT: &str = "seaworthy.baseline/1";

/// A file of known findings.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    format: String,
    findings: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The fingerprint.
    finding: String,
    /// How often it is found.
    #[serde(default = "once")]
    times: usize,
    /// What it says, for whoever reads the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    message: String,
}

fn once() -> usize {
    1
}

/// Why a baseline cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is no JSON of that layout.
    #[error("{0}")]
    Layout(#[from] serde_json::Error),
    /// It is of another version.
    #[error("its format is {0:?}, not {FORMAT}")]
    Format(String),
}

impl Baseline {
    /// Reads one.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_json::from_str(text)?;
        if baseline.format == FORMAT {
            Ok(baseline)
        } else {
            Err(BaselineError::Format(baseline.format))
        }
    }

    /// All findings of a report, the known ones too.
    pub fn of(report: &Report) -> Self {
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for finding in report.findings().chain(&report.known) {
            let print = finding.fingerprint();
            entries
                .entry(print.clone())
                .and_modify(|entry| entry.times += 1)
                .or_insert(Entry {
                    finding: print,
                    times: 1,
                    message: finding.message.clone(),
                });
        }
        Self {
            format: FORMAT.to_owned(),
            findings: entries.into_values().collect(),
        }
    }

    /// As text, with a line end.
    pub fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Takes the known findings out of a report, and notes what is no longer found. An entry whose rule
    /// gave no verdict in this run is not stale.
    pub fn apply(&self, report: &mut Report) {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in &self.findings {
            *left.entry(&entry.finding).or_default() += entry.times;
        }
        for judged in &mut report.judged {
            let (known, new) =
                std::mem::take(&mut judged.findings)
                    .into_iter()
                    .partition(|finding| {
                        left.get_mut(finding.fingerprint().as_str())
                            .is_some_and(|times| {
                                let known = *times > 0;
                                *times = times.saturating_sub(1);
                                known
                            })
                    });
            judged.findings = new;
            report.known.extend::<Vec<_>>(known);
            if judged.verdict == Verdict::Found
                && judged.findings.is_empty()
                && judged.further.is_empty()
            {
                judged.verdict = Verdict::Passed;
            }
        }
        let judged = |print: &str| {
            let id = print.split(' ').next().unwrap_or_default();
            rules::rule(id).is_none_or(|rule| {
                report.judged.iter().any(|judged| {
                    judged.rule == rule
                        && matches!(judged.verdict, Verdict::Passed | Verdict::Found)
                })
            })
        };
        let stale = left
            .into_iter()
            .filter(|(print, times)| *times > 0 && judged(print))
            .map(|(print, _)| print.to_owned())
            .collect();
        report.stale = stale;
    }
}
