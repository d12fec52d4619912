//! For people at a terminal: grouped by place, with the text that proves each finding underlined, what
//! could not be verified, what the run did, scores, and a verdict in the last line.

use std::{collections::BTreeMap, fmt::Write};

use super::{Judged, Report, Verdict, score};
use crate::{
    finding::{Finding, Place, Quote},
    rule::{Area, Level},
};

/// How it looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// With colours (ANSI).
    pub colour: bool,
    /// With the exchanges that prove findings.
    pub proof: bool,
    /// Columns to wrap to; 100 where it is 0.
    pub width: usize,
    /// Findings below this level are counted, not shown.
    pub from: Option<Level>,
}

/// The report without colours or exchanges.
pub fn render(report: &Report) -> String {
    render_as(report, Look::default())
}

/// The report, as it should look.
pub fn render_as(report: &Report, look: Look) -> String {
    let mut page = Page {
        text: String::new(),
        look,
        width: if look.width == 0 {
            100
        } else {
            look.width.max(40)
        },
    };
    page.head(report);
    page.findings(report);
    page.unverified(report);
    page.aside(report);
    page.deeds(report);
    page.scores(report);
    page.verdict(report);
    page.text
}

/// The colours, by what they are for.
#[derive(Clone, Copy)]
enum Ink {
    Error,
    Warning,
    Note,
    Good,
    Strong,
    Faint,
}

impl Ink {
    fn of(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Note => "1;36",
            Self::Good => "1;32",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }
}

struct Page {
    text: String,
    look: Look,
    width: usize,
}

