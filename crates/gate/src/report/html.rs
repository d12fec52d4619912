//! One self-contained page: no script, no font, no request of any kind.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Judged, Report, Verdict, score, text::counted};
use crate::{
    finding::{Finding, Quote},
    rule::{Area, Level},
};

const STYLE: &str = include_str!("html.css");

/// The report.
pub fn render(report: &Report) -> String {
    let [errors, warnings, notes] =
        [Level::Error, Level::Warning, Level::Note].map(|level| report.count(level));
    let (verdict, class) = match (errors, warnings) {
        (0, 0) => ("seaworthy", "good"),
        (0, _) => ("seaworthy with warnings", "warning"),
        _ => ("not seaworthy", "error"),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "seaworthy check: " (report.target) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "seaworthy check" }
                    p.target { code { (report.target) } }
                    (server(report))
                    p.verdict.(class) { (verdict) }
                    p.counts {
                        span.error { (counted(errors, "error")) } " "
                        span.warning { (counted(warnings, "warning")) } " "
                        span.note { (counted(notes, "note")) }
                    }
                }
                main {
                    (scores(report))
                    (findings(report))
                    (unverified(report))
                    (rules(report))
                    (deeds(report))
                }
                footer {
                    p { "Took " (format!("{:.1}", report.took.as_secs_f64())) " s. Repeat it with --seed " (report.seed) "." }
                }
            }
        }
    };
    page.into_string()
}

fn server(report: &Report) -> Markup {
    let server = &report.server;
    html! {
        @if !server.transport.is_empty() {
            p.server {
                (server.name) " " (server.version) " · " (server.transport) " · "
                (server.protocols.join(" and ")) " · "
                (counted(server.tools, "tool")) " (~" (server.definition_tokens) " tokens) · "
                (counted(server.resources + server.templates, "resource")) " · "
                (counted(server.prompts, "prompt"))
            }
        }
    }
}

fn scores(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Scores" }
            dl.scores {
                @for area in Area::ALL {
                    @if let Some(points) = score::of(report, area) {
                        div {
                            dt { (area.name()) }
                            dd {
                                meter min="0" max="100" low="60" high="90" optimum="100" value=(points) { (points) }
                                span { (points) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn findings(report: &Report) -> Markup {
    let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in report.findings() {
        let name = finding
            .place
            .tool()
            .map_or_else(|| finding.place.to_string(), |tool| format!("tool {tool}"));
        match groups.iter_mut().find(|(other, _)| *other == name) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((name, vec![finding])),
        }
    }
    html! {
        section {
            h2 { "Findings" }
            @if groups.is_empty() { p { "None." } }
            @for (name, mut findings) in groups {
                @let () = findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
                h3 { (name) }
                @for finding in findings { (article(finding, report)) }
            }
            @for judged in report.judged.iter().filter(|judged| !judged.further.is_empty()) {
                @for (level, number) in &judged.further {
                    p { (judged.rule.id) " " (judged.rule.name) ": " (number) " more of level " (level.name()) }
                }
            }
        }
    }
}

fn article(finding: &Finding, report: &Report) -> Markup {
    let rule = finding.rule;
    html! {
        article.(finding.level.name()) {
            p.title {
                b.level { (finding.level.name()) } " "
                b { (rule.id) " " (rule.name) } " "
                small { (rule.basis.name()) }
            }
            @if let crate::finding::Place::Parameter(_, path) = &finding.place {
                p { "parameter " code { (path) } }
            }
            p { (finding.message) }
            @for quote in &finding.quotes { (quoted(quote)) }
            p.fix { b { "Fix: " } (finding.fix) }
            @let proofs: Vec<_> = finding.exchanges.iter().filter_map(|id| Some((id, report.exchanges.get(id)?))).collect();
            @if !proofs.is_empty() {
                details {
                    summary { "What was said" }
                    @for (id, exchange) in proofs {
                        @if !exchange.sent.is_empty() { p { "#" (id) " sent" } pre { (exchange.sent) } }
                        @if !exchange.received.is_empty() { p { "#" (id) " received" } pre { (exchange.received) } }
                        @if !exchange.lost.is_empty() { p { "#" (id) " " (exchange.lost) } }
                    }
                }
            }
            details {
                summary { "About this rule" }
                p { (rule.docs.what) }
                p { (rule.docs.why) }
                p { (rule.docs.fix) }
                p { small { (rule.docs.source) } }
            }
        }
    }
}

fn quoted(quote: &Quote) -> Markup {
    let (before, rest) = quote.text.split_at(quote.mark.start);
    let (marked, after) = rest.split_at(quote.mark.end - quote.mark.start);
    html! {
        blockquote {
            small { (quote.label) }
            p { (before) @if !marked.is_empty() { mark { (marked) } } (after) }
        }
    }
}

fn unverified(report: &Report) -> Markup {
    let open: Vec<&Judged> = report
        .judged
        .iter()
        .filter(|judged| !judged.unverified.is_empty())
        .collect();
    html! {
        @if !open.is_empty() {
            section {
                h2 { "Could not verify" }
                p { "Neither a pass nor a fail." }
                ul {
                    @for judged in open {
                        @for why in &judged.unverified {
                            li { b { (judged.rule.id) " " (judged.rule.name) } ": " (why) }
                        }
                    }
                }
            }
        }
        @if !report.stale.is_empty() {
            section {
                h2 { "Baseline" }
                p { "No longer found; remove these entries:" }
                ul { @for stale in &report.stale { li { code { (stale) } } } }
            }
        }
    }
}

fn rules(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Rules" }
            div.wide {
                table {
                    thead { tr { th { "Rule" } th { "What must hold" } th { "Rests on" } th { "Verdict" } } }
                    tbody {
                        @for judged in &report.judged {
                            @let class = match judged.verdict {
                                Verdict::Passed => "good",
                                Verdict::Found => judged.findings.iter().map(|finding| finding.level).max().map_or("note", Level::name),
                                _ => "faint",
                            };
                            tr {
                                td { (judged.rule.id) " " (judged.rule.name) }
                                td { (judged.rule.summary) }
                                td { (judged.rule.basis.name()) }
                                td.(class) {
                                    (judged.verdict.name())
                                    @if let Verdict::NotApplicable(why) | Verdict::Off(why) = &judged.verdict {
                                        br; small { (why) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn deeds(report: &Report) -> Markup {
    let deeds = &report.deeds;
    html! {
        @if deeds.connections > 0 {
            section {
                h2 { "What the run did to the server" }
                p { (counted(deeds.connections, "connection")) ", " (deeds.malformed) " malformed messages." }
                ul {
                    @for (method, number) in &deeds.requests { li { code { (method) } " " (number) "×" } }
                    @for (tool, kinds) in &deeds.calls {
                        li {
                            "called " code { (tool) } ": "
                            (kinds.iter().map(|(kind, number)| format!("{kind} {number}×")).collect::<Vec<_>>().join(", "))
                        }
                    }
                }
            }
        }
    }
}
