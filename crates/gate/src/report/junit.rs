//! `JUnit` XML, for CI servers: a suite an area, a case a rule.

use std::fmt::Write;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Judged, Report, Verdict};
use crate::rule::{Area, Level};

/// The report; a rule with a finding of at least `fail_on` is a failure, with lighter ones it passes and
/// says them.
///
/// # Errors
/// Where the text cannot be written as XML, which its escaping should prevent.
pub fn render(report: &Report, fail_on: Level) -> Result<String, quick_junit::SerializeError> {
    let mut page = quick_junit::Report::new(format!("seaworthy check {}", report.target));
    page.set_time(report.took);
    for area in Area::ALL {
        let mut suite = TestSuite::new(area.name());
        for judged in report
            .judged
            .iter()
            .filter(|judged| judged.rule.area() == area)
        {
            suite.add_test_case(case(judged, fail_on));
        }
        page.add_test_suite(suite);
    }
    page.to_string()
}

fn case(judged: &Judged, fail_on: Level) -> TestCase {
    let skipped = |why: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(why.to_owned());
        status
    };
    let text = findings(judged);
    let fails = judged
        .findings
        .iter()
        .any(|finding| finding.level >= fail_on);
    let status = match &judged.verdict {
        Verdict::Found if fails => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(judged.rule.name);
            status.set_message(judged.rule.summary);
            status.set_description(text.clone());
            status
        }
        Verdict::Passed | Verdict::Found => TestCaseStatus::success(),
        Verdict::Unverified => skipped(&format!(
            "could not verify: {}",
            judged.unverified.join("; ")
        )),
        Verdict::NotApplicable(why) => skipped(&format!("does not apply: {why}")),
        Verdict::Off(why) => skipped(&format!("off: {why}")),
    };
    let mut case = TestCase::new(format!("{} {}", judged.rule.id, judged.rule.name), status);
    case.set_classname("seaworthy.check");
    if !fails && !text.is_empty() {
        case.set_system_out(text);
    }
    case
}

fn findings(judged: &Judged) -> String {
    let mut text = String::new();
    for finding in &judged.findings {
        let (level, place, message) = (finding.level.name(), &finding.place, &finding.message);
        let _ = writeln!(text, "{level}: {place}: {message}");
        for quote in &finding.quotes {
            let _ = writeln!(text, "  {}: {}", quote.label, quote.text);
        }
        let _ = writeln!(text, "  fix: {}", finding.fix);
    }
    for (level, number) in &judged.further {
        let _ = writeln!(text, "{number} more of level {}", level.name());
    }
    text
}