impl Page {
    fn ink(&self, ink: Ink, text: &str) -> String {
        if self.look.colour {
            format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code())
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A paragraph whose first line begins with `first` and whose others with `rest`.
    fn paragraph(&mut self, first: &str, rest: &str, text: &str) {
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            // what a server wrote is shown as it is, never with hyphens of ours
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text, options) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    fn head(&mut self, report: &Report) {
        let target = self.ink(Ink::Strong, &report.target);
        self.line(&target);
        let server = &report.server;
        if !server.transport.is_empty() {
            let mut parts = vec![
                format!("{} {}", server.name, server.version)
                    .trim()
                    .to_owned(),
                server.transport.clone(),
            ];
            if server.protocols.is_empty() {
                parts.push("no version of the protocol".to_owned());
            } else {
                parts.push(server.protocols.join(" and "));
            }
            parts.push(format!(
                "{} (~{} tokens)",
                counted(server.tools, "tool"),
                server.definition_tokens
            ));
            parts.push(counted(server.resources + server.templates, "resource"));
            parts.push(counted(server.prompts, "prompt"));
            parts.retain(|part| !part.is_empty());
            let line = self.ink(Ink::Faint, &parts.join(" · "));
            self.line(&line);
        }
    }

    fn findings(&mut self, report: &Report) {
        let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
        for finding in report.findings() {
            if self.look.from.is_some_and(|from| finding.level < from) {
                continue;
            }
            let group = group(&finding.place);
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, findings)) => findings.push(finding),
                None => groups.push((group, vec![finding])),
            }
        }
        for (name, mut findings) in groups {
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
            let name = self.ink(Ink::Strong, &name);
            self.line("");
            self.line(&name);
            for finding in findings {
                self.finding(finding, report);
            }
        }
        for judged in report
            .judged
            .iter()
            .filter(|judged| !judged.further.is_empty())
        {
            let rule = judged.rule;
            for (level, number) in &judged.further {
                let more = format!(
                    "{} {}: {number} more of level {}",
                    rule.id,
                    rule.name,
                    level.name()
                );
                self.line("");
                self.line(&more);
            }
        }
    }

    fn finding(&mut self, finding: &Finding, report: &Report) {
        let rule = finding.rule;
        let level = self.ink(Ink::of(finding.level), finding.level.name());
        let basis = self.ink(Ink::Faint, rule.basis.name());
        self.line(&format!("  {level} {} {} · {basis}", rule.id, rule.name));
        if let Place::Parameter(_, path) = &finding.place {
            self.line(&format!("    parameter {path}"));
        }
        self.paragraph("    ", "    ", &finding.message);
        for quote in &finding.quotes {
            self.quote(quote);
        }
        let help = self.ink(Ink::Good, "fix:");
        // the colour must not count as width
        let from = self.text.len();
        self.paragraph("    fix: ", "    ", &finding.fix);
        self.text
            .replace_range(from..from + 8, &format!("    {help}"));
        if self.look.proof {
            for id in &finding.exchanges {
                if let Some(exchange) = report.exchanges.get(id) {
                    let rows = [
                        ("sent", &exchange.sent),
                        ("received", &exchange.received),
                        ("lost", &exchange.lost),
                    ];
                    for (label, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
                        let label = format!("    #{id} {label}: ");
                        self.paragraph(&label, "      ", text);
                    }
                }
            }
        }
    }

    /// The text, and a line below that marks the part that matters.
    fn quote(&mut self, quote: &Quote) {
        let label = format!("    │ {}: ", quote.label);
        if quote.mark.is_empty() {
            self.paragraph(&label, "    │   ", &quote.text);
            return;
        }
        // one line around the mark, so that the sign below stands where it should
        let before: Vec<char> = quote.text[..quote.mark.start].chars().collect();
        let marked = &quote.text[quote.mark.clone()];
        let after = &quote.text[quote.mark.end..];
        let room = self.width.saturating_sub(label.chars().count()).max(30);
        let marked: String = marked.chars().take(room * 2 / 3).collect();
        let lead = room.saturating_sub(marked.chars().count()) / 2;
        let cut = before.len() > lead;
        let mut shown: String = before[before.len().saturating_sub(lead)..].iter().collect();
        if cut {
            shown = format!("…{}", shown.chars().skip(1).collect::<String>());
        }
        let start = textwrap::core::display_width(&shown);
        let rest = room.saturating_sub(start + textwrap::core::display_width(&marked));
        let mut tail: String = after.chars().take(rest.saturating_sub(1)).collect();
        if after.chars().count() >= rest.max(1) {
            tail.push('…');
        }
        self.line(&format!("{label}{shown}{marked}{tail}"));
        let sign = "^".repeat(textwrap::core::display_width(&marked).max(1));
        let sign = self.ink(Ink::Warning, &sign);
        let blank = " ".repeat(label.chars().count() - 6 + start);
        self.line(&format!("    │ {blank}{sign}"));
    }

    fn unverified(&mut self, report: &Report) {
        let open: Vec<&Judged> = report
            .judged
            .iter()
            .filter(|judged| !judged.unverified.is_empty())
            .collect();
        if open.is_empty() {
            return;
        }
        let title = self.ink(Ink::Strong, "could not verify (neither pass nor fail)");
        self.line("");
        self.line(&title);
        for judged in open {
            for why in &judged.unverified {
                let first = format!("  {} {}: ", judged.rule.id, judged.rule.name);
                self.paragraph(&first, "      ", why);
            }
        }
    }

    fn aside(&mut self, report: &Report) {
        let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for judged in &report.judged {
            let (kind, why) = match &judged.verdict {
                Verdict::NotApplicable(why) => ("does not apply", why),
                Verdict::Off(why) if why != "not asked for" => ("switched off", why),
                _ => continue,
            };
            reasons.entry((kind, why)).or_default().push(judged.rule.id);
        }
        if reasons.is_empty() && report.known.is_empty() && report.stale.is_empty() {
            return;
        }
        self.line("");
        for ((kind, why), rules) in reasons {
            self.paragraph("", "  ", &format!("{kind}: {}: {why}", rules.join(" ")));
        }
        if !report.known.is_empty() {
            self.line(&format!(
                "baseline: {} known",
                counted(report.known.len(), "finding")
            ));
        }
        for stale in &report.stale {
            let stale = format!("baseline: no longer found, remove it: {stale}");
            self.paragraph("", "  ", &stale);
        }
    }

    fn deeds(&mut self, report: &Report) {
        let deeds = &report.deeds;
        if deeds.connections == 0 {
            return;
        }
        let mut done = counted(deeds.connections, "connection");
        for (method, number) in &deeds.requests {
            let _ = write!(done, ", {method} {number}x");
        }
        if deeds.malformed > 0 {
            let _ = write!(done, ", malformed messages {}x", deeds.malformed);
        }
        self.line("");
        self.paragraph("did to the server: ", "  ", &done);
        for (tool, kinds) in &deeds.calls {
            let kinds: Vec<_> = kinds
                .iter()
                .map(|(kind, number)| format!("{kind} {number}x"))
                .collect();
            self.paragraph(&format!("  called {tool}: "), "    ", &kinds.join(", "));
        }
    }

    fn scores(&mut self, report: &Report) {
        let scores: Vec<_> = Area::ALL
            .into_iter()
            .filter_map(|area| Some(format!("{} {}", area.name(), score::of(report, area)?)))
            .collect();
        self.line("");
        self.paragraph("scores: ", "  ", &scores.join(" · "));
    }

    fn verdict(&mut self, report: &Report) {
        let [errors, warnings, notes] =
            [Level::Error, Level::Warning, Level::Note].map(|level| report.count(level));
        let verdict = if errors > 0 {
            self.ink(Ink::Error, "not seaworthy")
        } else if warnings > 0 {
            self.ink(Ink::Warning, "seaworthy with warnings")
        } else {
            self.ink(Ink::Good, "seaworthy")
        };
        let rules = |verdict: &str| {
            let holds = report
                .judged
                .iter()
                .filter(|judged| judged.verdict.name() == verdict);
            holds.count()
        };
        let line = format!(
            "{verdict}: {}, {}, {} · rules: {} hold, {} do not, {} could not be verified · {:.1} s · seed {}",
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(notes, "note"),
            rules("passed"),
            rules("found"),
            rules("unverified"),
            report.took.as_secs_f64(),
            report.seed,
        );
        self.line(&line);
    }
}

/// What a finding is shown under: its tool, or its place.
fn group(place: &Place) -> String {
    match place.tool() {
        Some(tool) => format!("tool {tool}"),
        None => match place {
            Place::File(path, _) => path.clone(),
            other => other.to_string(),
        },
    }
}

/// `1 tool`, `2 tools`.
pub(super) fn counted(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}
