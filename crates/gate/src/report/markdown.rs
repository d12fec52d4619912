//! Markdown, for comments on pull requests and job summaries.

use std::fmt::Write;

use super::{Report, Verdict, score, text::counted};
use crate::rule::{Area, Level};

/// The report.
pub fn render(report: &Report) -> String {
    let mut page = String::new();
    let [errors, warnings, notes] =
        [Level::Error, Level::Warning, Level::Note].map(|level| report.count(level));
    let verdict = match (errors, warnings) {
        (0, 0) => "seaworthy",
        (0, _) => "seaworthy with warnings",
        _ => "not seaworthy",
    };
    let _ = writeln!(page, "## seaworthy check: {verdict}\n");
    let _ = writeln!(
        page,
        "{}: {}, {}, {}. {} {}, {}.\n",
        code(&report.target),
        counted(errors, "error"),
        counted(warnings, "warning"),
        counted(notes, "note"),
        plain(&report.server.name),
        plain(&report.server.version),
        counted(report.server.tools, "tool"),
    );
    scores(report, &mut page);
    findings(report, &mut page);
    unverified(report, &mut page);
    for stale in &report.stale {
        let _ = writeln!(
            page,
            "\nBaseline entry no longer found, remove it: {}",
            code(stale)
        );
    }
    let held = report
        .judged
        .iter()
        .filter(|judged| judged.verdict == Verdict::Passed)
        .count();
    let _ = writeln!(page, "\nRules that hold: {held}. Seed {}.", report.seed);
    page
}

fn scores(report: &Report, page: &mut String) {
    let areas: Vec<_> = Area::ALL
        .into_iter()
        .filter_map(|area| Some((area.name(), score::of(report, area)?)))
        .collect();
    if !areas.is_empty() {
        let names: Vec<_> = areas.iter().map(|(name, _)| *name).collect();
        let points: Vec<_> = areas.iter().map(|(_, points)| points.to_string()).collect();
        let _ = writeln!(
            page,
            "| {} |\n|{}\n| {} |\n",
            names.join(" | "),
            "---|".repeat(names.len()),
            points.join(" | ")
        );
    }
}

fn findings(report: &Report, page: &mut String) {
    if report.findings().next().is_some() {
        page.push_str("| level | rule | where | what | fix |\n|---|---|---|---|---|\n");
    }
    let mut findings: Vec<_> = report.findings().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for finding in findings {
        let mut what = plain(&finding.message);
        for quote in &finding.quotes {
            let _ = write!(what, "<br>{}: {}", plain(&quote.label), code(&quote.text));
        }
        let _ = writeln!(
            page,
            "| {} | {} {} | {} | {what} | {} |",
            finding.level.name(),
            finding.rule.id,
            finding.rule.name,
            plain(&finding.place.to_string()),
            plain(&finding.fix)
        );
    }
    for judged in &report.judged {
        for (level, number) in &judged.further {
            let (id, name) = (judged.rule.id, judged.rule.name);
            let _ = writeln!(
                page,
                "| {} | {id} {name} | | {number} more | |",
                level.name()
            );
        }
    }
}

fn unverified(report: &Report, page: &mut String) {
    let open: Vec<_> = report
        .judged
        .iter()
        .filter(|judged| !judged.unverified.is_empty())
        .collect();
    if !open.is_empty() {
        page.push_str("\n<details><summary>could not verify</summary>\n\n");
        for judged in open {
            for why in &judged.unverified {
                let _ = writeln!(
                    page,
                    "- {} {}: {}",
                    judged.rule.id,
                    judged.rule.name,
                    plain(why)
                );
            }
        }
        page.push_str("\n</details>\n");
    }
}

/// A text without anything that Markdown or HTML would take for markup.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '(' | ')' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// A text as code, in HTML, where no run of backticks can end it.
fn code(text: &str) -> String {
    let mut out = String::from("<code>");
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            // entities, so that neither a table nor emphasis nor a mention begins
            '|' | '*' | '_' | '`' | '[' | ']' | '@' | '~' | '\\' | ':' | '#' => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push_str("</code>");
    out
}
